"""Finished Jobs that say how long they want to be remembered, and are then deleted with their Pods.

Source: documentation "Automatic Cleanup for Finished Jobs".
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import JOBS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import parse_timestamp
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.objects import Key, Object, condition, is_terminating, key_of


class TtlAfterFinishedController:
    """Deletes finished Jobs when their time has come."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs = context.informers[JOBS]

    def controller(self) -> Controller:
        """The controller, for a manager."""
        source = Source(JOBS, self._jobs.first(_keys))
        return Controller("ttl-after-finished-controller", self.reconcile, (source,))

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one Job."""
        job = self._jobs.get(key)
        finished = None if job is None or is_terminating(job) else finished_at(job)
        if job is None or finished is None or "ttlSecondsAfterFinished" not in job["spec"]:
            return None
        left = finished + job["spec"]["ttlSecondsAfterFinished"] - self._context.clock.now()
        if left > 0:
            return Result(requeue_after=left)
        self._delete(job)
        return None

    def _delete(self, job: Object) -> None:
        meta = job["metadata"]
        preconditions = {"uid": meta["uid"]}
        try:
            self._context.client.delete(
                JOBS, meta["name"], meta["namespace"], propagation="Foreground", preconditions=preconditions
            )
        except ApiError as error:
            if error.code not in (404, 409):
                raise


def _keys(event: Event) -> Iterable[Key]:
    has_ttl = "ttlSecondsAfterFinished" in event.obj["spec"]
    return (key_of(event.obj),) if has_ttl and event.type != "DELETED" else ()


def finished_at(job: Object) -> float | None:
    """When a Job has completed or failed; None while it runs."""
    for kind in ("Complete", "Failed"):
        found = condition(job, kind)
        if found is not None and found["status"] == "True":
            return parse_timestamp(found["lastTransitionTime"])
    return None
