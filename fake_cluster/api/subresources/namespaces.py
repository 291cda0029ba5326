"""`namespaces/finalize`: the only place where `spec.finalizers` of a namespace change."""

from __future__ import annotations

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import check_type, check_version
from fake_cluster.api.writing import finish_update
from fake_cluster.errors import bad_request, not_found
from fake_cluster.objects import copy_of


def finalize(core: Core, call: Call) -> Answer:
    """Set the finalizers; a namespace that is going, and has none any more, is gone."""
    body = check_type(call.resource, call.body)
    stored = core.table(call.resource).get("", call.name)
    if stored is None:
        raise not_found(call.resource.ref, call.name)
    check_version(call.resource, body.get("metadata") or {}, stored.obj)
    finalizers = (body.get("spec") or {}).get("finalizers") or []
    if not isinstance(finalizers, list) or not all(isinstance(name, str) for name in finalizers):
        raise bad_request("json: cannot unmarshal into Go struct field NamespaceSpec.spec.finalizers")
    obj = copy_of(stored.obj)
    spec = obj.setdefault("spec", {})
    spec.pop("finalizers", None)
    if finalizers:
        spec["finalizers"] = list(finalizers)
    return finish_update(core, call, stored, obj, ())
