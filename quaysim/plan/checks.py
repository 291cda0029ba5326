"""Every rule that a registry has to keep, whether it keeps it, and what to do if not.

The operator stops at the first rule that is broken. Here each is looked at for itself, with the operator's
own functions, so that one reading tells everything that has to be changed. What only the cluster decides
(whether it accepts the objects, whether components get ready) is taken from the simulation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fake_cluster.objects import Object, condition
from quaysim.operator.certificates import problem_with_pair
from quaysim.operator.components import Component
from quaysim.operator.conditions import (
    COMPONENT_NOT_READY,
    CONFIG_INVALID,
    CREATION_FAILED,
    MONITORING_DEPENDENCY,
    OVERRIDE_INVALID,
    ROUTE_DEPENDENCY,
)
from quaysim.operator.errors import InflateError
from quaysim.operator.goyaml import YamlError
from quaysim.operator.overrides import CHECKED, volume_size
from quaysim.plan.findings import Finding, explain
from quaysim.plan.rules import CRASHED, RULES, UNSUPPORTED
from quaysim.plan.subject import NEEDED_APIS, Subject

Outcome = Literal["held", "broken", "open"]
VOLUME = "50Gi"
"""The size of each volume if nothing else is said (operator 3.7.10)."""


@dataclass(frozen=True)
class Check:
    """One rule, applied to one registry. "open": something before it is broken, so that nobody can tell."""

    finding: Finding
    outcome: Outcome

    @property
    def broken(self) -> bool:
        """Whether the registry breaks the rule."""
        return self.outcome == "broken"

    def as_json(self) -> dict[str, Any]:
        """A rule that holds has no message and nothing to mend."""
        told = self.finding.as_json()
        silent: dict[str, Any] = {} if self.broken else {"message": "", "fix": "", "reason": ""}
        return {**told, **silent, "outcome": self.outcome}


@dataclass(frozen=True)
class _Look:
    """A rule by the reason and the message with which it would be reported, and whether it is broken."""

    reason: str
    message: str
    broken: bool


def checks_of(subject: Subject, registry: Object, reported: Sequence[Finding]) -> list[Check]:
    """All rules that concern the registry. `reported` is what the operator says of it."""
    looks = _Looks(subject)
    checks: dict[tuple[str, str, str], Check] = {}
    for look in looks.all():
        found = explain(subject, look.reason, look.message, RULES)
        _keep(checks, Check(found, "broken" if look.broken else "held"))
    for finding in reported:
        _keep(checks, Check(finding, "broken"))
    blocked = any(check.broken for check in checks.values())
    for check in _of_the_cluster(subject, registry, unknown=blocked):
        checks.setdefault(_identity(check), check)
    return list(checks.values())


def _keep(checks: dict[tuple[str, str, str], Check], check: Check) -> None:
    """Of several looks at one rule for one field, the one that found something."""
    known = checks.get(_identity(check))
    if known is None or check.broken:
        checks[_identity(check)] = check


def _identity(check: Check) -> tuple[str, str, str]:
    finding = check.finding
    return finding.name, finding.field, finding.rule


def _of_the_cluster(subject: Subject, registry: Object, *, unknown: bool) -> Iterator[Check]:
    outcome: Outcome = "open" if unknown else "held"
    accepted = explain(subject, CREATION_FAILED, "error creating object: …", RULES)
    yield Check(accepted, outcome)
    for component in subject.release.reported:
        if component.kind in subject.managed:
            found = condition(registry, component.condition) or {}
            ready: Outcome = "held" if found.get("status") == "True" else "open"
            yield Check(_readiness(subject, component), ready)


def _readiness(subject: Subject, component: Component) -> Finding:
    found = explain(subject, COMPONENT_NOT_READY, f"{component.condition} is not True", RULES)
    place = subject.given.component_field(component.kind)
    line = subject.given.document.line(place)
    return Finding(
        found.name,
        found.reason,
        found.message,
        f"A managed {component.kind} must get ready: condition {component.condition}.",
        f"{subject.given.document.file}:{line}",
        place,
        found.fix,
        found.section or "1.2",
    )


@dataclass(frozen=True)
class _Looks:
    subject: Subject

    def all(self) -> Iterator[_Look]:
        """In the order in which the operator looks, as far as one rule comes before another."""
        if not self._bundle_exists():
            yield _Look(CONFIG_INVALID, self._missing_bundle(), broken=True)
            yield from self._declared()
            return
        if self.subject.given.bundle_name:
            yield _Look(CONFIG_INVALID, self._missing_bundle(), broken=False)
        yield from self._declared()
        readable = True
        for look in self._configuration():
            readable = readable and not look.broken
            yield look
        if readable:
            yield from self._components()
            yield from self._certificates()

    # --- the bundle -----------------------------------------------------------------------------------

    def _bundle_exists(self) -> bool:
        given = self.subject.given
        return given.setup.bundle is not None or not given.bundle_name or given.bundle_manifest is not None

    def _missing_bundle(self) -> str:
        return f'unable to get `configBundleSecret`: Secret "{self.subject.given.bundle_name}" not found'

    def _configuration(self) -> Iterator[_Look]:
        contents = self.subject.contents
        routes = "could not check for `Routes` API: "
        try:
            empty, problem = not contents.has_config, contents.host_settings_problem()
        except YamlError as error:
            yield _Look(ROUTE_DEPENDENCY, f"{routes}unable to parse config.yaml: {error}", broken=True)
            return
        yield _Look(ROUTE_DEPENDENCY, f"{routes}unable to parse config.yaml: …", broken=False)
        yield _Look(CRASHED, "panic: assignment to entry in nil map", broken=empty)
        types = problem or "SERVER_HOSTNAME must be of type string"
        yield _Look(ROUTE_DEPENDENCY, f"{routes}{types}", broken=bool(problem))
        builder = contents.config.get("BUILDMAN_HOSTNAME", "")
        yield _Look(CRASHED, "BUILDMAN_HOSTNAME", broken=not isinstance(builder, str))

    # --- what is declared -----------------------------------------------------------------------------

    def _declared(self) -> Iterator[_Look]:
        given = self.subject.given
        for entry in given.components:
            unknown = self.subject.release.component(entry["kind"]) is None
            message = f"unable to verify component config: unknown component: {entry['kind']}"
            yield _Look(CONFIG_INVALID, message, broken=unknown)
        yield from self._apis()
        yield from self._overrides()

    def _apis(self) -> Iterator[_Look]:
        given = self.subject.given
        missing = given.setup.platform != "openshift"
        managed = [entry["kind"] for entry in given.components if entry.get("managed")]
        for kind, api in NEEDED_APIS.items():
            if kind in managed:
                message = f"error validating component {kind}: {api} not available"
                yield _Look(UNSUPPORTED, message, broken=missing)
        if "monitoring" in managed:
            yield _Look(MONITORING_DEPENDENCY, "could not check for monitoring support: …", broken=missing)

    def _overrides(self) -> Iterator[_Look]:
        managed = self.subject.managed
        for kind, overrides in self.subject.given.overrides.items():
            given = [name for name in CHECKED if overrides.get(name) not in (None, [])]
            if given:
                message = f"invalid overrides: cannot set overrides on unmanaged {kind}"
                yield _Look(OVERRIDE_INVALID, message, broken=kind not in managed)
            if kind in managed:
                yield from self._supported(kind, overrides, given)

    def _supported(self, kind: str, overrides: Object, given: Iterable[str]) -> Iterator[_Look]:
        autoscaled = "horizontalpodautoscaler" in self.subject.managed
        known = self.subject.release.component(kind)
        accepted = known.overridable if known else frozenset()
        if overrides.get("replicas") is not None:
            message = "invalid overrides: cannot override replicas with managed HPA"
            yield _Look(OVERRIDE_INVALID, message, broken=autoscaled and bool(overrides["replicas"]))
        for name in given:
            message = f"invalid overrides: component {kind} does not support {name} overrides"
            yield _Look(OVERRIDE_INVALID, message, broken=name not in accepted)
        if "volumeSize" in overrides and "volumeSize" in accepted:
            yield self._volume(overrides)

    def _volume(self, overrides: Object) -> _Look:
        try:
            volume_size(overrides, VOLUME)
        except InflateError as error:
            return _Look(CREATION_FAILED, f"could not inflate kubernetes objects: {error}", broken=True)
        message = f"cannot shrink volume override size from {VOLUME} to {overrides['volumeSize']}"
        return _Look(CREATION_FAILED, f"could not inflate kubernetes objects: {message}", broken=False)

    # --- components and their configuration -----------------------------------------------------------

    def _components(self) -> Iterator[_Look]:
        for entry in self.subject.components:
            component = self.subject.release.component(entry["kind"])
            if component is not None:
                yield from self._configured(entry, component)

    def _configured(self, entry: Object, component: Component) -> Iterator[_Look]:
        kind, contents = component.kind, self.subject.contents
        try:
            configured = component.has_configuration(contents)
        except YamlError as error:
            yield _Look(CONFIG_INVALID, f"unable to verify component config: {error}", broken=True)
            return
        if entry["managed"]:
            if (component.fields or component.configured) and not component.configurable_when_managed:
                message = (
                    f"{kind} component marked as managed, but `configBundleSecret` contains required fields"
                )
                yield _Look(CONFIG_INVALID, message, broken=configured)
        elif component.required:
            message = f"required component `{kind}` marked as unmanaged, but `configBundleSecret` is missing"
            yield _Look(CONFIG_INVALID, f"{message} necessary fields", broken=not configured)
        elif kind == "clairpostgres" and "clair" in self.subject.managed:
            message = "clairpostgres component unmanaged but no clair postgres config provided"
            yield _Look(CONFIG_INVALID, message, broken=not configured)

    def _certificates(self) -> Iterator[_Look]:
        """Whichever names the certificate has to have."""
        contents, given = self.subject.contents, self.subject.given
        pair = contents.certificate_pair
        if pair is None or not isinstance(contents.config.get("BUILDMAN_HOSTNAME", ""), str):
            return
        default = f"{given.name}-quay-{given.namespace}.{given.setup.apps_domain}"
        for host in filter(None, (contents.server_hostname or default, contents.build_host)):
            problem = problem_with_pair(*pair, host)
            why = problem or "x509: …"
            message = f"provided certificate pair not valid for host '{host}': {why}"
            yield _Look(
                CREATION_FAILED, f"could not inflate kubernetes objects: {message}", broken=bool(problem)
            )
