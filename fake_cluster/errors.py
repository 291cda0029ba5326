"""Errors of the API: frozen data that renders to a `Status`, in the words of the real server.

Everything that can go wrong is an `ApiError`; the functions below make them. Clients raise the same
class for what a server has answered, so that `error.reason == "NotFound"` reads the same in process
and over HTTP.

Source of the texts: the API conventions and the behaviour of kube-apiserver 1.29 and later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_cluster.objects import Object, ResourceRef


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field: an entry of `details.causes`."""

    reason: str
    field: str
    message: str

    def cause(self) -> Object:
        """As `Status` has it."""
        return {"reason": self.reason, "message": self.message, "field": self.field}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(eq=False)
class ApiError(Exception):
    """What the API answers instead of an object. `code` is the HTTP status."""

    code: int
    reason: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message

    def status(self) -> Object:
        """The `Status` object that goes over the wire."""
        status: Object = {"kind": "Status", "apiVersion": "v1"}
        status |= {"metadata": dict(self.metadata), "status": "Failure"}
        status |= {"message": self.message} if self.message else {}
        status |= {"reason": self.reason} if self.reason else {}
        status |= {"details": dict(self.details)} if self.details else {}
        return status | {"code": self.code}


def from_status(status: Mapping[str, Any], code: int = 500) -> ApiError:
    """The error that a `Status` describes."""
    return ApiError(
        code=status.get("code") or code,
        reason=status.get("reason", ""),
        message=status.get("message", ""),
        details=status.get("details") or {},
        metadata=status.get("metadata") or {},
    )


def _details(ref: ResourceRef, name: str, **more: Any) -> Object:
    details: Object = {"name": name} if name else {}
    details |= {"group": ref.group} if ref.group else {}
    return details | {"kind": ref.plural} | more


def not_found(ref: ResourceRef, name: str) -> ApiError:
    """404: no such object."""
    return ApiError(404, "NotFound", f'{ref.resource_name} "{name}" not found', _details(ref, name))


def already_exists(ref: ResourceRef, name: str) -> ApiError:
    """409: a create met an object of that name."""
    message = f'{ref.resource_name} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, _details(ref, name))


def conflict(ref: ResourceRef, name: str, why: str = "") -> ApiError:
    """409: the object is not what the writer thought it was."""
    why = why or "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {ref.resource_name} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(ref, name))


def forbidden(ref: ResourceRef, name: str, why: str) -> ApiError:
    """403: admission or access says no."""
    quoted = f' "{name}"' if name else ""
    return ApiError(403, "Forbidden", f"{ref.resource_name}{quoted} is forbidden: {why}", _details(ref, name))


def invalid(ref: ResourceRef, name: str, errors: Sequence[FieldError]) -> ApiError:
    """422: the object breaks rules of its kind; every one of them is a cause."""
    texts = [str(error) for error in errors]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    kind = f"{ref.kind}.{ref.group}" if ref.group else ref.kind
    details: Object = {"name": name} if name else {}
    details |= {"group": ref.group} if ref.group else {}
    details |= {"kind": ref.kind, "causes": [error.cause() for error in errors]}
    return ApiError(422, "Invalid", f'{kind} "{name}" is invalid: {joined}', details)


def bad_request(message: str) -> ApiError:
    """400: the request cannot be understood."""
    return ApiError(400, "BadRequest", message)


def no_such_resource() -> ApiError:
    """404: the group is known, the resource is not."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_supported(ref: ResourceRef, verb: str) -> ApiError:
    """405: the resource does not know that verb."""
    message = f'{verb} is not supported on resources of kind "{ref.resource_name}"'
    return ApiError(405, "MethodNotAllowed", message, _details(ref, ""))


def unsupported_media_type(message: str) -> ApiError:
    """415: a body of a type that is not understood."""
    return ApiError(415, "UnsupportedMediaType", message)


def expired(message: str) -> ApiError:
    """410: the resourceVersion is older than what the watch log remembers."""
    return ApiError(410, "Expired", message)


def internal(message: str) -> ApiError:
    """500."""
    return ApiError(
        500, "InternalError", f"Internal error occurred: {message}", {"causes": [{"message": message}]}
    )


# --- what can be wrong with a field -------------------------------------------------------------------


def _shown(value: Any) -> str:
    """A value as Go's field errors print it: JSON for strings and numbers, Go syntax for the rest."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def required(path: str, detail: str = "") -> FieldError:
    """A field that must be there is not."""
    return FieldError("FieldValueRequired", path, "Required value" + (f": {detail}" if detail else ""))


def invalid_value(path: str, value: Any, detail: str) -> FieldError:
    """A field has a value that its rules refuse."""
    return FieldError("FieldValueInvalid", path, f"Invalid value: {_shown(value)}: {detail}")


def not_supported(path: str, value: Any, supported: Sequence[str]) -> FieldError:
    """A field has a value outside its enumeration."""
    listed = ", ".join(f'"{item}"' for item in supported)
    message = f"Unsupported value: {_shown(value)}: supported values: {listed}"
    return FieldError("FieldValueNotSupported", path, message)


def duplicate(path: str, value: Any) -> FieldError:
    """Two entries of a list are the same."""
    return FieldError("FieldValueDuplicate", path, f"Duplicate value: {_shown(value)}")


def forbidden_field(path: str, detail: str) -> FieldError:
    """A field is set that must not be."""
    return FieldError("FieldValueForbidden", path, f"Forbidden: {detail}")


def type_invalid(path: str, value: Any, detail: str) -> FieldError:
    """A field of a custom resource has the wrong JSON type."""
    return FieldError("FieldValueTypeInvalid", path, f"Invalid value: {_shown(value)}: {detail}")


def too_long(path: str, value: Any, limit: int) -> FieldError:
    """A string is longer than its limit."""
    del value  # the real server does not print it
    return FieldError("FieldValueTooLong", path, f"Too long: may not be more than {limit} bytes")
