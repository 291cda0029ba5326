"""The Pods of a Job: which count as what, and how they are made.

Source: documentation of Jobs ("Job termination and cleanup", "Completion mode"); labels and annotations
as the Job controller sets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fake_cluster.controllers import pods as of_pods
from fake_cluster.machinery.clock import parse_timestamp
from fake_cluster.objects import Object, annotations_of, condition, is_terminating

TRACKED = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"
NAME_LABEL = "batch.kubernetes.io/job-name"
FIRST_DELAY, LAST_DELAY = 10.0, 600.0
"""Seconds before a failed Pod is replaced: the first, doubling, up to the last."""


def is_tracked(pod: Object) -> bool:
    """Whether the Pod has not been counted for good."""
    return TRACKED in (pod["metadata"].get("finalizers") or ())


def uid_of(obj: Object) -> str:
    """The object's uid."""
    return str(obj["metadata"]["uid"])


def index_of(pod: Object) -> int | None:
    """The completion index of a Pod of an indexed Job."""
    text = annotations_of(pod).get(INDEX)
    return int(text) if text is not None and text.isdigit() else None


def is_indexed(job: Object) -> bool:
    """Whether each completion of the Job has a number."""
    return bool(job["spec"].get("completionMode") == "Indexed")


@dataclass(slots=True)
class Census:
    """The Pods of a Job by what has become of them."""

    active: list[Object] = field(default_factory=list)
    succeeded: list[Object] = field(default_factory=list)
    failed: list[Object] = field(default_factory=list)
    terminating: int = 0

    @classmethod
    def of(cls, job: Object, pods: Iterable[Object]) -> Census:
        """Sort the Pods; one that is being deleted counts as failed, unless only failed ones are replaced."""
        census = cls()
        patient = job["spec"].get("podReplacementPolicy") == "Failed"
        for pod in pods:
            phase = of_pods.phase(pod)
            leaving = is_terminating(pod) and phase not in of_pods.FINISHED
            census.terminating += leaving
            if phase == "Succeeded":
                census.succeeded.append(pod)
            elif phase == "Failed" or (leaving and not patient):
                census.failed.append(pod)
            elif not leaving:
                census.active.append(pod)
        return census

    @property
    def ready(self) -> int:
        """How many Pods are ready."""
        return sum(map(of_pods.is_ready, self.active))


def finished_at(pod: Object) -> float:
    """When a finished Pod ended."""
    status = pod.get("status") or {}
    ended = [
        item["state"]["terminated"].get("finishedAt")
        for item in status.get("containerStatuses") or ()
        if "terminated" in (item.get("state") or {})
    ]
    known = [parse_timestamp(text) for text in ended if text]
    if known:
        return max(known)
    ready, meta = condition(pod, "Ready"), pod["metadata"]
    if ready is not None and ready["status"] == "False":
        return parse_timestamp(ready["lastTransitionTime"])
    if is_terminating(pod):
        return parse_timestamp(meta["deletionTimestamp"]) - float(meta.get("deletionGracePeriodSeconds", 0))
    return parse_timestamp(meta["creationTimestamp"])


@dataclass(slots=True)
class Backoff:
    """How often in a row the Pods of a Job have failed, and when last."""

    failures: int = 0
    last: float = 0.0

    def note(self, ended: Iterable[Object]) -> None:
        """Take Pods that have just ended; a success begins the count anew."""
        for pod in sorted(ended, key=finished_at):
            failed = of_pods.phase(pod) != "Succeeded"
            self.failures = self.failures + 1 if failed else 0
            self.last = finished_at(pod)

    def left(self, now: float) -> float:
        """Seconds until failed Pods may be replaced."""
        if not self.failures:
            return 0.0
        wait = min(FIRST_DELAY * 2.0 ** (self.failures - 1), LAST_DELAY)
        return max(0.0, self.last + wait - now)


def new_pod(job: Object, index: int | None = None) -> Object:
    """A Pod of the Job; of an indexed one, for that index."""
    pod = of_pods.new_pod(job, job["spec"]["template"])
    metadata = pod["metadata"]
    metadata["finalizers"] = [*metadata.get("finalizers", ()), TRACKED]
    if index is None:
        return pod
    name = job["metadata"]["name"]
    metadata["generateName"] = f"{name}-{index}-"
    for part in ("labels", "annotations"):
        metadata[part] = {**metadata.get(part, {}), INDEX: str(index)}
    return {**pod, "spec": _indexed_spec(pod["spec"], f"{name}-{index}")}


def _indexed_spec(spec: Object, hostname: str) -> Object:
    """Containers learn their index from the environment, and Pods are called after it."""
    source = {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}
    variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": source}

    def told(containers: Iterable[Object]) -> list[Object]:
        return [{**item, "env": [*(item.get("env") or ()), variable]} for item in containers]

    first = {"initContainers": told(spec["initContainers"])} if spec.get("initContainers") else {}
    return {"hostname": hostname, **spec, **first, "containers": told(spec["containers"])}


# --- indexes as text ----------------------------------------------------------------------------------


def parse_indexes(text: str) -> set[int]:
    """`1,3-5` as numbers."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def text_of_indexes(indexes: Iterable[int]) -> str:
    """Numbers as `1,3-5`; two neighbours are still written one by one."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ",".join(_text_of_run(run) for run in runs)


def _text_of_run(run: Sequence[int]) -> str:
    if len(run) == 1:
        return str(run[0])
    return f"{run[0]},{run[1]}" if len(run) == 2 else f"{run[0]}-{run[-1]}"
