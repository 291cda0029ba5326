"""Ownership as clients of the API see it, with the real schemas."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from fake_cluster.api import Api
from fake_cluster.errors import ApiError
from fake_cluster.kinds import Kinds, refs
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, ResourceRef, copy_of
from fake_cluster.store import Store

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "x", "namespace": "ns", "labels": {"app": "x"}},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "x"}},
        "template": {
            "metadata": {"labels": {"app": "x"}},
            "spec": {"containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80}]}]},
        },
    },
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "x", "namespace": "ns"},
    "spec": {"selector": {"app": "x"}, "ports": [{"port": 80}]},
}


class Cluster:
    """An API with a namespace and a clock."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.api = Api(Kinds(), Store(), self.clock, Random(0))
        self.client("admin").create(refs.NAMESPACES, {"metadata": {"name": "ns"}})

    def client(self, agent: str) -> DirectClient:
        return DirectClient(self.api, agent)

    def owners(self, ref: ResourceRef = refs.DEPLOYMENTS) -> dict[str, Any]:
        entries = self.client("reader").get(ref, "x", "ns")["metadata"].get("managedFields", [])
        return {"/".join(filter(None, (e["manager"], e.get("subresource")))): e["fieldsV1"] for e in entries}


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def with_replicas(count: int) -> Object:
    obj = copy_of(DEPLOYMENT)
    obj["spec"]["replicas"] = count
    return obj


def test_a_created_deployment_belongs_to_its_creator_defaults_included(cluster: Cluster) -> None:
    cluster.client("kubectl-create").create(refs.DEPLOYMENTS, DEPLOYMENT)
    assert cluster.owners() == {
        "kubectl-create": {
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
            "f:spec": {
                "f:progressDeadlineSeconds": {},
                "f:replicas": {},
                "f:revisionHistoryLimit": {},
                "f:selector": {},
                "f:strategy": {
                    "f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}},
                    "f:type": {},
                },
                "f:template": {
                    "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                    "f:spec": {
                        "f:containers": {
                            'k:{"name":"c"}': {
                                ".": {},
                                "f:image": {},
                                "f:imagePullPolicy": {},
                                "f:name": {},
                                "f:ports": {
                                    ".": {},
                                    'k:{"containerPort":80,"protocol":"TCP"}': {
                                        ".": {},
                                        "f:containerPort": {},
                                        "f:protocol": {},
                                    },
                                },
                                "f:resources": {},
                                "f:terminationMessagePath": {},
                                "f:terminationMessagePolicy": {},
                            }
                        },
                        "f:dnsPolicy": {},
                        "f:restartPolicy": {},
                        "f:schedulerName": {},
                        "f:securityContext": {},
                        "f:terminationGracePeriodSeconds": {},
                    },
                },
            },
        }
    }


def test_nobody_owns_what_the_server_gives_a_service(cluster: Cluster) -> None:
    cluster.client("kubectl-create").create(refs.SERVICES, SERVICE)
    owned = cluster.owners(refs.SERVICES)["kubectl-create"]
    assert set(owned["f:spec"]) == {
        "f:internalTrafficPolicy", "f:ports", "f:selector", "f:sessionAffinity", "f:type",
    }  # fmt: skip


def test_keys_of_applied_ports_have_their_defaults(cluster: Cluster) -> None:
    cluster.client("operator").apply(refs.SERVICES, SERVICE, manager="operator")
    assert cluster.owners(refs.SERVICES)["operator"]["f:spec"]["f:ports"] == {
        'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}
    }


def test_applying_the_same_again_writes_nothing(cluster: Cluster) -> None:
    client = cluster.client("operator")
    first = client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator")
    cluster.clock.advance_to(cluster.clock.now() + 60)
    again = client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator")
    assert again == first
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_a_patch_takes_a_field_and_the_applier_gets_a_conflict(cluster: Cluster) -> None:
    client = cluster.client("operator")
    client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator")
    cluster.client("kubectl-patch").patch(refs.DEPLOYMENTS, "x", {"spec": {"replicas": 5}}, "ns")
    with pytest.raises(ApiError) as refused:
        client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator", force=False)
    assert refused.value.message == (
        'Apply failed with 1 conflict: conflict with "kubectl-patch" using apps/v1: .spec.replicas'
    )
    client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator", force=True)
    assert "kubectl-patch" not in cluster.owners()


def test_what_an_operator_applies_no_more_goes(cluster: Cluster) -> None:
    client = cluster.client("operator")
    more = copy_of(DEPLOYMENT)
    more["metadata"]["annotations"] = {"a": "1"}
    more["spec"]["template"]["spec"]["containers"].append({"name": "sidecar", "image": "s"})
    client.apply(refs.DEPLOYMENTS, more, manager="operator")
    after = client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator")
    assert "annotations" not in after["metadata"]
    assert [c["name"] for c in after["spec"]["template"]["spec"]["containers"]] == ["c"]


def test_status_writers_own_status_alone(cluster: Cluster) -> None:
    cluster.client("operator").apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator")
    controller = cluster.client("controller")
    obj = copy_of(controller.get(refs.DEPLOYMENTS, "x", "ns"))
    obj["spec"]["replicas"] = 9
    obj["status"] = {"replicas": 1, "observedGeneration": 1}
    controller.replace(refs.DEPLOYMENTS, obj, subresource="status")
    assert cluster.owners()["controller/status"] == {
        "f:status": {"f:replicas": {}, "f:observedGeneration": {}}
    }
    assert cluster.owners()["operator"]["f:spec"]["f:replicas"] == {}


def test_an_unknown_field_in_a_configuration_is_refused(cluster: Cluster) -> None:
    config = copy_of(DEPLOYMENT)
    config["spec"]["foo"] = 1
    with pytest.raises(ApiError) as refused:
        cluster.client("operator").apply(refs.DEPLOYMENTS, config, manager="operator")
    assert (refused.value.code, refused.value.message) == (
        500,
        "failed to create typed patch object (ns/x; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema",
    )


@pytest.mark.parametrize("requested", [[], [{}]], ids=str)
def test_an_update_can_make_an_object_forget_its_owners(cluster: Cluster, requested: list[Object]) -> None:
    client = cluster.client("operator")
    obj = copy_of(client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator"))
    obj["metadata"]["managedFields"] = requested
    client.replace(refs.DEPLOYMENTS, obj)
    assert cluster.owners() == {}
    client.apply(refs.DEPLOYMENTS, with_replicas(3), manager="operator", force=True)
    assert set(cluster.owners()) == {"operator", "before-first-apply"}


def test_an_update_without_owners_keeps_them(cluster: Cluster) -> None:
    client = cluster.client("operator")
    obj = copy_of(client.apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator"))
    del obj["metadata"]["managedFields"]
    obj["spec"]["paused"] = True
    cluster.client("editor").replace(refs.DEPLOYMENTS, obj)
    assert cluster.owners()["editor"] == {"f:spec": {"f:paused": {}}}
    assert cluster.owners()["operator"]["f:spec"]["f:replicas"] == {}


def test_scaling_is_owned_under_the_subresource(cluster: Cluster) -> None:
    cluster.client("operator").apply(refs.DEPLOYMENTS, DEPLOYMENT, manager="operator")
    cluster.client("scaler").patch(
        refs.DEPLOYMENTS, "x", {"spec": {"replicas": 4}}, "ns", subresource="scale"
    )
    assert cluster.owners()["scaler/scale"] == {"f:spec": {"f:replicas": {}}}
    assert "f:replicas" not in cluster.owners()["operator"]["f:spec"]
