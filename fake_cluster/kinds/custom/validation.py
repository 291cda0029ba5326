"""Validation of custom resources against their structural schema, in the words of the real server.

An update is asked only for what it changes: a value that equals the old one at the same place stays
valid whatever the schema says by now ("ratcheting").

Source: k8s.io/kube-openapi `validation/validate` and apiextensions-apiserver; texts of a 1.36 server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Any, Final

from fake_cluster.errors import FieldError, duplicate, invalid_value, not_supported, required
from fake_cluster.errors import too_long as too_long_error
from fake_cluster.kinds.custom.formats import FORMATS
from fake_cluster.kinds.custom.keys import key_of
from fake_cluster.kinds.custom.patterns import matches
from fake_cluster.kinds.custom.rules import BLOCKING, UNCHECKED, broken_rules, has_rules
from fake_cluster.kinds.schema import Struct
from fake_cluster.kinds.validation import Rules
from fake_cluster.kinds.validation import check_create as check_metadata
from fake_cluster.kinds.validation import check_update as check_metadata_update
from fake_cluster.objects import Object

Schema = Mapping[str, Any]
_METADATA: Final = Rules(any_finalizer=True)
_NEW: Final = object()
"""Stands for the old value where there is none."""
_COMMON: Final = frozenset({"apiVersion", "kind", "metadata"})


def check_object(schema: Struct, obj: Object) -> list[FieldError]:
    """What is wrong with a new object."""
    rules = schema.rules or {}
    errors = [*check_metadata(_METADATA, obj), *errors_of(rules, _content(obj))]
    return errors + _rules_broken(rules, errors, obj, None)


def check_update(schema: Struct, new: Object, old: Object) -> list[FieldError]:
    """What is wrong with an update."""
    errors = check_metadata_update(_METADATA, new, old)
    rules = schema.rules or {}
    errors += errors_of(rules, _content(new), _content(old))
    return errors + _rules_broken(rules, errors, new, old)


def _rules_broken(
    rules: Schema, errors: list[FieldError], new: Object, old: Object | None
) -> list[FieldError]:
    """What rules in expressions say; they are not asked about values of the wrong shape."""
    if not has_rules(rules):
        return []
    if any(error.reason in BLOCKING for error in errors):
        return [UNCHECKED]
    return list(broken_rules(rules, new, old))


def _content(obj: Object) -> Object:
    return {name: value for name, value in obj.items() if name not in _COMMON}


def errors_of(schema: Schema, value: Any, old: Any = _NEW, path: str = "") -> Iterator[FieldError]:
    """What is wrong with a value; nothing if it equals the old one."""
    if value == old and value.__class__ is old.__class__:
        return
    wrong_type = _wrong_type(schema, value, path)
    if wrong_type is not None:
        yield wrong_type
        return
    if not _RULES.keys().isdisjoint(schema):
        for rule, check in _RULES.items():
            if rule in schema:
                yield from check(schema, value, path)
    for look_inside in _BY_TYPE.get(value.__class__, ()):
        yield from look_inside(schema, value, old, path)


def is_valid(schema: Schema, value: Any) -> bool:
    """Whether nothing is wrong with a value."""
    return next(errors_of(schema, value), None) is None


# --- types --------------------------------------------------------------------------------------------

_TYPES: Final[dict[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
_ALSO: Final = {"integer": "number"}


def _wrong_type(schema: Schema, value: Any, path: str) -> FieldError | None:
    got = _TYPES[value.__class__]
    if value is None and schema.get("nullable"):
        return None
    expected = (
        ("integer", "string") if schema.get("x-kubernetes-int-or-string") else (schema.get("type", ""),)
    )
    if not expected[0] or got in expected or _ALSO.get(got) in expected:
        return None
    message = f'{_in_body(path)} must be of type {",".join(expected)}: "{got}"'
    return FieldError("FieldValueTypeInvalid", path or "<nil>", f'Invalid value: "{got}": {message}')


def _in_body(path: str) -> str:
    return f"{path} in body" if path else "in body"


# --- value rules --------------------------------------------------------------------------------------

Check = Callable[[Schema, Any, str], Iterator[FieldError]]
DeepCheck = Callable[[Schema, Any, Any, str], Iterator[FieldError]]


def _enum(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    if value not in schema["enum"]:
        yield not_supported(path, value, [str(item) for item in schema["enum"]])


def _pattern(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    if value.__class__ is str and not matches(schema["pattern"], value):
        yield invalid_value(path, value, f"{_in_body(path)} should match '{schema['pattern']}'")


def _format(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    check = FORMATS.get(schema["format"])
    if check is not None and value.__class__ is str and not check(value):
        yield invalid_value(path, value, f'{_in_body(path)} must be of type {schema["format"]}: "{value}"')


def _minimum(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    limit = schema["minimum"]
    if _is_number(value) and (value < limit or (schema.get("exclusiveMinimum") and value == limit)):
        relation = "greater than" if schema.get("exclusiveMinimum") else "greater than or equal to"
        yield invalid_value(path, value, f"{_in_body(path)} should be {relation} {limit}")


def _maximum(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    limit = schema["maximum"]
    if _is_number(value) and (value > limit or (schema.get("exclusiveMaximum") and value == limit)):
        relation = "less than" if schema.get("exclusiveMaximum") else "less than or equal to"
        yield invalid_value(path, value, f"{_in_body(path)} should be {relation} {limit}")


def _multiple(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    if _is_number(value) and value % schema["multipleOf"]:
        yield invalid_value(path, value, f"{_in_body(path)} should be a multiple of {schema['multipleOf']}")


def _is_number(value: Any) -> bool:
    return value.__class__ in (int, float)


def _sized(kind: type[Sized], rule: str, unit: str) -> Check:
    """The least number of characters, items or properties."""

    def check(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
        if isinstance(value, kind) and len(value) < schema[rule]:
            shown = value if kind is str else len(value)
            yield invalid_value(path, shown, f"{_in_body(path)} should {_LEAST[unit]} {schema[rule]} {unit}")

    return check


_LEAST: Final = {"chars long": "be at least", "items": "have at least", "properties": "have at least"}


def _too_many(kind: type[Sized], rule: str) -> Check:
    def check(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
        if isinstance(value, kind) and len(value) > schema[rule]:
            text = f"Too many: {len(value)}: must have at most {schema[rule]} items"
            yield FieldError("FieldValueTooMany", path, text)

    return check


def _too_long(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    if value.__class__ is str and len(value) > schema["maxLength"]:
        yield too_long_error(path, value, schema["maxLength"])


def _all_of(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    wrong = [error for part in schema["allOf"] for error in errors_of(part, value, path=path)]
    if wrong:
        yield from wrong
        yield invalid_value(path, value, f'"{path}" must validate all the schemas (allOf)')


def _any_of(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    if not any(is_valid(part, value) for part in schema["anyOf"]):
        yield invalid_value(path, value, f'"{path}" must validate at least one schema (anyOf)')


def _one_of(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    valid = sum(is_valid(part, value) for part in schema["oneOf"])
    if valid != 1:
        found = f"valid against {valid} schemas" if valid else "none valid"
        text = f'"{path}" must validate one and only one schema (oneOf). Found {found}'
        yield invalid_value(path, value, text)


def _not(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    if is_valid(schema["not"], value):
        yield invalid_value(path, value, f'"{path}" must not validate the schema (not)')


_RULES: Final[dict[str, Check]] = {
    "enum": _enum,
    "pattern": _pattern,
    "format": _format,
    "minLength": _sized(str, "minLength", "chars long"),
    "maxLength": _too_long,
    "minimum": _minimum,
    "maximum": _maximum,
    "multipleOf": _multiple,
    "minItems": _sized(list, "minItems", "items"),
    "maxItems": _too_many(list, "maxItems"),
    "minProperties": _sized(dict, "minProperties", "properties"),
    "maxProperties": _too_many(dict, "maxProperties"),
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}


# --- what is inside -----------------------------------------------------------------------------------


def _properties(schema: Schema, value: Object, old: Any, path: str) -> Iterator[FieldError]:
    known = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    before = old if old.__class__ is dict else {}
    for name in schema.get("required") or ():
        if name not in value:
            yield required(f"{path}.{name}" if path else name)
    for name, item in value.items():
        child = known.get(name) or (others if others.__class__ is dict else None)
        if child:
            yield from errors_of(child, item, before.get(name, _NEW), f"{path}.{name}" if path else name)


def _embedded(schema: Schema, value: Object, old: Any, path: str) -> Iterator[FieldError]:
    del old
    if schema.get("x-kubernetes-embedded-resource"):
        for name in ("apiVersion", "kind"):
            if not value.get(name):
                yield required(f"{path}.{name}", "must not be empty")


def _items(schema: Schema, value: list[Any], old: Any, path: str) -> Iterator[FieldError]:
    child = schema.get("items") or {}
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    before = {key_of(keys, item): item for item in old} if keys and old.__class__ is list else {}
    for index, item in enumerate(value):
        yield from errors_of(child, item, before.get(key_of(keys, item), _NEW), f"{path}[{index}]")


def _unique(schema: Schema, value: list[Any], old: Any, path: str) -> Iterator[FieldError]:
    del old
    kind = schema.get("x-kubernetes-list-type")
    if kind not in ("set", "map"):
        return
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    seen = []
    for index, item in enumerate(value):
        identity = item
        if kind == "map" and item.__class__ is dict:
            identity = {key: item[key] for key in keys if key in item}
        if identity in seen:
            yield duplicate(f"{path}[{index}]", identity)
        seen.append(identity)


_BY_TYPE: Final[dict[type, tuple[DeepCheck, ...]]] = {
    dict: (_properties, _embedded),
    list: (_items, _unique),
}
