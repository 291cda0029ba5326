"""The operations of resources, as the published documents describe them.

Clients look here for what a request may carry: kubectl asks whether a PATCH of a kind knows `dryRun` and
`fieldValidation` before it sends them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from fake_cluster.api.openapi.schemas import GVK, name_of
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object

LIST_OPTIONS = {
    "allowWatchBookmarks": "boolean",
    "continue": "string",
    "fieldSelector": "string",
    "labelSelector": "string",
    "limit": "integer",
    "resourceVersion": "string",
    "resourceVersionMatch": "string",
    "sendInitialEvents": "boolean",
    "timeoutSeconds": "integer",
    "watch": "boolean",
}
WRITE_OPTIONS = {"dryRun": "string", "fieldManager": "string", "fieldValidation": "string"}
DELETE_OPTIONS = {
    "dryRun": "string",
    "gracePeriodSeconds": "integer",
    "orphanDependents": "boolean",
    "propagationPolicy": "string",
}
PATCH_TYPES = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
STRATEGIC = "application/strategic-merge-patch+json"
"""Of built-in kinds only: `kubectl apply` looks here for how it may patch."""


class Operation(NamedTuple):
    """One verb: its method, what the documents call it, and its options."""

    method: str
    action: str
    options: dict[str, str]
    has_body: bool = False
    lists: bool = False


ON_COLLECTION = {
    "list": Operation("get", "list", LIST_OPTIONS, lists=True),
    "create": Operation("post", "post", WRITE_OPTIONS, has_body=True),
    "deletecollection": Operation("delete", "deletecollection", LIST_OPTIONS | DELETE_OPTIONS),
}
ON_OBJECT = {
    "get": Operation("get", "get", {}),
    "update": Operation("put", "put", WRITE_OPTIONS, has_body=True),
    "patch": Operation("patch", "patch", WRITE_OPTIONS | {"force": "boolean"}, has_body=True),
    "delete": Operation("delete", "delete", DELETE_OPTIONS),
}
Describe = Callable[[Resource, Operation], Object]


def paths_of(resources: Iterable[Resource], describe: Describe) -> dict[str, Object]:
    """All paths of these resources; `describe` gives an operation in the words of its document's version."""
    paths: dict[str, Object] = {}
    for resource in resources:
        for path, verbs in _places(resource):
            operations = {
                operation.method: describe(resource, operation)
                for verb, operation in verbs.items()
                if verb in resource.verbs
            }
            if operations:
                paths[path] = operations
    return dict(sorted(paths.items()))


def _places(resource: Resource) -> Iterable[tuple[str, dict[str, Operation]]]:
    ref = resource.ref
    collection = ref.path("{namespace}")
    yield collection, ON_COLLECTION
    yield f"{collection}/{{name}}", ON_OBJECT
    if ref.namespaced:
        yield ref.path(), {"list": ON_COLLECTION["list"]}
    for subresource in resource.subresources & {"status", "scale"}:
        parts = {verb: ON_OBJECT[verb] for verb in ("get", "update", "patch")}
        yield f"{collection}/{{name}}/{subresource}", parts


def action_of(resource: Resource, operation: Operation) -> Object:
    """The two extensions by which clients find an operation."""
    ref = resource.ref
    kind = {"group": ref.group, "version": ref.version, "kind": ref.kind}
    return {"x-kubernetes-action": operation.action, GVK: kind}


def answer_of(resource: Resource, operation: Operation) -> str:
    """The component that an operation answers with."""
    return name_of(resource) + ("List" if operation.lists else "")


def body_types(resource: Resource, operation: Operation) -> tuple[str, ...]:
    """The content types of an operation's body."""
    if operation.action != "patch":
        return ("application/json", "application/yaml")
    return PATCH_TYPES if resource.is_custom else (*PATCH_TYPES, STRATEGIC)
