"""The schemas of all kinds as OpenAPI documents: version 3 by group and version, version 2 in one piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import orjson

from fake_cluster.api.openapi.paths import Operation, action_of, answer_of, body_types, paths_of
from fake_cluster.api.openapi.schemas import schemas_of
from fake_cluster.kinds import Kinds, Resource
from fake_cluster.kinds.custom.resource import CustomResource
from fake_cluster.objects import Object

INFO = {"title": "Kubernetes", "version": "v1.36.0"}
V3_ROOT, V2_ROOT = "#/components/schemas/", "#/definitions/"


def place_of(resource: Resource) -> str:
    """`api/v1` or `apis/apps/v1`."""
    ref = resource.ref
    return f"apis/{ref.group}/{ref.version}" if ref.group else f"api/{ref.version}"


def _by_place(kinds: Kinds) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in kinds.resources():
        found.setdefault(place_of(resource), []).append(resource)
    return found


def index(kinds: Kinds) -> Object:
    """`/openapi/v3`: where the document of each group and version is, with a hash of its contents."""
    return {
        "paths": {
            place: {"serverRelativeURL": f"/openapi/v3/{place}?hash={_hash(resources)}"}
            for place, resources in _by_place(kinds).items()
        }
    }


def _hash(resources: Iterable[Resource]) -> str:
    """Built-in kinds differ by name; custom ones by all that their definition says."""
    parts = [
        [*resource.ref, resource.version if isinstance(resource, CustomResource) else None]
        for resource in resources
    ]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest().upper()


def document_v3(kinds: Kinds, place: str) -> Object | None:
    """The document of one group and version."""
    resources = _by_place(kinds).get(place)
    if resources is None:
        return None
    components = {"schemas": schemas_of(resources, V3_ROOT)}
    paths = paths_of(resources, _described_v3)
    return {"openapi": "3.0.0", "info": INFO, "paths": paths, "components": components}


def document_v2(kinds: Kinds) -> Object:
    """The document of everything, in version 2."""
    resources = list(kinds.resources())
    paths = paths_of(resources, _described_v2)
    return {"swagger": "2.0", "info": INFO, "paths": paths, "definitions": schemas_of(resources, V2_ROOT)}


def _described_v3(resource: Resource, operation: Operation) -> Object:
    content = {"schema": {"$ref": V3_ROOT + answer_of(resource, operation)}}
    answer = {"description": "OK", "content": {"application/json": content, "application/yaml": content}}
    parameters = [
        {"name": name, "in": "query", "schema": {"type": kind, "uniqueItems": True}}
        for name, kind in operation.options.items()
    ]
    described: Object = {"parameters": parameters, "responses": {"200": answer}}
    if operation.has_body:
        described["requestBody"] = {"content": dict.fromkeys(body_types(resource, operation), content)}
    return described | action_of(resource, operation)


def _described_v2(resource: Resource, operation: Operation) -> Object:
    schema = {"$ref": V2_ROOT + answer_of(resource, operation)}
    parameters: list[Object] = [
        {"name": name, "in": "query", "type": kind, "uniqueItems": True}
        for name, kind in operation.options.items()
    ]
    if operation.has_body:
        parameters.append({"name": "body", "in": "body", "required": True, "schema": schema})
    described: Object = {
        "produces": ["application/json", "application/yaml"],
        "consumes": list(body_types(resource, operation)) if operation.has_body else ["*/*"],
        "parameters": parameters,
        "responses": {"200": {"description": "OK", "schema": schema}},
    }
    return described | action_of(resource, operation)
