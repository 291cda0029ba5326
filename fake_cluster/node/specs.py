"""What nodes there are: their names, labels, taints and sizes, and the Node objects made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fake_cluster.kinds.refs import LEASES
from fake_cluster.machinery.clock import micro_timestamp, timestamp
from fake_cluster.objects import Object

GENEROUS = {"cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "500"}
"""A node on which whatever a test needs finds a place."""
LEASE_NAMESPACE = "kube-node-lease"
KUBELET_VERSION = "v1.36.0"


@dataclass(frozen=True)
class NodeSpec:
    """A node to be. `capacity` is in Kubernetes quantities; all of it can be allocated.

    `taints` are as in the Node's spec: `{"key": …, "value": …, "effect": …}`.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Mapping[str, str]] = ()
    capacity: Mapping[str, str] = field(default_factory=GENEROUS.copy)
    unschedulable: bool = False


def workers(count: int) -> list[NodeSpec]:
    """Nodes worker-0, worker-1 and so on."""
    return [NodeSpec(f"worker-{number}") for number in range(count)]


def node_object(spec: NodeSpec, number: int) -> Object:
    """The Node as a kubelet registers it, without its status; `number` gives it its Pod addresses."""
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": "linux",
        "node-role.kubernetes.io/worker": "",
    }
    cidr = f"10.{128 + number % 100}.0.0/16"
    node_spec: Object = {"podCIDR": cidr, "podCIDRs": [cidr], "providerID": f"fake://{spec.name}"}
    node_spec |= {"taints": [dict(taint) for taint in spec.taints]} if spec.taints else {}
    node_spec |= {"unschedulable": True} if spec.unschedulable else {}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": spec.name, "labels": labels | dict(spec.labels)},
        "spec": node_spec,
    }


_HEALTH = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def node_status(name: str, address: str, capacity: Mapping[str, str], now: float) -> Object:
    """The status that a healthy kubelet posts."""
    moment = timestamp(now)
    times = {"lastHeartbeatTime": moment, "lastTransitionTime": moment}
    return {
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
        "capacity": dict(capacity),
        "allocatable": dict(capacity),
        "conditions": [
            {"type": kind, "status": status, "reason": reason, "message": message} | times
            for kind, status, reason, message in _HEALTH
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": _NODE_INFO | {"machineID": name, "systemUUID": name, "bootID": name},
    }


def node_lease(node: Object, now: float) -> Object:
    """The Lease that a kubelet holds for its node. Nobody lets it expire, so it need not be renewed."""
    meta = node["metadata"]
    owner = {"apiVersion": "v1", "kind": "Node", "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": LEASES.api_version,
        "kind": "Lease",
        "metadata": {"name": meta["name"], "namespace": LEASE_NAMESPACE, "ownerReferences": [owner]},
        "spec": {
            "holderIdentity": meta["name"],
            "leaseDurationSeconds": 40,
            "renewTime": micro_timestamp(now),
        },
    }


_NODE_INFO = {
    "architecture": "amd64",
    "operatingSystem": "linux",
    "osImage": "Fake Cluster Linux",
    "kernelVersion": "6.1.0",
    "containerRuntimeVersion": "containerd://2.0.0",
    "kubeletVersion": KUBELET_VERSION,
    "kubeProxyVersion": "",
}
