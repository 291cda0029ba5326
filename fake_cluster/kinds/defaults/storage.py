"""Defaults of volumes, claims and storage classes."""

from __future__ import annotations

from fake_cluster.kinds.defaults import pods
from fake_cluster.objects import Object

_SOURCES = {"iscsi": pods.iscsi, "rbd": pods.rbd, "azureDisk": pods.azure_disk, "scaleIO": pods.scale_io}


def persistent_volume(obj: Object) -> None:
    """A volume is retained, has a file system, and is Pending until the binder has seen it."""
    obj.setdefault("status", {}).setdefault("phase", "Pending")
    spec = obj.setdefault("spec", {})
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    for source, fill in _SOURCES.items():
        if source in spec:
            fill(spec[source])
    if "hostPath" in spec:
        spec["hostPath"].setdefault("type", "")


def persistent_volume_claim(obj: Object) -> None:
    """A claim is for a file system, and Pending until it is bound; both names of its source are filled."""
    obj.setdefault("status", {}).setdefault("phase", "Pending")
    spec = obj.setdefault("spec", {})
    spec.setdefault("volumeMode", "Filesystem")
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if source and not reference:
        spec["dataSourceRef"] = dict(source)
    elif reference and not source and "namespace" not in reference:
        spec["dataSource"] = dict(reference)


def storage_class(obj: Object) -> None:
    """Volumes are deleted with their claim, and bound at once."""
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def csi_driver(obj: Object) -> None:
    """A driver needs attaching, knows no capacity and mounts for persistent volumes."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("attachRequired", True)
    spec.setdefault("podInfoOnMount", False)
    spec.setdefault("storageCapacity", False)
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    spec.setdefault("volumeLifecycleModes", ["Persistent"])
    spec.setdefault("requiresRepublish", False)
    spec.setdefault("seLinuxMount", False)
