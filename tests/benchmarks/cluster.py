"""How fast a cluster starts, rolls out and lets time pass: `python -m tests.benchmarks.cluster`.

Figures are seconds of this process's CPU, so that other work on the machine disturbs them less.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import DEPLOYMENTS
from fake_cluster.machinery.clock import EPOCH
from fake_cluster.objects import Object, condition_is_true

DAY = 86_400.0


def deployment(number: int) -> Object:
    """A Deployment of two Pods with a readiness probe."""
    labels = {"app": f"web-{number}"}
    container = {
        "name": "web",
        "image": "example.com/web:1",
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    }
    return {
        "metadata": {"name": f"web-{number}", "namespace": "default"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def measured(work: Callable[[], object]) -> float:
    """Seconds of CPU that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def report(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def rolled_out(count: int) -> FakeCluster:
    """A cluster in which `count` Deployments have become available."""
    cluster = FakeCluster(nodes=3 + count // 50)
    client = cluster.client("benchmark")
    for number in range(count):
        client.create(DEPLOYMENTS, deployment(number))
    cluster.run_until(lambda: all(condition_is_true(d, "Available") for d in client.list(DEPLOYMENTS)))
    return cluster


def starts() -> None:
    """The first cluster of a process, and the next ones."""
    report(f"first cluster             {measured(FakeCluster) * 1000:8.1f} ms")
    report(f"next cluster              {min(measured(FakeCluster) for _ in range(20)) * 1000:8.1f} ms")
    on_openshift = min(measured(lambda: FakeCluster("openshift")) for _ in range(20))
    report(f"next cluster, OpenShift   {on_openshift * 1000:8.1f} ms")


def rollouts() -> None:
    """Deployments to Available, and how that grows."""
    seconds: dict[int, float] = {}
    for count in (10, 100, 1000):
        start = time.process_time()
        cluster = rolled_out(count)
        seconds[count] = time.process_time() - start
        writes = cluster.api.store.revision
        report(
            f"{count:5} Deployments of 2    {seconds[count] * 1000:8.1f} ms, {writes} writes, "
            f"{writes / seconds[count]:.0f} a second, {cluster.clock.now() - EPOCH:.1f} s of the cluster's time"
        )
    report(
        f"ten times as many cost    {seconds[100] / seconds[10]:8.1f} and {seconds[1000] / seconds[100]:.1f} times as much"
    )


def idling() -> None:
    """A day of a cluster in which nothing happens."""
    cluster = rolled_out(10)
    passes = cluster.manager.passes
    seconds = measured(lambda: cluster.advance(DAY))
    report(f"an idle day               {seconds * 1000:8.1f} ms, {cluster.manager.passes - passes} passes")


if __name__ == "__main__":
    for benchmark in (starts, rollouts, idling):
        benchmark()
