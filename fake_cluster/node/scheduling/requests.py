"""What Pods ask for and nodes have, in thousandths of the resource's unit.

Source: documentation "Resource Management for Pods and Containers"; the sum for init containers and
sidecars is that of the scheduler (k8s.io/component-helpers/resource).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import ceil

from fake_cluster.kinds.quantities import amount
from fake_cluster.objects import Object

Amounts = Counter[str]
"""Thousandths by resource name."""


@lru_cache(maxsize=4096)
def thousandths(quantity: str) -> int:
    """A quantity in thousandths, rounded up."""
    return ceil(amount(quantity) * 1000)


def amounts(quantities: Mapping[str, object]) -> Amounts:
    """Amounts of a mapping of quantities."""
    return Counter({name: thousandths(str(quantity)) for name, quantity in quantities.items()})


def pod_requests(pod: Object) -> Amounts:
    """What a Pod needs on its node; one of the resource "pods" is included."""
    spec = pod["spec"]
    total = _sum(spec["containers"])
    sidecars: Amounts = Counter()
    peak: Amounts = Counter()
    for container in spec.get("initContainers") or ():
        wanted = _requests(container)
        if container.get("restartPolicy") == "Always":
            sidecars += wanted
            wanted = Counter()
        peak |= wanted + sidecars
    total = (total + sidecars) | peak
    total += amounts(spec.get("overhead") or {})
    total["pods"] = 1000
    return total


def _requests(container: Object) -> Amounts:
    return amounts((container.get("resources") or {}).get("requests") or {})


def _sum(containers: Iterable[Object]) -> Amounts:
    total: Amounts = Counter()
    for container in containers:
        total += _requests(container)
    return total


def host_ports(pod: Object) -> frozenset[tuple[str, int]]:
    """Protocol and port of the host's ports that a Pod takes."""
    return frozenset(
        (port.get("protocol", "TCP"), port["hostPort"])
        for container in pod["spec"]["containers"]
        for port in container.get("ports") or ()
        if port.get("hostPort")
    )
