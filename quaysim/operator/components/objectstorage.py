"""Component objectstorage: a bucket claimed from the cluster's object storage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fake_cluster.objects import Object
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS
from quaysim.operator.components.common import Component, Fields, metadata
from quaysim.operator.context import Context
from quaysim.operator.health import Health, Verdict, not_ready, ready

CLAIM = "quay-datastore"
_LOCATION = "local_us"


def _arguments(context: Context) -> dict[str, Any]:
    """Until the bucket is known, only what is the same for every bucket."""
    always = {"is_secure": True, "port": 443, "storage_path": "/datastorage/registry"}
    bucket = context.surroundings.bucket
    if bucket is None:
        return always
    known = {
        "hostname": bucket.host,
        "bucket_name": bucket.name,
        "access_key": bucket.access_key,
        "secret_key": bucket.secret_key,
    }
    return always | {name: text for name, text in known.items() if text}


def _config(context: Context) -> Fields:
    return {
        "DISTRIBUTED_STORAGE_CONFIG": {_LOCATION: ["RHOCSStorage", _arguments(context)]},
        "DISTRIBUTED_STORAGE_PREFERENCE": [_LOCATION],
        "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS": [_LOCATION],
        "FEATURE_STORAGE_REPLICATION": False,
        "FEATURE_PROXY_STORAGE": True,
    }


def _objects(context: Context) -> Iterable[Object]:
    yield {
        "apiVersion": OBJECT_BUCKET_CLAIMS.api_version,
        "kind": "ObjectBucketClaim",
        "metadata": metadata(context, CLAIM, label=CLAIM, component="objectstorage"),
        "spec": {
            "bucketName": "",  # a Go struct without omitempty: it wipes out what the provisioner writes
            "generateBucketName": CLAIM,
            "storageClassName": "openshift-storage.noobaa.io",
            "additionalConfig": {"bucketclass": "noobaa-default-bucket-class"},
        },
    }


def _check(health: Health) -> Verdict:
    claim = health.owned(OBJECT_BUCKET_CLAIMS)
    if claim is None:
        return not_ready("Unable to locate object bucket claim")
    if (claim.get("status") or {}).get("phase") != "Bound":
        return not_ready("Object bucket claim not bound")
    return ready("Object bucket claim bound")


OBJECT_STORAGE = Component(
    kind="objectstorage",
    condition="ComponentObjectStorageReady",
    check=_check,
    unmanaged="Object storage not managed by the operator",
    required=True,
    fields=frozenset({
        "DISTRIBUTED_STORAGE_CONFIG",
        "DISTRIBUTED_STORAGE_PREFERENCE",
        "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS",
        "FEATURE_STORAGE_REPLICATION",
    }),
    field_group="DistributedStorage",
    config=_config,
    objects=_objects,
)  # fmt: skip
