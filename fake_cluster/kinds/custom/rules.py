"""Rules of custom resources in the Common Expression Language (`x-kubernetes-validations`).

A rule sees the value at its place as `self`; one that also speaks of `oldSelf` is a transition rule and is
asked only where there is an old value to compare with, unless it says `optionalOldSelf`. A value that has
not changed may stay as it is, whatever ordinary rules say by now.

Source: documentation "Extend the Kubernetes API with CustomResourceDefinitions", Validation rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fake_cluster.errors import FieldError
from fake_cluster.kinds.custom.keys import key_of
from fake_cluster.objects import Object

Schema = Mapping[str, Any]
RULES: Final = "x-kubernetes-validations"
_NEW: Final = object()
_VARIABLES: Final = frozenset({"self", "oldSelf"})
_PREFIX: Final = {
    "FieldValueRequired": "Required value: {text}",
    "FieldValueForbidden": "Forbidden: {text}",
    "FieldValueDuplicate": 'Duplicate value: "{kind}"',
    "FieldValueInvalid": 'Invalid value: "{kind}": {text}',
}
UNCHECKED: Final = FieldError(
    "FieldValueInvalid",
    "<nil>",
    'Invalid value: "": some validation rules were not checked because the object was invalid; '
    "correct the existing errors to complete validation",
)
BLOCKING: Final = frozenset(
    {"FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid"}
)
"""What must be right before any rule is asked."""

_known: dict[int, tuple[Schema, bool]] = {}


def has_rules(schema: Schema) -> bool:
    """Whether there is a rule anywhere in a schema."""
    found = _known.get(id(schema))
    if found is None:
        if len(_known) > 100_000:
            _known.clear()
        found = _known[id(schema)] = (
            schema,
            bool(schema.get(RULES)) or any(map(has_rules, _children(schema))),
        )
    return found[1]


def _children(schema: Schema) -> Iterator[Schema]:
    yield from (schema.get("properties") or {}).values()
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield schema[name]


def broken_rules(schema: Schema, obj: Object, old: Object | None = None) -> Iterator[FieldError]:
    """The rules that an object, all of whose values are of the right types, does not keep."""
    if has_rules(schema):
        yield from _below(schema, obj, _NEW if old is None else old, "", root=True)


def _below(schema: Schema, value: Any, old: Any, path: str, *, root: bool = False) -> Iterator[FieldError]:
    if not has_rules(schema) or value is None:
        return
    if schema.get(RULES):
        yield from _asked(schema, value, old, path, root=root)
    if value.__class__ is dict:
        yield from _in_object(schema, value, old, path)
    elif value.__class__ is list:
        yield from _in_list(schema, value, old, path)


def _in_object(schema: Schema, value: Object, old: Any, path: str) -> Iterator[FieldError]:
    fields, others = schema.get("properties") or {}, schema.get("additionalProperties")
    before = old if old.__class__ is dict else {}
    for name, item in value.items():
        if name in fields:
            yield from _below(fields[name], item, before.get(name, _NEW), f"{path}.{name}" if path else name)
        elif others.__class__ is dict:
            yield from _below(others, item, before.get(name, _NEW), f"{path}[{name}]")


def _in_list(schema: Schema, value: list[Any], old: Any, path: str) -> Iterator[FieldError]:
    """Elements have a past where they have keys."""
    child, keys = schema.get("items") or {}, schema.get("x-kubernetes-list-map-keys") or ()
    before = {key_of(keys, item): item for item in old} if keys and old.__class__ is list else {}
    for index, item in enumerate(value):
        yield from _below(child, item, before.get(key_of(keys, item), _NEW), f"{path}[{index}]")


def _asked(schema: Schema, value: Any, old: Any, path: str, *, root: bool) -> Iterator[FieldError]:
    from fake_cluster.kinds.cel.engine import compiled  # noqa: PLC0415 - only who has rules pays for the engine

    variables: dict[str, Any] = {}
    for rule in schema[RULES]:
        expression = compiled(rule["rule"], _VARIABLES)
        is_transition, optional = expression.uses("oldSelf"), bool(rule.get("optionalOldSelf"))
        if (is_transition and old is _NEW and not optional) or (not is_transition and old == value):
            continue
        if not variables:
            variables = _variables(schema, value, old, root=root)
        given = (
            variables if not optional else variables | {"oldSelf": _optional(variables.get("oldSelf", _NEW))}
        )
        yield from _verdict(rule, given, schema.get("type", "object"), path)


def _variables(schema: Schema, value: Any, old: Any, *, root: bool) -> dict[str, Any]:
    from fake_cluster.kinds.cel.values import root_fields, seen  # noqa: PLC0415 - as above

    found = {"self": seen(schema, value)} | ({} if old is _NEW else {"oldSelf": seen(schema, old)})
    if root:
        given = {"self": value, "oldSelf": old}
        return {name: shown | root_fields(given[name]) for name, shown in found.items()}
    return found


def _optional(value: Any) -> Any:
    from cel import OptionalValue  # noqa: PLC0415 - as above

    return OptionalValue.none() if value is _NEW else OptionalValue.of(value)


def _verdict(rule: Object, variables: Mapping[str, Any], kind: str, path: str) -> Iterator[FieldError]:
    from fake_cluster.kinds.cel.engine import ExpressionError, compiled  # noqa: PLC0415 - as above

    try:
        kept = compiled(rule["rule"], _VARIABLES).evaluate(variables)
    except ExpressionError as error:
        text = f"{error} evaluating rule: {_message(rule)}"
        if str(error) == "no such overload":
            text = (
                "call arguments did not match a supported operator, function or macro signature for rule: "
                f"{_message(rule)}"
            )
        yield _error("FieldValueInvalid", path, kind, text)
        return
    if kept is not True:
        at = f"{path}{rule.get('fieldPath', '')}".lstrip(".")
        yield _error(rule.get("reason") or "FieldValueInvalid", at, kind, _told(rule, variables))


def _error(reason: str, path: str, kind: str, text: str) -> FieldError:
    return FieldError(reason, path or "<nil>", _PREFIX[reason].format(kind=kind, text=text))


def _message(rule: Object) -> str:
    return rule.get("message") or f"failed rule: {rule['rule'].strip()}"


def _told(rule: Object, variables: Mapping[str, Any]) -> str:
    """The message of a rule that is not kept: that of its own expression, if that gives one."""
    from fake_cluster.kinds.cel.engine import ExpressionError, compiled  # noqa: PLC0415 - as above

    if rule.get("messageExpression"):
        try:
            text = compiled(rule["messageExpression"], _VARIABLES).evaluate(variables)
        except ExpressionError:
            text = ""
        if isinstance(text, str) and text.strip() and "\n" not in text:
            return text
    return _message(rule)
