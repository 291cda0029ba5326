"""The clusters that scenarios run on. Steps know this package, and nothing of what is behind it."""

from fake_cluster.errors import ApiError
from fake_cluster.objects import Object, ResourceRef
from quaysim.targets.base import PATIENCE, CannotRun, NoCluster, NotInTime, Target, Targets, Unsupported

__all__ = [
    "PATIENCE",
    "ApiError",
    "CannotRun",
    "NoCluster",
    "NotInTime",
    "Object",
    "ResourceRef",
    "Target",
    "Targets",
    "Unsupported",
]
