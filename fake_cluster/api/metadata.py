"""The metadata that the server itself keeps: names, uids, times, and what may not be changed by others."""

from __future__ import annotations

from typing import Any

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import (
    ApiError,
    FieldError,
    bad_request,
    conflict,
    internal,
    invalid,
    no_such_resource,
    required,
)
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object, ResourceRef

KEPT = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")
"""What an update cannot change: whatever it says, the stored value stays."""


def check_type(resource: Resource, body: Any) -> Object:
    """The body as an object of this resource; `kind` and `apiVersion` may be left out for built-in kinds."""
    if not isinstance(body, dict):
        raise bad_request(_NOT_AN_OBJECT)
    ref = resource.ref
    kind, api_version = body.get("kind") or "", body.get("apiVersion") or ""
    if not isinstance(kind, str) or not isinstance(api_version, str):
        raise bad_request(_NOT_AN_OBJECT)
    if kind == ref.kind and api_version == ref.api_version:
        return body
    if resource.is_custom:
        _check_custom(resource, body, kind, api_version)
    elif (kind and kind != ref.kind) or (api_version and api_version != ref.api_version):
        raise bad_request(_mismatch(resource, kind or ref.kind, api_version or ref.api_version))
    return body


def read_as(core: Core, ref: ResourceRef, body: Any) -> Object:
    """The body of a subresource that has a kind of its own, decoded by the schema of that kind."""
    resource = core.kinds.by_kind(ref.api_version, ref.kind)
    if resource is None:
        raise no_such_resource()
    obj = resource.decode(check_type(resource, body)).obj
    obj.setdefault("metadata", {})
    return obj


def check_patched_type(resource: Resource, patched: Object) -> None:
    """A patch must not turn an object into one of another kind."""
    ref = resource.ref
    kind, api_version = patched.get("kind"), patched.get("apiVersion")
    if kind != ref.kind or api_version != ref.api_version:
        check_type(resource, {**patched, "kind": kind or "", "apiVersion": api_version or ""})


_NOT_AN_OBJECT = (
    "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct "
    '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
)


def _check_custom(resource: Resource, body: Object, kind: str, api_version: str) -> None:
    if not kind:
        raise bad_request(f"Object 'Kind' is missing in '{_shown(body)}'")
    if api_version != resource.ref.api_version:
        message = f"the API version in the data ({api_version}) does not match the expected API version "
        raise bad_request(message + f"({resource.ref.api_version})")
    cause = FieldError("FieldValueInvalid", "kind", f'Invalid value: "{kind}": must be {resource.ref.kind}')
    given = body.get("metadata")
    name = str(given.get("name") or "") if isinstance(given, dict) else ""
    raise invalid(resource.ref, name, [cause])


def _shown(body: Object) -> str:
    return str(body)[:200]


def _mismatch(resource: Resource, kind: str, api_version: str) -> str:
    group, _, version = api_version.rpartition("/")
    ref = resource.ref
    expected = f"{ref.group}/{ref.version}" if ref.group else f"/{ref.version}"
    del group
    return (
        f'{kind} in version "{version}" cannot be handled as a {ref.kind}: '
        f'no kind "{kind}" is registered for version "{api_version}" in scheme (expected {expected})'
        if kind == ref.kind
        else f"the object provided is unrecognized (must be of type {ref.kind})"
    )


def place(call: Call, metadata: Object) -> None:
    """Make the namespace and the name of a new object those of the URL, and refuse others."""
    _place_in_namespace(call, metadata)
    if call.name:
        _check_name(call, metadata.get("name") or call.name)
        metadata["name"] = call.name


def match(call: Call, metadata: Object) -> None:
    """Check that an object that is to replace another one has its name and namespace."""
    _place_in_namespace(call, metadata)
    if not metadata.get("name"):
        text = f"the name of the object ({call.name} based on URL) was undeterminable: name must be provided"
        raise bad_request(text)
    _check_name(call, metadata["name"])


