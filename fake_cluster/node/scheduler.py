"""The scheduler: binds Pods to nodes, or says why it cannot.

Pods that fit nowhere get the condition PodScheduled=False and an Event, and are tried again when
something changes that may help them: a node, a Pod that leaves, a claim that is bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from fake_cluster.kinds.refs import NAMESPACES, NODES, PERSISTENT_VOLUME_CLAIMS, PODS, STORAGE_CLASSES
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.machinery.events import Recorder
from fake_cluster.node.mounts import claim_name
from fake_cluster.node.scheduling.cluster_state import ClusterState
from fake_cluster.node.scheduling.filters import Candidate, Reason, reasons_against
from fake_cluster.node.scheduling.pod_matching import PodMatcher
from fake_cluster.node.scheduling.requests import pod_requests
from fake_cluster.node.scheduling.scores import best
from fake_cluster.objects import Key, Object, annotations_of, condition, is_terminating, key_of, labels_of
from fake_cluster.selectors import matches

NAME = "default-scheduler"
SELECTED_NODE = "volume.kubernetes.io/selected-node"


class Scheduler:
    """Places Pods whose `schedulerName` is "default-scheduler"."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._recorder = Recorder(client, clock, NAME)
        self._cluster = ClusterState()
        self._pending: dict[Key, Object] = {}
        self._unschedulable: dict[Key, None] = {}

    def controllers(self) -> list[Controller]:
        """What a manager has to run."""
        sources = [
            Source(NODES, self._on_node),
            Source(PODS, self._on_pod),
            Source(PERSISTENT_VOLUME_CLAIMS, self._on_something_helpful),
            Source(STORAGE_CLASSES, self._on_something_helpful),
        ]
        return [Controller("scheduler", self._schedule, sources)]

    # --- what happens around ----------------------------------------------------------------------

    def _on_something_helpful(self, event: Event) -> Iterable[Key]:
        del event
        return list(self._unschedulable)

    def _on_node(self, event: Event) -> Iterable[Key]:
        if event.type == "DELETED":
            self._cluster.remove_node(event.obj["metadata"]["name"])
            return ()
        self._cluster.set_node(event.obj)
        return list(self._unschedulable)

    def _on_pod(self, event: Event) -> Iterable[Key]:
        pod, key = event.obj, key_of(event.obj)
        ended = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if event.type == "DELETED" or ended:
            self._pending.pop(key, None)
            self._unschedulable.pop(key, None)
            return list(self._unschedulable) if self._cluster.remove(key) else ()
        if "nodeName" in pod["spec"]:
            self._pending.pop(key, None)
            self._unschedulable.pop(key, None)
            self._cluster.place(pod)
            return ()
        if not _is_ours(pod):
            return ()
        known = self._pending.get(key)
        self._pending[key] = pod
        if known is not None and known["spec"] == pod["spec"] and labels_of(known) == labels_of(pod):
            return ()
        return (key,)

    # --- placing ----------------------------------------------------------------------------------

    def _schedule(self, key: Key) -> None:
        """Place one Pod."""
        pod = self._pending.get(key)
        if pod is None or is_terminating(pod):
            return
        trouble = self._claim_trouble(pod)
        if trouble:
            self._give_up(pod, f"{trouble}.", [Reason(trouble) for _ in self._cluster.nodes])
            return
        candidate = Candidate(pod, pod_requests(pod), PodMatcher(pod, self._cluster, self._namespaces_of))
        against = [(state, reasons_against(candidate, state)) for state in self._cluster.nodes]
        possible = [state for state, reasons in against if not reasons]
        if not possible:
            self._give_up(pod, _histogram(against), [reasons[0] for _, reasons in against])
            return
        chosen = best(candidate, possible).name
        if self._claims_are_ready(pod, chosen):
            self._bind(pod, chosen)
        else:
            self._unschedulable[key] = None

    def _bind(self, pod: Object, node: str) -> None:
        meta = pod["metadata"]
        binding: Object = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        }
        self._client.create(PODS, binding, subresource="binding", name=meta["name"])
        self._cluster.place(pod | {"spec": pod["spec"] | {"nodeName": node}})
        self._pending.pop(key_of(pod), None)
        self._unschedulable.pop(key_of(pod), None)
        where = f"{meta['namespace']}/{meta['name']}"
        self._recorder.record(pod, "Normal", "Scheduled", f"Successfully assigned {where} to {node}")

    def _namespaces_of(self, selector: Object) -> Iterable[str]:
        spaces = self._client.list(NAMESPACES)
        return [space["metadata"]["name"] for space in spaces if matches(selector, labels_of(space))]

    # --- volumes ----------------------------------------------------------------------------------

    def _claims(self, pod: Object) -> list[tuple[str, Object | None]]:
        """Names and claims that the Pod mounts; None for one that does not exist."""
        names = filter(None, (claim_name(pod, volume) for volume in pod["spec"].get("volumes") or ()))
        namespace = pod["metadata"]["namespace"]
        return [(name, self._client.find(PERSISTENT_VOLUME_CLAIMS, name, namespace)) for name in names]

    def _claim_trouble(self, pod: Object) -> str:
        """What about its claims keeps a Pod from every node; empty if nothing does."""
        unbound = False
        for name, claim in self._claims(pod):
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if is_terminating(claim):
                return f'persistentvolumeclaim "{name}" is being deleted'
            unbound |= not _is_bound(claim) and not self._waits_for_consumer(claim)
        return "pod has unbound immediate PersistentVolumeClaims" if unbound else ""

    def _waits_for_consumer(self, claim: Object) -> bool:
        name = claim["spec"].get("storageClassName", "")
        storage_class = self._client.find(STORAGE_CLASSES, name) if name else None
        return storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"

    def _claims_are_ready(self, pod: Object, node: str) -> bool:
        """Whether all claims are bound; those that wait for a consumer are told the node."""
        unbound = [claim for _, claim in self._claims(pod) if claim is not None and not _is_bound(claim)]
        for claim in unbound:
            if SELECTED_NODE not in annotations_of(claim):
                key = key_of(claim)
                body = {"metadata": {"annotations": {SELECTED_NODE: node}}}
                self._client.patch(PERSISTENT_VOLUME_CLAIMS, key.name, body, key.namespace)
        return not unbound

    # --- failing ----------------------------------------------------------------------------------

    def _give_up(self, pod: Object, why: str, reasons: Sequence[Reason]) -> None:
        """Say why the Pod fits nowhere, and keep it for later."""
        self._unschedulable[key_of(pod)] = None
        message = _message(why, reasons)
        known = condition(pod, "PodScheduled")
        if known is not None and known["status"] == "False" and known.get("message") == message:
            return
        self._recorder.record(pod, "Warning", "FailedScheduling", message)
        since = known["lastTransitionTime"] if known and known["status"] == "False" else None
        unscheduled: Object = {
            "type": "PodScheduled",
            "status": "False",
            "lastTransitionTime": since or timestamp(self._clock.now()),
            "reason": "Unschedulable",
            "message": message,
        }
        meta = pod["metadata"]
        body = {"status": {"conditions": [unscheduled]}}
        self._client.patch(
            PODS, meta["name"], body, meta["namespace"], kind="strategic", subresource="status"
        )


def _is_ours(pod: Object) -> bool:
    spec = pod["spec"]
    return spec.get("schedulerName", NAME) == NAME and not spec.get("schedulingGates")


def _is_bound(claim: Object) -> bool:
    return (claim.get("status") or {}).get("phase") == "Bound"


def _histogram(against: Iterable[tuple[object, Sequence[Reason]]]) -> str:
    counts = Counter(reason.text for _, reasons in against for reason in reasons)
    return ", ".join(sorted(f"{count} {text}" for text, count in counts.items())) + "."


def _message(why: str, reasons: Sequence[Reason]) -> str:
    """The scheduler's sentence: how many nodes for which reason, and that preemption does not help."""
    total = len(reasons)
    if not total:
        return "no nodes available to schedule pods"
    helpless = Counter(
        "Preemption is not helpful for scheduling"
        if reason.final
        else "No preemption victims found for incoming pod"
        for reason in reasons
    )
    preemption = ", ".join(sorted(f"{count} {text}" for text, count in helpless.items()))
    head = f"0/{total} nodes are available:"
    return f"{head} {why} preemption: {head} {preemption}."
