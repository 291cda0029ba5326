"""What OpenShift adds to Kubernetes: custom resources, the controllers behind them, and what is just there.

`install` creates all of it on a cluster; `install_openshift` only the objects, `openshift` gives only the
controllers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, STORAGE_CLASSES
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Controller
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform import projects, route_hosts
from fake_cluster.platform.definitions import ALL
from fake_cluster.platform.injection import injectors
from fake_cluster.platform.noobaa import noobaa_operator
from fake_cluster.platform.object_buckets import BUCKET_CLASS, STORAGE_CLASS, BucketProvisioner
from fake_cluster.platform.route_hosts import CreatePlugin, UpdatePlugin
from fake_cluster.platform.router import Router, chain_of_router
from fake_cluster.platform.user_workloads import user_workload_monitoring

__all__ = ["OpenShift", "install", "install_openshift", "openshift"]

NAMESPACES_OF_OPENSHIFT = (
    "openshift-config-managed",
    "openshift-ingress",
    "openshift-monitoring",
    "openshift-operators",
    "openshift-storage",
    "openshift-user-workload-monitoring",
)


def install_openshift(client: Client) -> None:
    """Create the definitions, namespaces and the bucket class of OpenShift; what exists stays as it is."""
    wanted: list[tuple[ResourceRef, Object]] = [(CUSTOM_RESOURCE_DEFINITIONS, item) for item in ALL]
    wanted += [(NAMESPACES, _namespace(name)) for name in NAMESPACES_OF_OPENSHIFT]
    wanted.append((STORAGE_CLASSES, _bucket_class()))
    for ref, obj in wanted:
        if client.find(ref, obj["metadata"]["name"]) is None:
            client.create(ref, obj)


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _bucket_class() -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": STORAGE_CLASS},
        "provisioner": f"{STORAGE_CLASS}/obc",
        "parameters": {"bucketclass": BUCKET_CLASS},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }


@dataclass(frozen=True)
class OpenShift:
    """OpenShift on a cluster.

    `peer_chain` gives the certificates that the router shows to who calls a host and a port, as PEM, and
    raises OSError where nobody listens. The admission is by group and plural of the resource.
    """

    controllers: Sequence[Controller]
    peer_chain: Callable[[str, int], str]
    on_create: Mapping[tuple[str, str], tuple[CreatePlugin, ...]]
    on_update: Mapping[tuple[str, str], tuple[UpdatePlugin, ...]]


def install(client: Client, clock: Clock, rng: Random, apps_domain: str) -> OpenShift:
    """Create OpenShift's objects in a cluster; what is left to do is run its controllers."""
    install_openshift(client)
    seed = rng.getrandbits(32)
    router = Router(client, clock, apps_domain)
    controllers = (
        router.controller(),
        BucketProvisioner(client, rng).controller(),
        *injectors(client, seed),
        *noobaa_operator(client, rng),
        user_workload_monitoring(client),
    )
    peer_chain = partial(chain_of_router, router, seed, apps_domain)
    on_create = {**route_hosts.on_create(apps_domain), **projects.on_create(client)}
    return OpenShift(controllers, peer_chain, on_create, route_hosts.on_update())


def openshift(client: Client, clock: Clock, rng: Random, apps_domain: str) -> list[Controller]:
    """The controllers of OpenShift alone, installed with what they need."""
    return list(install(client, clock, rng, apps_domain).controllers)