def _place_in_namespace(call: Call, metadata: Object) -> None:
    namespace = metadata.get("namespace") or ""
    if not call.resource.ref.namespaced:
        metadata.pop("namespace", None)
    elif namespace and namespace != call.namespace:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    else:
        metadata["namespace"] = call.namespace


def _check_name(call: Call, name: str) -> None:
    if name != call.name:
        message = f"the name of the object ({name}) does not match the name on the URL ({call.name})"
        raise bad_request(message)


def begin(core: Core, call: Call, metadata: Object) -> None:
    """Metadata of a new object: its name, uid and time of creation."""
    if metadata.pop("resourceVersion", None):
        raise internal("resourceVersion should not be set on objects to be created")
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = core.generated_name(metadata["generateName"])
    if not metadata.get("name"):
        missing = required("metadata.name", "name or generateName is required")
        raise invalid(call.resource.ref, "", [missing])
    for gone in KEPT:
        metadata.pop(gone, None)
    metadata["uid"] = core.uid()
    metadata["creationTimestamp"] = core.timestamp()


UNCONDITIONAL_REFUSED = frozenset(
    {
        ("coordination.k8s.io", "leases"),
        ("apiextensions.k8s.io", "customresourcedefinitions"),
        ("apiregistration.k8s.io", "apiservices"),
        ("policy", "poddisruptionbudgets"),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
        ("storage.k8s.io", "csidrivers"),
        ("storage.k8s.io", "csinodes"),
        ("storage.k8s.io", "volumeattachments"),
        ("node.k8s.io", "runtimeclasses"),
    }
)
"""Built-in kinds whose PUT must carry a resourceVersion (`AllowUnconditionalUpdate` of their strategies)."""

CREATED_BY_UPDATE = frozenset(
    {
        ("", "endpoints"),
        ("", "events"),
        ("", "limitranges"),
        ("", "services"),
        ("coordination.k8s.io", "leases"),
        ("events.k8s.io", "events"),
        ("rbac.authorization.k8s.io", "clusterroles"),
        ("rbac.authorization.k8s.io", "clusterrolebindings"),
        ("rbac.authorization.k8s.io", "roles"),
        ("rbac.authorization.k8s.io", "rolebindings"),
    }
)
"""Kinds that a PUT to a missing name creates (`AllowCreateOnUpdate`)."""


def check_version(resource: Resource, metadata: Object, current: Object) -> None:
    """Optimistic concurrency: what the writer has read must be what is stored."""
    ref, name, stored = resource.ref, current["metadata"]["name"], current["metadata"]
    version = metadata.get("resourceVersion") or ""
    if not version or version == "0":
        if resource.is_custom or (ref.group, ref.plural) in UNCONDITIONAL_REFUSED:
            text = "Invalid value: 0x0: must be specified for an update"
            raise invalid(ref, name, [FieldError("FieldValueInvalid", "metadata.resourceVersion", text)])
    elif version != stored["resourceVersion"]:
        raise conflict(ref, name) if version.isdecimal() else _bad_version(resource, name, version)
    uid = metadata.get("uid")
    if uid and uid != stored["uid"]:
        raise conflict(ref, name, _uid_text(uid, stored["uid"]))


def _bad_version(resource: Resource, name: str, version: str) -> ApiError:
    text = f'Invalid value: "{version}": strconv.ParseUint: parsing "{version}": invalid syntax'
    return invalid(resource.ref, name, [FieldError("FieldValueInvalid", "metadata.resourceVersion", text)])


def _uid_text(given: str, stored: str) -> str:
    return f"Precondition failed: UID in precondition: {given}, UID in object meta: {stored}"


def keep(new: Object, old: Object) -> None:
    """Carry over the metadata that updates cannot change."""
    metadata, stored = new["metadata"], old["metadata"]
    for name in KEPT:
        if name in stored:
            metadata[name] = stored[name]
        else:
            metadata.pop(name, None)
    metadata["resourceVersion"] = stored["resourceVersion"]
