"""What all controllers of one manager share: client, clock and informers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fake_cluster.controllers.volume_claims import mounted_claims
from fake_cluster.kinds.refs import (
    CONTROLLER_REVISIONS,
    DAEMON_SETS,
    DEPLOYMENTS,
    ENDPOINT_SLICES,
    JOBS,
    PERSISTENT_VOLUMES,
    POD_DISRUPTION_BUDGETS,
    PODS,
    REPLICA_SETS,
    RESOURCE_QUOTAS,
    SERVICES,
    STATEFUL_SETS,
)
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.machinery.events import Recorder
from fake_cluster.machinery.informer import IndexOf, Informers, by_controller, by_labels, by_namespace
from fake_cluster.objects import Object, ResourceRef


def by_bound_claim(volume: Object) -> Iterable[tuple[str, str]]:
    """Index: namespace and name of the claim that a volume is for, empty for a free one."""
    reference = volume["spec"].get("claimRef") or {}
    return ((reference.get("namespace", ""), reference.get("name", "")),)


def by_mounted_claim(pod: Object) -> Iterable[tuple[str, str]]:
    """Index: namespace and name of each claim that a Pod mounts."""
    if not pod["spec"].get("volumes"):
        return []
    return [(pod["metadata"]["namespace"], name) for name in mounted_claims(pod)]


INDEXES: dict[ResourceRef, dict[str, IndexOf]] = {
    CONTROLLER_REVISIONS: {"controller": by_controller},
    DAEMON_SETS: {"namespace": by_namespace},
    ENDPOINT_SLICES: {"labels": by_labels},
    DEPLOYMENTS: {"namespace": by_namespace},
    JOBS: {"controller": by_controller, "namespace": by_namespace},
    PERSISTENT_VOLUMES: {"claim": by_bound_claim},
    POD_DISRUPTION_BUDGETS: {"namespace": by_namespace},
    PODS: {
        "claim": by_mounted_claim,
        "controller": by_controller,
        "labels": by_labels,
        "namespace": by_namespace,
    },
    REPLICA_SETS: {"controller": by_controller, "namespace": by_namespace},
    STATEFUL_SETS: {"namespace": by_namespace},
    RESOURCE_QUOTAS: {"namespace": by_namespace},
    SERVICES: {"namespace": by_namespace},
}


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a controller."""

    client: Client
    clock: Clock
    informers: Informers

    @classmethod
    def of(cls, client: Client, clock: Clock) -> Context:
        """A context with informers of its own."""
        return cls(client, clock, Informers(client, INDEXES))

    def recorder(self, component: str) -> Recorder:
        """A writer of Events in the name of `component`."""
        return Recorder(self.client, self.clock, component)

    def timestamp(self) -> str:
        """The time now, as the API has it."""
        return timestamp(self.clock.now())
