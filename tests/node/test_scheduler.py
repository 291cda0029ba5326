"""Where Pods are placed, and what is said about those that fit nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import NODES, PODS
from fake_cluster.node.specs import NodeSpec
from fake_cluster.objects import Object, condition
from tests.node.conftest import Lab, container, pod

SMALL = {"cpu": "2", "memory": "4Gi", "pods": "10"}
HOSTNAME = "kubernetes.io/hostname"


@pytest.fixture
def lab() -> Lab:
    nodes = [
        NodeSpec("plain", capacity=SMALL),
        NodeSpec("gpu", labels={"gpu": "yes", "zone": "a"}, capacity=SMALL),
        NodeSpec(
            "tainted", taints=[{"key": "special", "value": "true", "effect": "NoSchedule"}], capacity=SMALL
        ),
        NodeSpec("cordoned", unschedulable=True, capacity=SMALL),
    ]
    return Lab(FakeCluster(nodes=nodes))


def asks(cpu: str) -> list[Object]:
    return [container(resources={"requests": {"cpu": cpu}})]


def refusal(lab: Lab, name: str = "p") -> str:
    lab.cluster.settle()
    found = condition(lab.pod(name), "PodScheduled")
    assert found is not None
    assert (found["status"], found["reason"]) == ("False", "Unschedulable")
    return str(found["message"])


def in_terms(*expressions: Object) -> Object:
    terms = [{"matchExpressions": list(expressions)}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"nodeAffinity": required}


def among_pods(kind: str, app: str, key: str = HOSTNAME) -> Object:
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}
    return {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def create(lab: Lab, name: str, app: str, **spec: Any) -> str:
    lab.client.create(PODS, pod(name, labels={"app": app}, **spec))
    return lab.node_of(name)


def test_a_node_selector_chooses_the_node(lab: Lab) -> None:
    lab.create(nodeSelector={"gpu": "yes"})
    assert lab.node_of("p") == "gpu"


def test_a_pod_that_fits_nowhere_stays_pending_with_the_schedulers_reasons(lab: Lab) -> None:
    lab.create(nodeSelector={"gpu": "no"})
    assert refusal(lab) == (
        "0/4 nodes are available: 1 node(s) had untolerated taint {special: true}, "
        "1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector. "
        "preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    assert lab.phase() == "Pending"
    assert lab.events() == ["FailedScheduling"]


def test_too_large_requests_are_refused_by_resource(lab: Lab) -> None:
    lab.create(containers=asks("3"))
    assert "2 Insufficient cpu" in refusal(lab)
    lab.create("q", containers=[container(resources={"requests": {"cpu": "3", "memory": "1Ti"}})])
    assert "2 Insufficient cpu, 2 Insufficient memory" in refusal(lab, "q")


def test_what_pods_ask_for_is_taken_from_the_node(lab: Lab) -> None:
    for name in ("a", "b"):
        lab.create(name, containers=asks("1500m"))
        assert lab.node_of(name) in {"plain", "gpu"}
    lab.create(containers=asks("1"))
    assert "2 Insufficient cpu" in refusal(lab)
    assert "2 No preemption victims found for incoming pod, 2 Preemption is not helpful" in refusal(lab)


def test_a_pod_is_placed_when_another_one_leaves(lab: Lab) -> None:
    for name in ("a", "b"):
        lab.create(name, containers=asks("2"))
    lab.create(containers=asks("1"))
    refusal(lab)
    lab.client.delete(PODS, "a", "default")
    lab.until_ready()


def test_a_pod_is_placed_when_a_node_is_added(lab: Lab) -> None:
    lab.create(containers=asks("16"))
    refusal(lab)
    lab.cluster.add_node(NodeSpec("large"))
    lab.until_ready()
    assert lab.node_of("p") == "large"


def test_a_pod_is_placed_when_a_node_is_uncordoned(lab: Lab) -> None:
    lab.create(nodeSelector={HOSTNAME: "cordoned"})
    refusal(lab)
    lab.client.patch(NODES, "cordoned", {"spec": {"unschedulable": None}})
    lab.until_ready()


def test_a_toleration_opens_a_tainted_node(lab: Lab) -> None:
    tolerations = [{"key": "special", "operator": "Exists"}]
    lab.create(nodeSelector={HOSTNAME: "tainted"}, tolerations=tolerations)
    assert lab.node_of("p") == "tainted"


@pytest.mark.parametrize(
    ("expression", "nodes"),
    [
        ({"key": "gpu", "operator": "In", "values": ["yes", "maybe"]}, {"gpu"}),
        ({"key": "gpu", "operator": "NotIn", "values": ["yes"]}, {"plain"}),
        ({"key": "gpu", "operator": "DoesNotExist"}, {"plain"}),
        ({"key": "gpu", "operator": "Exists"}, {"gpu"}),
        ({"key": "gpu", "operator": "Gt", "values": ["3"]}, {""}),
    ],
)
def test_required_node_affinity_is_obeyed(lab: Lab, expression: Object, nodes: set[str]) -> None:
    lab.create(affinity=in_terms(expression))
    assert {lab.node_of("p")} == nodes


def test_preferred_node_affinity_is_followed_where_possible(lab: Lab) -> None:
    preference = {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}
    preferred = {
        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 10, "preference": preference}]
    }
    for name in "abc":
        lab.create(name, containers=asks("1"), affinity={"nodeAffinity": preferred})
    assert [lab.node_of(name) for name in "abc"] == ["gpu", "gpu", "plain"]


def test_pods_that_repel_each_other_are_on_different_nodes(lab: Lab) -> None:
    nodes = [create(lab, name, "web", affinity=among_pods("podAntiAffinity", "web")) for name in "ab"]
    assert sorted(nodes) == ["gpu", "plain"]
    create(lab, "p", "web", affinity=among_pods("podAntiAffinity", "web"))
    assert "2 node(s) didn't match pod anti-affinity rules" in refusal(lab)


def test_a_pod_that_others_do_not_want_near_them_goes_elsewhere(lab: Lab) -> None:
    for name in "ab":
        create(lab, name, "shy", affinity=among_pods("podAntiAffinity", "loud"), containers=asks("1500m"))
    create(lab, "p", "loud")
    assert "2 node(s) didn't satisfy existing pods anti-affinity rules" in refusal(lab)


def test_a_pod_goes_where_the_pods_are_that_it_wants_near_it(lab: Lab) -> None:
    place = create(lab, "db", "db", nodeSelector={"gpu": "yes"})
    assert create(lab, "web", "web", affinity=among_pods("podAffinity", "db")) == place
    create(lab, "p", "web", affinity=among_pods("podAffinity", "nobody"))
    assert "2 node(s) didn't match pod affinity rules" in refusal(lab)


def test_a_group_that_wants_to_be_together_may_begin_anywhere(lab: Lab) -> None:
    nodes = {create(lab, name, "web", affinity=among_pods("podAffinity", "web")) for name in "abc"}
    assert len(nodes) == 1
    assert "" not in nodes


def test_preferred_anti_affinity_spreads_pods(lab: Lab) -> None:
    term = {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": HOSTNAME}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    affinity = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    nodes = [create(lab, name, "web", affinity=affinity, containers=asks("100m")) for name in "abcd"]
    assert sorted(nodes) == ["gpu", "gpu", "plain", "plain"]


def test_a_topology_spread_constraint_is_obeyed(lab: Lab) -> None:
    constraint = {
        "maxSkew": 1,
        "topologyKey": HOSTNAME,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    create(lab, "big", "big", containers=asks("2"), nodeSelector={HOSTNAME: "plain"})
    spread = {"topologySpreadConstraints": [constraint], "containers": asks("100m")}
    assert create(lab, "a", "web", **spread) == "gpu"
    create(lab, "p", "web", **spread)
    assert "1 node(s) didn't match pod topology spread constraints" in refusal(lab)


def test_a_node_takes_no_more_pods_than_it_can(lab: Lab) -> None:
    for number in range(20):
        lab.create(f"p{number}")
    lab.create("p20")
    assert "2 Too many pods" in refusal(lab, "p20")


def test_pods_that_take_the_same_port_of_the_host_are_on_different_nodes(lab: Lab) -> None:
    ports = [container(ports=[{"containerPort": 80, "hostPort": 80}])]
    assert {create(lab, name, "web", containers=ports) for name in "ab"} == {"plain", "gpu"}
    create(lab, "p", "web", containers=ports)
    assert "2 node(s) didn't have free ports for the requested pod ports" in refusal(lab)


def test_a_missing_claim_is_named(lab: Lab) -> None:
    lab.create(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    assert refusal(lab) == (
        '0/4 nodes are available: persistentvolumeclaim "data" not found. '
        "preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )


def test_without_nodes_there_is_nowhere_to_go() -> None:
    lab = Lab(FakeCluster(nodes=0))
    lab.create()
    assert refusal(lab) == "no nodes available to schedule pods"


def test_a_pod_of_another_scheduler_is_left_alone(lab: Lab) -> None:
    lab.create(schedulerName="mine")
    assert lab.node_of("p") == ""
    assert lab.events() == []


def test_a_gated_pod_waits_for_its_gates(lab: Lab) -> None:
    lab.create(schedulingGates=[{"name": "example.com/wait"}])
    assert lab.node_of("p") == ""
    lab.client.patch(PODS, "p", {"spec": {"schedulingGates": None}}, "default")
    assert lab.node_of("p") != ""
