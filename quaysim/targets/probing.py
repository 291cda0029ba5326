"""Finding out what a cluster can do by trying it, in a namespace of its own that is removed afterwards.

Everything is tried at the same time; what does not work within a moment does not work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from fake_cluster.errors import ApiError
from fake_cluster.objects import Object, ResourceRef, condition_is_true
from quaysim.targets import resources
from quaysim.targets.base import NotInTime
from quaysim.targets.waits import Waiting

PATIENCE = 15.0
"""Seconds of the cluster's time in which a probe must have succeeded; Pods and buckets get four times that."""
AT_LEAST = 3.0
"""Seconds of real time, however fast the cluster's clock runs."""
PROBE = "probe"
PAUSE = "registry.k8s.io/pause:3.9"
NOBODY = "system:serviceaccount:quaysim-probe:nobody"


@dataclass(frozen=True)
class Probe:
    """Something to try: an object to make, and what to see in it if it works. `after` is a capability."""

    ref: ResourceRef
    body: Object
    works: Callable[[Object], bool]
    after: str = "kube-api"
    patience: float = PATIENCE


def _admitted(route: Object) -> bool:
    ingresses = (route.get("status") or {}).get("ingress") or ()
    conditions = [item for ingress in ingresses for item in ingress.get("conditions") or ()]
    return any(item["type"] == "Admitted" and item["status"] == "True" for item in conditions)


def _is_allowed(review: Object) -> bool:
    return bool((review.get("status") or {}).get("allowed"))


BUCKET_CLASS = "openshift-storage.noobaa.io"
PROBES = {
    "router": Probe(
        resources.ROUTES, {"spec": {"to": {"kind": "Service", "name": "none"}}}, _admitted, "route-api"
    ),
    "certificates": Probe(
        resources.CONFIG_MAPS,
        {"metadata": {"labels": {"config.openshift.io/inject-trusted-cabundle": "true"}}},
        lambda found: bool(found.get("data")),
    ),
    "buckets": Probe(
        resources.OBJECT_BUCKET_CLAIMS,
        {"spec": {"generateBucketName": PROBE, "storageClassName": BUCKET_CLASS}},
        lambda claim: (claim.get("status") or {}).get("phase") == "Bound",
        "obc-api",
        4 * PATIENCE,
    ),
    "pods": Probe(
        resources.PODS,
        {"spec": {"containers": [{"name": "pause", "image": PAUSE}]}},
        lambda pod: condition_is_true(pod, "Ready"),
        "has-nodes",
        4 * PATIENCE,
    ),
    "quay-operator": Probe(
        resources.QUAY_REGISTRIES,
        {"spec": {"components": [{"kind": "nonsense", "managed": True}]}},
        lambda registry: bool((registry.get("status") or {}).get("conditions")),
        "quay-api",
    ),
}
"""Capability, or the name of what is tried → how. Unknown components block a registry before anything is made."""


@dataclass
class Prober:
    """Tries things out in one namespace."""

    waiting: Waiting
    namespace: str

    def works(self, names: Iterable[str], known: Collection[str]) -> frozenset[str]:
        """Which of these work, as far as they can be tried with what is `known`."""
        probes = {name: PROBES[name] for name in names if PROBES[name].after in known}
        begun = {name: probe for name, probe in probes.items() if self._begin(probe)}
        return frozenset(name for name, probe in begun.items() if self._succeeds(name, probe))

    def _begin(self, probe: Probe) -> bool:
        """Make the object; False if even that is refused."""
        head = {"apiVersion": probe.ref.api_version, "kind": probe.ref.kind}
        metadata = {**probe.body.get("metadata", {}), "name": PROBE, "namespace": self.namespace}
        with suppress(ApiError):
            self.waiting.client.create(probe.ref, head | probe.body | {"metadata": metadata})
            return True
        return False

    def _succeeds(self, name: str, probe: Probe) -> bool:
        def seen() -> bool:
            found = self.waiting.client.find(probe.ref, PROBE, self.namespace)
            return found is not None and probe.works(found)

        with suppress(NotInTime):
            self.waiting.until(seen, probe.patience, f"{name} works", AT_LEAST)
            return True
        return False

    def found(self, name: str) -> Object | None:
        """What has become of the object of a probe."""
        return self.waiting.client.find(PROBES[name].ref, PROBE, self.namespace)

    def has_rbac(self) -> bool:
        """Whether somebody without any Role may not read Secrets."""
        ref = resources.SUBJECT_ACCESS_REVIEWS
        asked = {"namespace": self.namespace, "verb": "get", "resource": "secrets"}
        head = {"apiVersion": ref.api_version, "kind": ref.kind}
        spec = {"user": NOBODY, "resourceAttributes": asked}
        try:
            return not _is_allowed(self.waiting.client.create(ref, head | {"spec": spec}))
        except ApiError:
            return False
