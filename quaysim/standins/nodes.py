"""Simulated nodes for a cluster that has none: Pods of the run are bound to them and reported running.

The nodes are tainted, so that nothing else is placed there; the run's own Pods are, whether they tolerate it
or not. All other taints, labels, requests and affinities count as they do for any scheduler. The Leases of
the nodes are renewed, so that the cluster takes them for alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fake_cluster.kinds.refs import LEASES, NODES
from fake_cluster.machinery.client import Client, Event, Sink
from fake_cluster.machinery.clock import Clock, micro_timestamp
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.node.agent import NodeAgent
from fake_cluster.node.scheduler import Scheduler
from fake_cluster.node.specs import LEASE_NAMESPACE, NodeSpec, node_object
from fake_cluster.objects import Key, Object, ResourceRef
from quaysim.standins.scoped import ScopedClient

COUNT = 3
TAINT = {"key": "quaysim.test/simulated-node", "value": "true", "effect": "NoSchedule"}
HEARTBEAT = 10.0
"""Seconds of the cluster's time between two renewals of a node's Lease (kubelet)."""


def names(run: str) -> list[str]:
    """What the nodes of a run are called."""
    return [f"{run}-node-{number}" for number in range(COUNT)]


class SchedulingClient(ScopedClient):
    """Sees the run's nodes without the taint that keeps others away."""

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        """Deliver the run's objects and every change of them."""
        super().watch(ref, (lambda event: sink(_for_us(event))) if ref == NODES else sink)


def _for_us(event: Event) -> Event:
    return Event(event.type, event.ref, _untainted(event.obj), event.old and _untainted(event.old))


def _untainted(node: Object) -> Object:
    taints = [taint for taint in node["spec"].get("taints") or () if taint["key"] != TAINT["key"]]
    return {**node, "spec": {**node["spec"], "taints": taints}}


class Nodes:
    """The nodes of one run, and who looks after them. `client` is a SchedulingClient where Pods are placed."""

    def __init__(self, client: ScopedClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def create(self) -> None:
        """Create the Node objects."""
        for number, name in enumerate(names(self._client.run.id)):
            if self._client.find(NODES, name) is None:
                self._client.create(NODES, node_object(NodeSpec(name, taints=(TAINT,)), number))

    def scheduler(self) -> list[Controller]:
        """Who places the run's Pods."""
        return Scheduler(self._client, self._clock).controllers()

    def agent(self, wake: Callable[[Key], None]) -> list[Controller]:
        """Who runs them. `wake` takes the key of a Pod that wants another pass."""
        agent = NodeAgent(self._client, self._clock, wake)
        return [*agent.controllers(), Controller("node-heartbeat", self._beat, [Source(NODES, _appeared)])]

    def _beat(self, key: Key) -> Result | None:
        """Renew a node's Lease, which the agent has made."""
        if self._client.find(NODES, key.name) is None:
            return None
        renewed = {"spec": {"renewTime": micro_timestamp(self._clock.now())}}
        if self._client.find(LEASES, key.name, LEASE_NAMESPACE) is not None:
            self._client.patch(LEASES, key.name, renewed, LEASE_NAMESPACE)
        return Result(HEARTBEAT)


def _appeared(event: Event) -> Iterable[Key]:
    return (Key("", event.obj["metadata"]["name"]),) if event.type == "ADDED" else ()


def others_schedulable(client: Client) -> list[str]:
    """Nodes that are not simulated and would take the run's Pods away."""
    return [node["metadata"]["name"] for node in client.list(NODES) if _takes_pods(node)]


def _takes_pods(node: Object) -> bool:
    taints = node["spec"].get("taints") or ()
    closed = any(taint["effect"] in ("NoSchedule", "NoExecute") for taint in taints)
    return not closed and not node["spec"].get("unschedulable")
