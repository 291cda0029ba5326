"""Pods that nobody looks after any more."""

from __future__ import annotations

from fake_cluster.kinds.refs import DEPLOYMENTS, NODES, PODS
from tests.controllers.workloads import Lab, workload


def test_pods_of_a_node_that_is_gone_are_given_up_after_a_while(lab: Lab) -> None:
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=1))
    lab.make_ready()
    [lost] = lab.pods()
    lab.delete(NODES, "worker")
    lab.cluster.advance(39)
    assert [pod["metadata"]["uid"] for pod in lab.pods()] == [lost["metadata"]["uid"]]
    lab.cluster.advance(1)
    [fresh] = lab.pods()
    assert fresh["metadata"]["uid"] != lost["metadata"]["uid"]


def test_a_node_that_comes_back_in_time_keeps_its_pods(lab: Lab) -> None:
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=1))
    lab.make_ready()
    [kept] = lab.pods()
    lab.delete(NODES, "worker")
    lab.cluster.advance(20)
    lab.add_node("worker")
    lab.cluster.advance(60)
    assert lab.get(PODS, kept["metadata"]["name"])["metadata"]["uid"] == kept["metadata"]["uid"]
