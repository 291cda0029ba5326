"""Field trees as JSON schemas, in the form in which the server publishes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fake_cluster.kinds import Resource
from fake_cluster.kinds.custom.resource import CustomResource
from fake_cluster.kinds.definitions import struct
from fake_cluster.kinds.schema import Anything, ListOf, MapOf, Node, Scalar, Struct
from fake_cluster.objects import Object

_SCALARS: dict[str, Object] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "number": {"type": "number"},
    "quantity": {"type": "string"},
    "int-or-string": {"type": "string", "format": "int-or-string"},
    "time": {"type": "string", "format": "date-time"},
    "micro-time": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte"},
    "duration": {"type": "string"},
}
_PACKAGES = {"meta": "io.k8s.apimachinery.pkg.apis.meta"}
METADATA = "meta/v1.ObjectMeta"
LIST_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"
GVK = "x-kubernetes-group-version-kind"


def component_name(type_name: str) -> str:
    """`io.k8s.api.apps.v1.Deployment` of `apps/v1.Deployment`."""
    package, _, rest = type_name.partition("/")
    return f"{_PACKAGES.get(package, f'io.k8s.api.{package}')}.{rest}"


def name_of(resource: Resource) -> str:
    """The component of a resource: custom ones are named after their group, turned around."""
    ref = resource.ref
    if not resource.is_custom:
        return component_name(resource.schema.name)
    return ".".join([*reversed(ref.group.split(".")), ref.version, ref.kind])


class Schemas:
    """The components of one document; `root` is where its references point."""

    def __init__(self, root: str) -> None:
        self.components: dict[str, Object] = {}
        self._root = root

    def add(self, resource: Resource) -> None:
        """The schema of a resource, of its list, and of everything in them."""
        name = name_of(resource)
        if isinstance(resource, CustomResource):
            self.components[name] = self._custom(resource.version)
        else:
            self._reference(resource.schema)
        ref = resource.ref
        self.components[name][GVK] = [{"group": ref.group, "version": ref.version, "kind": ref.kind}]
        self.components[f"{name}List"] = self._list(resource, name)

    def _custom(self, version: Mapping[str, Any]) -> Object:
        given = (version.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"}
        own = {
            "apiVersion": _SCALARS["string"],
            "kind": _SCALARS["string"],
            "metadata": {"allOf": [self._reference(struct(METADATA))]},
        }
        return {**given, "properties": {**(given.get("properties") or {}), **own}}

    def _list(self, resource: Resource, name: str) -> Object:
        ref = resource.ref
        properties = {
            "apiVersion": _SCALARS["string"],
            "items": {"type": "array", "items": {"$ref": self._root + name}},
            "kind": _SCALARS["string"],
            "metadata": {"$ref": self._root + LIST_METADATA},
        }
        self.components[LIST_METADATA] = {
            "type": "object",
            "properties": {
                **dict.fromkeys(("continue", "resourceVersion", "selfLink"), _SCALARS["string"]),
                "remainingItemCount": _SCALARS["int64"],
            },
        }
        kind = {"group": ref.group, "version": ref.version, "kind": resource.list_kind}
        return {"type": "object", "required": ["items"], "properties": properties, GVK: [kind]}

    def _reference(self, node: Struct) -> Object:
        name = component_name(node.name)
        if name not in self.components:
            self.components[name] = {}  # a type may contain itself
            self.components[name] = self._struct(node)
        return {"$ref": self._root + name}

    def _struct(self, node: Struct) -> Object:
        schema: Object = {"type": "object"}
        if node.fields:
            schema["properties"] = {name: self.schema(child) for name, child in sorted(node.fields.items())}
        schema |= {"required": sorted(node.required)} if node.required else {}
        return schema | ({"x-kubernetes-map-type": "atomic"} if node.atomic else {})

    def schema(self, node: Node) -> Object:
        """The schema of a field."""
        return _MAKERS[type(node)](self, node)

    def scalar(self, node: Scalar) -> Object:
        """A leaf."""
        return _SCALARS[node.kind]

    def struct(self, node: Struct) -> Object:
        """An object with fields: a reference to its component."""
        return self._reference(node) if node.name else self._struct(node)

    def map(self, node: MapOf) -> Object:
        """An object with any keys."""
        return {"type": "object", "additionalProperties": self.schema(node.values)}

    def list(self, node: ListOf) -> Object:
        """A list, with what patches and apply need to know of it."""
        schema: Object = {"type": "array", "items": self.schema(node.items)}
        schema["x-kubernetes-list-type"] = node.list_type
        schema |= {"x-kubernetes-list-map-keys": list(node.keys)} if node.keys else {}
        if node.merges:
            schema["x-kubernetes-patch-strategy"] = "merge"
            schema |= {"x-kubernetes-patch-merge-key": node.merge_key} if node.merge_key else {}
        return schema

    def anything(self, node: Anything) -> Object:
        """A value of any form. `kubectl explain` does not survive a schema that says nothing at all."""
        del node
        return {"description": "Any JSON value."}


_MAKERS: dict[type, Callable[[Schemas, Any], Object]] = {
    Scalar: Schemas.scalar,
    Struct: Schemas.struct,
    MapOf: Schemas.map,
    ListOf: Schemas.list,
    Anything: Schemas.anything,
}


def schemas_of(resources: Iterable[Resource], root: str) -> dict[str, Object]:
    """The components that describe these resources; `root` is where references point."""
    made = Schemas(root)
    for resource in resources:
        made.add(resource)
    return dict(sorted(made.components.items()))
