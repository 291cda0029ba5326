"""The metrics server: what nodes and Pods use, as the API `metrics.k8s.io` tells it.

Nothing is scraped and nothing is kept: whoever asks is told what is used at this moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from fake_cluster.errors import not_found
from fake_cluster.kinds.quantities import canonical, text_of
from fake_cluster.kinds.refs import NODE_METRICS, NODES, POD_METRICS, PODS
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.node.usage import Usage
from fake_cluster.objects import Object, ResourceRef, labels_of

WINDOW = 15
"""Seconds over which usage is said to have been measured (metrics-server's resolution)."""
OF_THE_SYSTEM = Usage(Fraction(1, 20), Fraction(256 * 1024**2))
"""What a node uses besides its Pods."""
UsageOf = Callable[[Object], Mapping[str, Usage]]
"""The usage of the containers of a Pod, by name; empty if it does not run."""


class PodMetrics:
    """Metrics of Pods that run."""

    warnings: Sequence[str] = ()

    def __init__(self, client: Client, clock: Clock, usage_of: UsageOf) -> None:
        self._client = client
        self._clock = clock
        self._usage_of = usage_of

    def get(self, name: str, namespace: str) -> Object:
        """Of one Pod."""
        pod = self._client.find(PODS, name, namespace)
        usage = self._usage_of(pod) if pod is not None else {}
        if pod is None or not usage:
            raise not_found(POD_METRICS._replace(plural="podmetrics"), f"{namespace}/{name}")
        return self._metrics(pod, usage)

    def list(self, namespace: str) -> Iterable[Object]:
        """Of all Pods."""
        for pod in self._client.list(PODS, namespace):
            usage = self._usage_of(pod)
            if usage:
                yield self._metrics(pod, usage)

    def _metrics(self, pod: Object, usage: Mapping[str, Usage]) -> Object:
        head = _head(POD_METRICS, pod, self._clock.now())
        containers = [{"name": name, "usage": _quantities(used)} for name, used in usage.items()]
        return head | {"containers": containers}


class NodeMetrics:
    """Metrics of nodes: their Pods, and a little for the system."""

    warnings: Sequence[str] = ()

    def __init__(self, client: Client, clock: Clock, usage_of: UsageOf) -> None:
        self._client = client
        self._clock = clock
        self._usage_of = usage_of

    def get(self, name: str, namespace: str) -> Object:
        """Of one node."""
        del namespace
        node = self._client.find(NODES, name)
        if node is None:
            raise not_found(NODE_METRICS._replace(plural="nodemetrics"), name)
        return self._metrics(node, self._by_node())

    def list(self, namespace: str) -> Iterable[Object]:
        """Of all nodes."""
        del namespace
        used = self._by_node()
        return [self._metrics(node, used) for node in self._client.list(NODES)]

    def _by_node(self) -> Mapping[str, Usage]:
        """The usage of the Pods of each node."""
        found: dict[str, Usage] = {}
        for pod in self._client.list(PODS):
            for usage in self._usage_of(pod).values():
                name = pod["spec"]["nodeName"]
                found[name] = found.get(name, OF_THE_SYSTEM).plus(usage)
        return found

    def _metrics(self, node: Object, used: Mapping[str, Usage]) -> Object:
        usage = used.get(node["metadata"]["name"], OF_THE_SYSTEM)
        return _head(NODE_METRICS, node, self._clock.now()) | {"usage": _quantities(usage)}


def _head(ref: ResourceRef, measured: Object, now: float) -> Object:
    """Everything but the numbers; name and labels are those of what is measured."""
    moment = timestamp(now)
    metadata: Object = {"name": measured["metadata"]["name"]}
    metadata |= {"namespace": measured["metadata"]["namespace"]} if ref.namespaced else {}
    metadata |= {"creationTimestamp": moment}
    metadata |= {"labels": labels_of(measured)} if labels_of(measured) else {}
    head: Object = {"kind": ref.kind, "apiVersion": ref.api_version, "metadata": metadata}
    return head | {"timestamp": moment, "window": f"{WINDOW}s"}


def _quantities(usage: Usage) -> Object:
    cpu = canonical(f"{round(usage.cpu * 10**9)}n")
    return {"cpu": cpu, "memory": text_of(Fraction(round(usage.memory)), binary=True)}
