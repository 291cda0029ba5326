"""Built-in kinds print the columns that people know from kubectl."""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds import Kinds, refs
from fake_cluster.objects import Object, ResourceRef

NOW = 1_767_225_600.0 + 3_725
META: Object = {"name": "x", "creationTimestamp": "2026-01-01T00:00:00Z"}


def row(ref: ResourceRef, obj: Object, *, wide: bool = False) -> dict[str, Any]:
    resource = Kinds().find(ref.group, ref.version, ref.plural)
    assert resource is not None
    shown = [column for column in resource.columns if wide or not column.priority]
    return {column.name: column.value({"metadata": META, **obj}, NOW) for column in shown}


def test_a_deployment_shows_how_many_replicas_are_ready() -> None:
    status = {"readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1}

    found = row(refs.DEPLOYMENTS, {"spec": {"replicas": 2}, "status": status})

    assert found == {"Name": "x", "Ready": "1/2", "Up-to-date": 2, "Available": 1, "Age": "62m"}


def test_a_pod_shows_what_its_container_waits_for() -> None:
    waiting = {"ready": False, "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    obj = {"spec": {"containers": [{}]}, "status": {"phase": "Running", "containerStatuses": [waiting]}}

    found = row(refs.PODS, obj)

    assert (found["Ready"], found["Status"], found["Restarts"]) == ("0/1", "CrashLoopBackOff", "3")


def test_a_pod_that_is_being_deleted_is_terminating() -> None:
    metadata = META | {"deletionTimestamp": "2026-01-01T01:00:00Z"}

    found = row(
        refs.PODS, {"metadata": metadata, "spec": {"containers": [{}]}, "status": {"phase": "Running"}}
    )

    assert found["Status"] == "Terminating"


def test_a_service_shows_its_ports_with_protocol() -> None:
    ports = [{"port": 80, "protocol": "TCP"}, {"port": 443, "protocol": "TCP", "nodePort": 30443}]

    found = row(refs.SERVICES, {"spec": {"type": "NodePort", "clusterIP": "10.0.0.1", "ports": ports}})

    assert found["Port(s)"] == "80/TCP,443:30443/TCP"
    assert found["External-IP"] == "<none>"


def test_a_bound_claim_shows_volume_and_access() -> None:
    spec = {"volumeName": "pv-1", "storageClassName": "standard"}
    status = {"phase": "Bound", "capacity": {"storage": "50Gi"}, "accessModes": ["ReadWriteOnce"]}

    found = row(refs.PERSISTENT_VOLUME_CLAIMS, {"spec": spec, "status": status})

    assert (found["Status"], found["Capacity"], found["Access Modes"]) == ("Bound", "50Gi", "RWO")


def test_wide_columns_show_images_and_selector() -> None:
    template = {"spec": {"containers": [{"name": "a", "image": "app:1"}, {"name": "b", "image": "log:2"}]}}
    spec = {"selector": {"matchLabels": {"app": "x"}}, "template": template}

    found = row(refs.REPLICA_SETS, {"spec": spec}, wide=True)

    assert (found["Containers"], found["Images"], found["Selector"]) == ("a,b", "app:1,log:2", "app=x")


def test_an_autoscaler_shows_current_and_wanted_use() -> None:
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 90}}}
    spec = {
        "minReplicas": 2,
        "maxReplicas": 20,
        "metrics": [metric],
        "scaleTargetRef": {"kind": "Deployment", "name": "d"},
    }

    found = row(refs.HORIZONTAL_POD_AUTOSCALERS, {"spec": spec})

    assert (found["Reference"], found["Targets"]) == ("Deployment/d", "cpu: <unknown>/90%")
