"""An applied configuration read by its schema: which fields it sets, and what is wrong with it.

Source of the texts: structured-merge-diff, as kube-apiserver passes them on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from fake_cluster.api.apply.comparing import ANYTHING
from fake_cluster.api.apply.elements import NoElementError, element_of, shown
from fake_cluster.api.apply.fieldsets import MEMBER, FieldSet, members_below
from fake_cluster.api.patch.go_values import go_syntax, go_type, go_value
from fake_cluster.kinds.schema import ListOf, MapOf, Node, Scalar, ScalarKind, Struct
from fake_cluster.objects import Object

Problems = list[tuple[str, str]]
"""Where something is wrong, and what."""


class NotTypedError(ValueError):
    """A configuration that does not fit its schema; the text lists all problems."""


def field_set(config: Object, schema: Struct) -> FieldSet:
    """The fields that a configuration sets. `config` has no fields that are never owned any more."""
    problems: Problems = []
    fields = _set_of(config, schema, problems)
    if problems:
        lines = [f"{path}: {text}" if path else text for path, text in problems]
        raise NotTypedError(lines[0] if len(lines) == 1 else "\n  ".join(["errors:", *lines]))
    return fields or {}


def _set_of(value: Any, node: Node, problems: Problems) -> FieldSet | None:
    """The fields that a value sets, seen from itself; None for none at all (an empty list)."""
    if type(node) is Scalar:
        _check_scalar(value, node, problems)
        return MEMBER
    if value is None:
        return MEMBER
    if type(node) is ListOf:
        return _set_of_list(value, node, problems)
    if type(node) is Struct or type(node) is MapOf:
        if type(value) is not dict:
            problems.append(("", f"expected map, got &{{{go_value(value)}}}"))
            return None
        fields = _set_of_map(value, node, problems)
        return MEMBER if node.atomic else fields
    return _set_of_map(value, node, problems) if type(value) is dict else MEMBER


def _set_of_map(value: Mapping[str, Any], node: Node, problems: Problems) -> FieldSet | None:
    if not value:
        return MEMBER
    fields: FieldSet = {}
    declared = node.fields if type(node) is Struct else {}
    others = _others(node)
    for name, item in value.items():
        child = declared.get(name, others)
        if child is None:
            problems.append((f".{name}", "field not declared in schema"))
        elif type(child) is Scalar and type(item) in TYPES[child.kind]:
            fields[f"f:{name}"] = MEMBER
        else:
            below = _below(item, child, f".{name}", problems)
            if name not in declared:
                below = members_below(below or MEMBER)
            if below is not None:
                fields[f"f:{name}"] = below
    return fields or None


def _others(node: Node) -> Node | None:
    """The schema of fields without a declaration; None where there must not be any."""
    if type(node) is MapOf:
        return node.values
    return None if type(node) is Struct and not node.preserve_unknown else ANYTHING


def _below(value: Any, node: Node, step: str, problems: Problems) -> FieldSet | None:
    known = len(problems)
    fields = _set_of(value, node, problems)
    if len(problems) > known:
        problems[known:] = [(step + path, text) for path, text in problems[known:]]
    return fields


def _set_of_list(value: Any, node: ListOf, problems: Problems) -> FieldSet | None:
    if type(value) is not list:
        problems.append(("", f"expected list, got &{{{go_value(value)}}}"))
        return None
    if node.list_type == "atomic":
        _check_atomic(value, node.items, problems)
        return MEMBER
    fields: FieldSet = {}
    for index, item in enumerate(value):
        try:
            element = element_of(item, node)
        except NoElementError as error:
            problems.append(("", f"element {index}: {error}"))
            continue
        if element in fields:
            problems.append(("", f"duplicate entries for key {shown([element])}"))
        if node.keys:
            below = _set_of_item(item, node.items, element, problems)
            fields[element] = members_below(below) if below else MEMBER
        else:
            fields[element] = MEMBER
    return fields or None


def _set_of_item(item: Any, node: Node, element: str, problems: Problems) -> FieldSet | None:
    known = len(problems)
    fields = _set_of(item, node, problems)
    if len(problems) > known:
        step = shown([element])
        problems[known:] = [(step + path, text) for path, text in problems[known:]]
    return fields


def _check_atomic(items: list[Any], node: Node, problems: Problems) -> None:
    if type(node) is Scalar and all(type(item) in TYPES[node.kind] for item in items):
        return
    for index, item in enumerate(items):
        _below(item, node, f"[{index}]", problems)


# --- scalars ------------------------------------------------------------------------------------------


def _check_scalar(value: Any, node: Scalar, problems: Problems) -> None:
    check = _CHECKS.get(node.kind)
    if check is not None and value is not None and (text := check(value)):
        problems.append(("", text))


def _not_string(value: Any) -> str:
    if type(value) is str:
        return ""
    return f"expected string, got &value.valueUnstructured{{Value:{go_syntax(value)}}}"


def _not_number(value: Any) -> str:
    if type(value) is int or type(value) is float:
        return ""
    return f"expected numeric (int or float), got {go_type(value)}"


def _not_boolean(value: Any) -> str:
    return "" if type(value) is bool else f"expected boolean, got &{{{go_value(value)}}}"


_CHECKS: Mapping[str, Callable[[Any], str]] = {
    "string": _not_string,
    "bytes": _not_string,
    "boolean": _not_boolean,
    "integer": _not_number,
    "int32": _not_number,
    "int64": _not_number,
    "number": _not_number,
}
"""By kind of scalar, what is wrong with a value of another type. The rest takes any."""

_ANY_SCALAR = frozenset({str, int, float, bool, type(None)})
TYPES: Mapping[str, frozenset[type]] = dict.fromkeys(get_args(ScalarKind), _ANY_SCALAR) | {
    kind: frozenset({*types, type(None)})
    for check, types in ((_not_string, [str]), (_not_number, [int, float]), (_not_boolean, [bool]))
    for kind in _CHECKS
    if _CHECKS[kind] is check
}
"""By kind of scalar, the types that are surely right."""

UNCHECKED = frozenset(get_args(ScalarKind)) - _CHECKS.keys()
"""The kinds of scalars that take any value."""
