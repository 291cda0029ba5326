"""Storage that is claimed from the cluster: volumes and buckets."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import CONFIG_MAPS, OBJECT_BUCKET_CLAIMS, PVCS, SECRETS
from steps.support.bundle import decoded
from steps.support.expect import eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene

LOCATION = "local_us"
"""The storage location under which the operator configures the claimed bucket."""


@then(parsers.parse("its PersistentVolumeClaim {claim:S} asks for {size:w}"))
def _(scene: Scene, claim: str, size: str) -> None:
    found = scene.registry.wait_for(PVCS, claim)
    same("the storage asked for", found["spec"]["resources"]["requests"]["storage"], size)


@given(parsers.parse('an ObjectBucketClaim "{name}" of the class "{storage_class}"'))
def _(scene: Scene, name: str, storage_class: str) -> None:
    claim = {
        "apiVersion": OBJECT_BUCKET_CLAIMS.api_version,
        "kind": OBJECT_BUCKET_CLAIMS.kind,
        "metadata": {"name": name, "namespace": scene.namespace},
        "spec": {"generateBucketName": name, "storageClassName": storage_class},
    }
    scene.subject = scene.target.client.create(OBJECT_BUCKET_CLAIMS, claim)


@when("it is bound")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    name = scene.subject["metadata"]["name"]

    def phase() -> str:
        claim = scene.target.client.get(OBJECT_BUCKET_CLAIMS, name, scene.namespace)
        return str((claim.get("status") or {}).get("phase"))

    eventually(scene.target, f"phase of {name}", phase, "Bound")


@then("its ConfigMap tells the bucket's name and host")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    name = scene.subject["metadata"]["name"]
    data = scene.target.client.get(CONFIG_MAPS, name, scene.namespace)["data"]
    claim = scene.target.client.get(OBJECT_BUCKET_CLAIMS, name, scene.namespace)
    same("BUCKET_NAME", data["BUCKET_NAME"], claim["spec"]["bucketName"])
    assert data["BUCKET_NAME"].startswith(f"{name}-")
    assert "." in data["BUCKET_HOST"]


@then("its Secret holds the bucket's access key and secret key")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    secret = scene.target.client.get(SECRETS, scene.subject["metadata"]["name"], scene.namespace)
    keys = decoded(secret)
    assert keys["AWS_ACCESS_KEY_ID"]
    assert keys["AWS_SECRET_ACCESS_KEY"]


@then(
    parsers.parse('its ObjectBucketClaim {claim:S} asks the class "{storage_class}" for a bucket "{prefix}"')
)
def _(scene: Scene, claim: str, storage_class: str, prefix: str) -> None:
    spec = scene.registry.wait_for(OBJECT_BUCKET_CLAIMS, claim)["spec"]
    same("storage class", spec["storageClassName"], storage_class)
    same("prefix of the bucket's name", spec["generateBucketName"], prefix)


@then("Quay stores its blobs in the claimed bucket")
def _(scene: Scene) -> None:
    registry = scene.registry

    def seen() -> Object:
        configuration = registry.configuration()
        storage = (configuration.get("DISTRIBUTED_STORAGE_CONFIG") or {}).get(LOCATION) or ["", {}]
        return {"driver": storage[0], "preference": configuration.get("DISTRIBUTED_STORAGE_PREFERENCE")} | {
            key: storage[1].get(key) for key in ("bucket_name", "access_key", "secret_key")
        }

    expected = {"driver": "RHOCSStorage", "preference": [LOCATION]} | claimed(registry)
    eventually(scene.target, "the storage that Quay is configured with", seen, expected)


def claimed(registry: Registry) -> dict[str, str]:
    """The bucket and its keys, as the claim's ConfigMap and Secret have them."""
    keys = decoded(registry.wait_for(SECRETS, "quay-datastore"))
    return {
        "bucket_name": registry.wait_for(CONFIG_MAPS, "quay-datastore")["data"]["BUCKET_NAME"],
        "access_key": keys["AWS_ACCESS_KEY_ID"],
        "secret_key": keys["AWS_SECRET_ACCESS_KEY"],
    }
