"""Claims and volumes: protection against deletion while in use, and the default storage class."""

from __future__ import annotations

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.objects import Object

CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
OLD_CLASS = "volume.beta.kubernetes.io/storage-class"


def _protect(obj: Object, finalizer: str) -> None:
    finalizers = obj["metadata"].setdefault("finalizers", [])
    if finalizer not in finalizers:
        finalizers.append(finalizer)


def protect_claim(core: Core, call: Call, obj: Object) -> None:
    """StorageObjectInUseProtection, for claims."""
    del core, call
    _protect(obj, CLAIM_PROTECTION)


def protect_volume(core: Core, call: Call, obj: Object) -> None:
    """StorageObjectInUseProtection, for volumes."""
    del core, call
    _protect(obj, VOLUME_PROTECTION)


def set_default_class(core: Core, call: Call, obj: Object) -> None:
    """DefaultStorageClass: a claim that names no class gets the default one, the newest if there are several."""
    del call
    spec = obj["spec"]
    if "storageClassName" in spec or OLD_CLASS in (obj["metadata"].get("annotations") or ()):
        return
    found = [
        entry.obj["metadata"]
        for entry in core.store.table("storage.k8s.io", "storageclasses").entries()
        if (entry.obj["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
    ]
    if found:
        newest = max(metadata["creationTimestamp"] for metadata in found)
        names = (metadata["name"] for metadata in found if metadata["creationTimestamp"] == newest)
        spec["storageClassName"] = min(names)
