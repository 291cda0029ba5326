"""How controllers write status: only when it differs, with conditions that keep their history."""

from __future__ import annotations

from typing import Any

from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef


def compact(**fields: Any) -> Object:
    """An object without the fields that Go's `omitempty` leaves out: 0, false, "", {}, [] and None."""
    return {name: value for name, value in fields.items() if value}


def write_status(client: Client, ref: ResourceRef, obj: Object, status: Object) -> Object:
    """Write a status if it is not the one that the object has; the object as it is then."""
    if (obj.get("status") or {}) == status:
        return obj
    return client.replace(ref, {**obj, "status": status}, subresource="status")


def find(conditions: list[Object], kind: str) -> Object | None:
    """The condition of that type."""
    return next((item for item in conditions if item["type"] == kind), None)


def without(conditions: list[Object], kind: str) -> list[Object]:
    """The other conditions."""
    return [item for item in conditions if item["type"] != kind]


def with_condition(conditions: list[Object], new: Object) -> list[Object]:
    """The conditions with `new` in its type's place; `lastTransitionTime` stays while the status does."""
    old = find(conditions, new["type"])
    if old is None:
        return [*conditions, new]
    if old["status"] == new["status"] and "lastTransitionTime" in old:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    return [new if item is old else item for item in conditions]
