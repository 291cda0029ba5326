"""What a registry is made of: its components, and the objects of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.objects import Object, condition
from quaysim.operator.releases import release
from quaysim.plan.ownership import component_of, created_for
from quaysim.plan.setup import RegistryInput
from quaysim.plan.simulation import Outcome

_FORMERLY = {"clairpostgres": "clair"}
"""Where a component belonged before it was one."""


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
        return {**vars(self), "objects": [reference(obj) for obj in self.objects]}


def components_of(given: RegistryInput, registry: Object, outcome: Outcome) -> list[ComponentVerdict]:
    """The components of a registry, in the order of the documentation."""
    entries = (registry.get("spec") or {}).get("components") or []
    named = {entry["kind"] for entry in given.components}
    known = {component.kind: component for component in release(given.setup.operator_version).components}
    groups: dict[str, list[Object]] = {}
    for obj in created_for(registry, outcome.objects):
        kind = component_of(registry, obj)
        groups.setdefault(kind if kind in known else _FORMERLY.get(kind, "quay"), []).append(obj)
    verdicts = []
    for component in known.values():
        found = condition(registry, component.condition) or {}
        verdicts.append(
            ComponentVerdict(
                component.kind,
                declared(entries, component.kind) or component.kind == "quay",
                component.kind in named,
                found.get("status") == "True",
                found.get("message", ""),
                sorted(groups.get(component.kind, ()), key=_order),
            )
        )
    return verdicts


def unknown_kinds(given: RegistryInput, registry: Object) -> list[str]:
    """Entries of `spec.components` that are no components."""
    known = release(given.setup.operator_version)
    entries = (registry.get("spec") or {}).get("components") or []
    return [entry["kind"] for entry in entries if known.component(entry["kind"]) is None]


def declared(entries: Sequence[Object], kind: str) -> bool:
    """Whether a kind is declared managed."""
    return any(entry["kind"] == kind and entry.get("managed") for entry in entries)


def _order(obj: Object) -> tuple[int, str, str]:
    """What runs first, then what it needs."""
    first = ("Deployment", "Job", "HorizontalPodAutoscaler", "Route", "Service", "PersistentVolumeClaim")
    kind = obj["kind"]
    return first.index(kind) if kind in first else len(first), kind, obj["metadata"]["name"]


def reference(obj: Object) -> dict[str, str]:
    """How one finds an object: `{"apiVersion", "kind", "namespace", "name"}`."""
    metadata = obj["metadata"]
    return {
        "apiVersion": obj["apiVersion"],
        "kind": obj["kind"],
        "namespace": metadata.get("namespace", ""),
        "name": metadata["name"],
    }
