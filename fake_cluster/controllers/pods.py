"""What controllers ask about Pods, and how they make them."""

from __future__ import annotations

from typing import Any

from fake_cluster.machinery.clock import parse_timestamp
from fake_cluster.objects import Object, condition, controller_reference

FINISHED = ("Succeeded", "Failed")


def phase(pod: Object) -> str:
    """Pending, Running, Succeeded or Failed."""
    found: str = (pod.get("status") or {}).get("phase", "Pending")
    return found


def is_active(pod: Object) -> bool:
    """Whether the Pod counts as a replica: neither finished nor being deleted."""
    return "deletionTimestamp" not in pod["metadata"] and phase(pod) not in FINISHED


def is_ready(pod: Object) -> bool:
    """Whether the condition Ready is true."""
    found = condition(pod, "Ready")
    return found is not None and found["status"] == "True"


def available_in(pod: Object, min_ready: float, now: float) -> float | None:
    """Seconds until a Pod has been ready for `min_ready` seconds (0: it has); None if it is not ready."""
    found = condition(pod, "Ready")
    if found is None or found["status"] != "True":
        return None
    if not min_ready:
        return 0.0
    return max(0.0, parse_timestamp(found["lastTransitionTime"]) + min_ready - now)


def restarts(pod: Object) -> int:
    """How often its containers have been restarted, together."""
    return sum(item.get("restartCount", 0) for item in _container_statuses(pod))


def most_restarts(pod: Object) -> int:
    """The restarts of the container that was restarted most."""
    return max((item.get("restartCount", 0) for item in _container_statuses(pod)), default=0)


def _container_statuses(pod: Object) -> list[Object]:
    status = pod.get("status") or {}
    return [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]


def new_pod(owner: Object, template: Object, name: str = "") -> Object:
    """A Pod from a template, controlled by `owner`; without `name` the API server makes one up."""
    wanted = template.get("metadata") or {}
    meta = owner["metadata"]
    metadata: Object = {"name": name} if name else {"generateName": f"{meta['name']}-"}
    metadata |= {"namespace": meta["namespace"], "ownerReferences": [controller_reference(owner)]}
    metadata |= {part: wanted[part] for part in ("labels", "annotations", "finalizers") if wanted.get(part)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def deletion_rank(pod: Object) -> tuple[Any, ...]:
    """Sorts Pods in the order in which a ReplicaSet gives them up (the first goes first).

    Unscheduled before scheduled, pending before running, unready before ready, lower deletion cost
    before higher, ready for less long, more restarts, younger. Source: API reference, ReplicaSet.
    """
    ready = condition(pod, "Ready")
    since = parse_timestamp(ready["lastTransitionTime"]) if ready and ready["status"] == "True" else 0.0
    meta = pod["metadata"]
    return (
        bool(pod["spec"].get("nodeName")),
        {"Pending": 0, "Unknown": 1}.get(phase(pod), 2),
        is_ready(pod),
        _deletion_cost(pod),
        -since,
        -most_restarts(pod),
        -parse_timestamp(meta["creationTimestamp"]),
        meta["name"],
    )


def _deletion_cost(pod: Object) -> int:
    text = (pod["metadata"].get("annotations") or {}).get("controller.kubernetes.io/pod-deletion-cost", "0")
    try:
        return int(text)
    except ValueError:
        return 0
