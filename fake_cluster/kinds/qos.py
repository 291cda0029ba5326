"""The quality of service class of a Pod, from the resources of its containers.

Source: documentation "Configure Quality of Service for Pods".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fake_cluster.kinds.quantities import amount
from fake_cluster.objects import Object

_COUNTED: Final = ("cpu", "memory")


def qos_class(spec: Object) -> str:
    """Guaranteed, Burstable or BestEffort."""
    resources = list(_resources(spec))
    if not any(_set(item, "requests") or _set(item, "limits") for item in resources):
        return "BestEffort"
    return "Guaranteed" if all(_guaranteed(item) for item in resources) else "Burstable"


def _resources(spec: Object) -> Iterator[Object]:
    for container in (*spec.get("initContainers", ()), *(spec.get("containers") or ())):
        yield container.get("resources", {})


def _set(resources: Object, kind: str) -> bool:
    given = resources.get(kind, {})
    return any(amount(given[name]) > 0 for name in _COUNTED if name in given)


def _guaranteed(resources: Object) -> bool:
    limits, requests = resources.get("limits", {}), resources.get("requests", {})
    return all(
        name in limits and amount(requests.get(name, limits[name])) == amount(limits[name])
        for name in _COUNTED
    )
