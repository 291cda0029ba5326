"""The columns of the kinds that make Pods, and of the autoscaler."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fake_cluster.kinds.ages import duration
from fake_cluster.kinds.printing.cells import (
    AGE,
    NAME,
    NONE,
    at,
    column,
    containers,
    count,
    field,
    images,
    labels,
    selector,
    since,
    timed,
    wide,
)
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object, condition_is_true, controller_of

_TEMPLATE: Final = "spec.template.spec.containers"


def _template(path: str = _TEMPLATE) -> tuple[Column, Column]:
    return wide("Containers", containers(path)), wide("Images", images(path))


def _selector(obj: Object) -> str:
    return selector(at(obj, "spec.selector"))


_SELECTED: Final = (*_template(), wide("Selector", _selector))


def _of(part: str, whole: str) -> Callable[[Object], str]:
    return lambda obj: f"{at(obj, part, 0)}/{at(obj, whole, 0)}"


def _number(name: str, path: str) -> Column:
    return column(name, field(path, 0), "integer")


_DEPLOYMENT: Final = (
    NAME,
    column("Ready", _of("status.readyReplicas", "spec.replicas")),
    _number("Up-to-date", "status.updatedReplicas"),
    _number("Available", "status.availableReplicas"),
    AGE,
    *_SELECTED,
)
SCALE: Final = (
    NAME,
    _number("Desired", "spec.replicas"),
    _number("Available", "status.replicas"),
    AGE,
)
"""The columns of a Scale, whatever it is the scale of."""
_REPLICAS: Final = (
    NAME,
    _number("Desired", "spec.replicas"),
    _number("Current", "status.replicas"),
    _number("Ready", "status.readyReplicas"),
    AGE,
)
_DAEMON_SET: Final = (
    NAME,
    _number("Desired", "status.desiredNumberScheduled"),
    _number("Current", "status.currentNumberScheduled"),
    _number("Ready", "status.numberReady"),
    _number("Up-to-date", "status.updatedNumberScheduled"),
    _number("Available", "status.numberAvailable"),
    column("Node Selector", lambda obj: labels(at(obj, "spec.template.spec.nodeSelector"))),
    AGE,
    *_SELECTED,
)


def _job_status(obj: Object) -> str:
    for kind in ("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if condition_is_true(obj, kind):
            return kind
    return "Terminating" if "deletionTimestamp" in obj["metadata"] else "Running"


def _completions(obj: Object) -> str:
    done, wanted = at(obj, "status.succeeded", 0), at(obj, "spec.completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    parallelism = at(obj, "spec.parallelism", 0)
    return f"{done}/1 of {parallelism}" if parallelism > 1 else f"{done}/1"


def _job_duration(obj: Object, now: float) -> str:
    start, end = at(obj, "status.startTime"), at(obj, "status.completionTime")
    if not start:
        return ""
    return duration((_seconds(end) if end else now) - _seconds(start))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


_JOB: Final = (
    NAME,
    column("Status", _job_status),
    column("Completions", _completions),
    timed("Duration", _job_duration),
    AGE,
    *_SELECTED,
)
_CRON_JOB: Final = (
    NAME,
    column("Schedule", field("spec.schedule")),
    column("Timezone", field("spec.timeZone", NONE)),
    column("Suspend", lambda obj: str(at(obj, "spec.suspend", default=False)), "boolean"),
    column("Active", count("status.active"), "integer"),
    timed("Last Schedule", since("status.lastScheduleTime")),
    AGE,
    *_template("spec.jobTemplate.spec.template.spec.containers"),
    wide("Selector", lambda obj: selector(at(obj, "spec.jobTemplate.spec.selector"))),
)


def _controller(obj: Object) -> str:
    owner = controller_of(obj)
    if owner is None:
        return NONE
    group = owner["apiVersion"].rpartition("/")[0]
    return f"{owner['kind'].lower()}{'.' + group if group else ''}/{owner['name']}"


# --- autoscaling --------------------------------------------------------------------------------------


def _targets(obj: Object) -> str:
    metrics, current = at(obj, "spec.metrics", ()), at(obj, "status.currentMetrics", ())
    if not metrics:
        return NONE
    shown = [_target(item, current[i] if i < len(current) else {}) for i, item in enumerate(metrics)]
    return ", ".join(shown[:2]) + (f" + {len(shown) - 2} more..." if len(shown) > 2 else "")


def _target(metric: Object, current: Object) -> str:
    source = _SOURCES.get(metric.get("type", ""))
    if source is None:
        return "<unknown type>"
    target, now = at(metric, f"{source}.target", {}), at(current, f"{source}.current", {})
    name = at(metric, f"{source}.name")
    prefix = f"{name}: " if source == "resource" else ""
    if target.get("averageUtilization") is not None:
        used = now.get("averageUtilization")
        return f"{prefix}{'<unknown>' if used is None else f'{used}%'}/{target['averageUtilization']}%"
    if target.get("averageValue") is not None:
        average = " (avg)" if source in ("object", "external") else ""
        return f"{prefix}{now.get('averageValue', '<unknown>')}/{target['averageValue']}{average}"
    return f"{prefix}{now.get('value', '<unknown>')}/{target.get('value', '<auto>')}"


_SOURCES: Final[dict[str, str]] = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}


def _reference(obj: Object) -> Any:
    return f"{at(obj, 'spec.scaleTargetRef.kind')}/{at(obj, 'spec.scaleTargetRef.name')}"


_AUTOSCALER: Final = (
    NAME,
    column("Reference", _reference),
    column("Targets", _targets),
    column("MinPods", lambda obj: str(at(obj, "spec.minReplicas", "<unset>"))),
    _number("MaxPods", "spec.maxReplicas"),
    _number("Replicas", "status.currentReplicas"),
    AGE,
)

TABLES: Final = {
    ("", "podtemplates"): (
        NAME,
        column("Containers", containers("template.spec.containers")),
        column("Images", images("template.spec.containers")),
        column("Pod Labels", lambda obj: labels(at(obj, "template.metadata.labels"))),
    ),
    ("", "replicationcontrollers"): (
        *_REPLICAS,
        *_template(),
        wide("Selector", lambda obj: labels(at(obj, "spec.selector"))),
    ),
    ("apps", "controllerrevisions"): (
        NAME,
        column("Controller", _controller),
        _number("Revision", "revision"),
        AGE,
    ),
    ("apps", "daemonsets"): _DAEMON_SET,
    ("apps", "deployments"): _DEPLOYMENT,
    ("apps", "replicasets"): (*_REPLICAS, *_SELECTED),
    ("apps", "statefulsets"): (
        NAME,
        column("Ready", _of("status.readyReplicas", "spec.replicas")),
        AGE,
        *_template(),
    ),
    ("autoscaling", "horizontalpodautoscalers"): _AUTOSCALER,
    ("batch", "cronjobs"): _CRON_JOB,
    ("batch", "jobs"): _JOB,
}
