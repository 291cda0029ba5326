"""The fixtures for other projects."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from kubernetes import client as kubernetes
from kubernetes import config

from fake_cluster import FakeCluster, ServedCluster
from fake_cluster.machinery.clock import EPOCH

pytest_plugins = ["pytester"]

SUITE = """
    from kubernetes import client


    def test_a_namespace_is_created(fake_cluster, kube_client):
        core = client.CoreV1Api(kube_client)
        core.create_namespace({"metadata": {"name": "mine"}})
        fake_cluster.run_until(lambda: core.list_namespaced_service_account("mine").items)


    def test_every_test_has_a_cluster_of_its_own(kube_client):
        names = [item.metadata.name for item in client.CoreV1Api(kube_client).list_namespace().items]
        assert "mine" not in names
"""


def test_the_cluster_is_fresh_and_on_virtual_time(fake_cluster: FakeCluster) -> None:
    assert fake_cluster.clock.now() == EPOCH


def test_the_client_speaks_to_the_cluster(
    fake_cluster: FakeCluster, kube_client: kubernetes.ApiClient
) -> None:
    core: Any = kubernetes.CoreV1Api(kube_client)
    core.create_namespaced_config_map("default", {"metadata": {"name": "c"}, "data": {"a": "1"}})
    assert fake_cluster.api.store.table("", "configmaps").get("default", "c") is not None


def test_a_foreign_project_uses_the_fixtures_without_a_word_of_set_up(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_a_served_cluster_can_be_reached_with_its_kubeconfig(fake_cluster_server: ServedCluster) -> None:
    load: Any = config.new_client_from_config
    core: Any = kubernetes.CoreV1Api(load(str(fake_cluster_server.kubeconfig)))

    assert "default" in [item.metadata.name for item in core.list_namespace().items]


def test_the_plugin_imports_next_to_nothing() -> None:
    code = "import sys, fake_cluster.pytest_plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.startswith("fake_cluster")} == {
        "fake_cluster",
        "fake_cluster.pytest_plugin",
    }
    assert "kubernetes" not in loaded
