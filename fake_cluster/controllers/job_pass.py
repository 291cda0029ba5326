"""One pass over a Job: count what has ended, decide whether the Job has, and keep enough Pods running."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fake_cluster.controllers import job_pods as of_job
from fake_cluster.controllers import pods as of_pods
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.own_writes import OwnWrites
from fake_cluster.controllers.ownership import Claims
from fake_cluster.controllers.status import compact, find, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import JOBS, PODS
from fake_cluster.machinery.clock import parse_timestamp
from fake_cluster.machinery.controller import Result
from fake_cluster.machinery.events import Recorder
from fake_cluster.objects import Object, condition_is_true, is_terminating
from fake_cluster.selectors import label_test

COMPLETE, FAILED, SUSPENDED = "Complete", "Failed", "Suspended"
SUCCESS_MET, FAILURE_TARGET = "SuccessCriteriaMet", "FailureTarget"
_FINAL = {SUCCESS_MET: COMPLETE, FAILURE_TARGET: FAILED}
"""What a Job becomes when the last Pod is gone, by what has been decided about it."""
_REACHED = ("CompletionsReached", "Reached expected number of succeeded pods")
_TOO_MANY = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
_TOO_LATE = ("DeadlineExceeded", "Job was active longer than specified deadline")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a pass works with."""

    context: Context
    claims: Claims
    events: Recorder
    own: OwnWrites

    def untrack(self, pods: Iterable[Object]) -> None:
        """Let go of Pods that have been counted."""
        for pod in list(pods):
            meta = pod["metadata"]
            left = [item for item in meta["finalizers"] if item != of_job.TRACKED]
            body = {"metadata": {"finalizers": left or None, "resourceVersion": meta["resourceVersion"]}}
            try:
                patched = self.context.client.patch(PODS, meta["name"], body, meta["namespace"])
            except ApiError as error:
                if error.code != 404:
                    raise
            else:
                if not is_terminating(patched):
                    self.context.informers[PODS].note(patched)


