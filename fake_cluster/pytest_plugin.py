"""Fixtures for projects that test against a Kubernetes API.

`fake_cluster` is a fresh cluster on virtual time for each test, `kube_client` the official Python
client connected to it. `fake_cluster_server` is a cluster on real time behind HTTP, with a kubeconfig for
kubectl and for programs in other processes. Nothing is imported before a test asks for one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

    from fake_cluster.cluster import FakeCluster
    from fake_cluster.serving import ServedCluster


@pytest.fixture
def fake_cluster() -> Iterator[FakeCluster]:
    """A cluster of three nodes on virtual time."""
    from fake_cluster.cluster import FakeCluster  # noqa: PLC0415 - only tests that use it pay for it

    with FakeCluster() as cluster:
        yield cluster


@pytest.fixture
def kube_client(fake_cluster: FakeCluster) -> ApiClient:
    """The official client's `ApiClient`, in process."""
    return fake_cluster.kube_client()


@pytest.fixture
def fake_cluster_server(tmp_path: Path) -> Iterator[ServedCluster]:
    """A cluster on real time, served over HTTP on a free port of 127.0.0.1."""
    from fake_cluster.serving import served_cluster  # noqa: PLC0415 - as above

    with served_cluster(tmp_path / "kubeconfig") as served:
        yield served
