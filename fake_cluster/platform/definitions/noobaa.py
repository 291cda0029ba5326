"""noobaa.io: the Multicloud Object Gateway, where it keeps its data, and which buckets are kept where.

Source: API reference of the NooBaa operator, as OpenShift Data Foundation installs it. Of the kinds of
backing stores, the pools of volumes are described in full.
"""

from __future__ import annotations

from fake_cluster.objects import Object
from fake_cluster.platform.definitions.schemas import (
    ANYTHING,
    INT_OR_STRING,
    boolean,
    column,
    definition,
    fields,
    integer,
    listed,
    mapped,
    string,
)
from fake_cluster.platform.refs import BACKING_STORES, BUCKET_CLASSES, NOOBAAS

_KINDS = ["aws-s3", "s3-compatible", "ibm-cos", "google-cloud-storage", "azure-blob", "pv-pool"]
_NUMBER = r"(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
_QUANTITY = rf"^(\+|-)?{_NUMBER}(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?{_NUMBER}))?$"
_QUANTITIES = mapped(INT_OR_STRING | {"pattern": _QUANTITY})
_RESOURCES = fields(requests=_QUANTITIES, limits=_QUANTITIES)
_REFERENCE = fields(name=string(), namespace=string())
_ELSEWHERE = ANYTHING
_POOL = fields(
    numVolumes=integer(minimum=1, maximum=20),
    resources=_RESOURCES,
    storageClass=string(),
    secret=_REFERENCE,
)
_STORE = fields(
    "type",
    type=string(enum=_KINDS),
    pvPool=_POOL,
    awsS3=_ELSEWHERE,
    s3Compatible=_ELSEWHERE,
    ibmCos=_ELSEWHERE,
    googleCloudStorage=_ELSEWHERE,
    azureBlob=_ELSEWHERE,
)
_TIER = fields(placement=string(enum=["Spread", "Mirror"]), backingStores=listed(string()))
_CLASS = fields(
    placementPolicy=fields(tiers=listed(_TIER)),
    namespacePolicy=ANYTHING,
    quota=fields(maxObjects=string(), maxSize=string()),
    replicationPolicy=string(),
)
_SYSTEM = fields(
    image=string(),
    dbType=string(enum=["mongodb", "postgres"]),
    dbImage=string(),
    dbResources=_RESOURCES,
    dbVolumeResources=_RESOURCES,
    dbStorageClass=string(),
    coreResources=_RESOURCES,
    endpoints=fields(
        minCount=integer(format="int32"), maxCount=integer(format="int32"), resources=_RESOURCES
    ),
    pvPoolDefaultStorageClass=string(),
    manualDefaultBackingStore=boolean(nullable=True),
    tolerations=listed(ANYTHING),
    affinity=ANYTHING,
    imagePullSecret=fields(name=string()),
)
_CONDITION = fields(
    "type",
    "status",
    type=string(),
    status=string(),
    reason=string(),
    message=string(),
    lastHeartbeatTime=string(format="date-time"),
    lastTransitionTime=string(format="date-time"),
)
_STATUS = fields(phase=string(), conditions=listed(_CONDITION)) | {
    "x-kubernetes-preserve-unknown-fields": True
}
_AGE = column("Age", ".metadata.creationTimestamp", "date")
_PHASE = column("Phase", ".status.phase", description="Phase")


def _ports(name: str, service: str) -> Object:
    return column(name, f".status.services.{service}.nodePorts", description=name.replace("-", " "))


DEFINITIONS = (
    definition(
        NOOBAAS,
        _SYSTEM,
        _STATUS,
        short_names=("nb",),
        columns=(
            _ports("Mgmt-Endpoints", "serviceMgmt"),
            _ports("S3-Endpoints", "serviceS3"),
            column("Image", ".status.actualImage", description="Actual Image"),
            _PHASE,
            _AGE,
        ),
    ),
    definition(
        BACKING_STORES,
        _STORE,
        _STATUS,
        columns=(column("Type", ".spec.type", description="Type"), _PHASE, _AGE),
    ),
    definition(
        BUCKET_CLASSES,
        _CLASS,
        _STATUS,
        columns=(
            column("Placement", ".spec.placementPolicy", description="Placement"),
            column("Quota", ".spec.quota", description="Quota"),
            _PHASE,
            _AGE,
        ),
    ),
)
