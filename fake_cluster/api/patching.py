"""Patch: the stored object, changed by a JSON, merge or strategic merge patch, goes through an update."""

from __future__ import annotations

from typing import Any

from fake_cluster.api import metadata
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.writing import finish_update
from fake_cluster.errors import ApiError, bad_request, not_found, unsupported_media_type
from fake_cluster.objects import Object


def patch(core: Core, call: Call) -> Answer:
    """Change parts of an object."""
    resource = call.resource
    stored = core.table(resource).get(call.namespace, call.name)
    if stored is None:
        raise not_found(resource.ref, call.name)
    current = core.view(resource, stored)
    patched = _patched(call, current.obj)
    metadata.place(call, patched["metadata"])
    decoded = resource.decode(patched, strict=call.options.field_validation)
    obj = decoded.obj
    resource.default(obj)
    metadata.check_version(resource, obj["metadata"], current.obj)
    return finish_update(core, call, current, obj, decoded.warnings)


def _patched(call: Call, obj: Object) -> Object:
    from fake_cluster.api import patch as patches

    kind, body = call.patch, call.body
    if kind == "json":
        return patches.json_patch(obj, body)
    if kind == "merge":
        return patches.merge_patch(obj, body)
    return patches.strategic_merge_patch(obj, body, call.resource.schema)
