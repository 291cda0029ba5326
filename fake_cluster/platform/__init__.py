"""What OpenShift adds to Kubernetes: custom resources, the controllers behind them, and what is just there.

`install_openshift` creates the objects, `openshift` gives the controllers, `on_create` and `on_update` what
OpenShift's API does with Routes on their way in.
"""

from __future__ import annotations

from random import Random

from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, STORAGE_CLASSES
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Controller
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform.definitions import ALL
from fake_cluster.platform.injection import injectors
from fake_cluster.platform.object_buckets import STORAGE_CLASS, BucketProvisioner
from fake_cluster.platform.route_hosts import on_create, on_update
from fake_cluster.platform.router import Router

__all__ = ["install_openshift", "on_create", "on_update", "openshift"]

NAMESPACES_OF_OPENSHIFT = (
    "openshift-config-managed",
    "openshift-ingress",
    "openshift-monitoring",
    "openshift-operators",
    "openshift-storage",
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
        "parameters": {"bucketclass": "noobaa-default-bucket-class"},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }


def openshift(client: Client, clock: Clock, rng: Random, apps_domain: str, seed: int = 0) -> list[Controller]:
    """The controllers of OpenShift. `seed` is that of the cluster's certificates."""
    return [
        Router(client, clock, apps_domain).controller(),
        BucketProvisioner(client, rng).controller(),
        *injectors(client, seed),
    ]
