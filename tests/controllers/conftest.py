"""Fixtures of the controllers' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fake_cluster.cluster import FakeCluster
from tests.controllers.workloads import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A cluster with one node on which Pods do what the test says."""
    with FakeCluster(run_nodes=False) as cluster:
        yield Lab(cluster)
