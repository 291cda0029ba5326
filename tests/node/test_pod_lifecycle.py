"""Pods that start, run, end and are deleted."""

from __future__ import annotations

import re

from fake_cluster.kinds.refs import PODS
from fake_cluster.machinery.client import Event
from fake_cluster.node.programs import Match, Service, crashes, never_ready, task
from fake_cluster.objects import Object, condition
from tests.node.conftest import Lab, container, pod


def test_a_pod_is_ready_between_one_and_two_seconds_after_it_was_created(lab: Lab) -> None:
    lab.create(containers=[container(readinessProbe={"httpGet": {"port": 8080}})])
    lab.until_ready()
    assert 1.0 <= lab.elapsed <= 2.0


def test_a_pod_without_readiness_probe_is_ready_as_soon_as_it_runs(lab: Lab) -> None:
    lab.create()
    lab.cluster.run_until(lambda: lab.phase() == "Running")
    assert lab.is_ready()


def test_a_running_pod_is_reported_as_a_kubelet_reports_it(lab: Lab) -> None:
    lab.create()
    lab.until_ready()
    status = lab.pod()["status"]
    assert [c["type"] for c in status["conditions"]] == [
        "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
    ]  # fmt: skip
    assert {c["status"] for c in status["conditions"]} == {"True"}
    assert status["podIP"] == status["podIPs"][0]["ip"]
    assert status["podIP"].startswith("10.128.")
    assert status["hostIP"] == "10.0.0.1"
    assert status["startTime"] == "2026-01-01T00:00:00Z"
    reported = status["containerStatuses"][0]
    assert reported["image"] == "example.com/app:1"
    assert re.fullmatch(r"example\.com/app@sha256:[0-9a-f]{64}", reported["imageID"])
    assert re.fullmatch(r"containerd://[0-9a-f]{64}", reported["containerID"])
    assert reported["state"] == {"running": {"startedAt": "2026-01-01T00:00:01Z"}}
    assert (reported["ready"], reported["started"], reported["restartCount"]) == (True, True, 0)


def test_while_a_pod_is_made_its_containers_are_being_created(lab: Lab) -> None:
    lab.create()
    lab.cluster.settle()
    assert lab.phase() == "Pending"
    assert lab.state() == {"waiting": {"reason": "ContainerCreating"}}
    ready = condition(lab.pod(), "Ready")
    assert ready is not None
    assert (ready["status"], ready["reason"]) == ("False", "ContainersNotReady")
    assert ready["message"] == "containers with unready status: [c]"


def test_the_events_of_a_pod_tell_its_story(lab: Lab) -> None:
    lab.create()
    lab.until_ready()
    assert lab.events() == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    lab.create("second", nodeName="worker-0")
    lab.until_ready("second")
    assert lab.messages("Pulled", "second") == [
        'Container image "example.com/app:1" already present on machine'
    ]


def test_a_pod_becomes_ready_in_three_writes_of_its_status(lab: Lab) -> None:
    lab.cluster.settle()
    events: list[Event] = []
    lab.client.watch(PODS, events.append)
    lab.create(containers=[container(readinessProbe={"httpGet": {"port": 8080}})])
    lab.until_ready()
    assert [event.type for event in events] == ["ADDED", *["MODIFIED"] * 4]  # the binding, then the status


def test_init_containers_run_one_after_the_other_before_the_others(lab: Lab) -> None:
    lab.create(initContainers=[container("first"), container("second")])
    lab.cluster.run_until(lambda: "running" in lab.state(field="initContainerStatuses"))
    assert lab.state(number=1, field="initContainerStatuses") == {"waiting": {"reason": "PodInitializing"}}
    initialized = condition(lab.pod(), "Initialized")
    assert initialized is not None
    assert initialized["message"] == "containers with incomplete status: [first second]"
    lab.until_ready()
    ends = [lab.state(number=n, field="initContainerStatuses")["terminated"] for n in (0, 1)]
    assert [end["reason"] for end in ends] == ["Completed", "Completed"]
    assert ends[0]["finishedAt"] <= ends[1]["startedAt"] <= lab.state()["running"]["startedAt"]


