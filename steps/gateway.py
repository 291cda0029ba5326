"""The Multicloud Object Gateway: NooBaa, the pools of volumes behind it, and its classes of buckets."""

from __future__ import annotations

from fnmatch import fnmatchcase

import yaml
from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object, ResourceRef
from quaysim.targets.resources import (
    BACKING_STORES,
    BUCKET_CLASSES,
    NOOBAAS,
    OBJECT_BUCKET_CLAIMS,
    OBJECT_BUCKETS,
    PODS,
    PVCS,
    STORAGE_CLASSES,
)
from steps.support.expect import becomes, eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene

NAMESPACE = "openshift-storage"
GATEWAY, DEFAULT_POOL, DEFAULT_CLASS = "noobaa", "noobaa-default-backing-store", "noobaa-default-bucket-class"
IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
GIB = 2**30


def phase(scene: Scene, ref: ResourceRef, name: str) -> str:
    """The phase of one of the gateway's objects; empty where there is none."""
    found = scene.target.client.find(ref, name, NAMESPACE) or {}
    return str((found.get("status") or {}).get("phase", ""))


def expect_ready(scene: Scene, ref: ResourceRef, name: str) -> None:
    """Wait until one of the gateway's objects is Ready."""
    eventually(scene.target, f"phase of {ref.kind} {name}", lambda: phase(scene, ref, name), "Ready")


def create(scene: Scene, ref: ResourceRef, manifest: Object) -> None:
    """Create one of the gateway's objects, for as long as the scenario runs."""
    name = manifest["metadata"]["name"]
    head = {"apiVersion": ref.api_version, "kind": ref.kind}
    metadata = manifest["metadata"] | {"namespace": NAMESPACE}
    scene.subject = scene.target.client.create(ref, head | manifest | {"metadata": metadata})
    scene.undo.append(lambda: scene.target.client.delete(ref, name, NAMESPACE))


# --- the gateway --------------------------------------------------------------------------------------


@when(parsers.parse('this NooBaa is created in the namespace "openshift-storage":'))
def _(scene: Scene, docstring: str) -> None:
    create(scene, NOOBAAS, yaml.safe_load(docstring))


@given("a standalone gateway")
@when("a standalone gateway is set up")
def _(scene: Scene) -> None:
    create(scene, NOOBAAS, {"metadata": {"name": GATEWAY}, "spec": {"dbType": "postgres"}})
    expect_ready(scene, NOOBAAS, GATEWAY)
    expect_ready(scene, BUCKET_CLASSES, DEFAULT_CLASS)


@then("the gateway becomes Ready")
def _(scene: Scene) -> None:
    expect_ready(scene, NOOBAAS, GATEWAY)


@then("it tells where its management and its S3 service are reached")
def _(scene: Scene) -> None:
    services = scene.target.client.get(NOOBAAS, GATEWAY, NAMESPACE)["status"]["services"]
    for name in ("serviceMgmt", "serviceS3"):
        addresses = services[name]["nodePorts"]
        assert addresses, f"{name} has no address"
        assert all(address.startswith("https://") for address in addresses), f"{name} is at {addresses}"


def pods_of(scene: Scene, part: str) -> list[Object]:
    """The Pods of a part of the gateway, by the beginning of their names."""
    pods = scene.target.client.list(PODS, NAMESPACE)
    return [pod for pod in pods if pod["metadata"]["name"].startswith(f"{GATEWAY}-{part}-")]


@then("exactly one Pod of it serves S3")
def _(scene: Scene) -> None:
    same("the Pods that serve S3", len(pods_of(scene, "endpoint")), 1)


@then(parsers.parse("its core and its database each request {cpu:S} of CPU and {memory:S} of memory"))
def _(scene: Scene, cpu: str, memory: str) -> None:
    for part in ("core", "db"):
        requests = [pod["spec"]["containers"][0]["resources"]["requests"] for pod in pods_of(scene, part)]
        same(f"what {part} requests", requests, [{"cpu": cpu, "memory": memory}])


# --- pools --------------------------------------------------------------------------------------------


@when(parsers.parse('this BackingStore is submitted in the namespace "openshift-storage":'))
def _(scene: Scene, docstring: str) -> None:
    scene.attempt(lambda: scene.target.client.create(BACKING_STORES, yaml.safe_load(docstring)))


