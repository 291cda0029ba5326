"""DaemonSets: a Pod on each node that the template allows."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.controllers.daemon_set import node_of
from fake_cluster.controllers.node_fit import is_selected, tolerates
from fake_cluster.kinds.refs import DAEMON_SETS, NODES
from fake_cluster.objects import Object
from tests.controllers.workloads import Lab, template, workload


def run(lab: Lab, **spec: Any) -> None:
    lab.create(DAEMON_SETS, workload("DaemonSet", **spec))


def nodes(lab: Lab) -> list[str]:
    return sorted(node_of(pod) for pod in lab.pods())


def start_all(lab: Lab) -> None:
    for pod in lab.pods():
        if not pod["spec"].get("nodeName"):
            lab.bind(pod, node_of(pod))
    lab.make_ready()


def status(lab: Lab) -> Object:
    found: Object = lab.get(DAEMON_SETS, "web")["status"]
    return found


def test_every_node_has_a_pod_and_new_nodes_get_one(lab: Lab) -> None:
    run(lab)
    assert nodes(lab) == ["worker"]
    lab.add_node("second")
    lab.cluster.settle()
    assert nodes(lab) == ["second", "worker"]
    start_all(lab)
    assert status(lab) == {
        "observedGeneration": 1,
        "currentNumberScheduled": 2,
        "desiredNumberScheduled": 2,
        "numberMisscheduled": 0,
        "numberReady": 2,
        "numberAvailable": 2,
        "updatedNumberScheduled": 2,
    }


def test_its_pods_tolerate_nodes_in_trouble(lab: Lab) -> None:
    run(lab)
    keys = {item["key"] for item in lab.pods()[0]["spec"]["tolerations"]}
    assert {"node.kubernetes.io/unschedulable", "node.kubernetes.io/disk-pressure"} <= keys


def test_a_node_selector_and_taints_keep_pods_away(lab: Lab) -> None:
    lab.add_node("gpu", {"gpu": "true"})
    lab.add_node("tainted", {"gpu": "true"}, taints=[{"key": "keep", "value": "out", "effect": "NoSchedule"}])
    run(lab, template=template(nodeSelector={"gpu": "true"}))
    assert nodes(lab) == ["gpu"]


def test_a_pod_leaves_a_node_that_does_not_match_any_more(lab: Lab) -> None:
    run(lab, template=template(nodeSelector={"gpu": "true"}))
    lab.patch(NODES, "worker", {"metadata": {"labels": {"gpu": "true"}}})
    assert nodes(lab) == ["worker"]
    lab.patch(NODES, "worker", {"metadata": {"labels": {"gpu": None}}})
    assert nodes(lab) == []


def test_an_ended_pod_is_replaced(lab: Lab) -> None:
    run(lab)
    [pod] = lab.pods()
    lab.finish([pod], "Failed")
    lab.let_terminated_go()
    [fresh] = lab.pods()
    assert fresh["metadata"]["uid"] != pod["metadata"]["uid"]


def test_an_update_replaces_one_pod_after_the_other(lab: Lab) -> None:
    for name in ("second", "third"):
        lab.add_node(name)
    run(lab)
    start_all(lab)
    lab.patch(DAEMON_SETS, "web", {"spec": {"template": template("nginx:2")}})
    for done in (1, 2, 3):
        lab.let_terminated_go()
        images = [pod["spec"]["containers"][0]["image"] for pod in lab.pods()]
        assert images.count("nginx:2") == done
        start_all(lab)
    assert status(lab)["updatedNumberScheduled"] == 3


def test_with_on_delete_pods_stay_as_they_are(lab: Lab) -> None:
    run(lab, updateStrategy={"type": "OnDelete"})
    start_all(lab)
    lab.patch(DAEMON_SETS, "web", {"spec": {"template": template("nginx:2")}})
    assert lab.pods()[0]["spec"]["containers"][0]["image"] == "nginx:1"
    assert "updatedNumberScheduled" not in status(lab)


NODE = {"metadata": {"name": "n", "labels": {"zone": "a", "cores": "8"}}}


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ({"key": "zone", "operator": "In", "values": ["a", "b"]}, True),
        ({"key": "zone", "operator": "NotIn", "values": ["a"]}, False),
        ({"key": "rack", "operator": "Exists"}, False),
        ({"key": "rack", "operator": "DoesNotExist"}, True),
        ({"key": "cores", "operator": "Gt", "values": ["4"]}, True),
        ({"key": "cores", "operator": "Lt", "values": ["4"]}, False),
        ({"key": "zone", "operator": "Gt", "values": ["4"]}, False),
    ],
)
def test_required_node_affinity_is_understood(expression: Object, *, selected: bool) -> None:
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    assert is_selected({"affinity": affinity}, NODE) is selected


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "k", "operator": "Exists", "effect": "NoSchedule"}, True),
        ({"key": "k", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "k", "operator": "Equal", "value": "v"}, True),
        ({"key": "k", "value": "other"}, False),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_tolerations_are_for_keys_values_and_effects(toleration: Object, *, tolerated: bool) -> None:
    taint = {"key": "k", "value": "v", "effect": "NoSchedule"}
    assert tolerates([toleration], taint) is tolerated
