"""What has changed between two versions of an object, as sets of fields.

Equal parts are passed over by `==`, which runs at C's speed, before anything is walked: a status update
pays for its status only. Maps and lists that ownership cannot divide (atomic ones) change as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fake_cluster.api.apply.elements import element_of, indexed
from fake_cluster.api.apply.fieldsets import MEMBER, FieldSet
from fake_cluster.kinds.schema import Anything, ListOf, MapOf, Node, Scalar, Struct
from fake_cluster.objects import Object

UNTRACKED_METADATA = frozenset({
    "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink",
    "managedFields", "clusterName",
})  # fmt: skip
"""Fields of metadata that nobody owns."""

ANYTHING = Anything()
"""The schema of what has none: objects are owned by field, everything else as a whole."""


class Changes(NamedTuple):
    """What a write has done: `gained` was added or modified, `lost` removed. Empty dicts if nothing."""

    gained: FieldSet
    lost: FieldSet


NOTHING = Changes({}, {})
_DIVISIBLE: frozenset[type] = frozenset({dict, list})
"""What can have fields or elements of its own; everything else changes as a whole."""


def changes(old: Object, new: Object, schema: Node, ignored: frozenset[str] = frozenset()) -> Changes:
    """How `new` differs from `old`, without fields that are never owned and top-level ones in `ignored`."""
    if old is new:
        return NOTHING
    found = Changes({}, {})
    skipped = {"apiVersion", "kind", *ignored}
    _compare_fields(_tracked(old, skipped), _tracked(new, skipped), schema, found)
    return found


def _tracked(obj: Object, skipped: set[str]) -> Object:
    fields = {name: value for name, value in obj.items() if name not in skipped}
    if "metadata" in fields:
        metadata = obj["metadata"]
        fields["metadata"] = {name: metadata[name] for name in metadata if name not in UNTRACKED_METADATA}
    return fields


def child_of(node: Node, name: str) -> Node:
    """The schema of a field; unknown fields are like anything."""
    if type(node) is Struct:
        return node.fields.get(name, ANYTHING)
    return node.values if type(node) is MapOf else ANYTHING


def _compare_fields(old: Mapping[str, Any], new: Mapping[str, Any], node: Node, found: Changes) -> None:
    for name, value in new.items():
        if name not in old:
            found.gained[f"f:{name}"] = _whole_field(name, value, node)
            continue
        before = old[name]
        if before is value or before == value:
            continue
        if value.__class__ in _DIVISIBLE or before.__class__ in _DIVISIBLE:
            _note(f"f:{name}", before, value, child_of(node, name), found)
        else:
            found.gained[f"f:{name}"] = MEMBER
    for name, value in old.items():
        if name not in new:
            found.lost[f"f:{name}"] = _whole_field(name, value, node)


def _note(element: str, old: Any, new: Any, node: Node, found: Changes) -> None:
    """Compare two values of one field that are not equal, and note the result under its element."""
    below = Changes({}, {})
    if type(node) is Scalar or getattr(node, "atomic", False):
        found.gained[element] = MEMBER
    elif type(node) is ListOf and node.list_type != "atomic":
        _compare_items(old or [], new or [], node, below)
    elif type(node) is not ListOf and type(old) is dict and type(new) is dict:
        _compare_fields(old, new, node, below)
    else:
        found.gained[element] = MEMBER
    if below.gained:
        found.gained[element] = below.gained
    if below.lost:
        found.lost[element] = below.lost


def _compare_items(old: Sequence[Any], new: Sequence[Any], node: ListOf, found: Changes) -> None:
    before, after = indexed(old, node), indexed(new, node)
    for element, item in after.items():
        if element not in before:
            found.gained[element] = whole(item, node.items)
            continue
        was = before[element]
        if was is not item and was != item:
            _note(element, was, item, node.items, found)
    for element, item in before.items():
        if element not in after:
            found.lost[element] = whole(item, node.items)


def _whole_field(name: str, value: Any, node: Node) -> FieldSet:
    return whole(value, child_of(node, name)) if value.__class__ in _DIVISIBLE else MEMBER


def whole(value: Any, node: Node) -> FieldSet:
    """All fields of a value that has appeared or gone: itself, and everything below it."""
    if not value or type(node) is Scalar or getattr(node, "atomic", False):
        return MEMBER
    if type(value) is dict and type(node) is not ListOf:
        fields: FieldSet = {".": MEMBER}
        for name, child in value.items():
            divisible = child.__class__ in _DIVISIBLE  # most are not, and asking costs less than a call
            fields[f"f:{name}"] = whole(child, child_of(node, name)) if divisible else MEMBER
        return fields
    if type(value) is list and type(node) is ListOf and node.list_type != "atomic":
        items: FieldSet = {".": MEMBER}
        items.update((element_of(item, node), whole(item, node.items)) for item in value)
        return items
    return MEMBER