@given(parsers.parse('the BackingStore "{name}" with one volume of {size:w}'))
@when(parsers.parse('the BackingStore "{name}" is created with one volume of {size:w}'))
def _(scene: Scene, name: str, size: str) -> None:
    create_pool(scene, name, size)


@when(parsers.parse('the BackingStore "{name}" is created with one volume of {size:w} of that class'))
def _(scene: Scene, name: str, size: str) -> None:
    create_pool(scene, name, size, storageClass=scene.files["StorageClass"])


def create_pool(scene: Scene, name: str, size: str, **more: str) -> None:
    """Create a BackingStore of one volume, as the documentation does."""
    metadata = {"name": name, "finalizers": ["noobaa.io/finalizer"], "labels": {"app": "noobaa"}}
    pool = {"numVolumes": 1, "resources": {"requests": {"storage": size}}} | more
    create(scene, BACKING_STORES, {"metadata": metadata, "spec": {"type": "pv-pool", "pvPool": pool}})


@given(parsers.parse('a StorageClass "{name}" like the cluster\'s default one'))
def _(scene: Scene, name: str) -> None:
    default = default_class(scene)
    head = {key: value for key, value in default.items() if key != "metadata"}
    scene.target.client.create(STORAGE_CLASSES, head | {"metadata": {"name": name}})
    scene.undo.append(lambda: scene.target.client.delete(STORAGE_CLASSES, name))
    scene.files["StorageClass"] = name


def default_class(scene: Scene) -> Object:
    """The cluster's default StorageClass."""
    classes = scene.target.client.list(STORAGE_CLASSES)
    return next(item for item in classes if item["metadata"].get("annotations", {}).get(IS_DEFAULT) == "true")


def volumes_of(scene: Scene, pool: str) -> list[Object]:
    """The PersistentVolumeClaims of a pool."""
    claims = scene.target.client.list(PVCS, NAMESPACE)
    return [claim for claim in claims if claim["metadata"]["name"].startswith(f"{pool}-noobaa-pvc-")]


def volume_of(scene: Scene, pool: str) -> Object:
    """The only PersistentVolumeClaim of a pool."""
    (volume,) = becomes(
        scene.target, f"the volumes of {pool}", lambda: volumes_of(scene, pool), lambda s: len(s) == 1, "one"
    )
    return volume


def pool_name(scene: Scene) -> str:
    """The pool that sentences call "it"."""
    assert scene.subject is not None
    same("what sentences are about", scene.subject["kind"], "BackingStore")
    return str(scene.subject["metadata"]["name"])


@then("the BackingStore becomes Ready")
def _(scene: Scene) -> None:
    expect_ready(scene, BACKING_STORES, pool_name(scene))


@then(parsers.parse("it has one PersistentVolumeClaim, which asks for {size:w}"))
def _(scene: Scene, size: str) -> None:
    same("the storage asked for", asked(volume_of(scene, pool_name(scene))), size)


def asked(volume: Object) -> str:
    """The storage that a PersistentVolumeClaim asks for."""
    return str(volume["spec"]["resources"]["requests"]["storage"])


@then("one Pod of it mounts that volume")
def _(scene: Scene) -> None:
    name = volume_of(scene, pool_name(scene))["metadata"]["name"]

    def mounting() -> list[str]:
        pods = scene.target.client.list(PODS, NAMESPACE)
        return [pod["metadata"]["name"] for pod in pods if mounts(pod, name)]

    becomes(scene.target, "the Pods that mount it", mounting, lambda seen: len(seen) == 1, "one")


def mounts(pod: Object, claim: str) -> bool:
    """Whether a container of a Pod mounts the volume of a claim."""
    volumes = [
        volume["name"]
        for volume in pod["spec"].get("volumes") or []
        if (volume.get("persistentVolumeClaim") or {}).get("claimName") == claim
    ]
    mounted = [
        mount["name"] for item in pod["spec"]["containers"] for mount in item.get("volumeMounts") or []
    ]
    return any(name in mounted for name in volumes)


@then("its volume is of the cluster's default StorageClass")
def _(scene: Scene) -> None:
    expected = default_class(scene)["metadata"]["name"]
    same("the StorageClass", volume_of(scene, pool_name(scene))["spec"]["storageClassName"], expected)


