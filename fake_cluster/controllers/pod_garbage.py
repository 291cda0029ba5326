"""Pod garbage: Pods whose node is gone, and finished ones beyond what a cluster keeps.

Source: documentation "Pod Lifecycle" ("Garbage collection of Pods").
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.pods import FINISHED, phase
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import NODES, PODS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.objects import Key, Object, is_terminating, key_of

PATIENCE = 40.0
"""Seconds for which a node may be absent before its Pods are taken for lost."""
KEPT = 12500
"""Finished Pods that a cluster keeps (kube-controller-manager's default)."""


class PodGarbageCollector:
    """Deletes Pods that nobody looks after."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = context.client
        self._pods = context.informers[PODS]
        self._nodes = context.informers[NODES]
        self._missing: dict[Key, float] = {}
        self._finished: dict[Key, None] = {}

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(NODES, self._nodes.first(self._pods_of_lost_node)),
            Source(PODS, self._pods.first(self._pod_keys)),
        )
        return Controller("pod-garbage-collector-controller", self.reconcile, sources)

    def _pods_of_lost_node(self, event: Event) -> Iterable[Key]:
        if event.type != "DELETED":
            return ()
        name = event.obj["metadata"]["name"]
        return [key_of(pod) for pod in self._pods.all() if pod["spec"].get("nodeName") == name]

    def _pod_keys(self, event: Event) -> Iterable[Key]:
        """Pods on absent nodes, unscheduled ones that were deleted, and the oldest finished one too many."""
        pod, key = event.obj, key_of(event.obj)
        if event.type == "DELETED" or phase(pod) not in FINISHED:
            self._finished.pop(key, None)
        else:
            self._finished.setdefault(key)
        if event.type == "DELETED":
            return ()
        surplus = [next(iter(self._finished))] if len(self._finished) > KEPT else []
        return [*surplus, *([key] if self._is_stray(pod) else [])]

    def _is_stray(self, pod: Object) -> bool:
        node = pod["spec"].get("nodeName")
        if not node:
            return is_terminating(pod)
        return self._nodes.get(Key("", node)) is None

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one Pod."""
        pod = self._pods.get(key)
        if pod is None:
            self._missing.pop(key, None)
            return None
        if len(self._finished) > KEPT and key in self._finished:
            self._delete(pod)
        elif self._is_stray(pod):
            return self._remove_stray(key, pod)
        else:
            self._missing.pop(key, None)
        return None

    def _remove_stray(self, key: Key, pod: Object) -> Result | None:
        now = self._context.clock.now()
        since = self._missing.setdefault(key, now)
        if pod["spec"].get("nodeName") and now - since < PATIENCE:
            return Result(requeue_after=since + PATIENCE - now)
        if phase(pod) not in FINISHED:
            pod = self._fail(pod)
        self._delete(pod)
        return None

    def _fail(self, pod: Object) -> Object:
        status = {**(pod.get("status") or {}), "phase": "Failed"}
        if pod["spec"].get("nodeName"):
            condition = {
                "type": "DisruptionTarget",
                "status": "True",
                "lastTransitionTime": self._context.timestamp(),
                "reason": "DeletionByPodGC",
                "message": "PodGC: node no longer exists",
            }
            status["conditions"] = [*(status.get("conditions") or ()), condition]
        return self._client.replace(PODS, {**pod, "status": status}, subresource="status")

    def _delete(self, pod: Object) -> None:
        meta = pod["metadata"]
        try:
            self._client.delete(
                PODS, meta["name"], meta["namespace"], grace_seconds=0, preconditions={"uid": meta["uid"]}
            )
        except ApiError as error:
            if error.code not in (404, 409):
                raise
