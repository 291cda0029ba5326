"""The bucket provisioner: gives ObjectBucketClaims of its StorageClass a bucket and the keys to it.

Source: lib-bucket-provisioner ("Object Bucket Claim"); data as NooBaa gives it, shapes as recorded.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from random import Random

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, SECRETS
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, ResourceRef, controller_reference, is_terminating, key_of
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, OBJECT_BUCKETS

STORAGE_CLASS, BUCKET_CLASS = "openshift-storage.noobaa.io", "noobaa-default-bucket-class"
HOST, PORT = "s3.openshift-storage.svc", 443
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class BucketProvisioner:
    """Buckets for claims."""

    def __init__(self, client: Client, rng: Random) -> None:
        self._client = client
        self._rng = rng

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(OBJECT_BUCKET_CLAIMS),
            Source(SECRETS, _lost_part),
            Source(CONFIG_MAPS, _lost_part),
        )
        return Controller("objectbucket-provisioner", self.reconcile, sources)

    def reconcile(self, key: Key) -> None:
        """One pass over one claim."""
        claim = self._client.find(OBJECT_BUCKET_CLAIMS, key.name, key.namespace)
        if claim is None:
            self._reclaim(_bucket_object_name(key))
        elif not is_terminating(claim):
            self._provide(claim)

    def _reclaim(self, name: str) -> None:
        """The bucket goes with its claim."""
        if self._client.find(OBJECT_BUCKETS, name) is not None:
            self._client.delete(OBJECT_BUCKETS, name)

    def _provide(self, claim: Object) -> None:
        if claim["spec"].get("storageClassName") != STORAGE_CLASS:
            self._set_phase(claim, "Pending")
            return
        bucket = self._bucket(claim)
        self._ensure(SECRETS, self._secret(claim))
        self._ensure(CONFIG_MAPS, _config_map(claim, bucket["spec"]["endpoint"]["bucketName"]))
        self._set_phase(self._with_bucket(claim, bucket), "Bound")

    def _bucket(self, claim: Object) -> Object:
        """The ObjectBucket of a claim; it remembers the bucket's name."""
        name = _bucket_object_name(key_of(claim))
        found = self._client.find(OBJECT_BUCKETS, name)
        if found is None:
            spec = claim["spec"]
            bucket = spec.get("bucketName") or f"{spec.get('generateBucketName', '')}-{self._uuid()}"
            found = self._client.create(OBJECT_BUCKETS, _object_bucket(claim, name, bucket))
            found = self._client.replace(
                OBJECT_BUCKETS, {**found, "status": {"phase": "Bound"}}, subresource="status"
            )
        return found

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def _with_bucket(self, claim: Object, bucket: Object) -> Object:
        """The claim with what it was given; what a user has set meanwhile stays as it is."""
        name = bucket["metadata"]["name"]
        if claim["spec"].get("objectBucketName") == name:
            return claim
        named = {"bucketName": bucket["spec"]["endpoint"]["bucketName"], "objectBucketName": name}
        return self._client.replace(OBJECT_BUCKET_CLAIMS, {**claim, "spec": {**claim["spec"], **named}})

    def _set_phase(self, claim: Object, phase: str) -> None:
        status = claim.get("status") or {}
        if status.get("phase") != phase:
            new = {**claim, "status": {**status, "phase": phase}}
            self._client.replace(OBJECT_BUCKET_CLAIMS, new, subresource="status")

    def _ensure(self, ref: ResourceRef, wanted: Object) -> None:
        meta = wanted["metadata"]
        if self._client.find(ref, meta["name"], meta["namespace"]) is not None:
            return
        try:
            self._client.create(ref, wanted)
        except ApiError as error:
            if error.reason not in ("AlreadyExists", "NotFound", "Forbidden"):
                raise  # otherwise somebody was faster, or the namespace is going

    def _secret(self, claim: Object) -> Object:
        keys = {
            "AWS_ACCESS_KEY_ID": "".join(self._rng.choices(_LETTERS, k=20)),
            "AWS_SECRET_ACCESS_KEY": "".join(self._rng.choices(_LETTERS, k=40)),
        }
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": _metadata(claim),
            "type": "Opaque",
            "stringData": keys,
        }


def _bucket_object_name(key: Key) -> str:
    return f"obc-{key.namespace}-{key.name}"


def _lost_part(event: Event) -> Iterable[Key]:
    """A Secret or ConfigMap of a claim that somebody has deleted is made again."""
    owners = event.obj["metadata"].get("ownerReferences") if event.type == "DELETED" else None
    kind = OBJECT_BUCKET_CLAIMS.kind
    namespace = event.obj["metadata"].get("namespace", "")
    return [Key(namespace, owner["name"]) for owner in owners or () if owner["kind"] == kind]


def _metadata(claim: Object) -> Object:
    meta = claim["metadata"]
    owner = controller_reference(claim)
    return {"name": meta["name"], "namespace": meta["namespace"], "ownerReferences": [owner]}


def _config_map(claim: Object, bucket: str) -> Object:
    data = {
        "BUCKET_HOST": HOST,
        "BUCKET_NAME": bucket,
        "BUCKET_PORT": str(PORT),
        "BUCKET_REGION": "",
        "BUCKET_SUBREGION": "",
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(claim), "data": data}


def _object_bucket(claim: Object, name: str, bucket: str) -> Object:
    meta = claim["metadata"]
    reference = {"apiVersion": claim["apiVersion"], "kind": claim["kind"]}
    reference |= {part: meta[part] for part in ("namespace", "name", "uid")}
    bucket_class = (claim["spec"].get("additionalConfig") or {}).get("bucketclass", BUCKET_CLASS)
    endpoint = {"bucketHost": HOST, "bucketPort": PORT, "bucketName": bucket, "region": "", "subRegion": ""}
    return {
        "apiVersion": OBJECT_BUCKETS.api_version,
        "kind": OBJECT_BUCKETS.kind,
        "metadata": {"name": name},
        "spec": {
            "storageClassName": claim["spec"]["storageClassName"],
            "reclaimPolicy": "Delete",
            "claimRef": reference,
            "endpoint": endpoint,
            "additionalState": {"bucketclass": bucket_class},
        },
    }
