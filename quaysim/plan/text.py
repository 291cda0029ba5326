"""A verdict for people: what becomes of each registry, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from quaysim.plan.advice import Advice
from quaysim.plan.checks import Check
from quaysim.plan.composition import ComponentVerdict
from quaysim.plan.demand import Workload
from quaysim.plan.findings import Finding
from quaysim.plan.ownership import created_for
from quaysim.plan.paper import (
    BAD,
    BAD_NEWS,
    CARE,
    EMPTY,
    GOOD_NEWS,
    OK,
    QUIET,
    STRONG,
    Line,
    heading,
    labelled,
    line,
)
from quaysim.plan.quantities_text import demand_lines, node_lines, workload_text
from quaysim.plan.upgrade_text import upgrade_lines
from quaysim.plan.verdict import RegistryVerdict, Verdict

PLATFORMS = {"openshift": "OpenShift", "kubernetes": "plain Kubernetes"}
_MARKS = {"held": ("+", OK), "broken": ("-", BAD), "open": ("?", CARE)}


def registry_lines(verdict: Verdict, registry: RegistryVerdict, *, rules: bool) -> Iterator[Line]:
    """All parts of the verdict on one registry."""
    paper = _Paper(verdict, registry)
    yield from paper.headline()
    yield from paper.findings()
    if registry.upgrade:
        yield from upgrade_lines(registry.upgrade)
    yield from paper.endpoints()
    yield from _advice(registry.warnings)
    if registry.deploys:
        yield from paper.components()
        yield from demand_lines(registry.demand)
    if rules:
        yield from _rules(registry.rules)
    yield from paper.conditions()
    yield from paper.rest()


def placement_lines(verdict: Verdict) -> Iterator[Line]:
    """Where the Pods of all registries are, if the nodes are known."""
    least, most = verdict.outcome.minimum, verdict.outcome.maximum
    if least and most:
        yield from node_lines("Where it fits at the minimum", least)
        yield from node_lines("Where it fits at the autoscalers' maximum", most)


@dataclass(frozen=True)
class _Paper:
    verdict: Verdict
    registry: RegistryVerdict

    def headline(self) -> Iterator[Line]:
        """Which registry, where, and in one sentence what becomes of it."""
        setup, registry = self.verdict.outcome.setup, self.registry
        change = f"{setup.from_version} to " if setup.from_version else ""
        where = (
            f"on {PLATFORMS[setup.platform]}, apps domain {setup.apps_domain}, operator "
            f"{change}{setup.operator_version}"
        )
        yield line((f"QuayRegistry {registry.namespace}/{registry.name}", STRONG), (f"  {where}", QUIET))
        yield EMPTY
        yield _HEADLINES[registry.state](registry)

    def findings(self) -> Iterator[Line]:
        """What is in the way now, and what would be next."""
        for finding in self.registry.findings:
            yield from _finding(finding)
        reported = {(finding.name, finding.field) for finding in self.registry.findings}
        further = [
            check.finding
            for check in self.registry.rules
            if check.broken and (check.finding.name, check.finding.field) not in reported
        ]
        if further:
            yield EMPTY
            yield line(("And when that is mended:", STRONG))
        for finding in further:
            yield from _finding(finding)

    def endpoints(self) -> Iterator[Line]:
        """How one would reach it."""
        registry, spec = self.registry, self.registry.obj.get("spec") or {}
        rows = {
            "Registry": registry.status.get("registryEndpoint"),
            "Config editor": registry.status.get("configEditorEndpoint"),
            "Editor login": registry.status.get("configEditorCredentialsSecret"),
            "Bundle": spec.get("configBundleSecret"),
            "Version": registry.status.get("currentVersion"),
        }
        if registry.state != "Blocked":
            yield EMPTY
            yield from (labelled(label, str(text)) for label, text in rows.items() if text)

    def components(self) -> Iterator[Line]:
        """Each component with what it is made of and what it asks for."""
        registry = self.registry
        yield from heading("Components")
        width = max(len(component.kind) for component in registry.components)
        for component in registry.components:
            yield from _component(component, width, registry.demand.workloads)
        for kind in registry.unknown:
            yield line("  ", ("-", BAD), f" {kind:<{width}}  ", ("not a component", BAD))

    def conditions(self) -> Iterator[Line]:
        """What the operator would report."""
        conditions = self.registry.status.get("conditions") or []
        if not conditions:
            return
        yield from heading("Conditions")
        types = max(len(item["type"]) for item in conditions)
        reasons = max(len(item.get("reason", "")) for item in conditions)
        for item in conditions:
            good = (item["status"] == "True") != (item["type"] == "RolloutBlocked")
            yield line(
                f"  {item['type']:<{types}}  ",
                (f"{item['status']:<7}", OK if good else BAD),
                f"{item.get('reason', ''):<{reasons}}  {' '.join(item.get('message', '').split())}",
            )

    def rest(self) -> Iterator[Line]:
        """How much there is in all."""
        objects = self.verdict.outcome.objects
        created = len(created_for(self.registry.obj, objects))
        pods = Counter(obj["kind"] for obj in objects)["Pod"]
        rules = self.registry.rules
        broken = sum(check.broken for check in rules)
        yield EMPTY
        made = f"Made by the operator: {created}. Pods in the cluster: {pods}. All objects: -o yaml."
        looked = f"Rules looked at: {len(rules)}, broken: {broken}: --rules."
        yield line((f"{made} {looked}", QUIET))


def _available(registry: RegistryVerdict) -> Line:
    since = "its creation" if registry.upgrade is None else "the new operator's start"
    after = f" within {registry.after:.0f} s of {since}" if registry.after else ""
    return line(("It would become Available", GOOD_NEWS), f"{after}.")


def _blocked(registry: RegistryVerdict) -> Line:
    effect = "It would not become Available." if registry.deploys else "Nothing would be deployed."
    return line(("It would be blocked.", BAD_NEWS), f" {effect}")


def _not_ready(registry: RegistryVerdict) -> Line:
    del registry
    return line(("It would not become Available.", BAD_NEWS), " Its components do not get ready.")


_HEADLINES: dict[str, Callable[[RegistryVerdict], Line]] = {
    "Available": _available,
    "Blocked": _blocked,
    "NotReady": _not_ready,
}


def _finding(finding: Finding) -> Iterator[Line]:
    rows = {
        "Reason": finding.reason,
        "Message": finding.message,
        "Rule": finding.rule,
        "Field": f"{finding.field} ({finding.place})",
        "Fix": finding.fix,
        "See": _section(finding.section),
    }
    yield EMPTY
    yield from (labelled(label, text) for label, text in rows.items() if text)


def _section(section: str) -> str:
    return f"documentation, section {section}" if section else ""


def _advice(warnings: Iterable[Advice]) -> Iterator[Line]:
    for index, advice in enumerate(warnings):
        if not index:
            yield from heading("Warnings")
        yield line("  ", ("!", CARE), f" {advice.message}")
        yield line((f"    {advice.fix}", QUIET))
        yield line((f"    {advice.field} ({advice.place}), {_section(advice.section)}", QUIET))


def _rules(checks: Iterable[Check]) -> Iterator[Line]:
    yield from heading("Rules")
    for check in checks:
        finding = check.finding
        section = finding.section or "-"
        yield line("  ", _MARKS[check.outcome], f" {section:<10} {finding.rule}")
    yield line(("  + holds   - is broken   ? cannot be told while another rule is broken", QUIET))


def _component(component: ComponentVerdict, width: int, workloads: Sequence[Workload]) -> Iterator[Line]:
    managed = "managed" if component.managed else "unmanaged"
    origin = "" if component.declared else ", by default"
    yield line(
        "  ",
        ("+", OK) if component.ready else ("-", BAD),
        f" {component.kind:<{width}}  ",
        (f"{managed + origin:<23}", QUIET),
        component.message,
    )
    indent = " " * (width + 6)
    names: dict[str, list[str]] = {}
    for obj in component.objects:
        names.setdefault(obj["kind"], []).append(obj["metadata"]["name"])
    for kind, of_kind in names.items():
        yield line((f"{indent}{kind} {', '.join(of_kind)}", QUIET))
    for workload in workloads:
        if workload.component == component.kind:
            yield line((f"{indent}{workload_text(workload)}", QUIET))
