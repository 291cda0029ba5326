"""A cluster with OpenShift on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import NAMESPACES


@pytest.fixture
def openshift() -> Iterator[FakeCluster]:
    """An OpenShift cluster with the namespaces `shop` and `other`."""
    with FakeCluster(platform="openshift", run_nodes=False) as cluster:
        for name in ("shop", "other"):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            cluster.client().create(NAMESPACES, namespace)
        cluster.settle()
        yield cluster
