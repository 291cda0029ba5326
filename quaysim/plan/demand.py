"""What a registry asks of the cluster: Pods at the least and at the most, CPU, memory and storage.

Read from the objects that the operator has made: Deployments with their autoscalers, the migration Job,
PersistentVolumeClaims. Documentation 1.6.2 (resources of Quay) and 3.5.2 (autoscaling).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil
from typing import Any

from fake_cluster.kinds.quantities import amount
from fake_cluster.objects import Object
from quaysim.plan.amounts import NONE, Amount, bytes_text, of_pod

NOTHING = Amount()
BUCKET_BYTES = Fraction(50 * 1024**3)
"""What the provider of an object bucket takes by default. Documentation 3.2.2."""
_SURGE = Fraction(1, 4)
"""How many Pods more a rolling update may run, of those there are: the API's default of 25 %."""


@dataclass(frozen=True)
class Workload:
    """The Pods of one Deployment or Job.

    `least` and `most`: how many there may be. `requests`, `limits`: of each. `passing`: they end by
    themselves. `rolling`: how many more there are for a while when the Pods are replaced.
    """

    component: str
    kind: str
    name: str
    least: int
    most: int
    requests: Amount
    limits: Amount
    rolling: int = 0
    passing: bool = False

    def as_json(self) -> dict[str, Any]:
        """All of it, with amounts as quantities."""
        return {
            "component": self.component,
            "kind": self.kind,
            "name": self.name,
            "minPods": self.least,
            "maxPods": self.most,
            "requests": self.requests.as_json(),
            "limits": self.limits.as_json() if self.limits else None,
            "rollingUpdatePods": self.rolling,
            "temporary": self.passing,
        }


@dataclass(frozen=True)
class Volume:
    """Storage for good: a PersistentVolumeClaim, or a bucket with what it takes by default."""

    component: str
    kind: str
    name: str
    size: Fraction

    def as_json(self) -> dict[str, str]:
        """With the size as a quantity."""
        return {**vars(self), "size": bytes_text(self.size)}


@dataclass(frozen=True)
class Total:
    """A sum over workloads."""

    pods: int = 0
    requests: Amount = NOTHING

    def __add__(self, other: Total) -> Total:
        return Total(self.pods + other.pods, self.requests + other.requests)

    def as_json(self) -> dict[str, Any]:
        """With the amounts as quantities."""
        return {"pods": self.pods, **self.requests.as_json()}


@dataclass(frozen=True)
class Demand:
    """What one registry asks for."""

    workloads: Sequence[Workload]
    volumes: Sequence[Volume]

    @property
    def minimum(self) -> Total:
        """What runs as long as there is nothing to do. Limits are not added: nodes do not reserve them."""
        return _sum(Total(item.least, item.requests * item.least) for item in self._lasting)

    @property
    def maximum(self) -> Total:
        """What runs when every autoscaler is at its end."""
        return _sum(Total(item.most, item.requests * item.most) for item in self._lasting)

    @property
    def rolling(self) -> Total:
        """What comes on top of the minimum for a while, when all Pods are replaced one after another."""
        return _sum(Total(item.rolling, item.requests * item.rolling) for item in self._lasting)

    @property
    def passing(self) -> Total:
        """What comes on top before Quay starts: migrations."""
        passing = (item for item in self.workloads if item.passing)
        return _sum(Total(item.most, item.requests * item.most) for item in passing)

    @property
    def storage(self) -> Fraction:
        """Bytes of PersistentVolumeClaims and buckets."""
        return sum((volume.size for volume in self.volumes), NONE)

    @property
    def _lasting(self) -> Iterator[Workload]:
        return (item for item in self.workloads if not item.passing)

    def as_json(self) -> dict[str, Any]:
        """What `-o json` says of it."""
        return {
            "minimum": self.minimum.as_json(),
            "maximum": self.maximum.as_json(),
            "rollingUpdate": self.rolling.as_json(),
            "migration": self.passing.as_json(),
            "storage": bytes_text(self.storage),
            "workloads": [item.as_json() for item in self.workloads],
            "volumes": [item.as_json() for item in self.volumes],
        }


def _sum(totals: Iterable[Total]) -> Total:
    return reduce(Total.__add__, totals, Total())


def demand_of(groups: Mapping[str, Sequence[Object]]) -> Demand:
    """What the objects ask for; they are given by the component that they belong to."""
    scaled = _autoscalers(obj for objects in groups.values() for obj in objects)
    workloads, volumes = [], []
    for kind, objects in groups.items():
        workloads += [_workload(kind, obj, scaled) for obj in objects if obj["kind"] in ("Deployment", "Job")]
        volumes += [volume for obj in objects for volume in _volumes(kind, obj)]
    return Demand(workloads, volumes)


def _autoscalers(objects: Iterable[Object]) -> dict[str, tuple[int, int]]:
    """The bounds of each Deployment that has an autoscaler."""
    specs = (obj["spec"] for obj in objects if obj["kind"] == "HorizontalPodAutoscaler")
    return {
        spec["scaleTargetRef"]["name"]: (spec.get("minReplicas", 1), spec["maxReplicas"]) for spec in specs
    }


def _workload(component: str, obj: Object, scaled: Mapping[str, tuple[int, int]]) -> Workload:
    name, spec = obj["metadata"]["name"], obj["spec"]
    pod = spec["template"]["spec"]
    requests, limits = of_pod(pod, "requests"), of_pod(pod, "limits")
    if obj["kind"] == "Job":
        count = spec.get("parallelism", 1)
        return Workload(component, "Job", name, count, count, requests, limits, passing=True)
    replicas = spec.get("replicas", 1)
    least, most = scaled.get(name, (replicas, replicas)) if replicas else (0, 0)
    rolls = (spec.get("strategy") or {}).get("type") != "Recreate"
    return Workload(
        component, "Deployment", name, least, most, requests, limits, ceil(least * _SURGE) if rolls else 0
    )


def _volumes(component: str, obj: Object) -> Iterator[Volume]:
    name = obj["metadata"]["name"]
    if obj["kind"] == "PersistentVolumeClaim":
        yield Volume(
            component, obj["kind"], name, amount(str(obj["spec"]["resources"]["requests"]["storage"]))
        )
    if obj["kind"] == "ObjectBucketClaim":
        yield Volume(component, obj["kind"], name, BUCKET_BYTES)
