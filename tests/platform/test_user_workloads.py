"""The monitoring of user workloads, which a ConfigMap switches on and off."""

from __future__ import annotations

from collections import Counter

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import CONFIG_MAPS, PODS
from fake_cluster.objects import condition_is_true
from fake_cluster.platform.user_workloads import CONFIGURATION, NAMESPACE, is_enabled

ON, OFF = "enableUserWorkload: true\n", "enableUserWorkload: false\n"


def configure(cluster: FakeCluster, text: str) -> None:
    metadata = {"name": CONFIGURATION.name, "namespace": CONFIGURATION.namespace}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"config.yaml": text}}
    cluster.client().apply(CONFIG_MAPS, body, manager="test")


def ready_pods(cluster: FakeCluster) -> Counter[str]:
    pods = [pod for pod in cluster.client().list(PODS, NAMESPACE) if condition_is_true(pod, "Ready")]
    return Counter(pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in pods)


def test_it_runs_while_it_is_enabled() -> None:
    with FakeCluster(platform="openshift") as cluster:
        configure(cluster, ON)
        running = {
            "prometheus-operator": 1,
            "prometheus-user-workload": 2,
            "thanos-ruler-user-workload": 2,
        }
        cluster.run_until(lambda: ready_pods(cluster) == running)
        configure(cluster, OFF)
        cluster.run_until(lambda: not cluster.client().list(PODS, NAMESPACE))


def test_it_ends_when_the_configuration_goes() -> None:
    with FakeCluster(platform="openshift") as cluster:
        configure(cluster, ON)
        cluster.run_until(lambda: bool(cluster.client().list(PODS, NAMESPACE)))
        cluster.client().delete(CONFIG_MAPS, CONFIGURATION.name, CONFIGURATION.namespace)
        cluster.run_until(lambda: not cluster.client().list(PODS, NAMESPACE))


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        (ON, True),
        (OFF, False),
        ("", False),
        ("enableUserWorkload: 'true'", False),
        ("[", False),
        ("- a", False),
    ],
)
def test_only_true_enables_it(text: str, enabled: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_enabled(text) is enabled
