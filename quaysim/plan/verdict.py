"""The verdict on a plan: what would become of each registry, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fake_cluster.objects import Object, condition, condition_is_true
from quaysim.operator.conditions import COMPONENT_NOT_READY as NOT_READY
from quaysim.plan.advice import Advice, Look, advice_on
from quaysim.plan.applying import Remark
from quaysim.plan.checks import Check, checks_of
from quaysim.plan.composition import ComponentVerdict, components_of, declared, reference, unknown_kinds
from quaysim.plan.demand import Demand, demand_of
from quaysim.plan.findings import Finding, explain
from quaysim.plan.ownership import created_for, merged_config
from quaysim.plan.rules import CRASHED, RULES, UNSUPPORTED
from quaysim.plan.setup import RegistryInput
from quaysim.plan.simulation import Outcome
from quaysim.plan.subject import NEEDED_APIS, Subject
from quaysim.plan.upgrade import Upgrade, upgrade_of

State = Literal["Available", "Blocked", "NotReady"]
EXIT_AVAILABLE = 0
EXIT_NOT_AVAILABLE = 3

_SUMMARY = ("Available", "ComponentsCreated", "RolloutBlocked")


@dataclass(frozen=True)
class RegistryVerdict:
    """One registry. `after`: seconds of the cluster's time until it was available."""

    name: str
    namespace: str
    state: State
    after: float | None
    findings: Sequence[Finding]
    components: Sequence[ComponentVerdict]
    unknown: Sequence[str]
    obj: Object
    rules: Sequence[Check]
    warnings: Sequence[Advice]
    demand: Demand
    upgrade: Upgrade | None = None

    @property
    def deploys(self) -> bool:
        """Whether anything of it would run."""
        return any(obj["kind"] == "Deployment" for component in self.components for obj in component.objects)

    @property
    def status(self) -> Mapping[str, Any]:
        """The registry's own status."""
        return self.obj.get("status") or {}

    def as_json(self) -> dict[str, Any]:
        """What `-o json` says of it."""
        names = (
            "registryEndpoint",
            "configEditorEndpoint",
            "configEditorCredentialsSecret",
            "currentVersion",
        )
        return {
            "name": self.name,
            "namespace": self.namespace,
            "verdict": self.state,
            "availableAfterSeconds": self.after,
            "configBundleSecret": (self.obj.get("spec") or {}).get("configBundleSecret", ""),
            **{name: self.status.get(name, "") for name in names},
            "findings": [finding.as_json() for finding in self.findings],
            "conditions": self.status.get("conditions") or [],
            "components": [component.as_json() for component in self.components],
            "resources": self.demand.as_json(),
            "rules": [check.as_json() for check in self.rules],
            "warnings": [advice.as_json() for advice in self.warnings],
            "upgrade": self.upgrade.as_json() if self.upgrade else None,
        }


@dataclass(frozen=True)
class Verdict:
    """The verdict on everything that was planned."""

    outcome: Outcome
    registries: Sequence[RegistryVerdict]

    @property
    def remarks(self) -> Sequence[Remark]:
        """What the API server warned of."""
        return self.outcome.remarks

    @property
    def exit_code(self) -> int:
        """0 if every registry would become Available, else 3."""
        available = all(registry.state == "Available" for registry in self.registries)
        return EXIT_AVAILABLE if available else EXIT_NOT_AVAILABLE

    def _placement(self) -> dict[str, Any] | None:
        least, most = self.outcome.minimum, self.outcome.maximum
        return {"minimum": least.as_json(), "maximum": most.as_json()} if least and most else None

    def as_json(self) -> dict[str, Any]:
        """What `-o json` prints; `quaysim plan --json-schema` describes it."""
        setup = self.outcome.setup
        return {
            "apiVersion": "quaysim/v1",
            "kind": "Plan",
            "operatorVersion": setup.operator_version,
            "platform": setup.platform,
            "appsDomain": setup.apps_domain,
            "available": self.exit_code == EXIT_AVAILABLE,
            "placement": self._placement(),
            "warnings": [{**vars(remark)} for remark in self.remarks],
            "log": list(self.outcome.log),
            "registries": [registry.as_json() for registry in self.registries],
            "objects": [reference(obj) for obj in self.outcome.objects],
        }


def judge(outcome: Outcome) -> Verdict:
    """The verdict on an outcome."""
    return Verdict(outcome, [_judged(given, outcome) for given in outcome.setup.registries])


def _judged(given: RegistryInput, outcome: Outcome) -> RegistryVerdict:
    registry = outcome.registry(given)
    subject = Subject(given)
    findings = list(_blocks(subject, registry, outcome))
    state: State = "Available"
    if findings:
        state = "Blocked"
    elif not condition_is_true(registry, "Available"):
        state = "NotReady"
        findings = list(_unready(subject, registry))
    components = components_of(given, registry, outcome)
    return RegistryVerdict(
        given.name,
        given.namespace,
        state,
        outcome.available_after.get((given.namespace, given.name)) if state == "Available" else None,
        findings,
        components,
        unknown_kinds(given, registry),
        registry,
        checks_of(subject, registry, findings),
        advice_on(_look(subject, registry, outcome)),
        demand_of({component.kind: component.objects for component in components}),
        _upgrade(registry, outcome),
    )


def _upgrade(registry: Object, outcome: Outcome) -> Upgrade | None:
    if outcome.history is None:
        return None
    versions = outcome.setup.from_version, outcome.setup.operator_version
    return upgrade_of(registry, outcome.objects, outcome.history, versions)


def _look(subject: Subject, registry: Object, outcome: Outcome) -> Look:
    created = created_for(registry, outcome.objects)
    return Look(subject, registry, outcome.objects, created, merged_config(registry, created))


# --- why not ------------------------------------------------------------------------------------------


def _blocks(subject: Subject, registry: Object, outcome: Outcome) -> Iterator[Finding]:
    """What keeps the operator from creating anything."""
    blocked = condition(registry, "RolloutBlocked")
    crash = next((event for event in outcome.objects if _is_crash(event, registry)), None)
    if blocked is not None and blocked["status"] == "True":
        yield explain(subject, blocked["reason"], blocked["message"], RULES)
    elif crash is not None and not condition_is_true(registry, "Available"):
        yield explain(subject, CRASHED, crash["message"], RULES)
    elif outcome.setup.platform != "openshift":
        for kind, api in NEEDED_APIS.items():
            if declared(subject.given.components, kind):
                yield explain(
                    subject, UNSUPPORTED, f"error validating component {kind}: {api} not available", RULES
                )


def _is_crash(event: Object, registry: Object) -> bool:
    return (
        event["kind"] == "Event"
        and event.get("reason") == CRASHED
        and event.get("involvedObject", {}).get("uid") == registry["metadata"]["uid"]
    )


def _unready(subject: Subject, registry: Object) -> Iterator[Finding]:
    """Conditions that are False of their own: not those that only wait for others."""
    conditions = (registry.get("status") or {}).get("conditions") or []
    failing = [item for item in conditions if item["status"] != "True" and item["type"] not in _SUMMARY]
    own = [item for item in failing if not item["message"].startswith("Awaiting for component")]
    for item in own or failing:
        yield explain(subject, item.get("reason") or NOT_READY, item["message"], RULES)
