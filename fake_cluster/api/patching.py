"""Patch: the stored object, changed by a JSON, merge or strategic merge patch, goes through an update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from fake_cluster.api import metadata
from fake_cluster.api import patch as patches
from fake_cluster.api.applying import apply
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.writing import decoded, finish_update
from fake_cluster.errors import ApiError, FieldError, bad_request, invalid, not_found, unsupported_media_type
from fake_cluster.objects import Object, ResourceRef

NO_STRATEGIC = "strategic merge patch is not supported for custom resources"
_NOBODY = ResourceRef("", "", "", "")
"""What errors of a patch are about: the real server leaves the kind empty."""


def patch(core: Core, call: Call) -> Answer:
    """Change parts of an object."""
    if call.patch == "apply":
        return apply(core, call)
    resource = call.resource
    stored = core.table(resource).get(call.namespace, call.name)
    if stored is None:
        raise not_found(resource.ref, call.name)
    current = core.view(resource, stored)
    obj, warnings = patched_object(call, current.obj)
    metadata.check_version(resource, obj["metadata"], current.obj)
    return finish_update(core, call, current, obj, warnings)


def patched_object(call: Call, current: Object) -> tuple[Object, Sequence[str]]:
    """What the patch makes of an object, decoded and defaulted; 422 on "patch" for what cannot be decoded."""
    patched = _patched(call, current)
    if not isinstance(patched, dict) or not isinstance(patched.get("metadata"), dict):
        raise bad_request("the patched object is no object any more")
    metadata.check_patched_type(call.resource, patched)
    metadata.match(call, patched["metadata"])
    try:
        return decoded(call, patched, current)
    except ApiError as error:
        if error.code != 400:
            raise
        value = orjson.dumps(orjson.dumps(call.body).decode()).decode()
        text = f"Invalid value: {value}: {error.message}"
        raise invalid(_NOBODY, "", [FieldError("FieldValueInvalid", "patch", text)]) from None


def _patched(call: Call, obj: Object) -> Any:
    if call.patch == "json":
        return patches.json_patch(obj, call.body)
    if call.patch == "merge":
        return patches.merge_patch(obj, call.body)
    if call.resource.is_custom:
        raise unsupported_media_type(NO_STRATEGIC)
    return patches.strategic_merge_patch(obj, call.body, call.resource.schema)
