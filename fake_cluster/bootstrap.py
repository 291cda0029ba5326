"""What a cluster has before anybody uses it: the objects that an installer leaves behind."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.api.access import roles
from fake_cluster.kinds.refs import (
    ENDPOINT_SLICES,
    ENDPOINTS,
    NAMESPACES,
    PRIORITY_CLASSES,
    SERVICES,
    STORAGE_CLASSES,
)
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef

INITIAL_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
SYSTEM_PRIORITIES = {
    "system-cluster-critical": (
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
    "system-node-critical": (
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
}
"""Value and description (API reference, PriorityClass)."""
DEFAULT_STORAGE_CLASS = "standard"
API_ADDRESS = "10.96.0.1"
"""Of the Service `kubernetes`: the first address of the range, as on a real cluster."""
API_SERVER = "172.18.0.2"
"""Where the API server itself is, behind that Service."""
_API_PORT: Object = {"name": "https", "port": 6443, "protocol": "TCP"}


def install(client: Client) -> None:
    """Create the namespaces, priority classes, default StorageClass and the Service `kubernetes`."""
    for ref, obj in _objects():
        client.create(ref, obj)


def install_roles(client: Client) -> None:
    """Create the roles and bindings that a cluster with access control begins with."""
    for ref, obj in roles.objects():
        client.create(ref, obj)


def _objects() -> Iterable[tuple[ResourceRef, Object]]:
    for name in INITIAL_NAMESPACES:
        yield NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    for name, (value, description) in SYSTEM_PRIORITIES.items():
        yield PRIORITY_CLASSES, _priority_class(name, value, description)
    yield STORAGE_CLASSES, _storage_class()
    yield SERVICES, _api_service()
    yield from _api_endpoints()


def _priority_class(name: str, value: int, description: str) -> Object:
    return {
        "apiVersion": PRIORITY_CLASSES.api_version,
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": value,
        "description": description,
    }


def _storage_class() -> Object:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {
        "apiVersion": STORAGE_CLASSES.api_version,
        "kind": "StorageClass",
        "metadata": {"name": DEFAULT_STORAGE_CLASS, "annotations": annotations},
        "provisioner": "fake-cluster.example.com/disk",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
        "allowVolumeExpansion": True,
    }


def _api_service() -> Object:
    labels = {"component": "apiserver", "provider": "kubernetes"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": labels},
        "spec": {
            "type": "ClusterIP",
            "clusterIP": API_ADDRESS,
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
    }


def _api_endpoints() -> Iterable[tuple[ResourceRef, Object]]:
    """What the API server itself says about the Service, which has no selector (its endpoint reconciler)."""
    name: Object = {"name": "kubernetes", "namespace": "default"}
    yield (
        ENDPOINTS,
        {
            "apiVersion": "v1",
            "kind": "Endpoints",
            "metadata": name | {"labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}},
            "subsets": [{"addresses": [{"ip": API_SERVER}], "ports": [_API_PORT]}],
        },
    )
    yield (
        ENDPOINT_SLICES,
        {
            "apiVersion": ENDPOINT_SLICES.api_version,
            "kind": "EndpointSlice",
            "metadata": name | {"labels": {"kubernetes.io/service-name": "kubernetes"}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [API_SERVER], "conditions": {"ready": True}}],
            "ports": [_API_PORT],
        },
    )
