"""Namespaces: what they are born with, and how they go."""

from __future__ import annotations

from fake_cluster.controllers.service_account import AUTHORITY
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    SERVICE_ACCOUNTS,
    SERVICES,
)
from fake_cluster.objects import Key, Object, ResourceRef, condition
from fake_cluster.pki import authority
from tests.controllers.workloads import Lab, named, workload


def new(lab: Lab, name: str = "shop") -> None:
    lab.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


def inside(obj: Object, namespace: str = "shop") -> Object:
    return obj | {"metadata": obj["metadata"] | {"namespace": namespace}}


def names(lab: Lab, ref: ResourceRef, namespace: str = "shop") -> list[str]:
    return [obj["metadata"]["name"] for obj in lab.client.list(ref, namespace)]


def test_a_namespace_is_born_with_a_service_account_and_the_root_certificate(lab: Lab) -> None:
    new(lab)
    assert names(lab, SERVICE_ACCOUNTS) == ["default"]
    assert names(lab, CONFIG_MAPS) == ["kube-root-ca.crt"]
    root = lab.client.get(CONFIG_MAPS, "kube-root-ca.crt", "shop")
    assert root["data"] == {"ca.crt": AUTHORITY}
    assert "kubernetes.io/description" in root["metadata"]["annotations"]


def test_the_root_certificate_is_the_clusters_authority() -> None:
    assert authority(0, "kubernetes").pem == AUTHORITY


def test_what_a_namespace_is_born_with_comes_back_when_it_is_deleted_or_changed(lab: Lab) -> None:
    lab.delete(SERVICE_ACCOUNTS, "default")
    lab.patch(CONFIG_MAPS, "kube-root-ca.crt", {"data": {"ca.crt": "forged"}})
    assert "default" in lab.names(SERVICE_ACCOUNTS)
    assert lab.get(CONFIG_MAPS, "kube-root-ca.crt")["data"] == {"ca.crt": AUTHORITY}


def test_a_deleted_namespace_takes_everything_in_it_along(lab: Lab) -> None:
    new(lab)
    lab.create(DEPLOYMENTS, inside(workload("Deployment", replicas=2)))
    lab.create(SERVICES, inside(named("v1", "Service", "web", spec={"ports": [{"port": 80}]})))
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    lab.create(PERSISTENT_VOLUME_CLAIMS, inside(named("v1", "PersistentVolumeClaim", "data", spec=spec)))
    lab.delete(NAMESPACES, "shop")
    lab.cluster.advance(10)
    assert lab.find(NAMESPACES, "shop") is None
    for ref in (DEPLOYMENTS, PODS, SERVICES, PERSISTENT_VOLUME_CLAIMS, CONFIG_MAPS, SERVICE_ACCOUNTS):
        assert names(lab, ref) == []


def test_other_namespaces_are_not_touched(lab: Lab) -> None:
    new(lab)
    new(lab, "stays")
    lab.create(CONFIG_MAPS, inside(named("v1", "ConfigMap", "kept"), "stays"))
    lab.delete(NAMESPACES, "shop")
    lab.cluster.advance(10)
    assert names(lab, CONFIG_MAPS, "stays") == ["kept", "kube-root-ca.crt"]


def test_what_is_held_by_a_finalizer_holds_the_namespace_which_says_so(lab: Lab) -> None:
    new(lab)
    held = inside(named("v1", "ConfigMap", "held"))
    held["metadata"]["finalizers"] = ["example.com/hold"]
    lab.create(CONFIG_MAPS, held)
    lab.delete(NAMESPACES, "shop")
    lab.cluster.advance(20)
    namespace = lab.get(NAMESPACES, "shop")
    assert namespace["status"]["phase"] == "Terminating"
    remaining = condition(namespace, "NamespaceContentRemaining")
    finalizing = condition(namespace, "NamespaceFinalizersRemaining")
    assert remaining is not None
    assert finalizing is not None
    assert (remaining["status"], remaining["reason"], remaining["message"]) == (
        "True",
        "SomeResourcesRemain",
        "Some resources are remaining: configmaps. has 1 resource instances",
    )
    assert finalizing["message"] == (
        "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"
    )
    lab.client.patch(CONFIG_MAPS, "held", {"metadata": {"finalizers": None}}, "shop")
    lab.cluster.advance(10)
    assert lab.find(NAMESPACES, "shop") is None


def test_running_pods_are_given_time_to_end(lab: Lab) -> None:
    new(lab)
    lab.create(DEPLOYMENTS, inside(workload("Deployment", replicas=1)))
    pods = list(lab.client.list(PODS, "shop"))
    lab.make_ready(pods)
    lab.delete(NAMESPACES, "shop")
    lab.cluster.advance(10)
    assert lab.find(NAMESPACES, "shop") is not None
    lab.let_terminated_go()
    lab.cluster.advance(10)
    assert lab.find(NAMESPACES, "shop") is None


def test_a_namespace_can_be_made_again_under_the_same_name(lab: Lab) -> None:
    new(lab)
    lab.delete(NAMESPACES, "shop")
    lab.cluster.advance(10)
    new(lab)
    assert names(lab, SERVICE_ACCOUNTS) == ["default"]
    lab.cluster.manager.enqueue("namespace-controller", Key("", "shop"))
    lab.cluster.advance(10)
    assert lab.get(NAMESPACES, "shop")["status"]["phase"] == "Active"
