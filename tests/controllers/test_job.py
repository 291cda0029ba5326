"""Jobs: Pods until enough have succeeded, or too many have failed."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.controllers.job_pods import parse_indexes, text_of_indexes
from fake_cluster.kinds.refs import JOBS, PODS
from fake_cluster.objects import Object, condition
from tests.controllers.workloads import Lab, named, template


def start(lab: Lab, restart: str = "Never", **spec: Any) -> Object:
    wanted = {"template": template(restartPolicy=restart), **spec}
    return lab.create(JOBS, named("batch/v1", "Job", "work", spec=wanted))


def status(lab: Lab) -> Object:
    found: Object = lab.get(JOBS, "work")["status"]
    return found


def ended(lab: Lab) -> list[tuple[str, str, str]]:
    conditions = status(lab).get("conditions", [])
    return [
        (item["type"], item["reason"], item["message"]) for item in conditions if item["status"] == "True"
    ]


def running(lab: Lab) -> list[Object]:
    return [pod for pod in lab.pods() if pod["status"]["phase"] not in ("Succeeded", "Failed")]


def test_pods_carry_the_labels_of_the_job_and_its_finalizer(lab: Lab) -> None:
    uid = start(lab)["metadata"]["uid"]
    [pod] = lab.pods()
    assert pod["metadata"]["labels"] == {
        "app": "web",
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": "work",
        "controller-uid": uid,
        "job-name": "work",
    }
    assert pod["metadata"]["finalizers"] == ["batch.kubernetes.io/job-tracking"]
    assert lab.messages("SuccessfulCreate") == [f"Created pod: {pod['metadata']['name']}"]


def test_while_it_runs_the_status_says_since_when_and_how_many(lab: Lab) -> None:
    start(lab, parallelism=2, completions=3)
    lab.make_ready(lab.pods()[:1])
    assert status(lab) == {
        "active": 2,
        "ready": 1,
        "startTime": "2026-01-01T00:00:00Z",
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }


def test_a_job_completes_with_its_last_success(lab: Lab) -> None:
    start(lab)
    lab.finish(lab.pods(), "Succeeded")
    reached = ("CompletionsReached", "Reached expected number of succeeded pods")
    assert ended(lab) == [("SuccessCriteriaMet", *reached), ("Complete", *reached)]
    rest = {name: value for name, value in status(lab).items() if name != "conditions"}
    assert rest == {
        "completionTime": "2026-01-01T00:00:00Z",
        "ready": 0,
        "startTime": "2026-01-01T00:00:00Z",
        "succeeded": 1,
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }
    assert lab.messages("Completed") == ["Job completed"]
    assert "finalizers" not in lab.pods()[0]["metadata"]


def test_no_more_than_parallelism_run_until_all_completions_are_there(lab: Lab) -> None:
    start(lab, parallelism=2, completions=3)
    for done in (1, 2, 3):
        assert len(running(lab)) == min(2, 4 - done)
        lab.finish(running(lab)[:1], "Succeeded")
        assert status(lab)["succeeded"] == done
    assert ended(lab)[-1][0] == "Complete"


def test_a_failed_pod_is_replaced_after_a_pause_that_doubles(lab: Lab) -> None:
    start(lab)
    for pause in (10, 20):
        lab.finish(running(lab), "Failed")
        assert running(lab) == []
        lab.cluster.advance(pause - 1)
        assert running(lab) == []
        lab.cluster.advance(1)
        assert len(running(lab)) == 1
    assert status(lab)["failed"] == 2


def test_more_failures_than_the_backoff_limit_fail_the_job(lab: Lab) -> None:
    start(lab, backoffLimit=1)
    for _ in range(2):
        lab.finish(running(lab), "Failed")
        lab.cluster.advance(60)
    too_many = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
    assert ended(lab) == [("FailureTarget", *too_many), ("Failed", *too_many)]
    assert status(lab)["failed"] == 2
    assert "completionTime" not in status(lab)
    assert lab.messages("BackoffLimitExceeded") == ["Job has reached the specified backoff limit"]
    assert running(lab) == []


def test_with_restart_policy_on_failure_the_restarts_of_containers_count(lab: Lab) -> None:
    start(lab, restart="OnFailure", backoffLimit=2)
    [pod] = lab.pods()
    lab.bind(pod)
    crashed = {"name": "main", "restartCount": 2, "image": "nginx:1", "imageID": "", "ready": False}
    lab.set_status(pod, "Running", containerStatuses=[crashed])
    lab.cluster.settle()
    lab.let_terminated_go()
    assert ended(lab)[-1][:2] == ("Failed", "BackoffLimitExceeded")


def test_a_job_that_takes_too_long_fails_and_its_pods_go(lab: Lab) -> None:
    start(lab, activeDeadlineSeconds=30)
    lab.make_ready(lab.pods())
    lab.cluster.advance(29)
    assert ended(lab) == []
    lab.cluster.advance(1)
    assert [kind for kind, _, _ in ended(lab)] == ["FailureTarget"]
    lab.let_terminated_go()
    assert ended(lab)[-1] == ("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
    assert lab.client.list(PODS) == []


def test_a_pod_that_is_deleted_counts_as_failed_once(lab: Lab) -> None:
    start(lab)
    lab.kill(running(lab))
    assert status(lab)["failed"] == 1
    assert lab.client.list(PODS) == []
    lab.cluster.advance(10)
    assert status(lab)["failed"] == 1


def test_a_suspended_job_runs_nothing_until_it_is_resumed(lab: Lab) -> None:
    start(lab, suspend=True)
    assert lab.pods() == []
    assert ended(lab) == [("Suspended", "JobSuspended", "Job suspended")]
    assert "startTime" not in status(lab)
    lab.patch(JOBS, "work", {"spec": {"suspend": False}})
    assert len(lab.pods()) == 1
    resumed = condition(lab.get(JOBS, "work"), "Suspended")
    assert resumed is not None
    assert (resumed["status"], resumed["reason"]) == ("False", "JobResumed")


def test_each_index_of_an_indexed_job_has_a_pod_that_knows_it(lab: Lab) -> None:
    start(lab, completionMode="Indexed", completions=4, parallelism=3)
    by_index = {
        pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]: pod for pod in lab.pods()
    }
    assert sorted(by_index) == ["0", "1", "2"]
    pod = by_index["1"]
    assert pod["metadata"]["name"].startswith("work-1-")
    assert pod["spec"]["hostname"] == "work-1"
    assert "JOB_COMPLETION_INDEX" in [item["name"] for item in pod["spec"]["containers"][0]["env"]]
    lab.finish([by_index["0"], by_index["2"]], "Succeeded")
    assert status(lab)["completedIndexes"] == "0,2"
    lab.finish(running(lab), "Succeeded")
    assert status(lab)["completedIndexes"] == "0-3"
    assert ended(lab)[-1][0] == "Complete"


def test_a_failed_index_is_tried_again(lab: Lab) -> None:
    start(lab, completionMode="Indexed", completions=1)
    lab.finish(lab.pods(), "Failed")
    lab.cluster.advance(10)
    [pod] = running(lab)
    assert pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"] == "0"


def test_pods_of_a_deleted_job_go_with_it(lab: Lab) -> None:
    start(lab)
    lab.delete(JOBS, "work", propagation="Background")
    assert lab.client.list(PODS) == []


def test_deleting_in_the_foreground_takes_the_pods_first(lab: Lab) -> None:
    start(lab)
    lab.make_ready(lab.pods())
    lab.delete(JOBS, "work", propagation="Foreground")
    assert lab.find(JOBS, "work") is not None
    lab.let_terminated_go()
    assert lab.find(JOBS, "work") is None


@pytest.mark.parametrize("ttl", [0, 60])
def test_a_finished_job_is_deleted_after_its_time_to_live(lab: Lab, ttl: int) -> None:
    start(lab, ttlSecondsAfterFinished=ttl)
    lab.finish(lab.pods(), "Succeeded")
    if ttl:
        lab.cluster.advance(ttl - 1)
        assert lab.find(JOBS, "work") is not None
        lab.cluster.advance(1)
    assert lab.find(JOBS, "work") is None
    assert lab.client.list(PODS) == []


@pytest.mark.parametrize(
    ("text", "indexes"), [("", set()), ("3", {3}), ("1,2", {1, 2}), ("0-2,5,7,8", {0, 1, 2, 5, 7, 8})]
)
def test_indexes_are_written_as_runs(text: str, indexes: set[int]) -> None:
    assert text_of_indexes(indexes) == text
    assert parse_indexes(text) == indexes