def test_a_failing_init_container_keeps_the_pod_pending(lab: Lab) -> None:
    lab.cluster.programs.add(Match(container="first"), crashes(code=3))
    lab.create(initContainers=[container("first")])
    lab.cluster.advance(30)
    assert lab.phase() == "Pending"
    waiting = lab.state(field="initContainerStatuses")["waiting"]
    assert waiting["reason"] == "CrashLoopBackOff"


def test_a_sidecar_runs_on_while_the_containers_work(lab: Lab) -> None:
    lab.create(initContainers=[container("side", restartPolicy="Always")])
    lab.until_ready()
    assert "running" in lab.state(field="initContainerStatuses")


def test_a_pod_that_is_meant_to_end_succeeds(lab: Lab) -> None:
    lab.create(restartPolicy="Never")
    lab.cluster.run_until(lambda: lab.phase() == "Succeeded")
    end = lab.state()["terminated"]
    assert (end["exitCode"], end["reason"]) == (0, "Completed")
    ready = condition(lab.pod(), "Ready")
    assert ready is not None
    assert (ready["status"], ready["reason"]) == ("False", "PodCompleted")


def test_a_pod_that_is_not_restarted_fails_with_the_exit_code_of_its_program(lab: Lab) -> None:
    lab.cluster.programs.add("example.com/*", task(seconds=1, code=7, message="no database"))
    lab.create(restartPolicy="Never")
    lab.cluster.run_until(lambda: lab.phase() == "Failed")
    end = lab.state()["terminated"]
    assert (end["exitCode"], end["reason"], end["message"]) == (7, "Error", "no database")


def test_a_crashing_container_is_restarted_at_once_and_then_later_each_time(lab: Lab) -> None:
    lab.cluster.programs.add("example.com/*", crashes(after=1.0))
    lab.create()
    starts: list[str] = []
    while len(starts) < 4:
        lab.cluster.run_until(
            lambda: "running" in lab.state() and lab.state()["running"]["startedAt"] not in starts
        )
        starts.append(lab.state()["running"]["startedAt"])
    seconds = [int(start[17:19]) + 60 * int(start[14:16]) for start in starts]
    assert seconds == [1, 2, 13, 35]
    assert lab.status()["restartCount"] == 3


def test_between_crashes_a_container_is_in_back_off(lab: Lab) -> None:
    lab.cluster.programs.add("example.com/*", crashes(code=2, after=1.0))
    created = lab.create()
    lab.cluster.run_until(lambda: lab.state().get("waiting", {}).get("reason") == "CrashLoopBackOff")
    where = f"p_default({created['metadata']['uid']})"
    assert lab.state()["waiting"]["message"] == f"back-off 10s restarting failed container=c pod={where}"
    assert lab.status()["lastState"]["terminated"]["exitCode"] == 2
    assert lab.phase() == "Running"
    assert not lab.is_ready()
    assert "BackOff" in lab.events()


def test_the_delay_between_restarts_ends_at_five_minutes(lab: Lab) -> None:
    lab.cluster.programs.add("example.com/*", crashes(after=1.0))
    lab.create()
    lab.cluster.advance(3600)
    assert "back-off 5m0s restarting" in lab.state()["waiting"]["message"]


def test_a_pod_with_on_failure_is_restarted_until_it_succeeds(lab: Lab) -> None:
    lab.cluster.programs.add("example.com/*", crashes(after=1.0))
    lab.create(restartPolicy="OnFailure")
    lab.cluster.run_until(lambda: lab.status()["restartCount"] == 1)
    lab.cluster.programs.add("example.com/*", task(seconds=1))
    lab.cluster.run_until(lambda: lab.phase() == "Succeeded")


