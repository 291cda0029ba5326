"""Custom resources lose the fields that their schema does not know; all else stays as it was written.

Values of wrong types are kept: to refuse them is the business of validation.
"""

from __future__ import annotations

from typing import Any, Final

from fake_cluster.kinds.codec.fast import copied
from fake_cluster.kinds.schema import ListOf, MapOf, Node, Struct

Path = tuple[Any, ...]
"""The way to a value: field names and list indexes, nested as (way to the parent, last step)."""

_PLAIN: Final = frozenset({str, bool, int, float})


def pruned(node: Node, value: Any, unknown: list[str], path: Path = ()) -> Any:
    """A copy without unknown fields; their paths are added to `unknown`."""
    if value.__class__ is dict:
        if node.__class__ is Struct:
            return _struct(node, value, unknown, path)
        if node.__class__ is MapOf:
            return {key: pruned(node.values, item, unknown, (path, key)) for key, item in value.items()}
    elif value.__class__ is list and node.__class__ is ListOf:
        return [pruned(node.items, item, unknown, (path, index)) for index, item in enumerate(value)]
    return copied(value)


def _struct(node: Struct, value: dict[str, Any], unknown: list[str], path: Path) -> Any:
    fields, found = node.fields, {}
    for name, item in value.items():
        field = fields.get(name)
        if field is not None:
            if item.__class__ in _PLAIN:
                found[name] = item
            elif item is not None or field.nullable or name in node.defaults:
                found[name] = pruned(field, item, unknown, (path, name))
        elif node.preserve_unknown:
            found[name] = copied(item)
        else:
            unknown.append(written((path, name)))
    return found


def written(path: Path) -> str:
    """A path as warnings print it: `spec.list[0].field`."""
    steps: list[Any] = []
    while path:
        path, step = path
        steps.append(step)
    text = "".join(f"[{step}]" if step.__class__ is int else f".{step}" for step in reversed(steps))
    return text.removeprefix(".")
