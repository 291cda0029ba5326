"""What an applier no longer applies goes, unless somebody else owns it too.

A field with a name in the schema counts as owned where anything below it is; an element of a list or a key of
a map only where somebody owns it itself. What goes takes everything below it along, defaults included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fake_cluster.api.apply.comparing import child_of
from fake_cluster.api.apply.elements import NoElementError, element_of
from fake_cluster.api.apply.fieldsets import FieldSet, is_member
from fake_cluster.kinds.schema import ListOf, Node, Struct

_GONE: Any = object()


def pruned(value: Any, last: FieldSet, owned: Sequence[FieldSet], node: Node) -> Any:
    """The value without fields in `last` that none of the sets `owned` has; itself if all stay."""
    if type(node) is ListOf:
        return _pruned_list(value, last, owned, node) if type(value) is list else value
    return _pruned_map(value, last, owned, node) if type(value) is dict else value


def _pruned_map(value: dict[str, Any], last: FieldSet, owned: Sequence[FieldSet], node: Node) -> Any:
    result = value
    for element, below in last.items():
        name = element[2:]
        if element == "." or name not in value:
            continue
        named = type(node) is Struct and name in node.fields
        rest = _rest(value[name], below, _below(element, owned), child_of(node, name), named=named)
        if rest is value[name]:
            continue
        if result is value:
            result = value.copy()
        if rest is _GONE:
            del result[name]
        else:
            result[name] = rest
    return result or _GONE


def _pruned_list(value: list[Any], last: FieldSet, owned: Sequence[FieldSet], node: ListOf) -> Any:
    result = []
    for item in value:
        try:
            element = element_of(item, node)
        except NoElementError:
            element = ""
        below = last.get(element)
        rest = item if below is None else _rest(item, below, _below(element, owned), node.items, named=False)
        if rest is not _GONE:
            result.append(rest)
    same = len(result) == len(value) and all(new is old for new, old in zip(result, value, strict=True))
    return value if same else result or _GONE


def _below(element: str, owned: Sequence[FieldSet]) -> list[FieldSet]:
    return [fields[element] for fields in owned if element in fields]


def _rest(value: Any, below: FieldSet, owners: Sequence[FieldSet], node: Node, *, named: bool) -> Any:
    if below in owners:
        return value
    if (named or is_member(below)) and not any(named or is_member(owner) for owner in owners):
        return _GONE
    return pruned(value, below, owners, node) if below else value
