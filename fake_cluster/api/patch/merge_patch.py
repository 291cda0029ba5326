"""JSON merge patch (RFC 7386): objects merge, null removes, anything else replaces."""

from __future__ import annotations

from typing import Any

from fake_cluster.api.patch.refusals import not_decodable
from fake_cluster.errors import bad_request
from fake_cluster.objects import Object


def merge_patch(obj: Object, patch: Any) -> Object:
    """The object with the patch merged into it; parts that the patch leaves alone are shared.

    A patch that is not an object is 400, as kube-apiserver has it.
    """
    if patch is None:
        raise bad_request("Invalid JSON Patch")
    if not isinstance(patch, dict):
        error = not_decodable(patch, "map[string]interface {}")
        raise bad_request(f"error decoding patch: {error.message}")
    return _merged(obj, patch)


def _merged(target: Object, patch: Object) -> Object:
    result = target.copy()
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            old = result.get(key)
            result[key] = _merged(old if isinstance(old, dict) else {}, value)
        else:
            result[key] = value
    return result
