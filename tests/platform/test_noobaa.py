"""The Multicloud Object Gateway: a gateway, its pools of volumes and its classes of buckets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform.refs import BACKING_STORES, BUCKET_CLASSES, NOOBAAS

NAMESPACE = "openshift-storage"


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    """An OpenShift cluster whose nodes run Pods."""
    with FakeCluster(platform="openshift") as found:
        yield found


def create(cluster: FakeCluster, ref: ResourceRef, name: str, spec: Object, **metadata: object) -> None:
    meta = {"name": name, "namespace": NAMESPACE, **metadata}
    body = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": meta, "spec": spec}
    cluster.client().create(ref, body)
    cluster.settle()


def pool(cluster: FakeCluster, name: str = "pool", volumes: int = 1, **more: object) -> None:
    resources = {"requests": {"storage": "30Gi", "cpu": "100m"}}
    spec = {"type": "pv-pool", "pvPool": {"numVolumes": volumes, "resources": resources, **more}}
    create(cluster, BACKING_STORES, name, spec, finalizers=["noobaa.io/finalizer"])


def phase(cluster: FakeCluster, ref: ResourceRef, name: str) -> str | None:
    found = cluster.client().find(ref, name, NAMESPACE)
    return (found.get("status") or {}).get("phase") if found else None


def claims(cluster: FakeCluster, name: str = "pool") -> list[Object]:
    return list(cluster.client().list(PERSISTENT_VOLUME_CLAIMS, NAMESPACE, labels=f"pool={name}"))


def test_a_gateway_is_ready_when_its_pods_are_and_tells_where_it_is_reached(cluster: FakeCluster) -> None:
    create(cluster, NOOBAAS, "noobaa", {"coreResources": {"requests": {"cpu": "0.1", "memory": "1Gi"}}})
    assert phase(cluster, NOOBAAS, "noobaa") == "Creating"
    cluster.run_until(lambda: phase(cluster, NOOBAAS, "noobaa") == "Ready")
    services = cluster.client().get(NOOBAAS, "noobaa", NAMESPACE)["status"]["services"]
    assert services["serviceS3"]["internalDNS"] == ["https://s3.openshift-storage.svc:443"]
    assert services["serviceMgmt"]["nodePorts"][0].startswith("https://10.")
    core = cluster.client().get(STATEFUL_SETS, "noobaa-core", NAMESPACE)
    requests = core["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
    assert requests == {"cpu": "100m", "memory": "1Gi"}


def test_a_gateway_begins_with_a_pool_of_one_volume_and_a_class_of_buckets(cluster: FakeCluster) -> None:
    create(cluster, NOOBAAS, "noobaa", {})
    default = "noobaa-default-backing-store"
    cluster.run_until(lambda: phase(cluster, BUCKET_CLASSES, "noobaa-default-bucket-class") == "Ready")
    (claim,) = claims(cluster, default)
    assert claim["metadata"]["name"].startswith(f"{default}-noobaa-pvc-")
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi"
    assert phase(cluster, BACKING_STORES, default) == "Ready"


def test_a_gateway_can_do_without_a_default_pool(cluster: FakeCluster) -> None:
    create(cluster, NOOBAAS, "noobaa", {"manualDefaultBackingStore": True})
    cluster.run_until(lambda: phase(cluster, NOOBAAS, "noobaa") == "Ready")
    assert list(cluster.client().list(BACKING_STORES, NAMESPACE)) == []


def test_gateways_of_other_names_are_not_looked_at(cluster: FakeCluster) -> None:
    create(cluster, NOOBAAS, "second", {})
    cluster.advance(60)
    assert phase(cluster, NOOBAAS, "second") is None


def test_every_volume_of_a_pool_has_a_pod_that_mounts_it(cluster: FakeCluster) -> None:
    pool(cluster, volumes=2)
    cluster.run_until(lambda: phase(cluster, BACKING_STORES, "pool") == "Ready")
    pods = cluster.client().list(PODS, NAMESPACE, labels="pool=pool")
    mounted = {pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] for pod in pods}
    assert mounted == {claim["metadata"]["name"] for claim in claims(cluster)}
    assert len(mounted) == 2
    assert pods[0]["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "100m"}


def test_the_storage_class_is_the_one_asked_for_or_the_default_one(cluster: FakeCluster) -> None:
    pool(cluster, "plain")
    pool(cluster, "block", storageClass="gp2")
    assert claims(cluster, "plain")[0]["spec"]["storageClassName"] == "standard"
    assert claims(cluster, "block")[0]["spec"]["storageClassName"] == "gp2"


def test_a_pool_grows_by_volumes(cluster: FakeCluster) -> None:
    pool(cluster)
    (first,) = claims(cluster)
    patch = {"spec": {"pvPool": {"numVolumes": 3}}}
    cluster.client().patch(BACKING_STORES, "pool", patch, NAMESPACE)
    cluster.settle()
    names = {claim["metadata"]["name"] for claim in claims(cluster)}
    assert len(names) == 3
    assert first["metadata"]["name"] in names


def test_a_pool_without_volumes_is_rejected(cluster: FakeCluster) -> None:
    create(cluster, BACKING_STORES, "pool", {"type": "pv-pool"})
    assert phase(cluster, BACKING_STORES, "pool") == "Rejected"


def test_a_pool_of_an_unknown_kind_is_refused(cluster: FakeCluster) -> None:
    with pytest.raises(ApiError, match="Unsupported value"):
        create(cluster, BACKING_STORES, "pool", {"type": "tape"})


def test_a_pool_that_a_class_uses_cannot_go_before_it(cluster: FakeCluster) -> None:
    pool(cluster)
    placement = {"placementPolicy": {"tiers": [{"backingStores": ["pool"]}]}}
    create(cluster, BUCKET_CLASSES, "mine", placement)
    cluster.client().delete(BACKING_STORES, "pool", NAMESPACE)
    cluster.advance(10)
    assert phase(cluster, BACKING_STORES, "pool") == "Deleting"
    cluster.client().delete(BUCKET_CLASSES, "mine", NAMESPACE)
    cluster.run_until(lambda: cluster.client().find(BACKING_STORES, "pool", NAMESPACE) is None)
    cluster.run_until(lambda: not claims(cluster))


def test_a_class_is_ready_when_all_its_pools_are(cluster: FakeCluster) -> None:
    placement = {"placementPolicy": {"tiers": [{"backingStores": ["pool"]}]}}
    create(cluster, BUCKET_CLASSES, "mine", placement)
    assert phase(cluster, BUCKET_CLASSES, "mine") == "Rejected"
    pool(cluster)
    assert phase(cluster, BUCKET_CLASSES, "mine") == "Verifying"
    cluster.run_until(lambda: phase(cluster, BUCKET_CLASSES, "mine") == "Ready")
