"""The default target: a fake cluster of its own for every scenario, on virtual time, in this process.

Scenarios reach it as they would reach any other cluster, through the official client. Which platform it
is and how its operator was installed follows from what the scenario needs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from quaysim.targets.base import Target, Targets, Unsupported, missing
from quaysim.targets.capabilities import (
    ALL_NAMESPACES,
    CLUSTER_MONITORING,
    ON_REQUEST,
    ONE_NAMESPACE,
    OPENSHIFT_APIS,
    PLAIN,
    PROJECT_PLACEMENT,
)

COMMON = frozenset({"kube-api", "quay-operator", "nodes"})
OPENSHIFT = frozenset({*OPENSHIFT_APIS, "router", CLUSTER_MONITORING, PROJECT_PLACEMENT})


def capabilities_for(needs: Collection[str]) -> frozenset[str]:
    """What a cluster made for these needs can do: the platform and the installation mode are chosen."""
    platform = {PLAIN} if PLAIN in needs else OPENSHIFT
    mode = ONE_NAMESPACE if ONE_NAMESPACE in needs else ALL_NAMESPACES
    return COMMON | platform | {mode} | (ON_REQUEST & set(needs))


@dataclass(frozen=True)
class FakeTargets(Targets):
    """Fake clusters, all from the same seed."""

    seed: int = 0
    domain: str = "apps.example.com"

    def open(self, needs: Collection[str]) -> Target:
        """Start a cluster for one scenario."""
        capabilities = capabilities_for(needs)
        if reason := missing(needs, capabilities):
            raise Unsupported(reason)
        from quaysim.targets.embedded import FakeTarget  # noqa: PLC0415 - a second, which collecting need not cost

        return FakeTarget(self.seed, self.domain, capabilities)

    def describe(self) -> str:
        """What the clusters are made from."""
        return f"a fake cluster for each scenario, seed {self.seed}"
