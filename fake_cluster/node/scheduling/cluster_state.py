"""What the scheduler knows: the nodes, which Pods are on them, and what is left on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fake_cluster.node.scheduling.requests import Amounts, amounts, host_ports, pod_requests
from fake_cluster.objects import Key, Object, controller_of, key_of, labels_of


@dataclass(slots=True)
class NodeState:
    """A node with its Pods. `requested` is what they ask for together, `owners` counts them by controller."""

    name: str
    node: Object | None = None
    allocatable: Amounts = field(default_factory=Counter)
    requested: Amounts = field(default_factory=Counter)
    pods: dict[Key, Object] = field(default_factory=dict)
    ports: Counter[tuple[str, int]] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)

    @property
    def present(self) -> Object:
        """The Node object of a node that exists."""
        return self.node or {"metadata": {"name": self.name}}

    def update(self, node: Object) -> None:
        """Take the node's newest version."""
        self.node = node
        status = node.get("status") or {}
        self.allocatable = amounts(status.get("allocatable") or status.get("capacity") or {})

    def put(self, pod: Object) -> None:
        """A Pod is placed here."""
        self.pods[key_of(pod)] = pod
        self.requested.update(pod_requests(pod))
        self.ports.update(host_ports(pod))
        self.owners[owner_of(pod)] += 1

    def take(self, pod: Object) -> None:
        """A Pod has left."""
        self.pods.pop(key_of(pod), None)
        self.requested.subtract(pod_requests(pod))
        self.ports.subtract(host_ports(pod))
        self.owners[owner_of(pod)] -= 1
        if not self.owners[owner_of(pod)]:
            del self.owners[owner_of(pod)]


def owner_of(pod: Object) -> str:
    """The uid of the Pod's controller; empty for a Pod of its own."""
    owner = controller_of(pod)
    return owner["uid"] if owner is not None else ""


class ClusterState:
    """All nodes, and all Pods that are bound to them and have not ended."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeState] = {}
        self._places: dict[Key, str] = {}
        self._by_namespace: dict[str, dict[Key, NodeState]] = {}
        self._repelling: dict[Key, NodeState] = {}
        self.nodes: list[NodeState] = []

    def _list_nodes(self) -> None:
        """Keep `nodes`, those that exist, by name."""
        self.nodes = [self._nodes[name] for name in sorted(self._nodes) if self._nodes[name].node is not None]

    def _state(self, name: str) -> NodeState:
        found = self._nodes.get(name)
        if found is None:
            found = self._nodes[name] = NodeState(name)
        return found

    def set_node(self, node: Object) -> None:
        """A node has come or changed."""
        state = self._state(node["metadata"]["name"])
        is_new = state.node is None
        state.update(node)
        if is_new:
            self._list_nodes()

    def remove_node(self, name: str) -> None:
        """A node is gone; its Pods may still be there."""
        self._state(name).node = None
        self._list_nodes()

    def place(self, pod: Object) -> None:
        """A Pod is bound, or a bound one has changed."""
        key = key_of(pod)
        name = pod["spec"]["nodeName"]
        if self._places.get(key) == name:
            state = self._nodes[name]
            old = state.pods[key]
            if old["metadata"]["uid"] == pod["metadata"]["uid"] and old["spec"] == pod["spec"]:
                state.pods[key] = pod
                return
        self.remove(key)
        state = self._state(name)
        state.put(pod)
        self._places[key] = name
        self._by_namespace.setdefault(key.namespace, {})[key] = state
        if required_anti_affinity(pod):
            self._repelling[key] = state

    def remove(self, key: Key) -> bool:
        """A Pod has gone or ended; True if it was placed."""
        name = self._places.pop(key, None)
        if name is None:
            return False
        state = self._nodes[name]
        state.take(state.pods[key])
        del self._by_namespace[key.namespace][key]
        self._repelling.pop(key, None)
        return True

    def pods_of(self, namespaces: Iterable[str] | None) -> Iterator[tuple[Object, NodeState]]:
        """Placed Pods of these namespaces (None: all), with their nodes."""
        for namespace in self._by_namespace if namespaces is None else namespaces:
            for key, state in self._by_namespace.get(namespace, {}).items():
                yield state.pods[key], state

    def repelling(self) -> Iterator[tuple[Object, NodeState]]:
        """Placed Pods that keep others away by required anti-affinity."""
        for key, state in self._repelling.items():
            yield state.pods[key], state


def required_anti_affinity(pod: Object) -> list[Object]:
    """The terms of a Pod's required anti-affinity."""
    terms: list[Object] = pod_terms(pod, "podAntiAffinity", "required")
    return terms


def pod_terms(pod: Object, kind: str, strength: str) -> list[Object]:
    """Terms of "podAffinity" or "podAntiAffinity", "required" or "preferred"."""
    affinity = (pod["spec"].get("affinity") or {}).get(kind) or {}
    return affinity.get(f"{strength}DuringSchedulingIgnoredDuringExecution") or []


def topology(state: NodeState, key: str) -> str | None:
    """The domain of a node: the value of its label `key`."""
    return labels_of(state.present).get(key)
