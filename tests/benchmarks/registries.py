"""Many registries in one cluster: real time until all are Available, and how it grows with their number.

python -m tests.benchmarks.registries [NUMBER ...]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from random import Random

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import NAMESPACES
from fake_cluster.machinery.client import Client
from fake_cluster.node.specs import NodeSpec
from fake_cluster.objects import condition_is_true
from quaysim import operator
from quaysim.operator import QUAY_REGISTRIES, Settings

NUMBERS = (10, 100, 1000)
PATIENCE = 50_000.0
"""Seconds of the cluster's time: the operator has one worker for all registries."""
LOOK = 60.0
_ROOM = {"cpu": "100k", "memory": "1Pi", "ephemeral-storage": "1Pi", "pods": "100k"}
LIMIT_SECONDS, LIMIT_MEBIBYTES, LIMIT_RATIO = 60.0, 2048.0, 11.0
"""For a thousand registries, and from one number to ten times as many."""


def available(client: Client) -> int:
    """How many registries are Available."""
    return sum(condition_is_true(registry, "Available") for registry in client.list(QUAY_REGISTRIES))


def to_available(number: int) -> tuple[float, float, float]:
    """Seconds of real time, of the processor's, and of the cluster's, until that many are Available."""
    with FakeCluster(
        "openshift", nodes=[NodeSpec(f"worker-{index}", capacity=_ROOM) for index in range(3)]
    ) as cluster:
        operator.install(cluster.client("quay-operator"))
        operators = operator.controllers(
            cluster.client("quay-operator"), Settings(), cluster.clock, Random(0), cluster.peer_chain
        )
        cluster.add(operators)
        user = cluster.client("benchmark")
        begin, worked, since = time.perf_counter(), time.process_time(), cluster.clock.now()
        for index in range(number):
            _create(user, f"quay-{index:04}")
        while available(user) < number:
            if cluster.clock.now() - since > PATIENCE:
                raise TimeoutError(f"{available(user)} of {number} registries are Available")
            cluster.advance(LOOK)
        spent = time.perf_counter() - begin, time.process_time() - worked
        return *spent, cluster.clock.now() - since


def _create(user: Client, namespace: str) -> None:
    user.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    metadata = {"name": "example-registry", "namespace": namespace}
    user.create(
        QUAY_REGISTRIES,
        {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry", "metadata": metadata, "spec": {}},
    )


def _measure(number: int) -> None:
    """One line: seconds of real, processor's and cluster's time, and memory in MiB."""
    real, worked, passed = to_available(number)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{real:.2f} {worked:.2f} {passed:.0f} {memory:.0f}\n")


def _measured(number: int) -> tuple[float, float, float, float]:
    """The same in a process of its own, so that memory is counted from the start."""
    command = [sys.executable, "-m", __spec__.name, "--measure", str(number)]
    line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    real, worked, passed, memory = map(float, line.split())
    return real, worked, passed, memory


def main(arguments: Sequence[str]) -> int:
    """Print a line for each number of registries, with the ratio of the CPU time to the line before."""
    if arguments[:1] == ["--measure"]:
        _measure(int(arguments[1]))
        return 0
    before, failed = 0.0, False
    for number in map(int, arguments) if arguments else NUMBERS:
        real, worked, passed, memory = _measured(number)
        ratio = worked / before if before else 0.0
        before = worked
        failed |= real > LIMIT_SECONDS or memory > LIMIT_MEBIBYTES or ratio > LIMIT_RATIO
        grown = f", {ratio:.1f} times the line above" if ratio else ""
        sys.stdout.write(
            f"{number:5} registries: {real:7.2f} s real, {worked:7.2f} s CPU, {passed:6.0f} s cluster, "
            f"{memory:5.0f} MiB{grown}\n"
        )
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
