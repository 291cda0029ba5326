"""Fixtures of the tests that run the operator on a cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.operator.lab import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The operator on OpenShift."""
    made = Lab()
    yield made
    made.cluster.close()


@pytest.fixture
def bare() -> Iterator[Lab]:
    """The operator on a cluster that has nothing of OpenShift."""
    made = Lab("kubernetes")
    yield made
    made.cluster.close()
