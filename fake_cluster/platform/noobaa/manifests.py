"""What the NooBaa operator makes: the parts of a gateway, and the volumes and Pods of its pools."""

from __future__ import annotations

from collections.abc import Sequence

from fake_cluster.objects import Object, controller_reference
from fake_cluster.platform.refs import BACKING_STORES, BUCKET_CLASSES

CORE, DATABASE, ENDPOINT = "noobaa-core", "noobaa-db-pg", "noobaa-endpoint"
IMAGE = "registry.redhat.io/odf4/mcg-core-rhel8:v4.10"
DATABASE_IMAGE = "registry.redhat.io/rhel8/postgresql-12:1"
DEFAULT_SIZE = "50Gi"
"""Of the database's volume and of each volume of a pool, if nothing else is asked for."""
DEFAULT_STORE, DEFAULT_CLASS = "noobaa-default-backing-store", "noobaa-default-bucket-class"
SERVICES = {
    "noobaa-mgmt": ("serviceMgmt", CORE, {"mgmt": 80, "mgmt-https": 443}),
    "s3": ("serviceS3", ENDPOINT, {"s3": 80, "s3-https": 443}),
}
"""Name → its name in the status, the app that it leads to, its ports by name."""
LABELS = {"app": "noobaa"}


def metadata(owner: Object, name: str, **labels: str) -> Object:
    """The metadata of something that `owner` has in its namespace."""
    return {
        "name": name,
        "namespace": owner["metadata"]["namespace"],
        "labels": LABELS | labels,
        "ownerReferences": [controller_reference(owner)],
    }


def _template(part: str, container: Object) -> Object:
    labels = LABELS | {"noobaa-component": part}
    return {"metadata": {"labels": labels}, "spec": {"containers": [container]}}


def _selector(part: str) -> Object:
    return {"matchLabels": LABELS | {"noobaa-component": part}}


def core(system: Object) -> Object:
    """The StatefulSet of the core, of which there is one Pod."""
    resources = system["spec"].get("coreResources") or {}
    container = {"name": "core", "image": IMAGE, "resources": resources}
    spec = {"replicas": 1, "serviceName": "noobaa-mgmt", "selector": _selector(CORE)}
    spec |= {"template": _template(CORE, container)}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata(system, CORE), "spec": spec}


def database(system: Object) -> Object:
    """The StatefulSet of the database, with its volume."""
    wanted = system["spec"]
    mount = {"name": "db", "mountPath": "/var/lib/pgsql"}
    container: Object = {"name": "db", "image": DATABASE_IMAGE, "volumeMounts": [mount]}
    container |= {"resources": wanted.get("dbResources") or {}}
    volume = _claim_spec(wanted.get("dbVolumeResources") or {}, wanted.get("dbStorageClass", ""))
    claim = {"metadata": {"name": "db", "labels": dict(LABELS)}, "spec": volume}
    spec = {"replicas": 1, "serviceName": DATABASE, "selector": _selector(DATABASE)}
    spec |= {"template": _template(DATABASE, container), "volumeClaimTemplates": [claim]}
    meta = metadata(system, DATABASE)
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta, "spec": spec}


def endpoint(system: Object) -> Object:
    """The Deployment that serves S3: one Pod, unless more are asked for."""
    wanted = system["spec"].get("endpoints") or {}
    container = {"name": "endpoint", "image": IMAGE, "resources": wanted.get("resources") or {}}
    spec = {"replicas": wanted.get("minCount", 1), "selector": _selector(ENDPOINT)}
    spec |= {"template": _template(ENDPOINT, container)}
    meta = metadata(system, ENDPOINT)
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}


def service(system: Object, name: str) -> Object:
    """One of the two Services by which the gateway is reached."""
    _, part, ports = SERVICES[name]
    listed = [{"name": port, "port": number, "targetPort": 6000 + number} for port, number in ports.items()]
    spec = {"type": "LoadBalancer", "selector": _selector(part)["matchLabels"], "ports": listed}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(system, name), "spec": spec}


def default_store(system: Object) -> Object:
    """The pool that a gateway begins with."""
    pool = {"numVolumes": 1, "resources": {"requests": {"storage": DEFAULT_SIZE}}}
    wanted = system["spec"].get("pvPoolDefaultStorageClass")
    pool |= {"storageClass": wanted} if wanted else {}
    return {
        "apiVersion": BACKING_STORES.api_version,
        "kind": BACKING_STORES.kind,
        "metadata": metadata(system, DEFAULT_STORE),
        "spec": {"type": "pv-pool", "pvPool": pool},
    }


def default_class(system: Object) -> Object:
    """The class of buckets that a gateway begins with."""
    return {
        "apiVersion": BUCKET_CLASSES.api_version,
        "kind": BUCKET_CLASSES.kind,
        "metadata": metadata(system, DEFAULT_CLASS),
        "spec": {"placementPolicy": {"tiers": [{"backingStores": [DEFAULT_STORE]}]}},
    }


# --- pools --------------------------------------------------------------------------------------------


def _claim_spec(resources: Object, storage_class: str) -> Object:
    storage = (resources.get("requests") or {}).get("storage", DEFAULT_SIZE)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
    return spec | ({"storageClassName": storage_class} if storage_class else {})


def pool_claim(store: Object, suffix: str) -> Object:
    """A volume of a pool."""
    name, pool = store["metadata"]["name"], store["spec"]["pvPool"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(store, f"{name}-noobaa-pvc-{suffix}", pool=name),
        "spec": _claim_spec(pool.get("resources") or {}, pool.get("storageClass", "")),
    }


def pool_pod(store: Object, suffix: str) -> Object:
    """The Pod that gives a volume of a pool to the gateway."""
    name = store["metadata"]["name"]
    requests = (store["spec"]["pvPool"].get("resources") or {}).get("requests") or {}
    mounted = {"name": "noobaastorage", "mountPath": "/noobaa_storage/"}
    container: Object = {"name": "noobaa-agent", "image": IMAGE, "volumeMounts": [mounted]}
    container |= {
        "resources": {"requests": {key: requests[key] for key in ("cpu", "memory") if key in requests}}
    }
    claim = {"claimName": f"{name}-noobaa-pvc-{suffix}"}
    volumes: Sequence[Object] = [{"name": "noobaastorage", "persistentVolumeClaim": claim}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata(store, f"{name}-noobaa-pod-{suffix}", pool=name),
        "spec": {"containers": [container], "volumes": volumes},
    }
