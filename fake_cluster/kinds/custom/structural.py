"""A CustomResourceDefinition's structural schema as nodes.

Every node carries the schema that it was made from as its `rules`; validation reads them.

Source: documentation "Extend the Kubernetes API with CustomResourceDefinitions".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from fake_cluster.kinds.definitions import struct
from fake_cluster.kinds.schema import Anything, ListOf, ListType, MapOf, Node, Scalar, ScalarKind, Struct

Schema = Mapping[str, Any]
_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_SCALARS: Final = frozenset({"string", "boolean", "integer", "number"})


def object_of(schema: Schema) -> Struct:
    """The node of a whole custom resource: what the schema says, and the fields of every object."""
    found = _struct(schema)
    found.fields = {"apiVersion": Scalar("string"), "kind": Scalar("string")} | found.fields
    found.fields["metadata"] = struct("meta/v1.ObjectMeta")
    return found


def node_of(schema: Schema) -> Node:
    """The node of a schema."""
    nullable = bool(schema.get("nullable"))
    if schema.get("x-kubernetes-int-or-string"):
        return Scalar("int-or-string", schema, nullable)
    kind = schema.get("type", "")
    if kind == "array":
        return _list(schema)
    if kind == "object" or "properties" in schema or "additionalProperties" in schema:
        return _map(schema) if _is_map(schema) else _struct(schema)
    if kind in _SCALARS:
        return Scalar(cast("ScalarKind", kind), schema, nullable)
    return Anything(nullable=nullable, rules=schema)


def _is_map(schema: Schema) -> bool:
    return bool(schema.get("additionalProperties")) and not schema.get("properties")


def _map(schema: Schema) -> MapOf:
    values = schema["additionalProperties"]
    return MapOf(
        node_of(values) if isinstance(values, dict) else Anything(),
        atomic=schema.get("x-kubernetes-map-type") == "atomic",
        rules=schema,
        nullable=bool(schema.get("nullable")),
    )


def _list(schema: Schema) -> ListOf:
    return ListOf(
        node_of(schema.get("items") or {}),
        list_type=cast("ListType", schema.get("x-kubernetes-list-type", "atomic")),
        keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()),
        rules=schema,
        nullable=bool(schema.get("nullable")),
    )


def _struct(schema: Schema) -> Struct:
    properties = schema.get("properties") or {}
    found = Struct(
        fields={name: node_of(value) for name, value in properties.items()},
        required=frozenset(schema.get("required") or ()),
        defaults={name: value["default"] for name, value in properties.items() if "default" in value},
        atomic=schema.get("x-kubernetes-map-type") == "atomic",
        preserve_unknown=bool(schema.get(_PRESERVE)),
        embedded_resource=bool(schema.get("x-kubernetes-embedded-resource")),
        rules=schema,
        nullable=bool(schema.get("nullable")),
    )
    if found.embedded_resource:
        implied = {"apiVersion": Scalar("string"), "kind": Scalar("string")}
        found.fields = implied | {"metadata": struct("meta/v1.ObjectMeta")} | found.fields
    return found
