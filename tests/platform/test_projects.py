"""Projects that bind their Pods to nodes."""

from __future__ import annotations

import json

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import NAMESPACES, PODS
from fake_cluster.objects import Object

INFRA = "node-role.kubernetes.io/infra"
TROUBLES = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]


def annotate(cluster: FakeCluster, *, selector: str | None = None, tolerations: object = None) -> None:
    text = tolerations if isinstance(tolerations, str) else json.dumps(tolerations or [])
    annotations = {"scheduler.alpha.kubernetes.io/defaultTolerations": text}
    annotations |= {} if selector is None else {"openshift.io/node-selector": selector}
    cluster.client().patch(NAMESPACES, "shop", {"metadata": {"annotations": annotations}})


def pod(cluster: FakeCluster, **spec: object) -> Object:
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"containers": [{"name": "web", "image": "web:1"}], **spec},
    }
    created: Object = cluster.client().create(PODS, body)["spec"]
    return created


def toleration(key: str = INFRA, **more: object) -> Object:
    return {"key": key, "operator": "Exists", "effect": "NoSchedule", **more}


def test_the_projects_node_selector_is_added_to_that_of_its_pods(openshift: FakeCluster) -> None:
    annotate(openshift, selector=f"{INFRA}=, zone=east")
    assert pod(openshift, nodeSelector={"disk": "ssd"})["nodeSelector"] == {
        "disk": "ssd",
        INFRA: "",
        "zone": "east",
    }


def test_a_pod_that_wants_other_nodes_is_refused(openshift: FakeCluster) -> None:
    annotate(openshift, selector="zone=east")
    with pytest.raises(ApiError) as caught:
        pod(openshift, nodeSelector={"zone": "west"})
    assert caught.value.code == 403
    assert caught.value.message == (
        'pods "web" is forbidden: pod node label selector conflicts with its project node label selector'
    )


def test_the_projects_tolerations_come_before_those_of_its_pods(openshift: FakeCluster) -> None:
    annotate(openshift, tolerations=[toleration()])
    own = toleration("example.com/own")
    keys = [item["key"] for item in pod(openshift, tolerations=[own])["tolerations"]]
    assert keys == [INFRA, "example.com/own", *TROUBLES]


@pytest.mark.parametrize(
    ("default", "own", "kept"),
    [
        (toleration(), toleration(), toleration()),
        (toleration(), toleration(operator="Equal", value="x"), toleration()),
        (toleration(operator="Equal", value="x"), {"key": INFRA, "operator": "Exists"}, {"key": INFRA}),
    ],
)
def test_of_two_tolerations_the_wider_one_is_kept(
    openshift: FakeCluster, default: Object, own: Object, kept: Object
) -> None:
    annotate(openshift, tolerations=[default])
    found = [item for item in pod(openshift, tolerations=[own])["tolerations"] if item["key"] == INFRA]
    assert found == [{"operator": "Exists", **kept}]


def test_projects_without_such_annotations_change_nothing(openshift: FakeCluster) -> None:
    spec = pod(openshift)
    assert "nodeSelector" not in spec
    assert [item["key"] for item in spec["tolerations"]] == TROUBLES


@pytest.mark.parametrize(
    ("selector", "tolerations"), [("zone in (a)", []), ("=x", []), (None, "none"), (None, '{"key": "x"}')]
)
def test_annotations_that_cannot_be_read_are_named(
    openshift: FakeCluster, selector: str | None, tolerations: object
) -> None:
    annotate(openshift, selector=selector, tolerations=tolerations)
    with pytest.raises(ApiError, match="of its project") as caught:
        pod(openshift)
    assert caught.value.code == 403


def test_on_plain_kubernetes_the_annotations_mean_nothing() -> None:
    with FakeCluster(run_nodes=False) as cluster:
        cluster.client().create(NAMESPACES, {"metadata": {"name": "shop"}})
        cluster.settle()
        annotate(cluster, selector="zone=east")
        assert "nodeSelector" not in pod(cluster)
