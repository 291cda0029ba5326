"""How the API refuses patches: which mistakes are the request's form, its content, or unforeseen.

Source: the behaviour of kube-apiserver. A patch that cannot be read is 400; one that does not fit
the object is 422 with a text that does not say why; what the patch code of the server does not foresee
comes out as 500 without a reason.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.errors import ApiError, bad_request

MOST_OPERATIONS = 10_000
"""How many operations a JSON patch may have."""


def does_not_apply() -> ApiError:
    """422: the patch is well-formed, but the object is not what it needs. The server does not say why."""
    return ApiError(422, "Invalid", "the server rejected our request due to an error in our request")


def unforeseen(message: str) -> ApiError:
    """500 without a reason: an error of the patch code that the server passes on as it is."""
    return ApiError(500, "", message)


def too_many_operations(count: int) -> ApiError:
    """413: a JSON patch with more operations than the server is willing to do."""
    text = f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {count}"
    return ApiError(413, "RequestEntityTooLarge", f"Request entity is too large: {text}")


def not_decodable(value: Any, wanted: str) -> ApiError:
    """400: the patch is JSON of the wrong shape; `wanted` is the Go type that it was read into."""
    return bad_request(f"json: cannot unmarshal {json_kind(value)} into Go value of type {wanted}")


def json_kind(value: Any) -> str:
    """What Go's JSON decoder calls a value: "object", "array", "string", "bool", "number"."""
    names = {dict: "object", list: "array", str: "string", bool: "bool", type(None): "null"}
    return names.get(type(value), "number")
