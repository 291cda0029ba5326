"""The columns of the kinds that make Pods."""

from __future__ import annotations

from datetime import datetime

from fake_cluster.kinds.ages import UNKNOWN, age_since, duration
from fake_cluster.kinds.printing.cells import (
    AGE,
    NAME,
    NONE,
    at,
    container_columns,
    field,
    selector_text,
)
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object


def _ratio(have: str, want: str) -> Column:
    return Column("Ready", lambda obj, _: f"{at(obj, have, 0)}/{at(obj, want, 0)}")


def _number(title: str, path: str) -> Column:
    return Column(title, field(path, 0), type="integer")


DEPLOYMENT = (
    NAME,
    _ratio("status.readyReplicas", "spec.replicas"),
    Column("Up-to-date", field("status.updatedReplicas", 0)),
    Column("Available", field("status.availableReplicas", 0)),
    AGE,
    *container_columns(),
)
REPLICA_SET = (
    NAME,
    _number("Desired", "spec.replicas"),
    _number("Current", "status.replicas"),
    _number("Ready", "status.readyReplicas"),
    AGE,
    *container_columns(),
)
STATEFUL_SET = (NAME, _ratio("status.readyReplicas", "spec.replicas"), AGE, *container_columns()[:2])
DAEMON_SET = (
    NAME,
    _number("Desired", "status.desiredNumberScheduled"),
    _number("Current", "status.currentNumberScheduled"),
    _number("Ready", "status.numberReady"),
    _number("Up-to-date", "status.updatedNumberScheduled"),
    _number("Available", "status.numberAvailable"),
    Column("Node Selector", lambda obj, _: _node_selector(obj)),
    AGE,
    *container_columns(),
)


def _node_selector(obj: Object) -> str:
    return selector_text({"matchLabels": at(obj, "spec.template.spec.nodeSelector", {})})


def _job_status(obj: Object, now: float) -> str:
    del now
    kinds = {item["type"] for item in at(obj, "status.conditions", ()) if item.get("status") == "True"}
    for kind in ("Complete", "Failed", "Suspended", "FailureTarget"):
        if kind in kinds:
            return kind
    return "Terminating" if "deletionTimestamp" in obj["metadata"] else "Running"


def _completions(obj: Object, now: float) -> str:
    del now
    done, wanted = at(obj, "status.succeeded", 0), at(obj, "spec.completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    parallelism = at(obj, "spec.parallelism", 0)
    return f"{done}/1 of {parallelism}" if parallelism > 1 else f"{done}/1"


def _job_duration(obj: Object, now: float) -> str:
    start, end = at(obj, "status.startTime"), at(obj, "status.completionTime")
    if start is None:
        return ""
    finished = datetime.fromisoformat(end).timestamp() if end else now
    return duration(finished - datetime.fromisoformat(start).timestamp())


JOB = (
    NAME,
    Column("Status", _job_status),
    Column("Completions", _completions),
    Column("Duration", _job_duration),
    AGE,
    *container_columns(),
)


def _last_schedule(obj: Object, now: float) -> str:
    moment = at(obj, "status.lastScheduleTime")
    return age_since(moment, now) if moment else NONE


CRON_JOB = (
    NAME,
    Column("Schedule", field("spec.schedule")),
    Column("Timezone", field("spec.timeZone")),
    Column("Suspend", lambda obj, _: str(bool(at(obj, "spec.suspend")))),
    Column("Active", lambda obj, _: len(at(obj, "status.active", ())), type="integer"),
    Column("Last Schedule", _last_schedule),
    AGE,
)


def _reference(obj: Object, now: float) -> str:
    del now
    return f"{at(obj, 'spec.scaleTargetRef.kind', '')}/{at(obj, 'spec.scaleTargetRef.name', '')}"


def _targets(obj: Object, now: float) -> str:
    del now
    metrics = at(obj, "spec.metrics", ())
    return ", ".join(_target(metric, obj) for metric in metrics) or NONE


def _target(metric: Object, obj: Object) -> str:
    name, target = at(metric, "resource.name", ""), at(metric, "resource.target", {})
    wanted = target.get("averageUtilization")
    current = [
        at(item, "resource.current.averageUtilization")
        for item in at(obj, "status.currentMetrics", ())
        if at(item, "resource.name") == name
    ]
    seen = f"{current[0]}%" if current and current[0] is not None else UNKNOWN
    return (
        f"{name}: {seen}/{wanted}%" if wanted is not None else f"{name}: {seen}/{target.get('averageValue')}"
    )


AUTOSCALER = (
    NAME,
    Column("Reference", _reference),
    Column("Targets", _targets),
    Column("MinPods", lambda obj, _: str(at(obj, "spec.minReplicas", "<unset>"))),
    Column("MaxPods", field("spec.maxReplicas", 0), type="integer"),
    Column("Replicas", field("status.currentReplicas", 0), type="integer"),
    AGE,
)
BUDGET = (
    NAME,
    Column("Min Available", lambda obj, _: str(at(obj, "spec.minAvailable", "N/A"))),
    Column("Max Unavailable", lambda obj, _: str(at(obj, "spec.maxUnavailable", "N/A"))),
    Column("Allowed Disruptions", field("status.disruptionsAllowed", 0), type="integer"),
    AGE,
)
