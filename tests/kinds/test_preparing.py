"""What kinds do to their own objects when they are written: initial status, kept fields, generation."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds import Kinds, Resource, refs
from fake_cluster.objects import Object, ResourceRef, copy_of


def resource(ref: ResourceRef) -> Resource:
    found = Kinds().find(ref.group, ref.version, ref.plural)
    assert found is not None
    return found


def written(ref: ResourceRef, **fields: Any) -> Object:
    kind = resource(ref)
    obj = kind.decode({"metadata": {"name": "x", "uid": "u-1"}, **fields}).obj
    kind.default(obj)
    kind.prepare_create(obj)
    return obj


def updated(ref: ResourceRef, old: Object, **changes: Any) -> Object:
    new = copy_of(old) | changes
    resource(ref).prepare_update(new, old)
    return new


_TEMPLATE: Object = {
    "metadata": {"labels": {"a": "b"}},
    "spec": {"containers": [{"name": "c", "image": "i:1"}]},
}
_WORKLOAD: Object = {"selector": {"matchLabels": {"a": "b"}}, "template": _TEMPLATE}


@pytest.mark.parametrize(
    ("ref", "spec", "status"),
    [
        (refs.DEPLOYMENTS, _WORKLOAD, {}),
        (refs.REPLICA_SETS, _WORKLOAD, {"replicas": 0}),
        (refs.STATEFUL_SETS, _WORKLOAD, {"replicas": 0, "availableReplicas": 0}),
        (refs.PODS, _TEMPLATE["spec"], {"phase": "Pending", "qosClass": "BestEffort"}),
        (refs.SERVICES, {"ports": [{"port": 80}]}, {"loadBalancer": {}}),
        (refs.NAMESPACES, {}, {"phase": "Active"}),
        (refs.PERSISTENT_VOLUME_CLAIMS, {}, {"phase": "Pending"}),
        (refs.JOBS, {"template": _TEMPLATE}, {}),
    ],
)
def test_a_new_object_begins_with_its_kinds_status_whatever_was_sent(
    ref: ResourceRef, spec: Object, status: Object
) -> None:
    sent = {"spec": spec, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}

    assert written(ref, **sent)["status"] == status


def test_a_node_may_bring_its_status() -> None:
    status = written(refs.NODES, status={"capacity": {"cpu": "4"}})["status"]

    assert status["capacity"] == status["allocatable"] == {"cpu": "4"}


def test_the_generation_moves_with_the_spec_and_not_with_status_or_labels() -> None:
    old = written(refs.REPLICA_SETS, spec=_WORKLOAD)
    labelled = old["metadata"] | {"labels": {"new": "label"}}

    assert old["metadata"]["generation"] == 1
    assert updated(refs.REPLICA_SETS, old, metadata=labelled)["metadata"]["generation"] == 1
    assert updated(refs.REPLICA_SETS, old, status={"replicas": 3})["metadata"]["generation"] == 1
    moved = updated(refs.REPLICA_SETS, old, spec=old["spec"] | {"replicas": 3})
    assert moved["metadata"]["generation"] == 2


def test_the_generation_of_a_deployment_moves_with_its_annotations_too() -> None:
    old = written(refs.DEPLOYMENTS, spec=_WORKLOAD)
    noted = old["metadata"] | {"annotations": {"note": "x"}}

    assert updated(refs.DEPLOYMENTS, old, metadata=noted)["metadata"]["generation"] == 2


def test_kinds_without_a_generation_never_get_one() -> None:
    old = written(refs.CONFIG_MAPS, data={"a": "b"})

    assert "generation" not in old["metadata"]
    assert "generation" not in updated(refs.CONFIG_MAPS, old, data={"a": "c"})["metadata"]


def test_an_ordinary_update_keeps_the_status_and_a_status_update_keeps_the_spec() -> None:
    old = written(refs.DEPLOYMENTS, spec=_WORKLOAD)
    new = copy_of(old) | {"spec": {"replicas": 9}, "status": {"replicas": 9}}
    resource(refs.DEPLOYMENTS).prepare_status_update(new, old)

    assert updated(refs.DEPLOYMENTS, old, status={"replicas": 9})["status"] == {}
    assert (new["spec"], new["status"]) == (old["spec"], {"replicas": 9})


def test_a_status_update_of_a_deployment_may_set_annotations_but_no_labels() -> None:
    old = written(refs.DEPLOYMENTS, spec=_WORKLOAD)
    new = copy_of(old)
    new["metadata"] |= {"annotations": {"deployment.kubernetes.io/revision": "1"}, "labels": {"a": "b"}}

    resource(refs.DEPLOYMENTS).prepare_status_update(new, old)

    assert new["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    assert "labels" not in new["metadata"]


def test_a_service_keeps_the_addresses_and_node_ports_that_an_update_leaves_out() -> None:
    port = {"port": 80, "protocol": "TCP", "targetPort": 80}
    old = written(refs.SERVICES, spec={"type": "NodePort", "ports": [port]})
    old["spec"] |= {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]}
    old["spec"]["ports"] = [port | {"nodePort": 30080}]

    new = updated(refs.SERVICES, old, spec={"type": "NodePort", "ports": [dict(port)]})

    assert new["spec"]["clusterIPs"] == ["10.0.0.1"]
    assert new["spec"]["ports"][0]["nodePort"] == 30080


def test_a_job_selects_its_pods_by_its_own_uid() -> None:
    job = written(refs.JOBS, spec={"template": _TEMPLATE})

    assert job["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": "u-1"}}
    assert job["spec"]["template"]["metadata"]["labels"] == {
        "a": "b",
        "batch.kubernetes.io/controller-uid": "u-1",
        "batch.kubernetes.io/job-name": "x",
        "controller-uid": "u-1",
        "job-name": "x",
    }


def test_a_job_with_a_manual_selector_keeps_it() -> None:
    selector = {"matchLabels": {"a": "b"}}

    job = written(refs.JOBS, spec={"template": _TEMPLATE, "manualSelector": True, "selector": selector})

    assert job["spec"]["selector"] == selector


def test_a_namespace_is_held_by_its_spec_finalizer() -> None:
    namespace = written(refs.NAMESPACES)

    assert namespace["spec"] == {"finalizers": ["kubernetes"]}
    assert updated(refs.NAMESPACES, namespace, spec={})["spec"] == {"finalizers": ["kubernetes"]}


def test_a_definition_remembers_every_version_that_was_stored() -> None:
    names = {"plural": "tabs", "kind": "Tab"}
    versions = [{"name": "v1", "served": True, "storage": True}]
    old = written(
        refs.CUSTOM_RESOURCE_DEFINITIONS, spec={"group": "g.io", "names": names, "versions": versions}
    )

    later = [
        {"name": "v1", "served": True, "storage": False},
        {"name": "v2", "served": True, "storage": True},
    ]
    new = updated(refs.CUSTOM_RESOURCE_DEFINITIONS, old, spec=old["spec"] | {"versions": later})

    assert old["status"]["storedVersions"] == ["v1"]
    assert new["status"]["storedVersions"] == ["v1", "v2"]


_CPU = {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
        ({"limits": _CPU}, "Guaranteed"),
        ({"limits": _CPU, "requests": {"cpu": "1000m", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": _CPU, "requests": {"cpu": "500m"}}, "Burstable"),
    ],
)
def test_the_quality_of_service_follows_from_requests_and_limits(resources: Object, quality: str) -> None:
    pod = written(refs.PODS, spec={"containers": [{"name": "c", "image": "i:1", "resources": resources}]})

    assert pod["status"]["qosClass"] == quality
