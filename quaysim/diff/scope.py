"""Which objects of two sets can be compared: not what was given, and not what only one cluster shows.

A recording rarely holds all that a cluster makes by itself (Pods, ReplicaSets, Endpoints, ...), nor other
namespaces. Such objects count only where both sides have some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from fake_cluster.objects import Object
from quaysim.diff.reading import ObjectSet, identity

_BY_THE_CLUSTER = frozenset({
    "Endpoints",
    "EndpointSlice",
    "Event",
    "Lease",
    "Namespace",
    "ObjectBucket",
    "PersistentVolume",
    "Pod",
    "ReplicaSet",
    "ControllerRevision",
})  # fmt: skip
_IN_EVERY_NAMESPACE = frozenset({
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "openshift-service-ca.crt"),
    ("ServiceAccount", "default"),
})  # fmt: skip
_OPERATORS = frozenset({"QuayRegistry", "QuayEcosystem"})


def _is_the_clusters(obj: Object) -> bool:
    """Made by a controller of the cluster for another object, or for every namespace."""
    owners = obj["metadata"].get("ownerReferences") or []
    foreign = bool(owners) and not any(owner["kind"] in _OPERATORS for owner in owners)
    return foreign or (obj["kind"], obj["metadata"].get("name")) in _IN_EVERY_NAMESPACE


def _is_passing(obj: Object) -> bool:
    """The Route that the operator makes for a second in each pass."""
    target = (obj.get("spec") or {}).get("to") if obj["kind"] == "Route" else None
    return isinstance(target, dict) and target.get("name") == "none"


class Scope:
    """Decides what is compared, and counts what is not."""

    def __init__(self, recorded: ObjectSet, simulated: ObjectSet) -> None:
        self.left_out: Counter[str] = Counter()
        self._given = recorded.given | simulated.given
        self._shared_kinds = _shared(recorded, simulated, lambda obj: obj["kind"])
        self._shared_namespaces = _shared(recorded, simulated, lambda obj: identity(obj)[1])
        self._shared = _shared(recorded, simulated, lambda obj: str(identity(obj)))

    def compared(self, objects: list[Object]) -> list[Object]:
        """The objects that count; Events do not belong to them."""
        return [obj for obj in objects if obj["kind"] != "Event" and self._counts(obj)]

    def _counts(self, obj: Object) -> bool:
        reason = self._why_not(obj)
        if reason:
            self.left_out[reason] += 1
        return not reason

    def _why_not(self, obj: Object) -> str:
        kind, namespace, _ = identity(obj)
        both = str(identity(obj)) in self._shared
        if both and kind != "Secret":
            return ""
        if identity(obj) in self._given and kind != "QuayRegistry":
            return "given"
        if namespace and namespace not in self._shared_namespaces:
            return "in a namespace that only one side shows"
        if kind in _BY_THE_CLUSTER and kind not in self._shared_kinds:
            return "made by the cluster"
        if not both and (_is_the_clusters(obj) or _is_passing(obj)):
            return "made by the cluster"
        return ""


def _shared(recorded: ObjectSet, simulated: ObjectSet, of: Callable[[Object], str]) -> frozenset[str]:
    sides = ({of(obj) for obj in side.objects if obj["kind"] != "Event"} for side in (recorded, simulated))
    return frozenset.intersection(*map(frozenset, sides))
