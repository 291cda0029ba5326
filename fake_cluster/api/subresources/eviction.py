"""`pods/eviction`: a deletion that disruption budgets may refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fake_cluster.api.call import Answer, Call, Options
from fake_cluster.api.core import Core
from fake_cluster.api.deleting import delete
from fake_cluster.api.metadata import read_as
from fake_cluster.api.options import read_delete_body
from fake_cluster.api.subresources.bindings import SUCCESS
from fake_cluster.errors import ApiError, not_found
from fake_cluster.kinds.refs import EVICTION, PODS
from fake_cluster.objects import Object, condition_is_true, copy_of
from fake_cluster.selectors import matches

_VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
_OVER = frozenset({"Succeeded", "Failed"})


def evict(core: Core, call: Call) -> Answer:
    """Delete a Pod if its budget allows that; 429 with the budget's figures otherwise."""
    body = read_as(core, EVICTION, call.body)
    stored = core.store.table("", "pods").get(call.namespace, call.name)
    if stored is None:
        raise not_found(PODS, call.name)
    if _counts(stored.obj):
        _spend(core, call, stored.obj)
    options = read_delete_body(Options(), body.get("deleteOptions") or {}, "delete")
    options.dry_run = options.dry_run or call.options.dry_run
    delete(core, Call("delete", call.resource, call.namespace, call.name, "", options))
    return Answer(201, obj=SUCCESS)


def _counts(pod: Object) -> bool:
    """Whether a Pod's loss is a disruption: one that is over, pending or going already is none."""
    phase = (pod.get("status") or {}).get("phase", "Pending")
    return phase not in _OVER and phase != "Pending" and "deletionTimestamp" not in pod["metadata"]


def _spend(core: Core, call: Call, pod: Object) -> None:
    budgets = _budgets(core, pod)
    if not budgets:
        return
    if len(budgets) > 1:
        raise ApiError(500, "InternalError", _SEVERAL)
    budget = copy_of(budgets[0])
    if not condition_is_true(pod, "Ready") and _unready_may_go(budget):
        return
    _check(budget)
    status = budget["status"]
    status["disruptionsAllowed"] -= 1
    status.setdefault("disruptedPods", {})[call.name] = core.timestamp()
    if not call.options.dry_run:
        core.store.put(core.store.table("policy", "poddisruptionbudgets"), budget)


def _budgets(core: Core, pod: Object) -> Sequence[Object]:
    labels = pod["metadata"].get("labels") or {}
    entries = core.store.table("policy", "poddisruptionbudgets").entries(pod["metadata"]["namespace"])
    return [entry.obj for entry in entries if matches(entry.obj["spec"].get("selector"), labels)]


def _unready_may_go(budget: Object) -> bool:
    """A Pod that is not ready may go where the budget says so, or where it is met without that Pod."""
    status: Any = budget.get("status") or {}
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    healthy, desired = status.get("currentHealthy", 0), status.get("desiredHealthy", 0)
    return bool(desired) and bool(healthy >= desired)


def _check(budget: Object) -> None:
    name, status = budget["metadata"]["name"], budget.get("status") or {}
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        text = f"The disruption budget {name} is still being processed by the server."
        raise _too_many(text, retry=10)
    if status.get("disruptionsAllowed", 0) <= 0:
        needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        raise _too_many(f"The disruption budget {name} needs {needs} healthy pods and has {has} currently")


def _too_many(text: str, retry: int = 0) -> ApiError:
    details: Object = {"causes": [{"reason": "DisruptionBudget", "message": text}]}
    headers = {"Retry-After": str(retry)} if retry else {}
    details |= {"retryAfterSeconds": retry} if retry else {}
    return ApiError(429, "TooManyRequests", _VIOLATION, details, headers)
