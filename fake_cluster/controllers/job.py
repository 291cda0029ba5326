"""Job: runs Pods until enough of them have succeeded, or too many have failed.

A finished Pod is counted once, even if it is deleted: it keeps a finalizer until the status has it.
Source: documentation of Jobs; texts as recorded with Kubernetes 1.36.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.job_pass import JobPass, Tools
from fake_cluster.controllers.job_pods import NAME_LABEL, Backoff, is_tracked
from fake_cluster.controllers.own_writes import OwnWrites
from fake_cluster.controllers.ownership import Claims, owner_keys
from fake_cluster.kinds.refs import JOBS, PODS
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.objects import Key, Object, controller_of

OURS = "kubernetes.io/job-controller"
"""`spec.managedBy` of Jobs that are left to this controller."""


class JobController:
    """Pods for Jobs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs = context.informers[JOBS]
        self._pods = context.informers[PODS]
        claims = Claims(context.client, self._pods)
        self._own = OwnWrites()
        self._tools = Tools(context, claims, context.recorder("job-controller"), self._own)
        self._backoffs: dict[Key, tuple[str, Backoff]] = {}

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(JOBS, self._jobs.first(self._own.left_out(own_key))),
            Source(PODS, self._pods.first(self._own.left_out(owner_keys("Job", self._jobs)))),
        )
        return Controller("job-controller", self.reconcile, sources)

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one Job."""
        job = self._jobs.get(key)
        self._tools.untrack(self._left_behind(key, job))
        if job is None:
            self._backoffs.pop(key, None)
            return None
        if job["spec"].get("managedBy", OURS) != OURS:
            return None
        return JobPass(self._tools, job, self._backoff(key, job)).run()

    def _backoff(self, key: Key, job: Object) -> Backoff:
        uid, backoff = self._backoffs.get(key, ("", Backoff()))
        if uid != job["metadata"]["uid"]:
            backoff = Backoff()
            self._backoffs[key] = (job["metadata"]["uid"], backoff)
        return backoff

    def _left_behind(self, key: Key, job: Object | None) -> Iterable[Object]:
        """Pods that nobody will count any more, because their Job is gone."""
        uid = job["metadata"]["uid"] if job else None
        for pod in self._pods.find_labelled(key.namespace, {NAME_LABEL: key.name}):
            owner = controller_of(pod)
            if is_tracked(pod) and (owner is None or (owner["kind"] == "Job" and owner["uid"] != uid)):
                yield pod
