"""The stand-ins, by name: what each of them is, what of it is cluster-scoped, and who does its work.

They are put up in this order. `auto` brings those that the cluster lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from fake_cluster.controllers import all_controllers
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, NODES
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.controller import Controller
from fake_cluster.node.agent import NAME as AGENT
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform.definitions import ALL as OPENSHIFT_DEFINITIONS
from fake_cluster.platform.injection import injectors
from fake_cluster.platform.object_buckets import BucketProvisioner
from fake_cluster.platform.router import Router
from quaysim.operator.crd import quay_registry_crd
from quaysim.standins import nodes
from quaysim.standins.background import Background
from quaysim.standins.scoped import ScopedClient
from quaysim.standins.volumes import Volumes
from quaysim.targets.clock import ServerClock

DASHBOARDS = "openshift-config-managed"
"""The namespace in which OpenShift's console looks for dashboards."""


@dataclass(frozen=True)
class Site:
    """Where a stand-in works."""

    client: ScopedClient
    clock: ServerClock
    rng: Random
    apps_domain: str


ClusterScoped = tuple[ResourceRef, Object]


@dataclass(frozen=True)
class StandIn:
    """One stand-in. `makes` are the cluster-scoped objects that it puts up; `run` has its work done by a `client`."""

    what: str
    makes: Callable[[Client, str], Iterable[ClusterScoped]] = lambda client, run: ()  # noqa: ARG005
    run: Callable[[Site, Background], Sequence[Controller]] | None = None
    client: type[ScopedClient] = ScopedClient


def _definitions(definitions: Sequence[Object]) -> Callable[[Client, str], Iterable[ClusterScoped]]:
    def missing(client: Client, run: str) -> Iterable[ClusterScoped]:
        """Those that are not there."""
        del run
        for definition in definitions:
            if client.find(CUSTOM_RESOURCE_DEFINITIONS, definition["metadata"]["name"]) is None:
                yield CUSTOM_RESOURCE_DEFINITIONS, definition

    return missing


def _openshift(client: Client, run: str) -> Iterable[ClusterScoped]:
    """The definitions that are missing, and the namespace of dashboards."""
    yield from _definitions([item for item in OPENSHIFT_DEFINITIONS if not _is_served(client, item)])(
        client, run
    )
    if client.find(NAMESPACES, DASHBOARDS) is None:
        yield NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": DASHBOARDS}}


def _is_served(client: Client, definition: Object) -> bool:
    """Real OpenShift serves Routes without a definition."""
    spec = definition["spec"]
    versions = [version["name"] for version in spec["versions"] if version["served"]]
    names = spec["names"]
    return any(
        client.serves(ResourceRef(spec["group"], version, names["plural"], names["kind"]))
        for version in versions
    )


def _nodes(client: Client, run: str) -> Iterable[ClusterScoped]:
    del client
    return [(NODES, {"metadata": {"name": name}}) for name in nodes.names(run)]


def _controllers(site: Site, background: Background) -> Sequence[Controller]:
    del background
    return all_controllers(site.client, site.clock, site.rng)


def _run_nodes(site: Site, background: Background) -> Sequence[Controller]:
    made = nodes.Nodes(site.client, site.clock)
    made.create()
    agent = made.agent(lambda key: background.enqueue(AGENT, key))
    return [*made.scheduler(), *agent]


def _volumes(site: Site, background: Background) -> Sequence[Controller]:
    del background
    return [Volumes(site.client).controller()]


def _router(site: Site, background: Background) -> Sequence[Controller]:
    del background
    return [Router(site.client, site.clock, site.apps_domain).controller()]


def _buckets(site: Site, background: Background) -> Sequence[Controller]:
    del background
    return [BucketProvisioner(site.client, site.rng).controller()]


def _certificates(site: Site, background: Background) -> Sequence[Controller]:
    del background
    return injectors(site.client, 0)


STAND_INS = {
    "quay-api": StandIn("the definition of QuayRegistry", _definitions([quay_registry_crd()])),
    "openshift-apis": StandIn(
        "definitions of Route, ObjectBucketClaim, ServiceMonitor, PrometheusRule, and what belongs to them",
        _openshift,
    ),
    "controllers": StandIn("the controllers of kube-controller-manager", run=_controllers),
    "nodes": StandIn("simulated nodes, a scheduler and kubelets", _nodes, _run_nodes, nodes.SchedulingClient),
    "volumes": StandIn("volumes for claims", run=_volumes),
    "router": StandIn("a router that admits Routes", run=_router),
    "buckets": StandIn("a provisioner of object buckets", run=_buckets),
    "certificates": StandIn("authorities, injected into ConfigMaps that ask for them", run=_certificates),
}
