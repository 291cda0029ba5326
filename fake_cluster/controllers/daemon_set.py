"""DaemonSet: one Pod on every node that its template allows.

Source: documentation of DaemonSets; texts as kube-controller-manager has them.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers import pods as of_pods
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.controller_revisions import HASH_LABEL, POD_LABEL, Revisions
from fake_cluster.controllers.node_fit import DAEMON_TOLERATIONS, may_run
from fake_cluster.controllers.ownership import Claims, owner_keys
from fake_cluster.controllers.rolling_update import scaled
from fake_cluster.controllers.status import compact, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.objects import Key, Object, is_terminating, key_of, labels_of
from fake_cluster.selectors import label_test


class DaemonSetController:
    """Pods for DaemonSets."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = context.client
        self._sets = context.informers[DAEMON_SETS]
        self._pods = context.informers[PODS]
        self._nodes = context.informers[NODES]
        self._claims = Claims(context.client, self._pods)
        self._revisions = Revisions(context.client, context.informers[CONTROLLER_REVISIONS])
        self._events = context.recorder("daemonset-controller")

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(DAEMON_SETS, self._sets.first(own_key)),
            Source(PODS, self._pods.first(owner_keys("DaemonSet", self._sets))),
            Source(NODES, self._nodes.first(self._all_keys)),
        )
        return Controller("daemonset-controller", self.reconcile, sources)

    def _all_keys(self, event: Event) -> Iterable[Key]:
        del event
        return [key_of(item) for item in self._sets.all()]

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one DaemonSet."""
        daemon_set = self._sets.get(key)
        if daemon_set is None or is_terminating(daemon_set):
            return None
        self._claims.claim(daemon_set, label_test(daemon_set["spec"]["selector"]))
        revision = self._revisions.present(daemon_set)
        self._place(daemon_set, revision)
        self._update(daemon_set, revision)
        self._write_status(daemon_set, revision)
        pods = self._claims.owned(daemon_set)
        hashes = {labels_of(pod).get(POD_LABEL) for pod in pods}
        history = self._revisions.of(daemon_set)
        used = {item["metadata"]["name"] for item in history if labels_of(item)[HASH_LABEL] in hashes}
        self._revisions.prune(daemon_set, used | {revision["metadata"]["name"]})
        return self._next_look(daemon_set, pods)

    # --- Pods -------------------------------------------------------------------------------------

    def _by_node(self, daemon_set: Object) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = {}
        for pod in self._claims.owned(daemon_set):
            found.setdefault(node_of(pod), []).append(pod)
        return found

    def _place(self, daemon_set: Object, revision: Object) -> None:
        """A Pod where one is to be and none is; none where it must not stay."""
        spec, by_node = daemon_set["spec"]["template"]["spec"], self._by_node(daemon_set)
        for node in self._nodes.all():
            pods = by_node.pop(node["metadata"]["name"], [])
            ended = [pod for pod in pods if of_pods.phase(pod) in of_pods.FINISHED]
            if not may_run(spec, node, ("NoExecute",)):
                ended = pods
            elif not pods and may_run(spec, node, ("NoExecute", "NoSchedule")):
                self._create(daemon_set, node, revision)
            else:
                alive = [pod for pod in pods if of_pods.is_active(pod)]
                ended += sorted(alive, key=_age)[1:]
            self._remove_all(daemon_set, ended)
        for pods in by_node.values():
            self._remove_all(daemon_set, pods)

    def _update(self, daemon_set: Object, revision: Object) -> None:
        """RollingUpdate: replace as many old Pods as may be unavailable, the unavailable ones first."""
        strategy = daemon_set["spec"].get("updateStrategy") or {}
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return
        pods = self._claims.owned(daemon_set)
        limit = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1)
        unavailable = [pod for pod in pods if not self._is_available(daemon_set, pod)]
        room = max(1, scaled(limit, len(pods), up=True)) - len(unavailable)
        old = [pod for pod in pods if _is_old(pod, revision) and not is_terminating(pod)]
        self._remove_all(daemon_set, [pod for pod in old if pod in unavailable])
        available = [pod for pod in old if pod not in unavailable]
        self._remove_all(daemon_set, sorted(available, key=_age)[: max(0, room)])

    def _create(self, daemon_set: Object, node: Object, revision: Object) -> None:
        pod = new_pod(daemon_set, node["metadata"]["name"], labels_of(revision)[HASH_LABEL])
        try:
            created = self._client.create(PODS, pod)
        except ApiError as error:
            self._events.record(daemon_set, "Warning", "FailedCreate", f"Error creating: {error.message}")
            raise
        self._pods.note(created)
        message = f"Created pod: {created['metadata']['name']}"
        self._events.record(daemon_set, "Normal", "SuccessfulCreate", message)

    def _remove_all(self, daemon_set: Object, pods: Iterable[Object]) -> None:
        for pod in pods:
            if is_terminating(pod):
                continue
            meta = pod["metadata"]
            try:
                self._client.delete(PODS, meta["name"], meta["namespace"], preconditions={"uid": meta["uid"]})
            except ApiError as error:
                if error.code in (404, 409):
                    continue
                raise
            self._events.record(daemon_set, "Normal", "SuccessfulDelete", f"Deleted pod: {meta['name']}")

    # --- status -----------------------------------------------------------------------------------

    def _wait(self, daemon_set: Object, pod: Object) -> float | None:
        min_ready = daemon_set["spec"].get("minReadySeconds", 0)
        return of_pods.available_in(pod, min_ready, self._context.clock.now())

    def _is_available(self, daemon_set: Object, pod: Object) -> bool:
        return not is_terminating(pod) and self._wait(daemon_set, pod) == 0

    def _write_status(self, daemon_set: Object, revision: Object) -> None:
        spec, by_node = daemon_set["spec"]["template"]["spec"], self._by_node(daemon_set)
        fitting = {
            node["metadata"]["name"]
            for node in self._nodes.all()
            if may_run(spec, node, ("NoExecute", "NoSchedule"))
        }
        pods = [min(some, key=_age) for name, some in by_node.items() if name in fitting]
        available = sum(self._is_available(daemon_set, pod) for pod in pods)
        required = {
            "currentNumberScheduled": len(pods),
            "numberMisscheduled": len(set(by_node) - fitting),
            "desiredNumberScheduled": len(fitting),
            "numberReady": sum(map(of_pods.is_ready, pods)),
        }
        optional = compact(
            observedGeneration=daemon_set["metadata"].get("generation", 0),
            updatedNumberScheduled=sum(not _is_old(pod, revision) for pod in pods),
            numberAvailable=available,
            numberUnavailable=len(fitting) - available,
        )
        written = write_status(self._client, DAEMON_SETS, daemon_set, {**required, **optional})
        self._sets.note(written)

    def _next_look(self, daemon_set: Object, pods: list[Object]) -> Result | None:
        waits = [self._wait(daemon_set, pod) for pod in pods if not is_terminating(pod)]
        soonest = min((wait for wait in waits if wait), default=None)
        return Result(requeue_after=soonest) if soonest else None


def _age(pod: Object) -> tuple[str, str]:
    return pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]


def _is_old(pod: Object, revision: Object) -> bool:
    return labels_of(pod).get(POD_LABEL) != labels_of(revision)[HASH_LABEL]


def node_of(pod: Object) -> str:
    """The node that a daemon Pod is on, or made for."""
    if pod["spec"].get("nodeName"):
        return str(pod["spec"]["nodeName"])
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for item in term.get("matchFields") or ():
            if item["key"] == "metadata.name":
                return str(item["values"][0])
    return ""


def new_pod(daemon_set: Object, node: str, revision_hash: str) -> Object:
    """The Pod for one node: the scheduler binds it, but can only choose that node."""
    pod = of_pods.new_pod(daemon_set, daemon_set["spec"]["template"])
    pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), POD_LABEL: revision_hash}
    spec = pod["spec"]
    affinity = spec.get("affinity") or {}
    this_node = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [this_node]}}
    node_affinity = {**(affinity.get("nodeAffinity") or {}), **required}
    tolerations = [*(spec.get("tolerations") or ()), *DAEMON_TOLERATIONS]
    changed = {"affinity": {**affinity, "nodeAffinity": node_affinity}, "tolerations": tolerations}
    return {**pod, "spec": {**spec, **changed}}
