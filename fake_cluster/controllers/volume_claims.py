"""What claims and volumes are to each other: pure functions on their objects.

Source: documentation "Persistent Volumes"; annotations as kube-controller-manager and an external
provisioner leave them (recorded with 1.36).
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.kinds.quantities import amount
from fake_cluster.objects import Object, annotations_of, labels_of
from fake_cluster.selectors import matches

IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
_PROVISIONER = ("volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner")


def requested(claim: Object) -> str:
    """The size that a claim asks for."""
    return str((claim["spec"].get("resources") or {}).get("requests", {}).get("storage", "0"))


def default_class(classes: Iterable[Object]) -> Object | None:
    """The default StorageClass, of several the youngest."""
    marked = [item for item in classes if annotations_of(item).get(IS_DEFAULT) == "true"]
    return max(marked, key=lambda item: item["metadata"]["creationTimestamp"], default=None)


def is_for(volume: Object, claim: Object) -> bool:
    """Whether a volume is reserved for, or bound to, this claim."""
    reference = volume["spec"].get("claimRef")
    meta = claim["metadata"]
    if not reference or (reference["namespace"], reference["name"]) != (meta["namespace"], meta["name"]):
        return False
    return reference.get("uid") in (None, "", meta["uid"])


def fits(volume: Object, claim: Object) -> bool:
    """Whether a free volume satisfies a claim."""
    spec, wanted = volume["spec"], claim["spec"]
    if (volume.get("status") or {}).get("phase") not in ("Available", None):
        return False
    return (
        not spec.get("claimRef")
        and spec.get("storageClassName", "") == wanted.get("storageClassName", "")
        and spec.get("volumeMode", "Filesystem") == wanted.get("volumeMode", "Filesystem")
        and set(wanted.get("accessModes") or ()) <= set(spec.get("accessModes") or ())
        and amount(spec["capacity"]["storage"]) >= amount(requested(claim))
        and ("selector" not in wanted or matches(wanted["selector"], labels_of(volume)))
    )


def smallest_fitting(volumes: Iterable[Object], claim: Object) -> Object | None:
    """The volume that wastes least, one that is reserved for the claim first."""
    volumes = list(volumes)
    for volume in volumes:
        if is_for(volume, claim):
            return volume
    fitting = [volume for volume in volumes if fits(volume, claim)]
    return min(fitting, key=lambda item: amount(item["spec"]["capacity"]["storage"]), default=None)


def claim_reference(claim: Object) -> Object:
    """What a volume says of the claim that has it."""
    meta = claim["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "namespace": meta["namespace"],
        "name": meta["name"],
        "uid": meta["uid"],
        "resourceVersion": meta["resourceVersion"],
    }


def provisioned_volume(claim: Object, storage_class: Object) -> Object:
    """The volume that a class's provisioner makes for a claim."""
    name = f"pvc-{claim['metadata']['uid']}"
    spec, provisioner = claim["spec"], storage_class["provisioner"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {PROVISIONED_BY: provisioner}},
        "spec": {
            "capacity": {"storage": requested(claim)},
            "accessModes": spec.get("accessModes") or ["ReadWriteOnce"],
            "claimRef": claim_reference(claim),
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "storageClassName": storage_class["metadata"]["name"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "csi": {"driver": provisioner, "volumeHandle": name},
        },
    }


def bound_claim(claim: Object, volume: Object) -> Object:
    """The claim as it is once the volume is its own."""
    annotations = {**annotations_of(claim), BIND_COMPLETED: "yes", BOUND_BY_CONTROLLER: "yes"}
    provisioner = annotations_of(volume).get(PROVISIONED_BY)
    if provisioner:
        annotations |= dict.fromkeys(_PROVISIONER, provisioner)
    metadata = {**claim["metadata"], "annotations": annotations}
    spec = {**claim["spec"], "volumeName": volume["metadata"]["name"]}
    return {**claim, "metadata": metadata, "spec": spec}


def bound_status(volume: Object) -> Object:
    """The status of a claim that has this volume."""
    spec = volume["spec"]
    return {"phase": "Bound", "accessModes": spec["accessModes"], "capacity": spec["capacity"]}


def mounted_claims(pod: Object) -> list[str]:
    """The claims that a Pod's volumes name (a generic ephemeral volume has one of its own)."""
    found: list[str] = []
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append(volume["persistentVolumeClaim"]["claimName"])
        elif "ephemeral" in volume:
            found.append(f"{pod['metadata']['name']}-{volume['name']}")
    return found
