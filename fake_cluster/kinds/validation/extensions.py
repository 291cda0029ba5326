"""Rules of CustomResourceDefinitions.

Source: ValidateCustomResourceDefinition of apiextensions-apiserver.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from fake_cluster.errors import FieldError, invalid_value, not_supported, required
from fake_cluster.kinds.validation import names
from fake_cluster.objects import Object

_IMMUTABLE = "field is immutable"
_SCOPES = ("Cluster", "Namespaced")


def definition(obj: Object) -> Iterator[FieldError]:
    """The name follows from plural and group; one version is stored; every version has a schema."""
    spec = obj["spec"]
    group, given = spec.get("group") or "", spec.get("names") or {}
    wanted = f"{given.get('plural') or ''}.{group}"
    if obj["metadata"].get("name") != wanted:
        text = 'must be spec.names.plural+"."+spec.group'
        yield invalid_value("metadata.name", obj["metadata"].get("name"), text)
    yield from _group(group)
    if spec.get("scope") not in _SCOPES:
        yield not_supported("spec.scope", spec.get("scope") or "", _SCOPES)
    yield from _names(given)
    yield from _versions(spec)


def _group(group: str) -> Iterator[FieldError]:
    if not group:
        yield required("spec.group")
        return
    for text in names.dns_1123_subdomain(group):
        yield invalid_value("spec.group", group, text)
    if "." not in group:
        yield invalid_value("spec.group", group, "should be a domain with at least one dot")


def _names(given: Mapping[str, Any]) -> Iterator[FieldError]:
    for field in ("plural", "singular", "kind", "listKind"):
        value = given.get(field) or ""
        if not value:
            yield required(f"spec.names.{field}")
            continue
        for text in names.dns_1035_label(value.lower()):
            yield invalid_value(f"spec.names.{field}", value, text)
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        text = "kind and listKind may not be the same"
        yield invalid_value("spec.names.listKind", given["listKind"], text)


def _versions(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    versions = spec.get("versions") or []
    if not versions:
        yield required("spec.versions")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        text = "must have exactly one version marked as storage version"
        yield invalid_value("spec.versions", versions, text)
    if len({version.get("name") for version in versions}) < len(versions):
        yield invalid_value("spec.versions", versions, "must contain unique version names")
    for index, version in enumerate(versions):
        yield from _version(version, f"spec.versions[{index}]")


def _version(version: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for text in names.dns_1035_label(version.get("name") or ""):
        yield invalid_value(f"{path}.name", version.get("name") or "", text)
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if schema is None:
        yield required(f"{path}.schema.openAPIV3Schema", "schemas are required")
        return
    at = f"{path}.schema.openAPIV3Schema"
    if schema.get("type") != "object":
        yield (
            invalid_value(f"{at}.type", schema.get("type") or "", "must be object at the root")
            if schema.get("type")
            else required(f"{at}.type", "must not be empty at the root")
        )
    yield from _errors_inside(orjson.dumps(schema), at)


@lru_cache(maxsize=128)
def _errors_inside(schema: bytes, path: str) -> Sequence[FieldError]:
    """What is wrong below the root of a schema; the same schema, in whatever cluster, is judged once."""
    content = orjson.loads(schema)
    return (*_structural(content, path), *_rules(content, path))


def _rules(schema: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """Every rule can be compiled."""
    for index, rule in enumerate(schema.get("x-kubernetes-validations") or ()):
        for field in ("rule", "messageExpression"):
            if rule.get(field) or field == "rule":
                at = f"{path}.x-kubernetes-validations[{index}].{field}"
                yield from _expression(rule.get(field) or "", at)
    for at, child in _children(schema, path):
        yield from _rules(child, at)


def _expression(text: str, path: str) -> Iterator[FieldError]:
    from fake_cluster.kinds.cel.engine import ExpressionError, compiled  # noqa: PLC0415 - only who has rules pays

    if not text.strip():
        yield required(path, "rule is not specified")
        return
    try:
        compiled(text, frozenset({"self", "oldSelf"}))
    except ExpressionError as error:
        yield invalid_value(path, text, f"compilation failed: {error}")


def _children(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, child in (schema.get("properties") or {}).items():
        yield f"{path}.properties[{name}]", child
    for field in ("items", "additionalProperties"):
        if isinstance(schema.get(field), dict):
            yield f"{path}.{field}", schema[field]


def _structural(schema: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """Every field says its type, or that any is welcome."""
    for at, child in _children(schema, path):
        free = child.get("x-kubernetes-int-or-string") or child.get("x-kubernetes-preserve-unknown-fields")
        if not child.get("type") and not free:
            yield required(f"{at}.type", "must not be empty for specified object fields")
        yield from _structural(child, at)
    if schema.get("type") == "array" and "items" not in schema:
        yield required(f"{path}.items", "must be specified")


def definition_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Group, scope and names stay."""
    for path in (("group",), ("scope",), ("names", "kind"), ("names", "plural")):
        before, after = _at(old["spec"], path), _at(new["spec"], path)
        if before != after:
            yield invalid_value(f"spec.{'.'.join(path)}", after, _IMMUTABLE)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for field in path:
        value = (value or {}).get(field)
    return value
