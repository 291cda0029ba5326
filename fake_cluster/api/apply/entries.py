"""Entries of `metadata.managedFields`: one for each way in which a manager writes an object.

An entry belongs to a manager, an operation, an API version and a subresource; for Apply the API version may
change. Entries are shared between versions of an object and never changed.
Source: the behaviour of kube-apiserver 1.29 and later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from fake_cluster.api.apply.fieldsets import FieldSet, is_well_formed, union
from fake_cluster.objects import Object

Operation = Literal["Apply", "Update"]

MOST_UPDATERS = 10
"""How many Update entries an object keeps; older ones are put together."""
ANCIENT = "ancient-changes"
BEFORE_FIRST_APPLY = "before-first-apply"


class Writer(NamedTuple):
    """Who writes, and how: what an entry of `managedFields` belongs to. `time` is RFC 3339."""

    manager: str
    operation: Operation
    api_version: str
    time: str
    subresource: str = ""

    def owns(self, entry: Object) -> bool:
        """Whether the entry is this writer's."""
        return (
            entry.get("manager", "") == self.manager
            and entry["operation"] == self.operation
            and entry.get("subresource", "") == self.subresource
            and (self.operation == "Apply" or entry["apiVersion"] == self.api_version)
        )

    def entry(self, fields: FieldSet, time: str | None) -> Object:
        """A new entry; without time for an applier that has never changed anything."""
        entry: Object = {"manager": self.manager, "operation": self.operation, "apiVersion": self.api_version}
        entry |= {"time": time} if time else {}
        entry |= {"fieldsType": "FieldsV1", "fieldsV1": fields}
        return entry | ({"subresource": self.subresource} if self.subresource else {})


def entries_of(obj: Object | None) -> list[Object]:
    """The entries of an object; the list is the object's own."""
    if obj is None:
        return []
    found: list[Object] = obj["metadata"].get("managedFields") or []
    return found


def is_reset(requested: Any) -> bool:
    """Whether a client asks to forget all owners: with an empty list, or a list of one empty entry."""
    return isinstance(requested, list) and requested in ([], [{}])


def are_valid(entries: Any) -> bool:
    """Whether entries that a client has sent can be read."""
    return isinstance(entries, list) and all(map(_is_valid, entries))


def _is_valid(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("operation") in {"Apply", "Update"}
        and bool(entry.get("apiVersion"))
        and entry.get("fieldsType") == "FieldsV1"
        and is_well_formed(entry.get("fieldsV1", {}))
    )


def in_order(entries: list[Object]) -> list[Object]:
    """The entries as the API lists them: appliers first, then by time and manager."""
    if len(entries) > 1:
        entries.sort(key=_rank)
    return entries


def _rank(entry: Object) -> tuple[str, ...]:
    return (
        entry["operation"], entry.get("time", ""), entry.get("manager", ""), entry["apiVersion"],
        entry.get("subresource", ""),
    )  # fmt: skip


def capped(entries: list[Object]) -> list[Object]:
    """The entries with the oldest Update ones put together, so that at most ten of them are left."""
    updaters = [entry for entry in entries if entry["operation"] == "Update"]
    excess = len(updaters) - MOST_UPDATERS
    if excess <= 0:
        return entries
    updaters.sort(key=lambda entry: (entry.get("time", ""), entry.get("manager", "")))
    buckets: dict[str, list[Object]] = {}
    for entry in updaters:
        bucket = buckets.setdefault(entry["apiVersion"], [])
        if excess <= 0:
            break
        excess -= bool(bucket)
        bucket.append(entry)
    grouped = [bucket for bucket in buckets.values() if len(bucket) > 1]
    gone = {id(entry) for bucket in grouped for entry in bucket}
    return [entry for entry in entries if id(entry) not in gone] + [_together(bucket) for bucket in grouped]


def _together(bucket: Sequence[Object]) -> Object:
    fields: FieldSet = bucket[0]["fieldsV1"]
    for entry in bucket[1:]:
        fields = union(fields, entry["fieldsV1"])
    last = bucket[-1]
    return Writer(ANCIENT, "Update", last["apiVersion"], "").entry(fields, last.get("time"))
