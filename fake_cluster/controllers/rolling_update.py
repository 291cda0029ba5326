"""How many replicas the ReplicaSets of a Deployment may have: the arithmetic of rolling updates.

Pure functions over the Deployment and its ReplicaSets. Source: documentation of Deployments ("Rolling
Update Deployment", "Proportional scaling").
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fake_cluster.objects import Object, annotations_of

DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"


def replicas_of(obj: Object) -> int:
    """The replicas that the object is to have."""
    return int(obj["spec"].get("replicas", 1))


def status_count(replica_set: Object, field: str) -> int:
    """A number in the object's status."""
    return int((replica_set.get("status") or {}).get(field, 0))


def total(replica_sets: Iterable[Object]) -> int:
    """The replicas that the ReplicaSets are to have, together."""
    return sum(map(replicas_of, replica_sets))


def total_of(replica_sets: Iterable[Object], field: str) -> int:
    """A number of their status, together."""
    return sum(status_count(replica_set, field) for replica_set in replica_sets)


def scaled(value: int | str, of: int, *, up: bool) -> int:
    """A number, or a percentage of `of`, rounded up or down."""
    if isinstance(value, int):
        return value
    share = int(value.rstrip("%")) * of / 100
    return math.ceil(share) if up else math.floor(share)


def is_rolling(deployment: Object) -> bool:
    """Whether the strategy is RollingUpdate."""
    return bool(deployment["spec"].get("strategy", {}).get("type", "RollingUpdate") == "RollingUpdate")


def _fences(deployment: Object) -> tuple[int, int]:
    """Pods above and below the wished number; not both 0, or nothing could ever be replaced."""
    limits = deployment["spec"].get("strategy", {}).get("rollingUpdate") or {}
    wished = replicas_of(deployment)
    surge = scaled(limits.get("maxSurge", "25%"), wished, up=True)
    unavailable = scaled(limits.get("maxUnavailable", "25%"), wished, up=False)
    return surge, unavailable or (0 if surge else 1)


def max_surge(deployment: Object) -> int:
    """How many Pods there may be above `spec.replicas`."""
    return _fences(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Object) -> int:
    """How many of `spec.replicas` may be unavailable."""
    if not is_rolling(deployment):
        return 0
    return min(_fences(deployment)[1], replicas_of(deployment))


def new_size(deployment: Object, everything: Sequence[Object], new: Object | None) -> int:
    """What the new ReplicaSet may be scaled to now; `new` is None before it exists."""
    wished, present = replicas_of(deployment), replicas_of(new) if new else 0
    if not is_rolling(deployment) or present > wished:
        return wished
    room = wished + max_surge(deployment) - total(everything)
    return present + max(0, min(room, wished - present))


def old_sizes(deployment: Object, new: Object, old: Sequence[Object]) -> dict[str, int]:
    """What the old ReplicaSets are to be scaled down to now, by name: first what is not available."""
    sizes = {item["metadata"]["name"]: replicas_of(item) for item in old}
    minimum = replicas_of(deployment) - max_unavailable(deployment)
    new_unavailable = replicas_of(new) - status_count(new, "availableReplicas")
    spare = total([new, *old]) - minimum - new_unavailable
    if spare <= 0:
        return sizes
    by_age = sorted(old, key=lambda item: item["metadata"]["creationTimestamp"])
    for item in by_age:
        unhealthy = sizes[item["metadata"]["name"]] - status_count(item, "availableReplicas")
        taken = max(0, min(spare, unhealthy))
        sizes[item["metadata"]["name"]] -= taken
        spare -= taken
    return _without_surplus(sizes, by_age, minimum, [new, *old])


def _without_surplus(
    sizes: dict[str, int], by_age: Sequence[Object], minimum: int, everything: Sequence[Object]
) -> dict[str, int]:
    surplus = total_of(everything, "availableReplicas") - minimum
    for item in by_age:
        taken = max(0, min(surplus, sizes[item["metadata"]["name"]]))
        sizes[item["metadata"]["name"]] -= taken
        surplus -= taken
    return sizes


def proportional_sizes(deployment: Object, active: Sequence[Object]) -> dict[str, int]:
    """How a Deployment that is scaled in the middle of a rollout divides the change, by name."""
    wished = replicas_of(deployment)
    allowed = wished + max_surge(deployment) if wished else 0
    to_add = allowed - total(active)
    growing = to_add > 0
    ranked = sorted(active, key=lambda item: item["metadata"]["creationTimestamp"], reverse=growing)
    ranked.sort(key=replicas_of, reverse=True)
    sizes: dict[str, int] = {}
    added = 0
    for item in ranked:
        share = _share(deployment, item, to_add, added)
        sizes[item["metadata"]["name"]] = replicas_of(item) + share
        added += share
    if ranked:
        first = ranked[0]["metadata"]["name"]
        sizes[first] = max(0, sizes[first] + to_add - added)
    return sizes


def _share(deployment: Object, replica_set: Object, to_add: int, added: int) -> int:
    if not replicas_of(replica_set) or to_add == added:
        return 0
    fraction, left = _fraction(deployment, replica_set), to_add - added
    return min(fraction, left) if to_add > 0 else max(fraction, left)


def _fraction(deployment: Object, replica_set: Object) -> int:
    size = replicas_of(replica_set)
    if not replicas_of(deployment):
        return -size
    before = annotations_of(replica_set).get(MAXIMUM)
    reference = int(before) if before else status_count(deployment, "replicas")
    if reference <= 0:
        return 0
    maximum = replicas_of(deployment) + max_surge(deployment)
    return math.floor(size * maximum / reference + 0.5) - size