@then(parsers.parse('its volume is of the StorageClass "{name}"'))
def _(scene: Scene, name: str) -> None:
    same("the StorageClass", volume_of(scene, pool_name(scene))["spec"]["storageClassName"], name)


# --- classes of buckets -------------------------------------------------------------------------------


def pools_of(scene: Scene, bucket_class: str) -> list[str]:
    """The pools on which a class keeps its buckets."""
    found = scene.target.client.get(BUCKET_CLASSES, bucket_class, NAMESPACE)
    return [name for tier in found["spec"]["placementPolicy"]["tiers"] for name in tier["backingStores"]]


@when(parsers.parse('the BucketClass "{name}" is patched to use "{pool}" alone'))
def _(scene: Scene, name: str, pool: str) -> None:
    use_pools(scene, name, [pool])


@when(parsers.parse('the default class of buckets uses "{pool}" as well'))
def _(scene: Scene, pool: str) -> None:
    use_pools(scene, DEFAULT_CLASS, [*pools_of(scene, DEFAULT_CLASS), pool])


def use_pools(scene: Scene, name: str, pools: list[str]) -> None:
    """Have a class keep its buckets on these pools."""
    patch = {"spec": {"placementPolicy": {"tiers": [{"backingStores": pools}]}}}
    scene.target.client.patch(BUCKET_CLASSES, name, patch, NAMESPACE)
    expect_ready(scene, BUCKET_CLASSES, name)


@when("a registry with managed object storage has become available")
def _(scene: Scene) -> None:
    registry = scene.introduce(Registry(scene.target, scene.namespace))
    registry.manage_only(["objectstorage"])
    registry.available()


@then(parsers.parse('its bucket is kept in the BackingStore "{pool}"'))
def _(scene: Scene, pool: str) -> None:
    claim = scene.registry.wait_for(OBJECT_BUCKET_CLAIMS, "quay-datastore")
    bucket = scene.target.client.get(OBJECT_BUCKETS, claim["spec"]["objectBucketName"])
    bucket_class = bucket["spec"]["additionalState"]["bucketclass"]
    same("the pools of its bucket's class", pools_of(scene, bucket_class), [pool])


# --- sizes --------------------------------------------------------------------------------------------


@then(parsers.parse('its default pool has one volume of {size:w}, named "{pattern}"'))
def _(scene: Scene, size: str, pattern: str) -> None:
    volume = volume_of(scene, DEFAULT_POOL)
    assert fnmatchcase(volume["metadata"]["name"], pattern), f"it is called {volume['metadata']['name']}"
    same("the storage asked for", asked(volume), size)


@when(parsers.parse("the volume of its default pool is expanded to {size:w}"))
def _(scene: Scene, size: str) -> None:
    name = volume_of(scene, DEFAULT_POOL)["metadata"]["name"]
    scene.target.client.patch(PVCS, name, {"spec": {"resources": {"requests": {"storage": size}}}}, NAMESPACE)


@then(parsers.parse("the capacity of that volume becomes {size:w}"))
def _(scene: Scene, size: str) -> None:
    def capacity() -> str:
        return str(volume_of(scene, DEFAULT_POOL)["status"]["capacity"]["storage"])

    eventually(scene.target, "the capacity of the volume", capacity, size)


@then(parsers.parse("the volume of the default pool still asks for {size:w}"))
def _(scene: Scene, size: str) -> None:
    same("the storage asked for", asked(volume_of(scene, DEFAULT_POOL)), size)


@then(parsers.parse("the buckets of the default class have {size:d}Gi"))
def _(scene: Scene, size: int) -> None:
    def capacity() -> float:
        volumes = [volume for pool in pools_of(scene, DEFAULT_CLASS) for volume in volumes_of(scene, pool)]
        return sum(gib((volume["status"].get("capacity") or {}).get("storage", "0")) for volume in volumes)

    eventually(scene.target, "GiB that the buckets of the default class have", capacity, size)


def gib(quantity: str) -> float:
    """A quantity such as 50Gi or 53687091200, in GiB."""
    return float(quantity[:-2]) if quantity.endswith("Gi") else float(quantity) / GIB
