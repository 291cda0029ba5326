"""ObjectBucketClaims: buckets, and the keys to them."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import CONFIG_MAPS, SECRETS
from fake_cluster.objects import Object
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, OBJECT_BUCKETS

CLASS = "openshift-storage.noobaa.io"


def claim(cluster: FakeCluster, **spec: Any) -> Object:
    metadata = {"name": "data", "namespace": "shop"}
    wanted = {"generateBucketName": "quay-datastore", "storageClassName": CLASS, **spec}
    obj = {
        "apiVersion": "objectbucket.io/v1alpha1",
        "kind": "ObjectBucketClaim",
        "metadata": metadata,
        "spec": wanted,
    }
    cluster.client().create(OBJECT_BUCKET_CLAIMS, obj)
    cluster.settle()
    return get(cluster)


def get(cluster: FakeCluster) -> Object:
    return cluster.client().get(OBJECT_BUCKET_CLAIMS, "data", "shop")


def test_a_claim_is_bound_to_a_bucket_with_a_generated_name(openshift: FakeCluster) -> None:
    bound = claim(openshift, additionalConfig={"bucketclass": "noobaa-default-bucket-class"})
    assert bound["status"] == {"phase": "Bound"}
    assert bound["spec"]["objectBucketName"] == "obc-shop-data"
    assert bound["spec"]["bucketName"].startswith("quay-datastore-")
    bucket = openshift.client().get(OBJECT_BUCKETS, "obc-shop-data")
    assert bucket["spec"]["endpoint"]["bucketName"] == bound["spec"]["bucketName"]
    assert bucket["spec"]["additionalState"] == {"bucketclass": "noobaa-default-bucket-class"}
    assert bucket["status"]["phase"] == "Bound"


def test_the_keys_are_in_a_secret_and_the_place_in_a_config_map_of_the_claims_name(
    openshift: FakeCluster,
) -> None:
    bound = claim(openshift)
    secret = openshift.client().get(SECRETS, "data", "shop")
    config_map = openshift.client().get(CONFIG_MAPS, "data", "shop")
    assert len(b64decode(secret["data"]["AWS_ACCESS_KEY_ID"])) == 20
    assert len(b64decode(secret["data"]["AWS_SECRET_ACCESS_KEY"])) == 40
    assert config_map["data"] == {
        "BUCKET_HOST": "s3.openshift-storage.svc",
        "BUCKET_NAME": bound["spec"]["bucketName"],
        "BUCKET_PORT": "443",
        "BUCKET_REGION": "",
        "BUCKET_SUBREGION": "",
    }
    for obj in (secret, config_map):
        assert obj["metadata"]["ownerReferences"][0]["uid"] == bound["metadata"]["uid"]


def test_a_bucket_remembers_the_class_that_its_claim_asked_for(openshift: FakeCluster) -> None:
    claim(openshift, additionalConfig={"bucketclass": "fast"})
    bucket = openshift.client().get(OBJECT_BUCKETS, "obc-shop-data")
    assert bucket["spec"]["additionalState"] == {"bucketclass": "fast"}


def test_the_same_seed_gives_the_same_keys() -> None:
    found = []
    for _ in range(2):
        with FakeCluster(platform="openshift", run_nodes=False, seed=7) as cluster:
            obj = {
                "apiVersion": "objectbucket.io/v1alpha1",
                "kind": "ObjectBucketClaim",
                "metadata": {"name": "data", "namespace": "default"},
                "spec": {"generateBucketName": "b", "storageClassName": CLASS},
            }
            cluster.client().create(OBJECT_BUCKET_CLAIMS, obj)
            cluster.settle()
            found.append(cluster.client().get(SECRETS, "data", "default")["data"])
    assert found[0] == found[1]


def test_a_claim_of_an_unknown_class_waits(openshift: FakeCluster) -> None:
    assert claim(openshift, storageClassName="nobody")["status"] == {"phase": "Pending"}
    assert openshift.client().find(SECRETS, "data", "shop") is None


def test_an_overwritten_bucket_name_stays_as_the_user_wants_it(openshift: FakeCluster) -> None:
    claim(openshift)
    openshift.client().patch(OBJECT_BUCKET_CLAIMS, "data", {"spec": {"bucketName": ""}}, "shop")
    openshift.settle()
    after = get(openshift)
    assert after["spec"]["bucketName"] == ""
    assert after["status"] == {"phase": "Bound"}
    assert after["metadata"]["generation"] == 3


def test_a_deleted_secret_is_made_again(openshift: FakeCluster) -> None:
    claim(openshift)
    openshift.client().delete(SECRETS, "data", "shop")
    openshift.settle()
    assert openshift.client().find(SECRETS, "data", "shop") is not None


def test_everything_goes_with_the_claim(openshift: FakeCluster) -> None:
    claim(openshift)
    openshift.client().delete(OBJECT_BUCKET_CLAIMS, "data", "shop")
    openshift.settle()
    assert openshift.client().list(OBJECT_BUCKETS) == []
    for ref in (SECRETS, CONFIG_MAPS):
        assert openshift.client().find(ref, "data", "shop") is None
