"""The vocabulary in which the structural schemas of this package are written."""

from __future__ import annotations

from typing import Any

from fake_cluster.objects import Object, ResourceRef

ANYTHING: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
INT_OR_STRING: Object = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}
DURATION = r"^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$"


def string(**rules: Any) -> Object:
    """Text; `rules` are `enum`, `pattern`, `default` and the like."""
    return {"type": "string", **rules}


def integer(**rules: Any) -> Object:
    """A whole number."""
    return {"type": "integer", **rules}


def boolean(**rules: Any) -> Object:
    """True or false."""
    return {"type": "boolean", **rules}


def fields(*required: str, **properties: Object) -> Object:
    """An object with named fields. A name that is a word of Python ends in `_` here."""
    found: Object = {
        "type": "object",
        "properties": {name.rstrip("_"): node for name, node in properties.items()},
    }
    return found | {"required": list(required)} if required else found


def listed(items: Object, **rules: Any) -> Object:
    """A list."""
    return {"type": "array", "items": items, **rules}


def mapped(values: Object) -> Object:
    """An object with arbitrary keys."""
    return {"type": "object", "additionalProperties": values}


def label_selector() -> Object:
    """A LabelSelector."""
    expression = fields("key", "operator", key=string(), operator=string(), values=listed(string()))
    selector = fields(matchExpressions=listed(expression), matchLabels=mapped(string()))
    return selector | {"x-kubernetes-map-type": "atomic"}


def key_of_object() -> Object:
    """A key of a Secret or a ConfigMap in the same namespace."""
    selector = fields("key", key=string(), name=string(), optional=boolean())
    return selector | {"x-kubernetes-map-type": "atomic"}


def column(name: str, path: str, kind: str = "string", **more: Any) -> Object:
    """A printer column."""
    return {"name": name, "type": kind, "jsonPath": path, **more}


def definition(  # noqa: PLR0913 - the parts of a definition
    ref: ResourceRef,
    spec: Object,
    status: Object | None = None,
    *,
    short_names: tuple[str, ...] = (),
    categories: tuple[str, ...] = (),
    columns: tuple[Object, ...] = (),
) -> Object:
    """A CustomResourceDefinition of one version; with `status`, with that subresource."""
    top = {"apiVersion": string(), "kind": string(), "metadata": {"type": "object"}, "spec": spec}
    schema = {
        "type": "object",
        "properties": top | ({"status": status} if status else {}),
        "required": ["spec"],
    }
    version: Object = {
        "name": ref.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
    }
    version |= {"subresources": {"status": {}}} if status else {}
    version |= {"additionalPrinterColumns": list(columns)} if columns else {}
    names = {
        "plural": ref.plural,
        "singular": ref.kind.lower(),
        "kind": ref.kind,
        "listKind": f"{ref.kind}List",
    }
    optional = {"shortNames": list(short_names), "categories": list(categories)}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": ref.resource_name},
        "spec": {
            "group": ref.group,
            "names": {**names, **{name: value for name, value in optional.items() if value}},
            "scope": "Namespaced" if ref.namespaced else "Cluster",
            "versions": [version],
        },
    }
