"""Deployments: rollouts, from the outside."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds.refs import DEPLOYMENTS, PODS, REPLICA_SETS
from fake_cluster.objects import Key, Object, condition, labels_of
from tests.controllers.workloads import Lab, template, workload

REVISION = "deployment.kubernetes.io/revision"


def deploy(lab: Lab, **spec: Any) -> Object:
    return lab.create(DEPLOYMENTS, workload("Deployment", **spec))


def change_image(lab: Lab, image: str) -> None:
    lab.patch(DEPLOYMENTS, "web", {"spec": {"template": template(image)}})


def sizes(lab: Lab) -> dict[str, int]:
    """The replicas of each ReplicaSet, by image."""
    found = lab.client.list(REPLICA_SETS)
    return {
        item["spec"]["template"]["spec"]["containers"][0]["image"]: item["spec"]["replicas"] for item in found
    }


def status(lab: Lab) -> Object:
    found: Object = lab.get(DEPLOYMENTS, "web")["status"]
    return found


def said(lab: Lab, kind: str) -> tuple[str, str, str]:
    found = condition(lab.get(DEPLOYMENTS, "web"), kind)
    assert found is not None
    return found["status"], found["reason"], found["message"]


def test_a_deployment_makes_one_replica_set_named_after_the_hash_of_its_template(lab: Lab) -> None:
    deploy(lab, replicas=3)
    [replica_set] = lab.client.list(REPLICA_SETS)
    pod_hash = labels_of(replica_set)["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"web-{pod_hash}"
    assert replica_set["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": pod_hash}
    assert {labels_of(pod)["pod-template-hash"] for pod in lab.pods()} == {pod_hash}
    assert len(lab.pods()) == 3
    assert lab.messages("ScalingReplicaSet") == [f"Scaled up replica set web-{pod_hash} from 0 to 3"]


def test_it_is_available_when_enough_pods_are(lab: Lab) -> None:
    deploy(lab, replicas=4)
    assert said(lab, "Available") == (
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
    )
    lab.make_ready(lab.pods()[:2])
    assert said(lab, "Available")[0] == "False"
    lab.make_ready(lab.pods()[:3])
    assert said(lab, "Available") == (
        "True",
        "MinimumReplicasAvailable",
        "Deployment has minimum availability.",
    )


def test_progress_is_reported_until_the_rollout_is_complete(lab: Lab) -> None:
    deploy(lab, replicas=2)
    [name] = lab.names(REPLICA_SETS)
    assert said(lab, "Progressing") == ("True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')
    lab.make_ready()
    done = f'ReplicaSet "{name}" has successfully progressed.'
    assert said(lab, "Progressing") == ("True", "NewReplicaSetAvailable", done)
    expected = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
    assert expected.items() <= status(lab).items()
    assert "unavailableReplicas" not in status(lab)


def test_the_status_follows_the_generation(lab: Lab) -> None:
    deploy(lab, replicas=1)
    change_image(lab, "nginx:2")
    deployment = lab.get(DEPLOYMENTS, "web")
    assert deployment["metadata"]["generation"] == 2
    assert deployment["status"]["observedGeneration"] == 2


def test_revisions_count_up_and_an_old_template_comes_back_as_the_newest(lab: Lab) -> None:
    deploy(lab, replicas=1)
    assert lab.get(DEPLOYMENTS, "web")["metadata"]["annotations"][REVISION] == "1"
    change_image(lab, "nginx:2")
    assert lab.get(DEPLOYMENTS, "web")["metadata"]["annotations"][REVISION] == "2"
    change_image(lab, "nginx:1")
    assert lab.get(DEPLOYMENTS, "web")["metadata"]["annotations"][REVISION] == "3"
    assert len(lab.names(REPLICA_SETS)) == 2
    by_image = {
        item["spec"]["template"]["spec"]["containers"][0]["image"]: item["metadata"]["annotations"]
        for item in lab.client.list(REPLICA_SETS)
    }
    assert by_image["nginx:1"][REVISION] == "3"
    assert by_image["nginx:1"]["deployment.kubernetes.io/revision-history"] == "1"


def test_a_rolling_update_keeps_within_surge_and_unavailability(lab: Lab) -> None:
    deploy(lab, replicas=4, strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}})
    lab.make_ready()
    change_image(lab, "nginx:2")
    assert sizes(lab) == {"nginx:1": 3, "nginx:2": 2}
    new = [pod for pod in lab.pods() if pod["spec"]["containers"][0]["image"] == "nginx:2"]
    lab.make_ready(new[:1])
    assert sum(sizes(lab).values()) <= 5
    for _ in range(4):
        lab.make_ready()
        lab.let_terminated_go()
    assert sizes(lab) == {"nginx:1": 0, "nginx:2": 4}
    assert said(lab, "Progressing")[1] == "NewReplicaSetAvailable"


def test_a_rollout_that_never_becomes_ready_leaves_the_old_pods_serving(lab: Lab) -> None:
    deploy(lab, replicas=4)
    lab.make_ready()
    change_image(lab, "nginx:broken")
    for _ in range(3):
        lab.let_terminated_go()
    assert sizes(lab) == {"nginx:1": 3, "nginx:broken": 2}
    assert said(lab, "Available")[0] == "True"


def test_recreate_starts_nothing_new_before_the_last_old_pod_is_gone(lab: Lab) -> None:
    deploy(lab, replicas=2, strategy={"type": "Recreate"})
    lab.make_ready()
    change_image(lab, "nginx:2")
    assert sizes(lab) == {"nginx:1": 0}
    assert len(lab.client.list(PODS)) == 2
    lab.let_terminated_go()
    assert sizes(lab) == {"nginx:1": 0, "nginx:2": 2}


def test_a_stuck_rollout_exceeds_its_progress_deadline(lab: Lab) -> None:
    deploy(lab, replicas=1, progressDeadlineSeconds=60)
    [name] = lab.names(REPLICA_SETS)
    lab.cluster.advance(59)
    assert said(lab, "Progressing")[0] == "True"
    lab.cluster.advance(5)
    timed_out = f'ReplicaSet "{name}" has timed out progressing.'
    assert said(lab, "Progressing") == ("False", "ProgressDeadlineExceeded", timed_out)
    lab.make_ready()
    assert said(lab, "Progressing")[:2] == ("True", "NewReplicaSetAvailable")


def test_a_paused_deployment_scales_but_does_not_roll_out(lab: Lab) -> None:
    deploy(lab, replicas=1)
    lab.make_ready()
    lab.patch(DEPLOYMENTS, "web", {"spec": {"paused": True}})
    assert said(lab, "Progressing") == ("Unknown", "DeploymentPaused", "Deployment is paused")
    change_image(lab, "nginx:2")
    assert sizes(lab) == {"nginx:1": 1}
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 3}})
    assert sizes(lab) == {"nginx:1": 3}
    lab.patch(DEPLOYMENTS, "web", {"spec": {"paused": False}})
    assert sizes(lab)["nginx:2"] >= 1


def test_scaling_in_the_middle_of_a_rollout_is_shared_in_proportion(lab: Lab) -> None:
    deploy(lab, replicas=10, strategy={"rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}})
    lab.make_ready()
    change_image(lab, "nginx:broken")
    assert sizes(lab) == {"nginx:1": 8, "nginx:broken": 5}
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 15}})
    assert sizes(lab) == {"nginx:1": 11, "nginx:broken": 7}


def test_scaling_is_said_in_an_event_with_both_sizes(lab: Lab) -> None:
    deploy(lab, replicas=2)
    [name] = lab.names(REPLICA_SETS)
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 0}})
    assert lab.messages("ScalingReplicaSet")[-1] in (
        f"Scaled down replica set {name} from 2 to 0",
        f"Scaled up replica set {name} from 0 to 2",
    )
    assert f"Scaled down replica set {name} from 2 to 0" in lab.messages("ScalingReplicaSet")
    assert lab.pods() == []


@pytest.mark.parametrize(("limit", "left"), [(0, 1), (2, 3)])
def test_old_replica_sets_beyond_the_history_limit_are_deleted(lab: Lab, limit: int, left: int) -> None:
    deploy(lab, replicas=1, revisionHistoryLimit=limit)
    lab.make_ready()
    for number in range(2, 6):
        change_image(lab, f"nginx:{number}")
        lab.make_ready()
        lab.let_terminated_go()
    lab.make_ready()
    assert len(lab.names(REPLICA_SETS)) == left


def test_a_quota_that_forbids_pods_is_reported_as_replica_failure(lab: Lab) -> None:
    spec = {"serviceAccountName": "nobody"}
    lab.create(DEPLOYMENTS, workload("Deployment", template=template(**spec)))
    assert said(lab, "ReplicaFailure")[:2] == ("True", "FailedCreate")
    assert 'serviceaccount "nobody" not found' in said(lab, "ReplicaFailure")[2]


def test_an_orphaned_replica_set_with_the_same_template_is_adopted(lab: Lab) -> None:
    deploy(lab, replicas=1)
    lab.delete(DEPLOYMENTS, "web", propagation="Orphan")
    [orphan] = lab.client.list(REPLICA_SETS)
    assert "ownerReferences" not in orphan["metadata"]
    deploy(lab, replicas=1)
    [adopted] = lab.client.list(REPLICA_SETS)
    assert adopted["metadata"]["uid"] == orphan["metadata"]["uid"]
    assert adopted["metadata"]["ownerReferences"][0]["name"] == "web"


def test_a_pass_that_changes_nothing_writes_nothing(lab: Lab) -> None:
    deploy(lab, replicas=3)
    lab.make_ready()
    before = lab.cluster.api.store.revision
    lab.cluster.manager.enqueue("deployment-controller", Key("default", "web"))
    lab.cluster.settle()
    assert lab.cluster.api.store.revision == before
