"""CronJob: makes a Job whenever its schedule says so.

Source: documentation of CronJobs; texts as kube-controller-manager has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fake_cluster.controllers import cron
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.ownership import Claims
from fake_cluster.controllers.status import compact, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CRON_JOBS, JOBS
from fake_cluster.machinery.clock import parse_timestamp, timestamp
from fake_cluster.machinery.controller import Controller, Result, Source, controller_key, own_key
from fake_cluster.objects import Key, Object, condition_is_true, controller_reference, is_terminating

SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
TOO_MANY_MISSED = 100


class CronJobController:
    """Jobs for CronJobs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = context.client
        self._cron_jobs = context.informers[CRON_JOBS]
        self._jobs = context.informers[JOBS]
        self._claims = Claims(context.client, self._jobs)
        self._events = context.recorder("cronjob-controller")

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(CRON_JOBS, self._cron_jobs.first(own_key)),
            Source(JOBS, self._jobs.first(controller_key("CronJob"))),
        )
        return Controller("cronjob-controller", self.reconcile, sources)

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one CronJob."""
        cron_job = self._cron_jobs.get(key)
        if cron_job is None:
            return None
        jobs = self._claims.owned(cron_job)
        status: Object = dict(cron_job.get("status") or {})
        self._note_finished(cron_job, jobs, status)
        self._clean_up(cron_job, jobs)
        again = None
        if not is_terminating(cron_job) and not cron_job["spec"].get("suspend"):
            again = self._run_due(cron_job, status)
        self._cron_jobs.note(write_status(self._client, CRON_JOBS, cron_job, compact(**status)))
        return again

    # --- what was started -------------------------------------------------------------------------

    def _note_finished(self, cron_job: Object, jobs: list[Object], status: Object) -> None:
        known = {item["uid"] for item in status.get("active") or ()}
        for job in jobs:
            ended = _outcome(job)
            meta = job["metadata"]
            if ended and meta["uid"] in known:
                message = f"Saw completed job: {meta['name']}, condition: {ended}"
                self._events.record(cron_job, "Normal", "SawCompletedJob", message)
            if ended == "Complete":
                moments = (status.get("lastSuccessfulTime", ""), job["status"].get("completionTime", ""))
                status["lastSuccessfulTime"] = max(moments)
        status["active"] = [_reference(job) for job in jobs if not _outcome(job)]

    def _clean_up(self, cron_job: Object, jobs: list[Object]) -> None:
        """Delete the oldest finished Jobs beyond the limits."""
        limits = {
            "Complete": cron_job["spec"].get("successfulJobsHistoryLimit", 3),
            "Failed": cron_job["spec"].get("failedJobsHistoryLimit", 1),
        }
        for outcome, limit in limits.items():
            ended = [job for job in jobs if _outcome(job) == outcome and not is_terminating(job)]
            ended.sort(key=lambda job: job["status"].get("startTime", ""))
            for job in ended[: max(0, len(ended) - limit)]:
                self._delete(cron_job, job)

    def _delete(self, cron_job: Object, job: Object) -> None:
        meta = job["metadata"]
        try:
            self._client.delete(JOBS, meta["name"], meta["namespace"], propagation="Background")
        except ApiError as error:
            if error.code != 404:
                raise
        self._events.record(cron_job, "Normal", "SuccessfulDelete", f"Deleted job {meta['name']}")

    # --- what is due ------------------------------------------------------------------------------

    def _run_due(self, cron_job: Object, status: Object) -> Result | None:
        """Start the Job of the latest scheduled moment that has come; look again at the next one."""
        try:
            schedule, zone = cron.parse(cron_job["spec"]["schedule"]), _zone(cron_job)
        except ValueError as error:
            message = f"unparseable schedule {cron_job['spec']['schedule']}: {error}"
            self._events.record(cron_job, "Warning", "UnparseableSchedule", message)
            return None
        now = self._context.clock.now()
        due = self._latest_due(cron_job, list(self._moments(cron_job, status, schedule, zone)))
        if due is not None and self._may_start(cron_job, status):
            self._start(cron_job, status, due)
        following = schedule.after(now, zone)
        return Result(requeue_after=following - now) if following is not None else None

    def _moments(
        self, cron_job: Object, status: Object, schedule: cron.Schedule, zone: tzinfo
    ) -> Iterator[float]:
        """The scheduled moments since the last Job, up to now."""
        now = self._context.clock.now()
        since = status.get("lastScheduleTime") or cron_job["metadata"]["creationTimestamp"]
        moment: float | None = parse_timestamp(since)
        deadline = cron_job["spec"].get("startingDeadlineSeconds")
        if deadline is not None and moment is not None:
            moment = max(moment, now - deadline)
        while moment is not None and (moment := schedule.after(moment, zone)) is not None and moment <= now:
            yield moment

    def _latest_due(self, cron_job: Object, moments: list[float]) -> float | None:
        if len(moments) > TOO_MANY_MISSED:
            message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
            self._events.record(cron_job, "Warning", "TooManyMissedTimes", message)
        return moments[-1] if moments else None

    def _may_start(self, cron_job: Object, status: Object) -> bool:
        active = status.get("active") or []
        policy = cron_job["spec"].get("concurrencyPolicy", "Allow")
        if not active or policy == "Allow":
            return True
        if policy == "Forbid":
            message = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self._events.record(cron_job, "Normal", "JobAlreadyActive", message)
            return False
        for job in self._claims.owned(cron_job):
            if not _outcome(job):
                self._delete(cron_job, job)
        status["active"] = []
        return True

    def _start(self, cron_job: Object, status: Object, moment: float) -> None:
        wanted = new_job(cron_job, moment, _zone(cron_job))
        try:
            job = self._client.create(JOBS, wanted)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                message = f"Error creating job: {error.message}"
                self._events.record(cron_job, "Warning", "FailedCreate", message)
                raise
            job = self._client.get(JOBS, wanted["metadata"]["name"], wanted["metadata"]["namespace"])
        else:
            message = f"Created job {job['metadata']['name']}"
            self._events.record(cron_job, "Normal", "SuccessfulCreate", message)
        self._jobs.note(job)
        others = [item for item in status.get("active") or () if item["uid"] != job["metadata"]["uid"]]
        status["active"] = [*others, _reference(job)]
        status["lastScheduleTime"] = timestamp(moment)


def _zone(cron_job: Object) -> tzinfo:
    """The time zone of the schedule; ValueError if there is no such zone."""
    name = cron_job["spec"].get("timeZone")
    try:
        return ZoneInfo(name) if name else UTC
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"unknown time zone {name}") from error


def _outcome(job: Object) -> str:
    """`Complete`, `Failed`, or empty while the Job runs."""
    return next((kind for kind in ("Complete", "Failed") if condition_is_true(job, kind)), "")


def _reference(job: Object) -> Object:
    meta = job["metadata"]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": meta["name"],
        "namespace": meta["namespace"],
        "uid": meta["uid"],
        "resourceVersion": meta["resourceVersion"],
    }


def new_job(cron_job: Object, moment: float, zone: tzinfo) -> Object:
    """The Job for one scheduled moment; its name ends in that moment's minute since the epoch."""
    meta, template = cron_job["metadata"], cron_job["spec"]["jobTemplate"]
    wanted = template.get("metadata") or {}
    scheduled = datetime.fromtimestamp(moment, zone).isoformat().replace("+00:00", "Z")
    labels = {"labels": wanted["labels"]} if wanted.get("labels") else {}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{meta['name']}-{int(moment) // 60}",
            "namespace": meta["namespace"],
            **labels,
            "annotations": {**(wanted.get("annotations") or {}), SCHEDULED: scheduled},
            "ownerReferences": [controller_reference(cron_job)],
        },
        "spec": template["spec"],
    }
