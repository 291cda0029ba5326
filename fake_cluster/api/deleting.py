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
from fake_cluster.machinery.clock import parse_timestamp, timestamp
from fake_cluster.objects import Object, copy_of
from fake_cluster.store import Stored

POD_GRACE = 30
"""Seconds between asking a running Pod to end and killing it, if its spec does not say."""
ANSWERED_WITH_OBJECT = frozenset({("", "pods"), ("", "services"), ("", "namespaces")})
_USUAL_POLICY = {("batch", "jobs"): "Orphan", ("", "replicationcontrollers"): "Orphan"}
"""Kinds whose dependents stay unless the request says otherwise, for the sake of old clients."""
_JOB_WARNING = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove "
    "them or set propagationPolicy=Orphan to suppress this warning"
)
_FINALIZERS = {"Orphan": "orphan", "Foreground": "foregroundDeletion"}


def delete(core: Core, call: Call) -> Answer:
    """Delete one object, or mark it as to be deleted."""
    stored = core.table(call.resource).get(call.namespace, call.name)
    if stored is None:
        raise not_found(call.resource.ref, call.name)
    _check_preconditions(call, stored.obj)
    told = _admitted(core, call, stored)
    answer = _delete(core, call, stored)
    answer.warnings = [*answer.warnings, *told]
    return answer


def _admitted(core: Core, call: Call, stored: Stored) -> list[str]:
    """Nobody has anything against the deletion; their warnings."""
    told: list[str] = []
    core.admission.admit_delete(core, call, stored.obj)
    if core.webhooks.active:
        core.webhooks.judge(call, "DELETE", None, core.view(call.resource, stored).obj, told)
    return told


def _check_preconditions(call: Call, obj: Object) -> None:
    meta = obj["metadata"]
    for field, title, fate in _PRECONDITIONS:
        wanted = call.options.preconditions.get(field)
        if wanted and wanted != meta[field]:
            why = f"the {title} in the precondition ({wanted}) does not match the {title} in record ({meta[field]})"
            raise conflict(call.resource.ref, meta["name"], f"{why}. The object might have been {fate}")


_PRECONDITIONS = (
    ("uid", "UID", "deleted and then recreated"),
    ("resourceVersion", "ResourceVersion", "modified"),
)


def _delete(core: Core, call: Call, stored: Stored) -> Answer:
    marked = _marked(core, call, stored.obj)
    warnings = _warnings(call)
    if marked is None:
        return Answer(200, core.view(call.resource, stored), warnings=warnings)
    if released(marked):
        return _gone(core, call, stored, marked)
    if call.options.dry_run:
        return Answer(200, obj=marked, warnings=warnings)
    put = core.store.put(core.table(call.resource), marked, stored.origin)
    return Answer(200, core.view(call.resource, put), warnings=warnings)


def _marked(core: Core, call: Call, obj: Object) -> Object | None:
    """The object as this deletion leaves it; None if it changes nothing."""
    meta = obj["metadata"]
    finalizers = _finalizers(call, meta.get("finalizers") or [])
    grace = _grace(call, obj)
    if "deletionTimestamp" in meta:
        before = meta.get("deletionGracePeriodSeconds", 0)
        if grace >= before and finalizers == (meta.get("finalizers") or []):
            return None
        marked = copy_of(obj)
        _shorten(marked["metadata"], before, min(grace, before))
    else:
        marked = copy_of(obj)
        _begin(core, marked, grace)
    marked["metadata"].pop("finalizers", None)
    if finalizers:
        marked["metadata"]["finalizers"] = finalizers
    return marked


def _begin(core: Core, obj: Object, grace: int) -> None:
    meta = obj["metadata"]
    meta["deletionTimestamp"] = timestamp(core.clock.now() + grace)
    meta["deletionGracePeriodSeconds"] = grace
    if meta.get("generation"):
        meta["generation"] += 1
    if obj["kind"] == "Namespace":
        obj["status"] = obj.get("status", {}) | {"phase": "Terminating"}


def _shorten(meta: Object, before: int, grace: int) -> None:
    """A grace period can be shortened, counted from when it began, and never lengthened."""
    begun = parse_timestamp(meta["deletionTimestamp"]) - before
    meta["deletionTimestamp"] = timestamp(begun + grace)
    meta["deletionGracePeriodSeconds"] = grace


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
    if not policy and "orphan" not in present:
        policy = _USUAL_POLICY.get(_group_plural(call), "")
    if not policy:
        return present
    kept = [name for name in present if name not in _FINALIZERS.values()]
    return [*kept, _FINALIZERS[policy]] if policy in _FINALIZERS else kept


def _group_plural(call: Call) -> tuple[str, str]:
    return call.resource.ref.group, call.resource.ref.plural


def _warnings(call: Call) -> tuple[str, ...]:
    said = call.options.propagation or call.options.orphan_dependents is not None
    return () if said or _group_plural(call) != ("batch", "jobs") else (_JOB_WARNING,)


def _gone(core: Core, call: Call, stored: Stored, last: Object) -> Answer:
    resource, meta = call.resource, stored.obj["metadata"]
    if not call.options.dry_run:
        table = core.table(resource)
        last = core.store.remove(table, meta.get("namespace", ""), meta["name"], last).obj
    if _group_plural(call) in ANSWERED_WITH_OBJECT:
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
    entries = list(found.entries or ())
    for entry in entries:
        _admitted(core, call, entry)
    table = core.table(call.resource)
    for entry in entries:
        meta = entry.obj["metadata"]
        stored = table.get(meta.get("namespace", ""), meta["name"])
        if stored is not None:
            _delete(core, call, stored)
    return found
