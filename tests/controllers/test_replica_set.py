"""ReplicaSets: how many Pods there are, whose they are, and which go first."""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds.refs import PODS, REPLICA_SETS
from fake_cluster.objects import Object, controller_of
from tests.controllers.workloads import Lab, named, template, workload


def replicate(lab: Lab, **spec: Any) -> Object:
    return lab.create(REPLICA_SETS, workload("ReplicaSet", **spec))


def status(lab: Lab) -> Object:
    found: Object = lab.get(REPLICA_SETS, "web")["status"]
    return found


def bare_pod(name: str, app: str = "web") -> Object:
    return named("v1", "Pod", name, spec=template()["spec"]) | {
        "metadata": {"name": name, "namespace": "default", "labels": {"app": app}}
    }


def test_pods_are_named_after_the_set_and_controlled_by_it(lab: Lab) -> None:
    replicate(lab, replicas=2)
    for pod in lab.pods():
        owner = controller_of(pod)
        assert pod["metadata"]["generateName"] == "web-"
        assert owner is not None
        assert (owner["kind"], owner["name"], owner["blockOwnerDeletion"]) == ("ReplicaSet", "web", True)
    created = [f"Created pod: {pod['metadata']['name']}" for pod in lab.pods()]
    assert sorted(lab.messages("SuccessfulCreate")) == sorted(created)


def test_a_pod_that_ends_or_goes_is_replaced(lab: Lab) -> None:
    replicate(lab, replicas=2)
    first, second = lab.pods()
    lab.finish([first], "Failed")
    lab.kill([second])
    alive = [pod for pod in lab.pods() if pod["status"]["phase"] == "Pending"]
    assert len(alive) == 2
    assert {pod["metadata"]["uid"] for pod in alive}.isdisjoint(
        {first["metadata"]["uid"], second["metadata"]["uid"]}
    )


def test_the_status_counts_ready_and_available_pods(lab: Lab) -> None:
    replicate(lab, replicas=3)
    lab.make_ready(lab.pods()[:2])
    assert status(lab) == {
        "replicas": 3,
        "fullyLabeledReplicas": 3,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "observedGeneration": 1,
        "terminatingReplicas": 0,
    }


def test_pods_count_as_available_after_min_ready_seconds(lab: Lab) -> None:
    replicate(lab, replicas=1, minReadySeconds=30)
    lab.make_ready()
    assert "availableReplicas" not in status(lab)
    lab.cluster.advance(29)
    assert "availableReplicas" not in status(lab)
    lab.cluster.advance(1)
    assert status(lab)["availableReplicas"] == 1


def test_unready_pods_are_given_up_before_ready_ones(lab: Lab) -> None:
    replicate(lab, replicas=3)
    kept = lab.pods()[1]
    lab.make_ready([kept])
    lab.patch(REPLICA_SETS, "web", {"spec": {"replicas": 1}})
    assert [pod["metadata"]["name"] for pod in lab.pods()] == [kept["metadata"]["name"]]


def test_the_deletion_cost_decides_between_pods_that_are_alike(lab: Lab) -> None:
    replicate(lab, replicas=3)
    kept = lab.pods()[2]["metadata"]["name"]
    cost = {"controller.kubernetes.io/pod-deletion-cost": "10"}
    lab.patch(PODS, kept, {"metadata": {"annotations": cost}})
    lab.patch(REPLICA_SETS, "web", {"spec": {"replicas": 1}})
    assert [pod["metadata"]["name"] for pod in lab.pods()] == [kept]


def test_orphans_that_match_are_adopted_and_count(lab: Lab) -> None:
    lab.create(PODS, bare_pod("lonely"))
    replicate(lab, replicas=2)
    owner = controller_of(lab.get(PODS, "lonely"))
    assert owner is not None
    assert owner["name"] == "web"
    assert len(lab.pods()) == 2


def test_an_orphan_that_appears_later_is_adopted_and_one_pod_too_many_goes(lab: Lab) -> None:
    replicate(lab, replicas=1)
    lab.make_ready()
    lab.create(PODS, bare_pod("lonely"))
    assert lab.find(PODS, "lonely") is None
    assert len(lab.pods()) == 1


def test_a_pod_whose_label_is_taken_away_is_released_and_replaced(lab: Lab) -> None:
    replicate(lab, replicas=1)
    name = lab.pods()[0]["metadata"]["name"]
    lab.patch(PODS, name, {"metadata": {"labels": {"app": "debug"}}})
    assert "ownerReferences" not in lab.get(PODS, name)["metadata"]
    assert len(lab.pods()) == 1


def test_pods_of_another_set_are_left_alone(lab: Lab) -> None:
    replicate(lab, replicas=1)
    lab.create(
        REPLICA_SETS,
        workload(
            "ReplicaSet", "other", replicas=1, selector={"matchLabels": {"app": "web"}}, template=template()
        ),
    )
    owners = [controller_of(pod) for pod in lab.pods()]
    assert sorted(owner["name"] for owner in owners if owner) == ["other", "web"]


def test_what_cannot_be_created_is_a_condition_until_it_can(lab: Lab) -> None:
    replicate(lab, replicas=1, template=template(serviceAccountName="late"))
    [condition] = status(lab)["conditions"]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert lab.messages("FailedCreate")[0].startswith("Error creating: pods ")
    lab.create_service_account("late")
    lab.cluster.advance(10)
    assert "conditions" not in status(lab)
    assert len(lab.pods()) == 1


def test_a_controller_that_starts_late_finds_what_is_there(lab: Lab) -> None:
    replicate(lab, replicas=2)
    before = {pod["metadata"]["uid"] for pod in lab.pods()}
    lab.restart_controllers()
    assert {pod["metadata"]["uid"] for pod in lab.pods()} == before
