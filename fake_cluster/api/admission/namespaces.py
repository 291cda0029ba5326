"""NamespaceLifecycle: nothing is created where there is no namespace, or where it is about to go."""

from __future__ import annotations

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import ApiError, forbidden, not_found
from fake_cluster.kinds.refs import NAMESPACES
from fake_cluster.objects import Object

IMMORTAL = frozenset({"default", "kube-system", "kube-public"})


def check(core: Core, call: Call, obj: Object) -> None:
    """Refuse a new object whose namespace does not exist (404) or is Terminating (403)."""
    if not call.resource.ref.namespaced:
        return
    namespace = core.namespace(call.namespace)
    if namespace is None:
        raise not_found(NAMESPACES, call.namespace)
    if "deletionTimestamp" in namespace["metadata"]:
        raise _terminating(call, obj)


def _terminating(call: Call, obj: Object) -> ApiError:
    why = f"because it is being terminated"
    message = f"unable to create new content in namespace {call.namespace} {why}"
    error = forbidden(call.resource.ref, obj["metadata"].get("name", ""), message)
    text = f"namespace {call.namespace} is being terminated"
    cause = {"reason": "NamespaceTerminating", "message": text, "field": "metadata.namespace"}
    error.details = {**error.details, "causes": [cause]}
    return error


def check_deletable(core: Core, call: Call, obj: Object) -> None:
    """Some namespaces cannot be deleted."""
    del core
    if obj["kind"] == "Namespace" and call.name in IMMORTAL:
        raise forbidden(NAMESPACES, call.name, "this namespace may not be deleted")
