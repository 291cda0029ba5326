"""Claims and volumes: who gets what, how long they last, and how they grow."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds.refs import PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES
from fake_cluster.objects import Object
from tests.controllers.workloads import Lab, named, template


def claim(lab: Lab, size: str = "10Gi", name: str = "data", **spec: Any) -> Object:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
    return lab.create(PERSISTENT_VOLUME_CLAIMS, named("v1", "PersistentVolumeClaim", name, spec=wanted))


def volume(lab: Lab, name: str, size: str, **spec: Any) -> Object:
    wanted = {
        "capacity": {"storage": size},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": "manual",
        "nfs": {"server": "nfs.example.com", "path": "/"},
        **spec,
    }
    obj = named("v1", "PersistentVolume", name, spec=wanted)
    del obj["metadata"]["namespace"]
    return lab.create(PERSISTENT_VOLUMES, obj)


def storage_class(lab: Lab, name: str, **fields: Any) -> None:
    obj = named("storage.k8s.io/v1", "StorageClass", name, provisioner="example.com/disk", **fields)
    del obj["metadata"]["namespace"]
    lab.create(STORAGE_CLASSES, obj)


def pod_with_claim(lab: Lab, name: str = "user") -> None:
    spec = template()["spec"]
    spec["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    lab.create(PODS, named("v1", "Pod", name, spec=spec))


def phase(lab: Lab, name: str = "data") -> str:
    found: str = lab.get(PERSISTENT_VOLUME_CLAIMS, name)["status"]["phase"]
    return found


def test_a_claim_of_the_default_class_gets_a_volume_of_its_own(lab: Lab) -> None:
    uid = claim(lab)["metadata"]["uid"]
    bound = lab.get(PERSISTENT_VOLUME_CLAIMS, "data")
    assert bound["spec"]["volumeName"] == f"pvc-{uid}"
    assert bound["spec"]["storageClassName"] == "standard"
    assert bound["status"] == {
        "phase": "Bound",
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "10Gi"},
    }
    annotations = bound["metadata"]["annotations"]
    assert annotations["pv.kubernetes.io/bind-completed"] == "yes"
    assert annotations["volume.kubernetes.io/storage-provisioner"] == "fake-cluster.example.com/disk"
    made = lab.get(PERSISTENT_VOLUMES, f"pvc-{uid}")
    assert made["status"]["phase"] == "Bound"
    assert made["spec"]["claimRef"]["uid"] == uid
    assert lab.messages("ProvisioningSucceeded") == [f"Successfully provisioned volume pvc-{uid}"]


def test_a_provisioned_volume_goes_with_its_claim(lab: Lab) -> None:
    claim(lab)
    lab.delete(PERSISTENT_VOLUME_CLAIMS, "data")
    assert lab.names(PERSISTENT_VOLUME_CLAIMS) == []
    assert lab.names(PERSISTENT_VOLUMES) == []


def test_a_claim_in_use_waits_for_its_last_pod(lab: Lab) -> None:
    claim(lab)
    pod_with_claim(lab)
    lab.delete(PERSISTENT_VOLUME_CLAIMS, "data")
    assert "deletionTimestamp" in lab.get(PERSISTENT_VOLUME_CLAIMS, "data")["metadata"]
    lab.kill(lab.client.list(PODS))
    assert lab.names(PERSISTENT_VOLUME_CLAIMS) == []


def test_a_finished_pod_does_not_hold_a_claim(lab: Lab) -> None:
    claim(lab)
    pod_with_claim(lab)
    lab.delete(PERSISTENT_VOLUME_CLAIMS, "data")
    lab.finish(lab.client.list(PODS), "Succeeded")
    assert lab.names(PERSISTENT_VOLUME_CLAIMS) == []


def test_the_smallest_volume_that_fits_is_taken(lab: Lab) -> None:
    for name, size in (("large", "100Gi"), ("right", "20Gi"), ("small", "5Gi")):
        volume(lab, name, size)
    claim(lab, storageClassName="manual")
    assert lab.get(PERSISTENT_VOLUME_CLAIMS, "data")["spec"]["volumeName"] == "right"
    assert lab.get(PERSISTENT_VOLUMES, "right")["status"]["phase"] == "Bound"
    assert lab.get(PERSISTENT_VOLUMES, "large")["status"]["phase"] == "Available"


@pytest.mark.parametrize(
    "misfit",
    [
        {"accessModes": ["ReadOnlyMany"]},
        {"storageClassName": "other"},
        {"volumeMode": "Block"},
        {"capacity": {"storage": "1Gi"}},
    ],
)
def test_a_volume_that_does_not_fit_is_not_taken(lab: Lab, misfit: Object) -> None:
    volume(lab, "only", "100Gi", **misfit)
    claim(lab, storageClassName="manual")
    assert phase(lab) == "Pending"
    assert lab.messages("ProvisioningFailed") == ['storageclass.storage.k8s.io "manual" not found']


def test_a_volume_that_appears_later_is_taken(lab: Lab) -> None:
    claim(lab, storageClassName="manual")
    assert phase(lab) == "Pending"
    volume(lab, "late", "10Gi")
    assert phase(lab) == "Bound"


def test_a_retained_volume_is_released_and_nobody_gets_it(lab: Lab) -> None:
    volume(lab, "kept", "10Gi")
    claim(lab, storageClassName="manual")
    lab.delete(PERSISTENT_VOLUME_CLAIMS, "data")
    assert lab.get(PERSISTENT_VOLUMES, "kept")["status"]["phase"] == "Released"
    claim(lab, name="next", storageClassName="manual")
    assert phase(lab, "next") == "Pending"


def test_without_a_class_a_claim_waits_until_there_is_a_default(lab: Lab) -> None:
    lab.delete(STORAGE_CLASSES, "standard")
    claim(lab)
    assert phase(lab) == "Pending"
    expected = "no persistent volumes available for this claim and no storage class is set"
    assert lab.messages("FailedBinding") == [expected]
    storage_class(lab, "late")
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    lab.patch(STORAGE_CLASSES, "late", {"metadata": {"annotations": default}})
    assert phase(lab) == "Bound"
    assert lab.get(PERSISTENT_VOLUME_CLAIMS, "data")["spec"]["storageClassName"] == "late"


def test_a_class_that_waits_for_consumers_binds_with_the_first_pod(lab: Lab) -> None:
    storage_class(lab, "lazy", volumeBindingMode="WaitForFirstConsumer")
    claim(lab, storageClassName="lazy")
    assert phase(lab) == "Pending"
    assert lab.messages("WaitForFirstConsumer") == ["waiting for first consumer to be created before binding"]
    pod_with_claim(lab)
    assert phase(lab) == "Bound"


def test_a_claim_grows_where_its_class_allows_it(lab: Lab) -> None:
    claim(lab)
    lab.patch(PERSISTENT_VOLUME_CLAIMS, "data", {"spec": {"resources": {"requests": {"storage": "20Gi"}}}})
    grown = lab.get(PERSISTENT_VOLUME_CLAIMS, "data")
    assert grown["status"]["capacity"] == {"storage": "20Gi"}
    assert lab.get(PERSISTENT_VOLUMES, grown["spec"]["volumeName"])["spec"]["capacity"] == {"storage": "20Gi"}


def test_a_claim_that_loses_its_volume_is_lost(lab: Lab) -> None:
    claim(lab)
    name = lab.get(PERSISTENT_VOLUME_CLAIMS, "data")["spec"]["volumeName"]
    lab.delete(PERSISTENT_VOLUMES, name)
    assert "deletionTimestamp" in lab.get(PERSISTENT_VOLUMES, name)["metadata"]
    lab.patch(PERSISTENT_VOLUMES, name, {"metadata": {"finalizers": None}})
    assert phase(lab) == "Lost"
