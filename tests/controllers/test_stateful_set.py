"""StatefulSets: Pods with numbers, in order."""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds.refs import (
    CONTROLLER_REVISIONS,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    STATEFUL_SETS,
)
from fake_cluster.objects import Object
from tests.controllers.workloads import Lab, template, workload

CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def run(lab: Lab, replicas: int = 3, **spec: Any) -> Object:
    return lab.create(STATEFUL_SETS, workload("StatefulSet", replicas=replicas, serviceName="web", **spec))


def names(lab: Lab) -> list[str]:
    return [pod["metadata"]["name"] for pod in lab.pods()]


def images(lab: Lab) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in lab.pods()]


def start_all(lab: Lab, count: int = 3) -> None:
    for _ in range(count):
        lab.make_ready()


def status(lab: Lab) -> Object:
    found: Object = lab.get(STATEFUL_SETS, "web")["status"]
    return found


def test_each_pod_waits_for_the_one_before_it(lab: Lab) -> None:
    run(lab)
    assert names(lab) == ["web-0"]
    lab.make_ready()
    assert names(lab) == ["web-0", "web-1"]
    lab.make_ready()
    assert names(lab) == ["web-0", "web-1", "web-2"]
    assert lab.messages("SuccessfulCreate")[0] == "create Pod web-0 in StatefulSet web successful"


def test_with_parallel_management_all_pods_start_at_once(lab: Lab) -> None:
    run(lab, podManagementPolicy="Parallel")
    assert names(lab) == ["web-0", "web-1", "web-2"]


def test_a_pod_knows_its_name_and_its_domain(lab: Lab) -> None:
    run(lab)
    [pod] = lab.pods()
    assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("web-0", "web")
    labels = pod["metadata"]["labels"]
    assert labels["statefulset.kubernetes.io/pod-name"] == "web-0"
    assert labels["apps.kubernetes.io/pod-index"] == "0"
    assert labels["controller-revision-hash"] == status(lab)["updateRevision"]


def test_each_pod_has_a_claim_that_outlives_it(lab: Lab) -> None:
    run(lab, replicas=2, volumeClaimTemplates=[CLAIM])
    start_all(lab)
    assert lab.names(PERSISTENT_VOLUME_CLAIMS) == ["data-web-0", "data-web-1"]
    volumes = {item["name"]: item for item in lab.pods()[1]["spec"]["volumes"]}
    assert volumes["data"]["persistentVolumeClaim"] == {"claimName": "data-web-1"}
    lab.patch(STATEFUL_SETS, "web", {"spec": {"replicas": 1}})
    lab.let_terminated_go()
    assert names(lab) == ["web-0"]
    assert lab.names(PERSISTENT_VOLUME_CLAIMS) == ["data-web-0", "data-web-1"]


def test_claims_go_with_the_set_if_its_policy_says_so(lab: Lab) -> None:
    policy = {"whenDeleted": "Delete", "whenScaled": "Retain"}
    run(lab, replicas=1, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=policy)
    lab.delete(STATEFUL_SETS, "web")
    assert lab.names(PERSISTENT_VOLUME_CLAIMS) == []


def test_a_lost_pod_comes_back_under_its_name(lab: Lab) -> None:
    run(lab, replicas=2)
    start_all(lab)
    before = lab.get(PODS, "web-0")["metadata"]["uid"]
    lab.kill([lab.get(PODS, "web-0")])
    assert names(lab) == ["web-0", "web-1"]
    assert lab.get(PODS, "web-0")["metadata"]["uid"] != before


def test_scaling_down_removes_the_highest_number_first_one_at_a_time(lab: Lab) -> None:
    run(lab)
    start_all(lab)
    lab.patch(STATEFUL_SETS, "web", {"spec": {"replicas": 1}})
    assert names(lab) == ["web-0", "web-1"]
    lab.let_terminated_go()
    assert names(lab) == ["web-0"]


def test_an_update_goes_from_the_highest_number_down(lab: Lab) -> None:
    run(lab)
    start_all(lab)
    lab.patch(STATEFUL_SETS, "web", {"spec": {"template": template("nginx:2")}})
    lab.let_terminated_go()
    assert images(lab) == ["nginx:1", "nginx:1", "nginx:2"]
    lab.make_ready()
    lab.let_terminated_go()
    assert images(lab) == ["nginx:1", "nginx:2", "nginx:2"]
    lab.make_ready()
    lab.let_terminated_go()
    lab.make_ready()
    assert images(lab) == ["nginx:2"] * 3
    assert status(lab)["currentRevision"] == status(lab)["updateRevision"]
    assert status(lab)["updatedReplicas"] == 3


def test_an_update_stops_at_the_partition(lab: Lab) -> None:
    run(lab, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})
    start_all(lab)
    lab.patch(STATEFUL_SETS, "web", {"spec": {"template": template("nginx:2")}})
    for _ in range(3):
        lab.let_terminated_go()
        lab.make_ready()
    assert images(lab) == ["nginx:1", "nginx:1", "nginx:2"]
    lab.kill([lab.get(PODS, "web-0")])
    assert images(lab)[0] == "nginx:1"


def test_with_on_delete_only_deleted_pods_are_updated(lab: Lab) -> None:
    run(lab, replicas=2, updateStrategy={"type": "OnDelete"})
    start_all(lab)
    lab.patch(STATEFUL_SETS, "web", {"spec": {"template": template("nginx:2")}})
    assert images(lab) == ["nginx:1", "nginx:1"]
    lab.kill([lab.get(PODS, "web-1")])
    assert images(lab) == ["nginx:1", "nginx:2"]


def test_the_history_keeps_what_its_limit_allows(lab: Lab) -> None:
    run(lab, replicas=1, revisionHistoryLimit=1)
    for number in range(2, 6):
        lab.patch(STATEFUL_SETS, "web", {"spec": {"template": template(f"nginx:{number}")}})
        lab.let_terminated_go()
        lab.make_ready()
    assert len(lab.names(CONTROLLER_REVISIONS)) == 2


def test_the_status_counts_its_pods(lab: Lab) -> None:
    run(lab, replicas=2)
    lab.make_ready()
    revision = status(lab)["updateRevision"]
    assert status(lab) == {
        "observedGeneration": 1,
        "replicas": 2,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "currentReplicas": 2,
        "updatedReplicas": 2,
        "currentRevision": revision,
        "updateRevision": revision,
        "collisionCount": 0,
    }


def test_numbers_may_start_elsewhere(lab: Lab) -> None:
    run(lab, replicas=2, ordinals={"start": 5}, podManagementPolicy="Parallel")
    assert names(lab) == ["web-5", "web-6"]
