"""Defaults of custom resources: what the schema says, from the outside in.

A null in a field that is not nullable counts as missing.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds.codec.fast import copied
from fake_cluster.kinds.schema import ListOf, MapOf, Node, Struct

_known: dict[Node, bool] = {}


def fill(node: Node, value: Any) -> None:
    """Fill in the defaults, in place."""
    if not has_defaults(node):
        return
    if node.__class__ is Struct and value.__class__ is dict:
        _struct(node, value)
    elif node.__class__ is ListOf and value.__class__ is list:
        for item in value:
            fill(node.items, item)
    elif node.__class__ is MapOf and value.__class__ is dict:
        for item in value.values():
            fill(node.values, item)


def _struct(node: Struct, value: dict[str, Any]) -> None:
    for name, default in node.defaults.items():
        present = value.get(name)
        if present is None and (name not in value or not node.fields[name].nullable):
            value[name] = copied(default)
    for name, item in value.items():
        field = node.fields.get(name)
        if field is not None:
            fill(field, item)


def has_defaults(node: Node) -> bool:
    """Whether there is a default anywhere below."""
    found = _known.get(node)
    if found is None:
        _known[node] = False
        found = _known[node] = _search(node)
    return found


def _search(node: Node) -> bool:
    if isinstance(node, Struct):
        return bool(node.defaults) or any(has_defaults(field) for field in node.fields.values())
    if isinstance(node, ListOf):
        return has_defaults(node.items)
    return isinstance(node, MapOf) and has_defaults(node.values)
