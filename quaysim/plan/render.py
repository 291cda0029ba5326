"""A verdict on paper: text for people, YAML with every object, JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import yaml
from rich.console import Console
from rich.text import Text

from fake_cluster.objects import Object
from quaysim.plan.findings import Finding
from quaysim.plan.ownership import created_for
from quaysim.plan.verdict import ComponentVerdict, RegistryVerdict, Verdict

PLATFORMS = {"openshift": "OpenShift", "kubernetes": "plain Kubernetes"}
OK, BAD, QUIET, STRONG = "green", "red", "dim", "bold"
LABEL = 16


def as_text(verdict: Verdict, console: Console) -> None:
    """The verdict for people. Colours are the console's business: it knows whether it is a terminal."""
    for remark in verdict.remarks:
        console.print(Text(f"Warning: {remark}", style="yellow"), soft_wrap=True)
    for index, registry in enumerate(verdict.registries):
        if index or verdict.remarks:
            console.print()
        for line in _registry(verdict, registry):
            console.print(line, soft_wrap=True)


def as_yaml(verdict: Verdict) -> str:
    """Every object as one stream of documents: the QuayRegistries first, the Events last."""
    objects = sorted(verdict.outcome.objects, key=_rank)
    return "".join(f"---\n{_yaml(obj)}" for obj in objects)


def as_json(verdict: Verdict) -> str:
    """The verdict for programs."""
    return orjson.dumps(verdict.as_json(), option=orjson.OPT_INDENT_2).decode()


# --- text ---------------------------------------------------------------------------------------------


def _registry(verdict: Verdict, registry: RegistryVerdict) -> Iterator[Text]:
    setup = verdict.outcome.setup
    where = (
        f"on {PLATFORMS[setup.platform]}, apps domain {setup.apps_domain}, operator {setup.operator_version}"
    )
    yield Text.assemble((f"QuayRegistry {registry.namespace}/{registry.name}", STRONG), (f"  {where}", QUIET))
    yield Text()
    yield _HEADLINES[registry.state](registry)
    for finding in registry.findings:
        yield from _finding(finding)
    yield from _endpoints(registry)
    if registry.deploys:
        yield from _components(registry)
    yield from _conditions(registry)
    yield from _rest(verdict, registry)


def _available(registry: RegistryVerdict) -> Text:
    after = f" within {registry.after:.0f} s of its creation" if registry.after else ""
    return Text.assemble(("It would become Available", f"{STRONG} {OK}"), f"{after}.")


def _blocked(registry: RegistryVerdict) -> Text:
    effect = "It would not become Available." if registry.deploys else "Nothing would be deployed."
    return Text.assemble(("It would be blocked.", f"{STRONG} {BAD}"), f" {effect}")


def _not_ready(registry: RegistryVerdict) -> Text:
    del registry
    return Text.assemble(
        ("It would not become Available.", f"{STRONG} {BAD}"), " Its components do not get ready."
    )


_HEADLINES: dict[str, Callable[[RegistryVerdict], Text]] = {
    "Available": _available,
    "Blocked": _blocked,
    "NotReady": _not_ready,
}


def _finding(finding: Finding) -> Iterator[Text]:
    see = f"documentation, section {finding.section}" if finding.section else ""
    rows = {
        "Reason": finding.reason,
        "Message": finding.message,
        "Rule": finding.rule,
        "Field": f"{finding.field} ({finding.place})",
        "Fix": finding.fix,
        "See": see,
    }
    yield Text()
    yield from (_labelled(label, text) for label, text in rows.items() if text)


def _endpoints(registry: RegistryVerdict) -> Iterator[Text]:
    status, bundle = registry.status, (registry.obj.get("spec") or {}).get("configBundleSecret", "")
    rows = {
        "Registry": status.get("registryEndpoint"),
        "Config editor": status.get("configEditorEndpoint"),
        "Editor login": status.get("configEditorCredentialsSecret"),
        "Bundle": bundle,
        "Version": status.get("currentVersion"),
    }
    if registry.state != "Blocked":
        yield Text()
        yield from (_labelled(label, text) for label, text in rows.items() if text)


def _components(registry: RegistryVerdict) -> Iterator[Text]:
    yield from _heading("Components")
    width = max(len(component.kind) for component in registry.components)
    for component in registry.components:
        managed = "managed" if component.managed else "unmanaged"
        origin = "" if component.declared else ", by default"
        mark, style = ("+", OK) if component.ready else ("-", BAD)
        yield Text.assemble(
            ("  "),
            (mark, style),
            f" {component.kind:<{width}}  ",
            (f"{managed + origin:<23}", QUIET),
            component.message,
        )
        yield from _objects(component, width)
    for kind in registry.unknown:
        yield Text.assemble("  ", ("-", BAD), f" {kind:<{width}}  ", ("not a component", BAD))


def _objects(component: ComponentVerdict, width: int) -> Iterator[Text]:
    names: dict[str, list[str]] = {}
    for obj in component.objects:
        names.setdefault(obj["kind"], []).append(obj["metadata"]["name"])
    for kind, of_kind in names.items():
        yield Text(f"{'':<{width + 6}}{kind} {', '.join(of_kind)}", style=QUIET)


def _conditions(registry: RegistryVerdict) -> Iterator[Text]:
    conditions = registry.status.get("conditions") or []
    if not conditions:
        return
    yield from _heading("Conditions")
    types = max(len(item["type"]) for item in conditions)
    reasons = max(len(item.get("reason", "")) for item in conditions)
    for item in conditions:
        good = (item["status"] == "True") != (item["type"] == "RolloutBlocked")
        yield Text.assemble(
            f"  {item['type']:<{types}}  ",
            (f"{item['status']:<7}", OK if good else BAD),
            f"{item.get('reason', ''):<{reasons}}  {item.get('message', '')}",
        )


def _rest(verdict: Verdict, registry: RegistryVerdict) -> Iterator[Text]:
    """How much there is in all."""
    created = len(created_for(registry.obj, verdict.outcome.objects))
    pods = Counter(obj["kind"] for obj in verdict.outcome.objects)["Pod"]
    yield Text()
    yield Text(f"Made by the operator: {created}. Pods running: {pods}. All objects: -o yaml.", style=QUIET)


def _heading(text: str) -> Iterator[Text]:
    yield Text()
    yield Text(text, style=STRONG)


def _labelled(label: str, text: str) -> Text:
    return Text.assemble("  ", (f"{label:<{LABEL}}", QUIET), text)


# --- YAML ---------------------------------------------------------------------------------------------


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as blocks."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _yaml(obj: Object) -> str:
    # no aliases: kubectl and people read the stream
    plain: Any = orjson.loads(orjson.dumps(obj))
    return str(yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))


def _rank(obj: Object) -> int:
    return {"QuayRegistry": 0, "Event": 2}.get(obj["kind"], 1)
