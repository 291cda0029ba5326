"""Kinds that are served in more versions than they are stored in.

HorizontalPodAutoscalers are stored as autoscaling/v2, Events as core/v1. What an older version has no
field for travels in annotations, as the API server does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson

from fake_cluster.kinds import refs
from fake_cluster.kinds.defaults import autoscaling
from fake_cluster.objects import Object, ResourceRef

Convert = Callable[[Object], Object]


def to_storage(ref: ResourceRef, obj: Object) -> Object:
    """The object in the version that it is stored in; itself if that is its own."""
    convert = _CONVERSIONS.get(ref)
    return convert[0](obj) if convert else obj


def from_storage(ref: ResourceRef, obj: Object) -> Object:
    """A stored object in the version of `ref`."""
    convert = _CONVERSIONS.get(ref)
    return convert[1](obj) if convert else obj


def _renamed(api_version: str) -> Convert:
    def convert(obj: Object) -> Object:
        return obj | {"apiVersion": api_version}

    return convert


# --- autoscaling/v1 -----------------------------------------------------------------------------------

_PREFIX: Final = "autoscaling.alpha.kubernetes.io/"
_METRICS: Final = _PREFIX + "metrics"
_BEHAVIOR: Final = _PREFIX + "behavior"
_CURRENT: Final = _PREFIX + "current-metrics"
_CONDITIONS: Final = _PREFIX + "conditions"
_SPEC_V1: Final = ("scaleTargetRef", "minReplicas", "maxReplicas")
_STATUS_V1: Final = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")


def _autoscaler_from_v1(obj: Object) -> Object:
    metadata, annotations = _without_notes(obj)
    spec = {name: obj["spec"][name] for name in _SPEC_V1 if name in obj["spec"]}
    target = obj["spec"].get("targetCPUUtilizationPercentage")
    metrics = (
        []
        if target is None
        else [_cpu_metric("target", {"type": "Utilization", "averageUtilization": target})]
    )
    metrics += _noted(annotations, _METRICS, [])
    spec |= {"metrics": metrics} if metrics else {}
    behavior = _noted(annotations, _BEHAVIOR, None)
    spec |= {"behavior": behavior} if behavior is not None else {}
    converted = {"kind": obj["kind"], "apiVersion": "autoscaling/v2", "metadata": metadata, "spec": spec}
    autoscaling.horizontal_pod_autoscaler(converted)
    return converted | {"status": _status_from_v1(obj.get("status") or {}, annotations)}


def _status_from_v1(status: Object, annotations: Object) -> Object:
    found: Object = {name: status[name] for name in _STATUS_V1 if name in status}
    current = status.get("currentCPUUtilizationPercentage")
    measured = [] if current is None else [_cpu_metric("current", {"averageUtilization": current})]
    found["currentMetrics"] = measured + _noted(annotations, _CURRENT, []) or None
    conditions = _noted(annotations, _CONDITIONS, [])
    return found | ({"conditions": conditions} if conditions else {})


def _without_notes(obj: Object) -> tuple[Object, Object]:
    """The metadata without the annotations of the conversion, and the annotations."""
    metadata = dict(obj["metadata"])
    annotations = metadata.pop("annotations", {})
    kept = {key: value for key, value in annotations.items() if not key.startswith(_PREFIX)}
    return metadata | ({"annotations": kept} if kept else {}), annotations


def _noted(annotations: Object, key: str, default: Any) -> Any:
    try:
        return orjson.loads(annotations[key]) if key in annotations else default
    except orjson.JSONDecodeError:
        return default


def _cpu_metric(field: str, value: Object) -> Object:
    return {"type": "Resource", "resource": {"name": "cpu", field: value}}


def _autoscaler_to_v1(obj: Object) -> Object:
    spec, status = obj["spec"], obj.get("status") or {}
    found = {name: spec[name] for name in _SPEC_V1 if name in spec}
    cpu, others = _split(spec.get("metrics", ()), "target")
    found |= {} if cpu is None else {"targetCPUUtilizationPercentage": cpu}
    current, measured = _split(status.get("currentMetrics") or (), "current")
    state = {name: status[name] for name in _STATUS_V1 if name in status}
    state |= {"currentReplicas": status.get("currentReplicas", 0)}
    state |= {} if current is None else {"currentCPUUtilizationPercentage": current}
    notes = {
        _METRICS: others,
        _BEHAVIOR: spec.get("behavior"),
        _CURRENT: measured,
        _CONDITIONS: status.get("conditions"),
    }
    metadata = _with_notes(obj["metadata"], notes)
    head = {"kind": obj["kind"], "apiVersion": "autoscaling/v1", "metadata": metadata}
    return head | {"spec": found, "status": state}


def _split(metrics: Any, field: str) -> tuple[int | None, list[Object]]:
    """The CPU utilization, and the metrics that autoscaling/v1 has no field for."""
    cpu: int | None = None
    others = []
    for metric in metrics:
        resource = metric.get("resource", {})
        utilization = resource.get(field, {}).get("averageUtilization")
        if cpu is None and resource.get("name") == "cpu" and utilization is not None:
            cpu = utilization
        else:
            others.append(metric)
    return cpu, others


def _with_notes(metadata: Object, notes: Object) -> Object:
    written = {key: orjson.dumps(value).decode() for key, value in notes.items() if value}
    return metadata | {"annotations": metadata.get("annotations", {}) | written} if written else metadata


# --- events.k8s.io/v1 ---------------------------------------------------------------------------------

_EVENT_FIELDS: Final = {
    "regarding": "involvedObject",
    "note": "message",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
    "reportingController": "reportingComponent",
}
_CORE_EVENT_FIELDS: Final = {core: new for new, core in _EVENT_FIELDS.items()}
_CORE_EVENT_ZEROS: Final = {"reportingComponent": "", "reportingInstance": ""}


def _event_to_core(obj: Object) -> Object:
    renamed = {_EVENT_FIELDS.get(key, key): value for key, value in obj.items()}
    return _CORE_EVENT_ZEROS | renamed | {"apiVersion": "v1"}


def _event_from_core(obj: Object) -> Object:
    renamed = {_CORE_EVENT_FIELDS.get(key, key): value for key, value in obj.items()}
    for name in ("reportingController", "reportingInstance"):
        if not renamed.get(name):
            renamed.pop(name, None)
    return renamed | {"apiVersion": "events.k8s.io/v1"}


_CONVERSIONS: Final[dict[ResourceRef, tuple[Convert, Convert]]] = {
    refs.HORIZONTAL_POD_AUTOSCALERS_V1: (_autoscaler_from_v1, _autoscaler_to_v1),
    refs.HORIZONTAL_POD_AUTOSCALERS_V2BETA2: (_renamed("autoscaling/v2"), _renamed("autoscaling/v2beta2")),
    refs.EVENTS_V1: (_event_to_core, _event_from_core),
}
