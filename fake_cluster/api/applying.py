"""Server-side apply: the configuration is merged, then goes the way of a create or an update."""

from __future__ import annotations

from typing import Any

from fake_cluster.api import managers, metadata
from fake_cluster.api.apply import Applied, ignored_by
from fake_cluster.api.apply import apply as apply_configuration
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.writing import decoded, finish_create, finish_update
from fake_cluster.errors import bad_request, conflict, not_found
from fake_cluster.objects import Object
from fake_cluster.store import Stored


def apply(core: Core, call: Call) -> Answer:
    """Create or change an object so that it has what the configuration says; 409 for others' fields."""
    resource = call.resource
    config = _configuration(call)
    stored = core.table(resource).get(call.namespace, call.name)
    if stored is None:
        return _create(core, call, config)
    current = core.view(resource, stored)
    _check_version(call, config["metadata"], current.obj)
    applied = _applied(core, call, current, config)
    if applied.same:
        return Answer(200, current)
    obj, warnings = decoded(call, applied.obj)
    return finish_update(core, call, current, obj, warnings, managed=applied.managed)


def _configuration(call: Call) -> Object:
    """The configuration, with the name and the namespace of the URL; 400 for others."""
    body: Any = call.body
    if not isinstance(body, dict):
        raise bad_request("error decoding YAML: the configuration must be an object")
    ref = call.resource.ref
    kind, given = body.get("kind") or "", body.get("metadata") or {}
    if kind != ref.kind or not isinstance(given, dict):
        metadata.check_type(call.resource, body | {"apiVersion": ref.api_version, "kind": kind})
        raise bad_request("the configuration must have kind and metadata")
    if given.get("name") == call.name and given.get("namespace", "") == call.namespace:
        return body
    placed = dict(given)
    metadata.place(call, placed)
    return body | {"metadata": placed}


def _check_version(call: Call, given: Object, current: Object) -> None:
    version, uid = given.get("resourceVersion"), given.get("uid")
    stored = current["metadata"]
    if (version and version != stored["resourceVersion"]) or (uid and uid != stored["uid"]):
        raise conflict(call.resource.ref, call.name)


def _applied(core: Core, call: Call, current: Stored | None, config: Object) -> Applied:
    resource = call.resource
    return apply_configuration(
        None if current is None else current.obj,
        config,
        resource.schema,
        managers.writer_of(core, call),
        force=call.options.force,
        configurations=core.configurations,
        ignored=ignored_by(resource.subresources, call.subresource),
    )


def _create(core: Core, call: Call, config: Object) -> Answer:
    ref = call.resource.ref
    if call.subresource:
        raise not_found(ref, call.name)
    if config["metadata"].get("resourceVersion") or config["metadata"].get("uid"):
        raise conflict(ref, call.name, "uid or resourceVersion of an object that does not exist")
    applied = _applied(core, call, None, config)
    obj, warnings = decoded(call, applied.obj)
    return finish_create(core, call, obj, warnings, managed=applied.managed)
