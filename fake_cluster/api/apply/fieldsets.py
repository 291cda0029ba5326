"""Sets of fields, as `managedFields` writes them down (fieldsV1), and what can be done with them.

A set is a tree of dicts. Its keys are path elements: `f:NAME` a field, `k:{…}` an element of a list by
its keys, `v:…` an element of a set by its value. An empty dict is a member without children; `"."` makes a
node that has children a member itself. Sets are shared freely and never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

FieldSet = dict[str, Any]

MEMBER: FieldSet = {}
"""The node of a field that is a member and has no members below it."""


def members_below(node: FieldSet) -> FieldSet:
    """The node made a member itself, whether it has children or not."""
    return {".": MEMBER, **node} if node and "." not in node else node


def union(left: FieldSet, right: FieldSet) -> FieldSet:
    """All members of both; `left` itself if `right` brings nothing new."""
    if left is right or left == right:
        return left
    if not left or not right:
        return members_below(left or right)
    result = left.copy()
    for element, node in right.items():
        result[element] = union(left[element], node) if element in left else node
    return result


def difference(left: FieldSet, right: FieldSet) -> FieldSet | None:
    """The members of `left` that are not in `right`; None if there are none, `left` itself if all stay."""
    if not left:
        return None if not right or "." in right else left
    if not right:
        return _without(left, ".") if "." in left else left
    result = left
    for element, node in right.items():
        if element not in left:
            continue
        below = left[element]
        rest = None if below == node else difference(below, node)
        if rest is None:
            result = _popped(result, element, left)
        elif rest is not below:
            result = result.copy() if result is left else result
            result[element] = rest
    return _normal(result) if result is not left else left


def _popped(result: FieldSet, element: str, original: FieldSet) -> FieldSet:
    result = result.copy() if result is original else result
    del result[element]
    return result


def _without(node: FieldSet, element: str) -> FieldSet | None:
    rest = {name: child for name, child in node.items() if name != element}
    return rest or None


def _normal(node: FieldSet) -> FieldSet | None:
    """A node after elements have gone: None if nothing is left, a plain member if only itself is."""
    if len(node) == 1 and "." in node:
        return MEMBER
    return node or None


def intersection(left: FieldSet, right: FieldSet) -> FieldSet | None:
    """The members of both; None if there are none."""
    if not left:
        return MEMBER if not right or "." in right else None
    if not right:
        return MEMBER if "." in left else None
    result: FieldSet = {}
    for element, node in right.items():
        if element in left:
            shared = intersection(left[element], node)
            if shared is not None:
                result[element] = shared
    return _normal(result)


def is_member(node: FieldSet) -> bool:
    """Whether the node itself is a member, and not only something below it."""
    return not node or "." in node


def paths(node: FieldSet) -> Iterator[tuple[str, ...]]:
    """Every member's path: at each level the members themselves first, in order, then what is below."""
    children = sorted((element, child) for element, child in node.items() if element != ".")
    yield from ((element,) for element, child in children if is_member(child))
    for element, child in children:
        yield from ((element, *path) for path in paths(child))


def is_well_formed(node: Any) -> bool:
    """Whether something that a client has sent is a set of fields."""
    return isinstance(node, dict) and all(
        _is_element(element) and is_well_formed(child) for element, child in node.items()
    )


def _is_element(element: Any) -> bool:
    kind, rest = element[:2], element[2:]
    if kind not in {"k:", "v:"}:
        return element == "." or kind in {"f:", "i:"}
    try:
        value = orjson.loads(rest)
    except ValueError:
        return False
    return kind == "v:" or isinstance(value, dict)


def shared(fields: FieldSet) -> FieldSet:
    """The same set, kept once for all objects that have it: ten thousand ConfigMaps own the same fields."""
    return _known(orjson.dumps(fields))


@lru_cache(maxsize=4096)
def _known(encoded: bytes) -> FieldSet:
    fields: FieldSet = orjson.loads(encoded)
    return fields
