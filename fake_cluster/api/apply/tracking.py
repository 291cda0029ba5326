"""Ownership by ordinary writes: whoever changes a field owns it, and whoever owned it before does not.

Only differences count: a write that repeats what is there takes nothing, and leaves the times as they are.
"""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from typing import Any

from fake_cluster.api.apply.comparing import Changes, changes
from fake_cluster.api.apply.entries import (
    Writer,
    are_valid,
    capped,
    entries_of,
    in_order,
    is_reset,
)
from fake_cluster.api.apply.fieldsets import FieldSet, difference, shared, union
from fake_cluster.kinds.schema import Node, Struct
from fake_cluster.objects import Object, copy_of

STATUS = frozenset({"status"})
NOT_STATUS = frozenset({"spec", "metadata"})


def ignored_by(subresources: Container[str], subresource: str) -> frozenset[str]:
    """The top-level fields that a write to the object, or to a subresource of it, cannot change."""
    if subresource == "status":
        return NOT_STATUS
    return STATUS if "status" in subresources else frozenset()


def is_unchanged(obj: Object, old: Object) -> bool:
    """Whether a write has changed nothing, or nothing but times of owners."""
    if obj == old:
        return True
    ours, theirs = obj["metadata"], old["metadata"]
    if not _same_but_times(ours.get("managedFields"), theirs.get("managedFields")):
        return False
    without = {"managedFields": None}
    return obj | {"metadata": ours | without} == old | {"metadata": theirs | without}


def _same_but_times(ours: list[Object] | None, theirs: list[Object] | None) -> bool:
    if ours is None or theirs is None or len(ours) != len(theirs):
        return ours is theirs
    timeless = [[entry | {"time": None} for entry in entries] for entries in (ours, theirs)]
    return timeless[0] == timeless[1]


def track_create(
    new: Object, schema: Struct, writer: Writer, *, ignored: frozenset[str] = STATUS
) -> list[Object]:
    """`managedFields` of a new object: its creator owns all of it, but for top-level fields in `ignored`."""
    gained, _ = changes({"metadata": {}} | _zero(schema), new, schema, ignored)
    return [writer.entry(shared(gained), writer.time)] if gained else []


def track_update(  # noqa: PLR0913 - what a write consists of
    old: Object,
    new: Object,
    schema: Struct,
    writer: Writer,
    *,
    requested: Any = None,
    ignored: frozenset[str] = STATUS,
) -> list[Object]:
    """`managedFields` after an update or a patch; the old list itself if nothing changes hands.

    `requested` is what the client has sent as `metadata.managedFields`: an empty list, or one empty entry,
    makes the object forget its owners; other valid entries take the place of the old ones; writes to a
    subresource must not ask. `ignored` are top-level fields that this write cannot change.
    """
    entries = starting_entries(old, requested)
    if not entries:
        return []  # an object that has forgotten its owners has none until somebody applies
    if old.keys() != new.keys():
        old = _zero(schema) | old
    return _taken(entries, changes(old, new, schema, ignored), writer)


@lru_cache(maxsize=512)
def _zero(node: Node) -> Any:
    """What is there before anybody has set anything.

    Go structs that are no pointers are always there, so nobody owns them as such: the creator of a Deployment
    owns `.spec.strategy.type`, but neither `.spec` nor `.spec.strategy`. Custom resources start from nothing:
    their creator owns `.spec` itself.
    """
    if type(node) is not Struct:
        return {}
    fields = node.fields
    return {
        name: _zero(fields[name]) if type(value) is dict else value
        for name, value in node.always.items()
        if name in fields
    }


def starting_entries(old: Object, requested: Any) -> list[Object]:
    """The entries that a write starts from: the client's own where it sends valid ones."""
    entries = entries_of(old)
    if requested is None or requested == entries:
        return entries
    if is_reset(requested):
        return []
    if not are_valid(requested):
        return entries
    return [copy_of(entry) for entry in requested if entry.get("fieldsV1")] or entries


def _taken(entries: list[Object], done: Changes, writer: Writer) -> list[Object]:
    if not done.gained and not done.lost:
        return entries
    own: FieldSet = {}
    time = None
    result = []
    for entry in entries:
        fields = left_over(entry["fieldsV1"], done)
        if writer.owns(entry):
            own, time = fields or {}, entry.get("time")
        elif fields is not None:
            result.append(entry if fields is entry["fieldsV1"] else entry | {"fieldsV1": fields})
    if done.gained:
        own, time = union(own, done.gained) if own else done.gained, writer.time
    if own:
        result.append(writer.entry(own, time))
    return in_order(capped(result))


def left_over(fields: FieldSet, done: Changes) -> FieldSet | None:
    """What an owner keeps after somebody else has changed an object; None if nothing."""
    rest: FieldSet | None = fields
    if rest and done.gained:
        rest = difference(rest, done.gained)
    if rest and done.lost:
        rest = difference(rest, done.lost)
    return rest or None
