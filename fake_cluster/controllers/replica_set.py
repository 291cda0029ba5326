"""ReplicaSet: keeps as many Pods as `spec.replicas` says.

It adopts orphans that match its selector, creates what is missing and deletes what is too much, the
least useful Pods first. Source: API reference, ReplicaSet; texts of kube-controller-manager 1.31.
"""

from __future__ import annotations

from fake_cluster.controllers import pods as of_pods
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.own_writes import OwnWrites
from fake_cluster.controllers.ownership import Claims, owner_keys
from fake_cluster.controllers.status import compact, find, with_condition, without, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import PODS, REPLICA_SETS
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.objects import Key, Object, is_terminating, labels_of
from fake_cluster.selectors import label_test

FAILURE = "ReplicaFailure"
Failure = tuple[str, ApiError]
"""A reason, and what the API said."""


class ReplicaSetController:
    """Pods for ReplicaSets."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._sets = context.informers[REPLICA_SETS]
        self._pods = context.informers[PODS]
        self._claims = Claims(context.client, self._pods)
        self._events = context.recorder("replicaset-controller")
        self._own = OwnWrites()

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(REPLICA_SETS, self._sets.first(self._own.left_out(own_key))),
            Source(PODS, self._pods.first(self._own.left_out(owner_keys("ReplicaSet", self._sets)))),
        )
        return Controller("replicaset-controller", self.reconcile, sources)

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one ReplicaSet."""
        replica_set = self._sets.get(key)
        if replica_set is None:
            return None
        pods = self._claims.claim(replica_set, label_test(replica_set["spec"]["selector"]))
        active = [pod for pod in pods if of_pods.is_active(pod)]
        missing = replica_set["spec"].get("replicas", 1) - len(active)
        error = None
        if missing and not is_terminating(replica_set):
            error = self._manage(replica_set, active, missing)
            pods = self._claims.owned(replica_set)
        waits = self._waits(replica_set, pods)
        self._write_status(replica_set, pods, waits, error)
        if error is not None:
            raise error[1]
        return _next_look(waits)

    # --- replicas ---------------------------------------------------------------------------------

    def _manage(self, replica_set: Object, active: list[Object], missing: int) -> Failure | None:
        """Create or delete Pods; what went wrong, with its reason."""
        try:
            for _ in range(missing):
                self._create(replica_set)
        except ApiError as error:
            return "FailedCreate", error
        try:
            for pod in sorted(active, key=of_pods.deletion_rank)[: max(0, -missing)]:
                self._delete(replica_set, pod)
        except ApiError as error:
            return "FailedDelete", error
        return None

    def _create(self, replica_set: Object) -> None:
        pod = of_pods.new_pod(replica_set, replica_set["spec"]["template"])
        try:
            created = self._context.client.create(PODS, pod)
        except ApiError as error:
            self._events.record(replica_set, "Warning", "FailedCreate", f"Error creating: {error.message}")
            raise
        self._pods.note(created)
        self._own.add(created)
        message = f"Created pod: {created['metadata']['name']}"
        self._events.record(replica_set, "Normal", "SuccessfulCreate", message)

    def _delete(self, replica_set: Object, pod: Object) -> None:
        meta = pod["metadata"]
        try:
            self._context.client.delete(
                PODS, meta["name"], meta["namespace"], preconditions={"uid": meta["uid"]}
            )
        except ApiError as error:
            if error.code in (404, 409):
                return
            self._events.record(replica_set, "Warning", "FailedDelete", f"Error deleting: {error.message}")
            raise
        self._events.record(replica_set, "Normal", "SuccessfulDelete", f"Deleted pod: {meta['name']}")

    # --- status -----------------------------------------------------------------------------------

    def _waits(self, replica_set: Object, pods: list[Object]) -> list[float]:
        """For each active Pod that is ready, the seconds until it counts as available."""
        min_ready = replica_set["spec"].get("minReadySeconds", 0)
        now = self._context.clock.now()
        waits = [of_pods.available_in(pod, min_ready, now) for pod in pods if of_pods.is_active(pod)]
        return [wait for wait in waits if wait is not None]

    def _write_status(
        self, replica_set: Object, pods: list[Object], waits: list[float], error: Failure | None
    ) -> None:
        active = [pod for pod in pods if of_pods.is_active(pod)]
        labels = ((replica_set["spec"]["template"].get("metadata") or {}).get("labels") or {}).items()
        counted = compact(
            fullyLabeledReplicas=sum(labels <= labels_of(pod).items() for pod in active),
            readyReplicas=len(waits),
            availableReplicas=waits.count(0),
            observedGeneration=replica_set["metadata"].get("generation", 0),
            conditions=self._conditions(replica_set, error),
        )
        terminating = sum(is_terminating(pod) and of_pods.phase(pod) not in of_pods.FINISHED for pod in pods)
        status = {"replicas": len(active), **counted, "terminatingReplicas": terminating}
        written = write_status(self._context.client, REPLICA_SETS, replica_set, status)
        self._own.add(written, replica_set)
        self._sets.note(written)

    def _conditions(self, replica_set: Object, error: Failure | None) -> list[Object]:
        before: list[Object] = (replica_set.get("status") or {}).get("conditions") or []
        if error is None:
            return without(before, FAILURE)
        reason, problem = error
        known = find(before, FAILURE)
        if known is not None and known["reason"] == reason:
            return before
        return with_condition(
            before,
            {
                "type": FAILURE,
                "status": "True",
                "lastTransitionTime": self._context.timestamp(),
                "reason": reason,
                "message": problem.message,
            },
        )


def _next_look(waits: list[float]) -> Result | None:
    """Pods that are ready, but not yet for `minReadySeconds`, are looked at again."""
    soonest = min((wait for wait in waits if wait), default=None)
    return Result(requeue_after=soonest) if soonest else None
