"""A Kubernetes cluster in memory: the API, its controllers and its nodes, useful on its own.

What programs need of it is here; each name is imported when it is first asked for, so that pytest can load
the plugin of this package at no cost. The resources (`PODS`, `DEPLOYMENTS`, …) are in
`fake_cluster.kinds.refs`, helpers on objects in `fake_cluster.objects`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fake_cluster.cluster import FakeCluster, NotReachedError
    from fake_cluster.errors import ApiError
    from fake_cluster.machinery.client import Client
    from fake_cluster.machinery.controller import Controller, Result, Source, sleep
    from fake_cluster.manifests import ManifestError
    from fake_cluster.node import NodeSpec
    from fake_cluster.objects import Key, Object, ResourceRef
    from fake_cluster.serving import ServedCluster, served_cluster

__all__ = [
    "ApiError",
    "Client",
    "Controller",
    "FakeCluster",
    "Key",
    "ManifestError",
    "NodeSpec",
    "NotReachedError",
    "Object",
    "ResourceRef",
    "Result",
    "ServedCluster",
    "Source",
    "served_cluster",
    "sleep",
]

_HOMES = {
    "ApiError": "errors",
    "Client": "machinery.client",
    "Controller": "machinery.controller",
    "FakeCluster": "cluster",
    "Key": "objects",
    "ManifestError": "manifests",
    "NodeSpec": "node",
    "NotReachedError": "cluster",
    "Object": "objects",
    "ResourceRef": "objects",
    "Result": "machinery.controller",
    "ServedCluster": "serving",
    "Source": "machinery.controller",
    "served_cluster": "serving",
    "sleep": "machinery.controller",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
