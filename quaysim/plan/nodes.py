"""Nodes of given sizes: whether everything finds a place on them, and where.

The placing is not computed: the simulated cluster gets nodes of these sizes, and its scheduler decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.kinds.quantities import QuantityError, amount
from fake_cluster.node.specs import NodeSpec
from fake_cluster.objects import Object, condition, controller_of
from quaysim.plan.amounts import Amount, of_pod
from quaysim.plan.problems import UnreadableInput

PODS_PER_NODE = "250"
"""OpenShift's default."""
LARGEST_COUNT = 1000
_FORM = re.compile(r"(?:(\d+):)?([^x:]+)x([^x:]+)")
_ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True)
class NodeSize:
    """So many nodes, each with so much for Pods, in Kubernetes quantities."""

    count: int
    cpu: str
    memory: str

    @property
    def room(self) -> Amount:
        """What one of them has."""
        return Amount(amount(self.cpu), amount(self.memory))

    @property
    def name(self) -> str:
        """`8x32Gi`."""
        return f"{self.cpu}x{self.memory}"


def read_node_size(text: str) -> NodeSize:
    """A size such as `8x32Gi`, or `3:8x32Gi` for three of them. Raises UnreadableInput."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise UnreadableInput(f"--node-size: {text!r} is not a size such as 8x32Gi or 3:8x32Gi")
    size = NodeSize(int(found[1] or 1), found[2], found[3])
    try:
        fine = size.room.cpu > 0 and size.room.memory > 0
    except QuantityError as error:
        raise UnreadableInput(f"--node-size: {text!r}: {error}") from error
    if not fine or not 0 < size.count <= LARGEST_COUNT:
        raise UnreadableInput(
            f"--node-size: {text!r}: there must be 1 to {LARGEST_COUNT} nodes with something on them"
        )
    return size


def node_specs(sizes: Sequence[NodeSize]) -> list[NodeSpec]:
    """The nodes: `node-1`, `node-2` and so on, in the order of the sizes."""
    each = [size for size in sizes for _ in range(size.count)]
    return [
        NodeSpec(
            f"node-{number}",
            capacity={
                "cpu": size.cpu,
                "memory": size.memory,
                "pods": PODS_PER_NODE,
                "ephemeral-storage": "1Ti",
            },
        )
        for number, size in enumerate(each, 1)
    ]


@dataclass(frozen=True)
class NodeUse:
    """A node, and what is on it. `pods`: how many of each workload."""

    name: str
    room: Amount
    requested: Amount
    pods: Counter[str]

    def as_json(self) -> dict[str, Any]:
        """With amounts as quantities."""
        return {
            "name": self.name,
            "allocatable": self.room.as_json(),
            "requested": self.requested.as_json(),
            "pods": dict(self.pods),
        }


@dataclass(frozen=True)
class Homeless:
    """Pods of one workload that fit nowhere, and the scheduler's reason."""

    workload: str
    count: int
    requests: Amount
    reason: str

    def as_json(self) -> dict[str, Any]:
        """With amounts as quantities."""
        return {
            "workload": self.workload,
            "pods": self.count,
            "requests": self.requests.as_json(),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Placement:
    """Where the Pods are. `enough`: how many nodes of the largest size would do; None if none does."""

    nodes: Sequence[NodeUse]
    homeless: Sequence[Homeless]
    size: NodeSize
    enough: int | None

    @property
    def fits(self) -> bool:
        """Whether each Pod has a place."""
        return not self.homeless

    @property
    def placed(self) -> int:
        """How many Pods have one."""
        return sum(node.pods.total() for node in self.nodes)

    def as_json(self) -> dict[str, Any]:
        """What `-o json` says of it."""
        return {
            "fits": self.fits,
            "nodes": [node.as_json() for node in self.nodes],
            "unplaced": [item.as_json() for item in self.homeless],
            "sufficient": {"nodeSize": self.size.name, "nodes": self.enough},
        }


def placement_of(nodes: Iterable[Object], pods: Iterable[Object], sizes: Sequence[NodeSize]) -> Placement:
    """Where the scheduler has put the Pods of a cluster."""
    running = [pod for pod in pods if (pod.get("status") or {}).get("phase") not in _ENDED]
    largest = max(sizes, key=lambda size: (size.room.memory, size.room.cpu))
    enough = _nodes_for([of_pod(pod["spec"], "requests") for pod in running], largest.room)
    return Placement([_use(node, running) for node in nodes], list(_homeless(running)), largest, enough)


def _use(node: Object, pods: Iterable[Object]) -> NodeUse:
    name = node["metadata"]["name"]
    here = [pod for pod in pods if pod["spec"].get("nodeName") == name]
    capacity = node["status"]["allocatable"]
    room = Amount(amount(capacity["cpu"]), amount(capacity["memory"]))
    requested = sum((of_pod(pod["spec"], "requests") for pod in here), Amount())
    return NodeUse(name, room, requested, Counter(_workload(pod) for pod in here))


def _homeless(pods: Iterable[Object]) -> Iterator[Homeless]:
    without = [pod for pod in pods if not pod["spec"].get("nodeName")]
    counts = Counter(_workload(pod) for pod in without)
    first = {_workload(pod): pod for pod in reversed(without)}
    for workload, count in sorted(counts.items()):
        pod = first[workload]
        told = (condition(pod, "PodScheduled") or {}).get("message", "")
        yield Homeless(workload, count, of_pod(pod["spec"], "requests"), told)


def _workload(pod: Object) -> str:
    """The name of what the Pod belongs to: its Deployment, where there is one."""
    owner = controller_of(pod)
    if owner is None:
        return str(pod["metadata"]["name"])
    name = str(owner["name"])
    suffix = (pod["metadata"].get("labels") or {}).get("pod-template-hash")
    return name.removesuffix(f"-{suffix}") if suffix else name


def _nodes_for(requests: Sequence[Amount], room: Amount) -> int | None:
    """So many equal nodes are enough: the largest Pod first, each onto the first node that has room."""
    if not all(request.fits(room) for request in requests):
        return None
    free: list[Amount] = []
    for request in sorted(requests, key=lambda item: (item.memory, item.cpu), reverse=True):
        place = next((index for index, left in enumerate(free) if request.fits(left)), len(free))
        left = free[place] if place < len(free) else room
        free[place : place + 1] = [Amount(left.cpu - request.cpu, left.memory - request.memory)]
    return len(free)
