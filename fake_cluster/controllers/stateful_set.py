"""StatefulSet: Pods with numbers, made in order, updated and removed in reverse.

Source: documentation of StatefulSets; texts as kube-controller-manager has them.
"""

from __future__ import annotations

from fake_cluster.controllers import pods as of_pods
from fake_cluster.controllers import stateful_set_pods as identity
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.controller_revisions import Revisions
from fake_cluster.controllers.ownership import Claims, owner_keys
from fake_cluster.controllers.status import compact, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONTROLLER_REVISIONS, PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.objects import Key, Object, is_terminating
from fake_cluster.selectors import label_test


class StatefulSetController:
    """Pods for StatefulSets."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = context.client
        self._sets = context.informers[STATEFUL_SETS]
        self._pods = context.informers[PODS]
        self._volume_claims = context.informers[PERSISTENT_VOLUME_CLAIMS]
        self._claims = Claims(context.client, self._pods)
        self._revisions = Revisions(context.client, context.informers[CONTROLLER_REVISIONS])
        self._events = context.recorder("statefulset-controller")

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(STATEFUL_SETS, self._sets.first(own_key)),
            Source(PODS, self._pods.first(owner_keys("StatefulSet", self._sets))),
        )
        return Controller("statefulset-controller", self.reconcile, sources)

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one StatefulSet."""
        stateful_set = self._sets.get(key)
        if stateful_set is None or is_terminating(stateful_set):
            return None
        self._claims.claim(stateful_set, label_test(stateful_set["spec"]["selector"]))
        update = self._revisions.present(stateful_set)
        current = self._current(stateful_set, update)
        self._act(stateful_set, current, update)
        self._write_status(stateful_set, current, update)
        pods = self._claims.owned(stateful_set)
        used = {current["metadata"]["name"], update["metadata"]["name"], *map(identity.revision_of, pods)}
        self._revisions.prune(stateful_set, used)
        return self._next_look(stateful_set, pods)

    def _current(self, stateful_set: Object, update: Object) -> Object:
        """The revision that the Pods were of before the update that is going on."""
        name = (stateful_set.get("status") or {}).get("currentRevision")
        history = self._revisions.of(stateful_set)
        return next((item for item in history if item["metadata"]["name"] == name), update)

    # --- Pods -------------------------------------------------------------------------------------

    def _act(self, stateful_set: Object, current: Object, update: Object) -> None:
        """Do the next step, or with podManagementPolicy Parallel all steps that can be done."""
        wanted = identity.ordinals(stateful_set)
        pods = {identity.ordinal_of(stateful_set, pod): pod for pod in self._claims.owned(stateful_set)}
        in_order = stateful_set["spec"].get("podManagementPolicy", "OrderedReady") == "OrderedReady"
        for ordinal in wanted:
            settled = self._keep(stateful_set, ordinal, pods.get(ordinal), current, update)
            if in_order and not settled:
                return
        condemned = sorted((number for number in pods if number not in wanted), reverse=True)
        for ordinal in condemned:
            self._remove(stateful_set, pods[ordinal])
            if in_order:
                return
        self._update(stateful_set, {number: pods[number] for number in wanted if number in pods}, update)

    def _keep(
        self, stateful_set: Object, ordinal: int, pod: Object | None, current: Object, update: Object
    ) -> bool:
        """See to it that a Pod is there; whether it is, and available."""
        if pod is None:
            self._create(stateful_set, ordinal, self._revision_for(stateful_set, ordinal, current, update))
            return False
        if of_pods.phase(pod) in of_pods.FINISHED:
            self._remove(stateful_set, pod)
            return False
        return not is_terminating(pod) and self._is_available(stateful_set, pod)

    def _is_available(self, stateful_set: Object, pod: Object) -> bool:
        return self._wait(stateful_set, pod) == 0

    def _wait(self, stateful_set: Object, pod: Object) -> float | None:
        min_ready = stateful_set["spec"].get("minReadySeconds", 0)
        return of_pods.available_in(pod, min_ready, self._context.clock.now())

    def _revision_for(self, stateful_set: Object, ordinal: int, current: Object, update: Object) -> Object:
        """Pods below the partition, and those that an update has not reached yet, are of the old revision."""
        first = identity.ordinals(stateful_set).start
        partition = identity.partition_of(stateful_set)
        unreached = (stateful_set.get("status") or {}).get("currentReplicas", 0)
        below = ordinal < first + (partition or unreached)
        rolling = (stateful_set["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate")
        return current if rolling == "RollingUpdate" and below else update

    def _update(self, stateful_set: Object, pods: dict[int, Object], update: Object) -> None:
        """Replace the highest Pod that is of an older revision, once those above it are available."""
        strategy = stateful_set["spec"].get("updateStrategy") or {}
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return
        lowest = identity.ordinals(stateful_set).start + identity.partition_of(stateful_set)
        for ordinal in sorted((number for number in pods if number >= lowest), reverse=True):
            pod = pods[ordinal]
            if identity.revision_of(pod) != update["metadata"]["name"]:
                self._remove(stateful_set, pod)
                return
            if not self._is_available(stateful_set, pod) or is_terminating(pod):
                return

    def _create(self, stateful_set: Object, ordinal: int, revision: Object) -> None:
        pod = identity.new_pod(stateful_set, ordinal, revision)
        for claim in identity.claims_of(stateful_set, ordinal):
            self._ensure_claim(stateful_set, claim, pod["metadata"]["name"])
        subject = f"Pod {pod['metadata']['name']} in StatefulSet {stateful_set['metadata']['name']}"
        try:
            self._pods.note(self._client.create(PODS, pod))
        except ApiError as error:
            if error.reason == "AlreadyExists":
                return
            message = f"create {subject} failed error: {error.message}"
            self._events.record(stateful_set, "Warning", "FailedCreate", message)
            raise
        self._events.record(stateful_set, "Normal", "SuccessfulCreate", f"create {subject} successful")

    def _ensure_claim(self, stateful_set: Object, claim: Object, pod: str) -> None:
        meta = claim["metadata"]
        if self._volume_claims.get(Key(meta["namespace"], meta["name"])) is not None:
            return
        self._volume_claims.note(self._client.create(PERSISTENT_VOLUME_CLAIMS, claim))
        name = stateful_set["metadata"]["name"]
        message = f"create Claim {meta['name']} Pod {pod} in StatefulSet {name} success"
        self._events.record(stateful_set, "Normal", "SuccessfulCreate", message)

    def _remove(self, stateful_set: Object, pod: Object) -> None:
        if is_terminating(pod):
            return
        meta = pod["metadata"]
        try:
            self._client.delete(PODS, meta["name"], meta["namespace"], preconditions={"uid": meta["uid"]})
        except ApiError as error:
            if error.code in (404, 409):
                return
            raise
        message = f"delete Pod {meta['name']} in StatefulSet {stateful_set['metadata']['name']} successful"
        self._events.record(stateful_set, "Normal", "SuccessfulDelete", message)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, stateful_set: Object, current: Object, update: Object) -> None:
        pods = [pod for pod in self._claims.owned(stateful_set) if of_pods.phase(pod) not in of_pods.FINISHED]
        alive = [pod for pod in pods if not is_terminating(pod)]
        names = current["metadata"]["name"], update["metadata"]["name"]
        ready = sum(map(of_pods.is_ready, pods))
        updated = sum(identity.revision_of(pod) == names[1] for pod in alive)
        of_current = sum(identity.revision_of(pod) == names[0] for pod in alive)
        wanted = len(identity.ordinals(stateful_set))
        if updated == len(pods) == ready == wanted:
            names, of_current = (names[1], names[1]), updated
        counted = compact(
            observedGeneration=stateful_set["metadata"].get("generation", 0),
            readyReplicas=ready,
            currentReplicas=of_current,
            updatedReplicas=updated,
            currentRevision=names[0],
            updateRevision=names[1],
        )
        available = sum(self._is_available(stateful_set, pod) for pod in pods)
        status = {**counted, "replicas": len(pods), "availableReplicas": available, "collisionCount": 0}
        self._sets.note(write_status(self._client, STATEFUL_SETS, stateful_set, status))

    def _next_look(self, stateful_set: Object, pods: list[Object]) -> Result | None:
        waits = [self._wait(stateful_set, pod) for pod in pods if not is_terminating(pod)]
        soonest = min((wait for wait in waits if wait), default=None)
        return Result(requeue_after=soonest) if soonest else None
