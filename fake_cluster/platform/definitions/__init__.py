"""The CustomResourceDefinitions of the OpenShift APIs that are simulated."""

from __future__ import annotations

from fake_cluster.objects import Object
from fake_cluster.platform.definitions import monitoring, noobaa, object_buckets, routes

__all__ = ["ALL"]

ALL: tuple[Object, ...] = (
    *routes.DEFINITIONS,
    *object_buckets.DEFINITIONS,
    *monitoring.DEFINITIONS,
    *noobaa.DEFINITIONS,
)