class JobPass:
    """A pass over one Job."""

    def __init__(self, tools: Tools, job: Object, backoff: of_job.Backoff) -> None:
        self._tools = tools
        self._client = tools.context.client
        self._job = job
        self._backoff = backoff
        self._spec: Object = job["spec"]
        self._status: Object = dict(job.get("status") or {})
        self._conditions: list[Object] = list(self._status.get("conditions") or ())
        self._now = tools.context.clock.now()
        self._again: list[float] = []

    # --- the pass ---------------------------------------------------------------------------------

    def run(self) -> Result | None:
        """Do what is to be done now; when to look again if nothing happens."""
        census = self._census()
        if any(condition_is_true(self._job, kind) for kind in (COMPLETE, FAILED)):
            self._tools.untrack(pod for pod in self._pods() if of_job.is_tracked(pod))
            return None
        self._note_suspension()
        self._count(census)
        self._decide(census)
        if not is_terminating(self._job):
            self._manage(census)
        self._conclude()
        self._write(self._census())
        return Result(requeue_after=min(self._again)) if self._again else None

    def _pods(self) -> list[Object]:
        return self._tools.claims.claim(self._job, label_test(self._spec["selector"]))

    def _census(self) -> of_job.Census:
        return of_job.Census.of(self._job, self._pods())

    @property
    def _suspended(self) -> bool:
        return bool(self._spec.get("suspend"))

    def _note_suspension(self) -> None:
        known = find(self._conditions, SUSPENDED)
        noted = known is not None and known["status"] == "True"
        if self._suspended and not noted:
            self._put(SUSPENDED, "True", "JobSuspended", "Job suspended")
            self._say("Suspended", "Job suspended")
            self._status.pop("startTime", None)
        elif noted and not self._suspended:
            self._put(SUSPENDED, "False", "JobResumed", "Job resumed")
            self._say("Resumed", "Job resumed")
        if not self._suspended and "startTime" not in self._status:
            self._status["startTime"] = self._tools.context.timestamp()

    # --- counting ---------------------------------------------------------------------------------

    def _count(self, census: of_job.Census) -> None:
        """Enter what has ended into the status before the Pods may go, then for good."""
        uncounted = self._status.get("uncountedTerminatedPods") or {}
        waiting = {name: list(uncounted.get(name) or ()) for name in ("succeeded", "failed")}
        ended = {"succeeded": census.succeeded, "failed": census.failed}
        fresh = {
            name: [pod for pod in pods if of_job.is_tracked(pod) and of_job.uid_of(pod) not in waiting[name]]
            for name, pods in ended.items()
        }
        if any(fresh.values()):
            self._backoff.note(pod for pods in fresh.values() for pod in pods)
            for name, pods in fresh.items():
                waiting[name] += map(of_job.uid_of, pods)
            self._status["uncountedTerminatedPods"] = compact(**waiting)
            self._write(census)
        if any(waiting.values()):
            self._tools.untrack(pod for pods in ended.values() for pod in pods if of_job.is_tracked(pod))
            self._add(waiting, census)
        self._status["uncountedTerminatedPods"] = {}

    def _add(self, waiting: dict[str, list[str]], census: of_job.Census) -> None:
        self._status["failed"] = self._status.get("failed", 0) + len(waiting["failed"])
        if not of_job.is_indexed(self._job):
            self._status["succeeded"] = self._status.get("succeeded", 0) + len(waiting["succeeded"])
            return
        done = self._completed()
        done.update(
            index
            for pod in census.succeeded
            if (index := of_job.index_of(pod)) is not None and self._valid(index)
        )
        self._status["completedIndexes"] = of_job.text_of_indexes(done)
        self._status["succeeded"] = len(done)

    def _valid(self, index: int) -> bool:
        return index < int(self._spec.get("completions", 0))

    def _completed(self) -> set[int]:
        return of_job.parse_indexes(self._status.get("completedIndexes", ""))

    # --- has it ended? ----------------------------------------------------------------------------

    def _decide(self, census: of_job.Census) -> None:
        """Whether the Job has succeeded or failed; that does not change any more."""
        if any(find(self._conditions, kind) for kind in _FINAL):
            return
        failure = self._failure(census)
        if failure is not None:
            self._put(FAILURE_TARGET, "True", *failure)
        elif self._has_succeeded(census):
            self._put(SUCCESS_MET, "True", *_REACHED)

    def _failure(self, census: of_job.Census) -> tuple[str, str] | None:
        limit = self._spec.get("backoffLimit", 6)
        if self._status.get("failed", 0) > limit or self._restarted_too_often(census, limit):
            return _TOO_MANY
        deadline = self._spec.get("activeDeadlineSeconds")
        if deadline is None or "startTime" not in self._status:
            return None
        left = parse_timestamp(self._status["startTime"]) + deadline - self._now
        if left <= 0:
            return _TOO_LATE
        self._again.append(left)
        return None

    def _restarted_too_often(self, census: of_job.Census, limit: int) -> bool:
        """With restartPolicy OnFailure the restarts of the containers count, not the Pods."""
        if self._spec["template"]["spec"].get("restartPolicy") != "OnFailure":
            return False
        restarts = sum(map(of_pods.restarts, census.active))
        return restarts > 0 if limit == 0 else restarts >= limit

    def _has_succeeded(self, census: of_job.Census) -> bool:
        succeeded = self._status.get("succeeded", 0)
        completions = self._spec.get("completions")
        if completions is None:
            return bool(succeeded) and not census.active
        return bool(succeeded >= completions)

    def _conclude(self) -> None:
        """Complete or Failed once no Pod is left that runs."""
        census = self._census()
        if census.active or census.terminating:
            return
        for decided, final in _FINAL.items():
            known = find(self._conditions, decided)
            if known is not None:
                self._put(final, "True", known["reason"], known["message"])
                if final == COMPLETE:
                    self._status["completionTime"] = self._tools.context.timestamp()
                    self._say("Completed", "Job completed")
                else:
                    self._tools.events.record(self._job, "Warning", known["reason"], known["message"])

    # --- Pods -------------------------------------------------------------------------------------

    def _manage(self, census: of_job.Census) -> None:
        """Delete what is too much; make what is missing, after a pause if Pods have failed."""
        wanted = self._wanted(census)
        surplus = len(census.active) - wanted
        if surplus > 0:
            for pod in sorted(census.active, key=of_pods.deletion_rank)[:surplus]:
                self._delete(pod)
        if surplus >= 0:
            return
        wait = self._backoff.left(self._now)
        if wait:
            self._again.append(wait)
            return
        for index in self._missing(census, -surplus):
            self._create(index)

    def _wanted(self, census: of_job.Census) -> int:
        """How many Pods are to run now."""
        if self._suspended or any(find(self._conditions, kind) for kind in _FINAL):
            return 0
        parallelism, completions = self._spec.get("parallelism", 1), self._spec.get("completions")
        succeeded = self._status.get("succeeded", 0)
        if completions is None:
            wanted = len(census.active) if succeeded else parallelism
        else:
            wanted = completions - succeeded
        waits_for_end = self._spec.get("podReplacementPolicy") == "Failed"
        room = parallelism - (census.terminating if waits_for_end else 0)
        return int(max(0, min(wanted, room)))

    def _missing(self, census: of_job.Census, count: int) -> Iterable[int | None]:
        if not of_job.is_indexed(self._job):
            return [None] * count
        taken = self._completed() | {of_job.index_of(pod) or 0 for pod in census.active}
        return [index for index in range(self._spec["completions"]) if index not in taken][:count]

    def _create(self, index: int | None) -> None:
        try:
            created = self._client.create(PODS, of_job.new_pod(self._job, index))
        except ApiError as error:
            self._tools.events.record(
                self._job, "Warning", "FailedCreate", f"Error creating: {error.message}"
            )
            raise
        self._tools.context.informers[PODS].note(created)
        self._tools.own.add(created)
        self._say("SuccessfulCreate", f"Created pod: {created['metadata']['name']}")

    def _delete(self, pod: Object) -> None:
        meta = pod["metadata"]
        try:
            self._client.delete(PODS, meta["name"], meta["namespace"], preconditions={"uid": meta["uid"]})
        except ApiError as error:
            if error.code != 404:
                raise
        self._say("SuccessfulDelete", f"Deleted pod: {meta['name']}")

    # --- status -----------------------------------------------------------------------------------

    def _say(self, reason: str, message: str) -> None:
        self._tools.events.record(self._job, "Normal", reason, message)

    def _put(self, kind: str, status: str, reason: str, message: str) -> None:
        moment = self._tools.context.timestamp()
        times = {"lastProbeTime": moment, "lastTransitionTime": moment}
        new = {"type": kind, "status": status, **times, "reason": reason, "message": message}
        old = find(self._conditions, kind)
        if old is None:
            self._conditions.append(new)
        else:
            self._conditions = [new if item is old else item for item in self._conditions]

    def _write(self, census: of_job.Census) -> None:
        self._status |= {"ready": census.ready, "terminating": census.terminating}
        self._status["active"] = len(census.active)
        self._status["conditions"] = self._conditions
        kept = ("ready", "terminating", "uncountedTerminatedPods")
        status = {name: value for name, value in self._status.items() if value or name in kept}
        written = write_status(self._client, JOBS, self._job, status)
        self._tools.own.add(written, self._job)
        self._tools.context.informers[JOBS].note(written)
        self._job = written
