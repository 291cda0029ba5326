"""objectbucket.io: buckets in object storage, claimed as volumes are.

Source: lib-bucket-provisioner, as OpenShift Data Foundation installs it.
"""

from __future__ import annotations

from fake_cluster.platform.definitions.schemas import (
    ANYTHING,
    boolean,
    column,
    definition,
    fields,
    integer,
    mapped,
    string,
)
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, OBJECT_BUCKETS

_CONFIGURATION = mapped(string()) | {"nullable": True}
_CLAIM = fields(
    storageClassName=string(),
    bucketName=string(),
    generateBucketName=string(),
    objectBucketName=string(),
    additionalConfig=_CONFIGURATION,
)
_ENDPOINT = fields(
    bucketHost=string(),
    bucketPort=integer(format="int32"),
    bucketName=string(),
    region=string(),
    subRegion=string(),
    additionalConfig=_CONFIGURATION,
) | {"nullable": True}
_BUCKET = fields(
    storageClassName=string(),
    reclaimPolicy=string(),
    claimRef=ANYTHING | {"nullable": True},
    endpoint=_ENDPOINT,
    authentication=ANYTHING | {"nullable": True},
    additionalState=_CONFIGURATION,
    versioned=boolean(),
)
_STATUS = fields(phase=string()) | {"x-kubernetes-preserve-unknown-fields": True}
_COLUMNS = (
    column("Storage-Class", ".spec.storageClassName", description="StorageClass"),
    column("Phase", ".status.phase", description="Phase"),
    column("Age", ".metadata.creationTimestamp", "date"),
)

DEFINITIONS = (
    definition(OBJECT_BUCKET_CLAIMS, _CLAIM, _STATUS, short_names=("obc", "obcs"), columns=_COLUMNS),
    definition(OBJECT_BUCKETS, _BUCKET, _STATUS, short_names=("ob", "obs"), columns=_COLUMNS),
)
