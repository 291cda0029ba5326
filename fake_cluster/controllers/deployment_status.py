"""What a Deployment says about itself: counts, and the conditions Available, Progressing, ReplicaFailure.

Reasons and messages as kube-controller-manager has them (recorded with 1.36).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fake_cluster.controllers.rolling_update import (
    max_unavailable,
    replicas_of,
    status_count,
    total,
    total_of,
)
from fake_cluster.controllers.status import compact, find, without
from fake_cluster.machinery.clock import parse_timestamp, timestamp
from fake_cluster.objects import Object, condition

AVAILABLE, PROGRESSING, FAILURE = "Available", "Progressing", "ReplicaFailure"
CREATED, FOUND = "NewReplicaSetCreated", "FoundNewReplicaSet"
UPDATED, DONE, TIMED_OUT = "ReplicaSetUpdated", "NewReplicaSetAvailable", "ProgressDeadlineExceeded"
PAUSED, RESUMED, FAILED_CREATE = "DeploymentPaused", "DeploymentResumed", "ReplicaSetCreateError"
NO_DEADLINE = 2**31 - 1


def has_deadline(deployment: Object) -> bool:
    """Whether progress is watched at all."""
    return bool(deployment["spec"].get("progressDeadlineSeconds", NO_DEADLINE) != NO_DEADLINE)


def make_condition(kind: str, status: str, reason: str, message: str, now: float) -> Object:
    """A condition as a Deployment has it."""
    moment = timestamp(now)
    times = {"lastUpdateTime": moment, "lastTransitionTime": moment}
    return {"type": kind, "status": status, **times, "reason": reason, "message": message}


def put_condition(conditions: list[Object], new: Object) -> list[Object]:
    """The conditions with `new`, which changes nothing if status and reason are as before."""
    old = find(conditions, new["type"])
    if old is None:
        return [*conditions, new]
    if (old["status"], old["reason"]) == (new["status"], new["reason"]):
        return conditions
    if old["status"] == new["status"]:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    return [*without(conditions, new["type"]), new]


def counts(deployment: Object, everything: Sequence[Object], new: Object | None) -> Object:
    """The numbers of the status, and which generation they are of."""
    available = total_of(everything, "availableReplicas")
    return compact(
        observedGeneration=deployment["metadata"].get("generation", 0),
        replicas=total_of(everything, "replicas"),
        updatedReplicas=status_count(new, "replicas") if new else 0,
        readyReplicas=total_of(everything, "readyReplicas"),
        availableReplicas=available,
        unavailableReplicas=max(0, total(everything) - available),
    )


def is_complete(deployment: Object, status: Object) -> bool:
    """Whether all Pods are of the new template and available, and no others are left."""
    wished = replicas_of(deployment)
    numbers = (status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas"))
    return all(number == wished for number in numbers)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a rollout stands: what its conditions are made of."""

    deployment: Object
    everything: Sequence[Object]
    new: Object | None
    now: float

    def status(self, conditions: list[Object], *, settled: bool) -> Object:
        """The whole status; `settled` where nothing is being rolled out (paused, or only scaled)."""
        numbers = counts(self.deployment, self.everything, self.new)
        conditions = put_condition(conditions, self._available(numbers))
        if not has_deadline(self.deployment):
            conditions = without(conditions, PROGRESSING)
        elif not settled:
            conditions = self._progress(conditions, numbers)
        conditions = self._failure(conditions)
        collisions = (self.deployment.get("status") or {}).get("collisionCount", 0)
        rest = compact(collisionCount=collisions, conditions=conditions)
        return {**numbers, **rest, "terminatingReplicas": total_of(self.everything, "terminatingReplicas")}

    def _available(self, numbers: Object) -> Object:
        enough = replicas_of(self.deployment) - max_unavailable(self.deployment)
        if numbers.get("availableReplicas", 0) >= enough:
            message = "Deployment has minimum availability."
            return make_condition(AVAILABLE, "True", "MinimumReplicasAvailable", message, self.now)
        message = "Deployment does not have minimum availability."
        return make_condition(AVAILABLE, "False", "MinimumReplicasUnavailable", message, self.now)

    def _progress(self, conditions: list[Object], numbers: Object) -> list[Object]:
        known = find(conditions, PROGRESSING)
        alone = numbers.get("replicas", 0) == numbers.get("updatedReplicas", 0)
        if alone and known is not None and known["reason"] == DONE:
            return conditions
        subject = self._subject()
        if is_complete(self.deployment, numbers):
            done = f"{subject} has successfully progressed."
            return put_condition(conditions, make_condition(PROGRESSING, "True", DONE, done, self.now))
        if self._has_moved(numbers):
            moving = make_condition(PROGRESSING, "True", UPDATED, f"{subject} is progressing.", self.now)
            if known is not None and known["status"] == "True":
                moving["lastTransitionTime"] = known["lastTransitionTime"]
            return [*without(conditions, PROGRESSING), moving]
        if self.has_timed_out(known):
            late = f"{subject} has timed out progressing."
            return put_condition(conditions, make_condition(PROGRESSING, "False", TIMED_OUT, late, self.now))
        return conditions

    def _subject(self) -> str:
        if self.new is None:
            return f'Deployment "{self.deployment["metadata"]["name"]}"'
        return f'ReplicaSet "{self.new["metadata"]["name"]}"'

    def _has_moved(self, numbers: Object) -> bool:
        before = self.deployment.get("status") or {}
        grown = any(
            numbers.get(name, 0) > before.get(name, 0)
            for name in ("updatedReplicas", "readyReplicas", "availableReplicas")
        )
        return grown or _old_replicas(numbers) < _old_replicas(before)

    def has_timed_out(self, known: Object | None) -> bool:
        """Whether the rollout has got nowhere for `progressDeadlineSeconds`."""
        left = self.time_left(known)
        return (known is not None and known["reason"] == TIMED_OUT) or (left is not None and left < 0)

    def time_left(self, known: Object | None) -> float | None:
        """Seconds until the rollout counts as stuck; None where it is done or not watched."""
        if known is None or known["reason"] in (DONE, TIMED_OUT) or not has_deadline(self.deployment):
            return None
        deadline = self.deployment["spec"]["progressDeadlineSeconds"]
        return float(parse_timestamp(known["lastUpdateTime"]) + deadline - self.now)

    def _failure(self, conditions: list[Object]) -> list[Object]:
        """ReplicaFailure is that of the new ReplicaSet, else of an old one."""
        for replica_set in (self.new, *self.everything):
            failed = condition(replica_set, FAILURE) if replica_set else None
            if failed is not None:
                mine = make_condition(
                    FAILURE, failed["status"], failed["reason"], failed["message"], self.now
                )
                return put_condition(conditions, mine)
        return without(conditions, FAILURE)


def _old_replicas(numbers: Object) -> int:
    return int(numbers.get("replicas", 0)) - int(numbers.get("updatedReplicas", 0))
