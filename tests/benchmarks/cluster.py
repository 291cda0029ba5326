"""Figures of the cluster in process: how long it takes to start, and to make a registry available."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from random import Random

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import NAMESPACES
from fake_cluster.objects import condition_is_true
from quaysim import operator
from quaysim.operator import QUAY_REGISTRIES, Settings

NAMESPACE = "quay-enterprise"
REGISTRY = {
    "apiVersion": "quay.redhat.com/v1",
    "kind": "QuayRegistry",
    "metadata": {"name": "example-registry", "namespace": NAMESPACE},
    "spec": {},
}


def start() -> float:
    """Seconds until a cluster like OpenShift has started."""
    begin = time.perf_counter()
    FakeCluster("openshift").close()
    return time.perf_counter() - begin


def to_available() -> float:
    """Seconds of real time until a default registry is Available."""
    with FakeCluster("openshift") as cluster:
        client = cluster.client("quay-operator")
        operator.install(client)
        cluster.add(operator.controllers(client, Settings(), cluster.clock, Random(0), cluster.peer_chain))
        user = cluster.client("benchmark")
        user.create(NAMESPACES, {"metadata": {"name": NAMESPACE}})
        cluster.settle()
        begin = time.perf_counter()
        user.create(QUAY_REGISTRIES, REGISTRY)
        cluster.run_until(
            lambda: condition_is_true(user.get(QUAY_REGISTRIES, "example-registry", NAMESPACE), "Available"),
            what="the registry is Available",
        )
        return time.perf_counter() - begin


def median(figure: Callable[[], float], rounds: int) -> float:
    """The median of several rounds, after one that fills the caches."""
    figure()
    return statistics.median(figure() for _ in range(rounds))