def test_a_deleted_pod_stays_until_its_containers_have_ended(lab: Lab) -> None:
    lab.create()
    lab.until_ready()
    lab.client.delete(PODS, "p", "default")
    lab.cluster.settle()
    assert "deletionTimestamp" in lab.pod()["metadata"]
    lab.cluster.advance(1)
    assert lab.gone()
    assert "Killing" in lab.events()


def test_a_container_that_does_not_stop_is_killed_after_the_grace_period(lab: Lab) -> None:
    class Stubborn(Service):
        stop_seconds = 3600.0

    lab.cluster.programs.add("example.com/*", Stubborn)
    lab.create(terminationGracePeriodSeconds=5)
    lab.until_ready()
    lab.client.delete(PODS, "p", "default")
    lab.cluster.advance(4.5)
    assert not lab.gone()
    lab.cluster.advance(1)
    assert lab.gone()


def test_a_pod_that_never_started_is_removed_at_once(lab: Lab) -> None:
    lab.create(containers=[container(image="registry.invalid/app:1")])
    lab.cluster.advance(5)
    lab.client.delete(PODS, "p", "default")
    lab.cluster.settle()
    assert lab.gone()


def test_a_new_pod_of_the_same_name_starts_afresh(lab: Lab) -> None:
    lab.create()
    lab.until_ready()
    lab.client.delete(PODS, "p", "default", grace_seconds=0)
    lab.create()
    lab.cluster.settle()
    assert lab.state() == {"waiting": {"reason": "ContainerCreating"}}
    lab.until_ready()


def test_a_pod_that_is_active_for_too_long_fails(lab: Lab) -> None:
    lab.create(activeDeadlineSeconds=10)
    lab.cluster.run_until(lambda: lab.phase() == "Failed")
    assert lab.pod()["status"]["reason"] == "DeadlineExceeded"
    assert 10.0 <= lab.elapsed <= 11.0


def test_a_test_can_keep_pods_from_becoming_ready(lab: Lab) -> None:
    lab.cluster.programs.add(Match(labels={"app": "web"}), never_ready())
    probe: Object = {"readinessProbe": {"httpGet": {"port": 80, "path": "/health"}, "periodSeconds": 5}}
    lab.client.create(
        PODS,
        {
            "metadata": {"name": "p", "namespace": "default", "labels": {"app": "web"}},
            "spec": {"containers": [container(**probe)]},
        },
    )
    lab.cluster.advance(600)
    assert lab.phase() == "Running"
    assert not lab.is_ready()
    assert "connection refused" in lab.messages("Unhealthy")[0]


def test_time_passes_quickly_over_a_cluster_in_which_all_is_well(lab: Lab) -> None:
    probes: Object = {
        kind: {"httpGet": {"port": 80}} for kind in ("readinessProbe", "livenessProbe", "startupProbe")
    }
    lab.create(containers=[container(**probes)])
    lab.until_ready()
    lab.cluster.advance(10)
    passes = lab.cluster.manager.passes
    lab.cluster.advance(1_000_000)
    assert lab.cluster.manager.passes - passes < 20


def test_a_pod_with_a_finalizer_ends_and_stays_until_the_finalizer_is_taken_away(lab: Lab) -> None:
    held = pod()
    held["metadata"]["finalizers"] = ["example.com/hold"]
    lab.client.create(PODS, held)
    lab.until_ready()
    lab.client.delete(PODS, "p", "default")
    lab.cluster.advance(60)
    assert lab.phase() == "Succeeded"
    assert "terminated" in lab.state()
    passes = lab.cluster.manager.passes
    lab.cluster.advance(3600)
    assert lab.cluster.manager.passes - passes < 10
    lab.client.patch(PODS, "p", {"metadata": {"finalizers": None}}, "default")
    lab.cluster.settle()
    assert lab.gone()
