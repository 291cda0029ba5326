"""The controllers of kube-controller-manager, one file each.

`all_controllers` gives them for one client; a manager runs them. They share informers, so that the
objects of a resource are watched and indexed once.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.cron_job import CronJobController
from fake_cluster.controllers.daemon_set import DaemonSetController
from fake_cluster.controllers.deployment import DeploymentController
from fake_cluster.controllers.disruption import DisruptionController
from fake_cluster.controllers.endpoint_slice import EndpointSliceController
from fake_cluster.controllers.endpoints import EndpointsController
from fake_cluster.controllers.garbage_collector import GarbageCollector
from fake_cluster.controllers.horizontal_pod_autoscaler import HorizontalPodAutoscalerController
from fake_cluster.controllers.job import JobController
from fake_cluster.controllers.namespace import NamespaceController
from fake_cluster.controllers.persistent_volume import PersistentVolumeController
from fake_cluster.controllers.pod_garbage import PodGarbageCollector
from fake_cluster.controllers.replica_set import ReplicaSetController
from fake_cluster.controllers.resource_quota import ResourceQuotaController
from fake_cluster.controllers.service_account import root_ca, service_accounts
from fake_cluster.controllers.stateful_set import StatefulSetController
from fake_cluster.controllers.ttl_after_finished import TtlAfterFinishedController
from fake_cluster.controllers.volume_protection import ClaimProtection, VolumeProtection
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Controller

__all__ = ["all_controllers"]

_MAKERS: tuple[Callable[[Context], Controller], ...] = (
    service_accounts,
    root_ca,
    lambda context: NamespaceController(context).controller(),
    lambda context: DeploymentController(context).controller(),
    lambda context: ReplicaSetController(context).controller(),
    lambda context: JobController(context).controller(),
    lambda context: HorizontalPodAutoscalerController(context).controller(),
    lambda context: PersistentVolumeController(context).controller(),
    lambda context: ClaimProtection(context).controller(),
    lambda context: VolumeProtection(context).controller(),
    lambda context: EndpointsController(context).controller(),
    lambda context: EndpointSliceController(context).controller(),
    lambda context: CronJobController(context).controller(),
    lambda context: DaemonSetController(context).controller(),
    lambda context: DisruptionController(context).controller(),
    lambda context: PodGarbageCollector(context).controller(),
    lambda context: ResourceQuotaController(context).controller(),
    lambda context: StatefulSetController(context).controller(),
    lambda context: TtlAfterFinishedController(context).controller(),
    lambda context: GarbageCollector(context).controller(),
)


def all_controllers(client: Client, clock: Clock, rng: Random) -> list[Controller]:
    """Every controller of kube-controller-manager that is simulated; `client` writes in their name."""
    del rng  # all that is random about their objects (uids, names, addresses) is given by the API server
    context = Context.of(client, clock)
    return [make(context) for make in _MAKERS]
