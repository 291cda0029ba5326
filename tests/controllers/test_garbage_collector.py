"""The garbage collector: what goes with its owners, and what stays."""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    CUSTOM_RESOURCE_DEFINITIONS,
    DEPLOYMENTS,
    NAMESPACES,
    PODS,
    REPLICA_SETS,
    SECRETS,
)
from fake_cluster.objects import Object, ResourceRef
from tests.controllers.workloads import Lab, named, workload

WIDGETS = ResourceRef("example.com", "v1", "widgets", "Widget")


def reference(owner: Object, **more: Any) -> Object:
    meta = owner["metadata"]
    head = {"apiVersion": owner["apiVersion"], "kind": owner["kind"]}
    return {**head, "name": meta["name"], "uid": meta["uid"], **more}


def config_map(lab: Lab, name: str, *owners: Object, finalizers: list[str] | None = None) -> Object:
    obj = named("v1", "ConfigMap", name)
    obj["metadata"] |= {"ownerReferences": list(owners), "finalizers": finalizers or []}
    return lab.create(CONFIG_MAPS, obj) | {"apiVersion": "v1", "kind": "ConfigMap"}


def ours(lab: Lab) -> list[str]:
    return [name for name in lab.names(CONFIG_MAPS) if name != "kube-root-ca.crt"]


def test_dependents_go_when_their_owner_has_gone(lab: Lab) -> None:
    owner = config_map(lab, "owner")
    child = config_map(lab, "child", reference(owner))
    config_map(lab, "grandchild", reference(child))
    lab.delete(CONFIG_MAPS, "owner")
    assert ours(lab) == []


def test_a_dependent_with_another_owner_stays_and_forgets_the_absent_one(lab: Lab) -> None:
    first, second = config_map(lab, "first"), config_map(lab, "second")
    config_map(lab, "child", reference(first), reference(second))
    lab.delete(CONFIG_MAPS, "first")
    assert [item["name"] for item in lab.get(CONFIG_MAPS, "child")["metadata"]["ownerReferences"]] == [
        "second"
    ]


def test_an_owner_of_the_same_name_but_another_uid_does_not_count(lab: Lab) -> None:
    owner = config_map(lab, "owner")
    config_map(lab, "child", reference(owner) | {"uid": "11111111-2222-3333-4444-555555555555"})
    assert ours(lab) == ["owner"]


def test_a_dependent_that_is_created_after_its_owner_has_gone_goes_too(lab: Lab) -> None:
    owner = config_map(lab, "owner")
    lab.delete(CONFIG_MAPS, "owner")
    config_map(lab, "child", reference(owner))
    assert ours(lab) == []


def test_an_owner_of_a_kind_that_nobody_knows_is_left_in_peace(lab: Lab) -> None:
    stranger = {"apiVersion": "example.org/v1", "kind": "Stranger", "name": "x", "uid": "1"}
    config_map(lab, "child", stranger)
    assert ours(lab) == ["child"]


def test_orphaning_takes_the_reference_and_leaves_the_dependents(lab: Lab) -> None:
    owner = config_map(lab, "owner")
    config_map(lab, "child", reference(owner))
    lab.delete(CONFIG_MAPS, "owner", propagation="Orphan")
    assert ours(lab) == ["child"]
    assert "ownerReferences" not in lab.get(CONFIG_MAPS, "child")["metadata"]


def test_in_the_foreground_the_owner_waits_for_dependents_that_block(lab: Lab) -> None:
    owner = config_map(lab, "owner")
    config_map(lab, "child", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/hold"])
    lab.delete(CONFIG_MAPS, "owner", propagation="Foreground")
    assert ours(lab) == ["child", "owner"]
    assert "deletionTimestamp" in lab.get(CONFIG_MAPS, "child")["metadata"]
    lab.patch(CONFIG_MAPS, "child", {"metadata": {"finalizers": None}})
    assert ours(lab) == []


def test_in_the_foreground_dependents_that_do_not_block_may_take_their_time(lab: Lab) -> None:
    owner = config_map(lab, "owner")
    config_map(lab, "child", reference(owner), finalizers=["example.com/hold"])
    lab.delete(CONFIG_MAPS, "owner", propagation="Foreground")
    assert ours(lab) == ["child"]
    assert "deletionTimestamp" in lab.get(CONFIG_MAPS, "child")["metadata"]


def test_a_deployment_deleted_in_the_foreground_goes_after_its_last_pod(lab: Lab) -> None:
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=2))
    lab.make_ready()
    lab.delete(DEPLOYMENTS, "web", propagation="Foreground")
    assert lab.names(DEPLOYMENTS) == ["web"]
    assert len(lab.names(REPLICA_SETS)) == 1
    assert lab.pods() == []
    lab.let_terminated_go()
    assert lab.names(DEPLOYMENTS) + lab.names(REPLICA_SETS) + lab.names(PODS) == []


def test_an_owner_in_another_namespace_is_absent_and_warned_of(lab: Lab) -> None:
    lab.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "far"}})
    far = named("v1", "ConfigMap", "owner")
    far["metadata"]["namespace"] = "far"
    owner = lab.create(CONFIG_MAPS, far) | {"apiVersion": "v1", "kind": "ConfigMap"}
    config_map(lab, "child", reference(owner))
    assert ours(lab) == []
    assert lab.messages("OwnerRefInvalidNamespace")[0].endswith('does not exist in namespace "default"')


def widgets(lab: Lab) -> None:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    definition = named(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com", spec=spec
    )
    del definition["metadata"]["namespace"]
    lab.create(CUSTOM_RESOURCE_DEFINITIONS, definition)


def test_custom_resources_own_and_are_owned_as_soon_as_they_are_defined(lab: Lab) -> None:
    widgets(lab)
    owner = lab.create(WIDGETS, named("example.com/v1", "Widget", "owner"))
    secret = named("v1", "Secret", "child")
    secret["metadata"]["ownerReferences"] = [reference(owner)]
    lab.create(SECRETS, secret)
    dependent = named("example.com/v1", "Widget", "dependent")
    dependent["metadata"]["ownerReferences"] = [reference(owner)]
    lab.create(WIDGETS, dependent)
    lab.delete(WIDGETS, "owner")
    assert lab.names(WIDGETS) == []
    assert lab.names(SECRETS) == []


def test_objects_without_owners_are_never_touched(lab: Lab) -> None:
    config_map(lab, "free")
    before = lab.cluster.api.store.revision
    lab.cluster.advance(600)
    assert lab.cluster.api.store.revision == before
