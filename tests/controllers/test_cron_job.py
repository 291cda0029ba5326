"""CronJobs: schedules, and what happens when their moment comes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fake_cluster.controllers import cron
from fake_cluster.kinds.refs import CRON_JOBS, JOBS
from fake_cluster.objects import Object
from tests.controllers.workloads import Lab, named, template


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z"),
        ("0 2 * * *", "2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z"),
        ("@hourly", "2026-01-01T00:59:59Z", "2026-01-01T01:00:00Z"),
        ("0 0 1 jan-mar *", "2026-03-02T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("0 0 * * mon", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"),
        ("0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
        ("0 0 13 * 5", "2026-01-03T00:00:00Z", "2026-01-09T00:00:00Z"),
        ("5/20 * * * *", "2026-01-01T00:30:00Z", "2026-01-01T00:45:00Z"),
        ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    ],
)
def test_the_next_moment_of_a_schedule(schedule: str, after: str, expected: str) -> None:
    assert cron.parse(schedule).after(at(after), UTC) == at(expected)


def test_a_moment_that_never_comes_is_none() -> None:
    assert cron.parse("0 0 30 2 *").after(at("2026-01-01T00:00:00Z"), UTC) is None


def test_schedules_are_meant_in_their_time_zone() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert cron.parse("0 9 * * *").after(at("2026-01-01T00:00:00Z"), tokyo) == at("2026-01-02T00:00:00Z")


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "* * * * fun", "*/0 * * * *", "5-1 * * * *"])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|range|parse"):
        cron.parse(text)


def schedule(lab: Lab, every: str = "*/5 * * * *", **spec: Any) -> None:
    job = {"spec": {"template": template(restartPolicy="Never")}}
    wanted = {"schedule": every, "jobTemplate": job, **spec}
    lab.create(CRON_JOBS, named("batch/v1", "CronJob", "tick", spec=wanted))


def status(lab: Lab) -> Object:
    found: Object = lab.get(CRON_JOBS, "tick").get("status", {})
    return found


def finish_all(lab: Lab, phase: str = "Succeeded") -> None:
    running = [pod for pod in lab.pods() if pod["status"]["phase"] == "Pending"]
    lab.finish(running, phase)


def test_a_job_is_made_when_its_moment_comes(lab: Lab) -> None:
    schedule(lab)
    lab.cluster.advance(299)
    assert lab.names(JOBS) == []
    lab.cluster.advance(1)
    minute = int(lab.cluster.clock.now()) // 60
    assert lab.names(JOBS) == [f"tick-{minute}"]
    [job] = lab.client.list(JOBS)
    annotation = "batch.kubernetes.io/cronjob-scheduled-timestamp"
    assert job["metadata"]["annotations"][annotation] == "2026-01-01T00:05:00Z"
    assert status(lab)["lastScheduleTime"] == "2026-01-01T00:05:00Z"
    assert [item["name"] for item in status(lab)["active"]] == lab.names(JOBS)
    finish_all(lab)
    assert "active" not in status(lab)
    assert status(lab)["lastSuccessfulTime"] == "2026-01-01T00:05:00Z"
    completed = f"Saw completed job: tick-{minute}, condition: Complete"
    assert lab.messages("SawCompletedJob") == [completed]


@pytest.mark.parametrize(("policy", "running"), [("Allow", 2), ("Forbid", 1), ("Replace", 1)])
def test_the_concurrency_policy_decides_about_a_job_that_still_runs(
    lab: Lab, policy: str, running: int
) -> None:
    schedule(lab, concurrencyPolicy=policy)
    lab.cluster.advance(300)
    [first] = lab.names(JOBS)
    lab.cluster.advance(300)
    assert len(lab.names(JOBS)) == running
    assert (first in lab.names(JOBS)) is (policy != "Replace")


def test_only_the_latest_jobs_are_kept(lab: Lab) -> None:
    schedule(lab, successfulJobsHistoryLimit=2)
    for _ in range(4):
        lab.cluster.advance(300)
        finish_all(lab)
    assert len(lab.names(JOBS)) == 2


def test_a_suspended_cron_job_rests_and_then_runs_what_it_missed_once(lab: Lab) -> None:
    schedule(lab, suspend=True)
    lab.cluster.advance(1200)
    assert lab.names(JOBS) == []
    lab.patch(CRON_JOBS, "tick", {"spec": {"suspend": False}})
    assert len(lab.names(JOBS)) == 1


def test_what_is_past_its_starting_deadline_is_not_started(lab: Lab) -> None:
    schedule(lab, suspend=True, startingDeadlineSeconds=60)
    lab.cluster.advance(400)
    lab.patch(CRON_JOBS, "tick", {"spec": {"suspend": False}})
    assert lab.names(JOBS) == []


def test_its_jobs_go_with_it(lab: Lab) -> None:
    schedule(lab)
    lab.cluster.advance(300)
    lab.delete(CRON_JOBS, "tick", propagation="Background")
    assert lab.names(JOBS) == []
    assert lab.pods() == []
