"""The verdict on a plan: what would become of each registry, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fake_cluster.objects import Object, condition, condition_is_true
from quaysim.operator.components import COMPONENTS
from quaysim.plan.applying import Remark
from quaysim.plan.findings import NEEDED_APIS, Finding, Subject, explain
from quaysim.plan.ownership import component_of, created_for
from quaysim.plan.rules import CRASHED, NOT_READY, RULES, UNSUPPORTED
from quaysim.plan.setup import RegistryInput
from quaysim.plan.simulation import Outcome

State = Literal["Available", "Blocked", "NotReady"]
EXIT_AVAILABLE = 0
EXIT_NOT_AVAILABLE = 3

_SUMMARY = ("Available", "ComponentsCreated", "RolloutBlocked")


@dataclass(frozen=True)
class ComponentVerdict:
    """One component: who manages it, what its condition says, and the objects that it is made of."""

    kind: str
    managed: bool
    declared: bool
    ready: bool
    message: str
    objects: Sequence[Object]

    def as_json(self) -> dict[str, Any]:
        """With the objects as `{"apiVersion", "kind", "namespace", "name"}`."""
        return {**vars(self), "objects": [_reference(obj) for obj in self.objects]}


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

    def as_json(self) -> dict[str, Any]:
        """What `-o json` prints."""
        setup = self.outcome.setup
        return {
            "apiVersion": "quaysim/v1",
            "kind": "Plan",
            "operatorVersion": setup.operator_version,
            "platform": setup.platform,
            "appsDomain": setup.apps_domain,
            "available": self.exit_code == EXIT_AVAILABLE,
            "warnings": [{**vars(remark)} for remark in self.remarks],
            "registries": [registry.as_json() for registry in self.registries],
            "objects": [_reference(obj) for obj in self.outcome.objects],
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
    after = outcome.available_after.get((given.namespace, given.name)) if state == "Available" else None
    components, unknown = _components(given, registry, outcome), _unknown(registry)
    return RegistryVerdict(given.name, given.namespace, state, after, findings, components, unknown, registry)


# --- why not ------------------------------------------------------------------------------------------


def _blocks(subject: Subject, registry: Object, outcome: Outcome) -> Iterator[Finding]:
    """What keeps the operator from creating anything."""
    blocked = condition(registry, "RolloutBlocked")
    crash = next((event for event in outcome.objects if _is_crash(event, registry)), None)
    if blocked is not None and blocked["status"] == "True":
        yield explain(subject, blocked["reason"], blocked["message"], RULES)
    elif crash is not None:
        yield explain(subject, CRASHED, crash["message"], RULES)
    elif outcome.setup.platform != "openshift":
        for kind, api in NEEDED_APIS.items():
            if _declared(subject.given.components, kind):
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


# --- components ---------------------------------------------------------------------------------------


def _components(given: RegistryInput, registry: Object, outcome: Outcome) -> list[ComponentVerdict]:
    entries = (registry.get("spec") or {}).get("components") or []
    declared = {entry["kind"] for entry in given.components}
    groups: dict[str, list[Object]] = {}
    for obj in created_for(registry, outcome.objects):
        groups.setdefault(component_of(registry, obj), []).append(obj)
    verdicts = []
    for component in COMPONENTS:
        found = condition(registry, component.condition) or {}
        verdicts.append(
            ComponentVerdict(
                component.kind,
                _declared(entries, component.kind) or component.kind == "quay",
                component.kind in declared,
                found.get("status") == "True",
                found.get("message", ""),
                sorted(groups.get(component.kind, ()), key=_order),
            )
        )
    return verdicts


def _unknown(registry: Object) -> list[str]:
    known = {component.kind for component in COMPONENTS}
    entries = (registry.get("spec") or {}).get("components") or []
    return [entry["kind"] for entry in entries if entry["kind"] not in known]


def _declared(entries: Sequence[Object], kind: str) -> bool:
    return any(entry["kind"] == kind and entry.get("managed") for entry in entries)


def _order(obj: Object) -> tuple[int, str, str]:
    """What runs first, then what it needs."""
    first = ("Deployment", "Job", "HorizontalPodAutoscaler", "Route", "Service", "PersistentVolumeClaim")
    kind = obj["kind"]
    return first.index(kind) if kind in first else len(first), kind, obj["metadata"]["name"]


def _reference(obj: Object) -> dict[str, str]:
    metadata = obj["metadata"]
    return {
        "apiVersion": obj["apiVersion"],
        "kind": obj["kind"],
        "namespace": metadata.get("namespace", ""),
        "name": metadata["name"],
    }
