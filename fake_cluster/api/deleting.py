"""Delete and deletecollection.

An object with finalizers, or a Pod with a grace period, is only marked; it goes when the last finalizer is
taken away, or when its node agent deletes it with grace 0. Source: the API conventions and measurements on
a real server (which kinds answer with the object, and which with a Status).
"""

from __future__ import annotations

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.reading import list_
from fake_cluster.api.writing import released
from fake_cluster.errors import bad_request, conflict, not_found
from fake_cluster.machinery.clock import timestamp
from fake_cluster.objects import Object, copy_of
from fake_cluster.store import Stored

POD_GRACE = 30
"""Seconds between asking a running Pod to end and killing it, if its spec does not say."""
ANSWERED_WITH_OBJECT = frozenset({("", "pods"), ("", "services"), ("", "namespaces")})
_FINALIZERS = {"Orphan": "orphan", "Foreground": "foregroundDeletion"}


def delete(core: Core, call: Call) -> Answer:
    """Delete one object, or mark it as to be deleted."""
    stored = core.table(call.resource).get(call.namespace, call.name)
    if stored is None:
        raise not_found(call.resource.ref, call.name)
    _check_preconditions(call, stored.obj)
    core.admission.admit_delete(core, call, stored.obj)
    return _delete(core, call, stored)


def _check_preconditions(call: Call, obj: Object) -> None:
    meta = obj["metadata"]
    for name, title in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        wanted = call.options.preconditions.get(name)
        if wanted and wanted != meta[name]:
            why = f"Precondition failed: {title} in precondition: {wanted}, {title} in object meta: {meta[name]}"
            raise conflict(
                call.resource.ref,
                meta["name"],
                f"the {title} in the precondition ({wanted}) does not match the {title} in record ({meta[name]}). The object might have been deleted and then recreated"
                if name == "uid"
                else why,
            )


def _delete(core: Core, call: Call, stored: Stored) -> Answer:
    marked = _marked(core, call, stored.obj)
    if marked is stored.obj:
        return _held(core, call, stored)
    if released(marked):
        return _gone(core, call, stored, marked)
    if call.options.dry_run:
        return Answer(200, obj=marked)
    return Answer(200, core.view(call.resource, core.store.put(core.table(call.resource), marked)))


def _held(core: Core, call: Call, stored: Stored) -> Answer:
    return Answer(200, core.view(call.resource, stored))


def _marked(core: Core, call: Call, obj: Object) -> Object:
    """The object as its deletion leaves it; the same object if nothing changes."""
    meta = obj["metadata"]
    grace = _grace(call, obj)
    finalizers = _finalizers(call, meta.get("finalizers") or [])
    begun = "deletionTimestamp" in meta
    if begun and grace >= meta.get("deletionGracePeriodSeconds", 0) and not (grace == 0 and not finalizers):
        if finalizers == (meta.get("finalizers") or []):
            return obj
        grace = meta.get("deletionGracePeriodSeconds", 0)
    marked = copy_of(obj)
    _mark(core, marked, grace, finalizers, begun=begun)
    return marked


def _mark(core: Core, obj: Object, grace: int, finalizers: list[str], *, begun: bool) -> None:
    meta = obj["metadata"]
    meta["deletionTimestamp"] = timestamp(core.clock.now() + grace)
    meta["deletionGracePeriodSeconds"] = grace
    if not begun and meta.get("generation"):
        meta["generation"] += 1
    meta.pop("finalizers", None)
    if finalizers:
        meta["finalizers"] = finalizers
    if obj["kind"] == "Namespace":
        obj["status"] = obj.get("status", {}) | {"phase": "Terminating"}


def _grace(call: Call, obj: Object) -> int:
    """Seconds that a Pod on a node has to end; nothing else has a grace period."""
    if obj["kind"] != "Pod" or call.resource.is_custom:
        return 0
    spec = obj["spec"]
    if not spec.get("nodeName") or obj.get("status", {}).get("phase") in ("Failed", "Succeeded"):
        return 0
    asked = call.options.grace_seconds
    if asked is None:
        asked = spec.get("terminationGracePeriodSeconds", POD_GRACE)
    return max(asked, 0) if asked != -1 else 1


def _finalizers(call: Call, present: list[str]) -> list[str]:
    """The object's finalizers with the ones that the propagation policy adds or takes away."""
    policy = call.options.propagation
    if call.options.orphan_dependents is not None:
        if policy:
            raise bad_request("Invalid value: both propagationPolicy and orphanDependents are set")
        policy = "Orphan" if call.options.orphan_dependents else "Background"
    if not policy:
        return present
    kept = [name for name in present if name not in _FINALIZERS.values()]
    return [*kept, _FINALIZERS[policy]] if policy in _FINALIZERS else kept


def _gone(core: Core, call: Call, stored: Stored, last: Object) -> Answer:
    resource, meta = call.resource, stored.obj["metadata"]
    if not call.options.dry_run:
        table = core.table(resource)
        last = core.store.remove(table, meta.get("namespace", ""), meta["name"], last).obj
    if (resource.ref.group, resource.ref.plural) in ANSWERED_WITH_OBJECT:
        return Answer(200, core.view(resource, Stored(last, 0)))
    return Answer(200, obj=_success(call, meta))


def _success(call: Call, meta: Object) -> Object:
    ref = call.resource.ref
    details = {"name": meta["name"]} | ({"group": ref.group} if ref.group else {})
    details |= {"kind": ref.plural, "uid": meta["uid"]}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def delete_collection(core: Core, call: Call) -> Answer:
    """Delete whatever matches; the answer is the list of what was there."""
    found = list_(core, call)
    table = core.table(call.resource)
    for entry in list(found.entries or ()):
        meta = entry.obj["metadata"]
        stored = table.get(meta.get("namespace", ""), meta["name"])
        if stored is not None:
            core.admission.admit_delete(core, call, stored.obj)
            _delete(core, call, stored)
    return found
