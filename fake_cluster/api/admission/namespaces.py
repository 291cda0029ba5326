"""Namespaces: nothing is created where there is none, or where it is about to go; some live for ever."""

from __future__ import annotations

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import ApiError, forbidden, not_found
from fake_cluster.kinds.refs import NAMESPACES
from fake_cluster.objects import Object

IMMORTAL = frozenset({"default", "kube-system", "kube-public"})
NAME_LABEL = "kubernetes.io/metadata.name"


def check(core: Core, call: Call, obj: Object) -> None:
    """NamespaceLifecycle: refuse what would be in no namespace (404), or in a Terminating one (403)."""
    if not call.resource.ref.namespaced:
        return
    namespace = core.namespace(call.namespace)
    if namespace is None:
        raise not_found(NAMESPACES, call.namespace)
    if "deletionTimestamp" in namespace["metadata"]:
        raise _terminating(call, obj)


def _terminating(call: Call, obj: Object) -> ApiError:
    message = f"unable to create new content in namespace {call.namespace} because it is being terminated"
    error = forbidden(call.resource.ref, obj["metadata"].get("name", ""), message)
    text = f"namespace {call.namespace} is being terminated"
    cause = {"reason": "NamespaceTerminating", "message": text, "field": "metadata.namespace"}
    error.details = {**error.details, "causes": [cause]}
    return error


def check_deletable(core: Core, call: Call, obj: Object) -> None:
    """Some namespaces cannot be deleted."""
    del core, call
    name = obj["metadata"]["name"]
    if name in IMMORTAL:
        raise forbidden(NAMESPACES, name, "this namespace may not be deleted")


def begin(core: Core, call: Call, obj: Object) -> None:
    """A new namespace carries its name as a label, and a finalizer of its own."""
    del core, call
    obj["metadata"].setdefault("labels", {})[NAME_LABEL] = obj["metadata"]["name"]
    finalizers = obj.setdefault("spec", {}).setdefault("finalizers", [])
    if "kubernetes" not in finalizers:
        finalizers.append("kubernetes")


def keep_finalizers(core: Core, call: Call, obj: Object, old: Object) -> None:
    """`spec.finalizers` change through the subresource `finalize` only."""
    del core
    if call.subresource != "finalize" and old.get("spec", {}).get("finalizers"):
        obj.setdefault("spec", {})["finalizers"] = old["spec"]["finalizers"]
