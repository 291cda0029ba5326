"""`namespaces/finalize`: the only place where `spec.finalizers` of a namespace change."""

from __future__ import annotations

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import check_version
from fake_cluster.api.writing import finish_update, read
from fake_cluster.errors import not_found
from fake_cluster.objects import copy_of


def finalize(core: Core, call: Call) -> Answer:
    """Set the finalizers; a namespace that is going, and has none any more, is gone."""
    wanted = read(call)[0]
    stored = core.table(call.resource).get("", call.name)
    if stored is None:
        raise not_found(call.resource.ref, call.name)
    check_version(call.resource, wanted["metadata"], stored.obj)
    finalizers = (wanted.get("spec") or {}).get("finalizers")
    obj = copy_of(stored.obj)
    spec = obj.setdefault("spec", {})
    spec.pop("finalizers", None)
    if finalizers:
        spec["finalizers"] = finalizers
    return finish_update(core, call, stored, obj, ())
