"""How many replicas a metric asks for: usage against target, with care for Pods that say nothing yet.

Source: documentation "Horizontal Pod Autoscaling", algorithm details; `pkg/controller/podautoscaler`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from fake_cluster.controllers.pods import phase
from fake_cluster.kinds.quantities import amount, canonical
from fake_cluster.machinery.clock import parse_timestamp
from fake_cluster.objects import Object, condition, is_terminating

TOLERANCE = 0.1
"""A ratio so near to 1 asks for nothing."""
INITIALIZATION = 300.0
"""Seconds after its start in which the processor usage of an unready Pod does not count."""
INITIAL_READINESS = 30.0
"""Seconds after its start in which a Pod that was never ready may have been unready."""
NEVER = float("inf")
NO_API = "the server could not find the requested resource (get pods.metrics.k8s.io)"
_RESOURCES = {"Resource": "resource", "ContainerResource": "containerResource"}
_OTHERS = {"Pods": ("pods", "custom"), "Object": ("object", "custom"), "External": ("external", "external")}
"""The field of each other type of metric, and the API that nobody serves."""

_Values = Mapping[str, int]
"""Thousandths by the name of the Pod."""


class MetricError(Exception):
    """A metric that says nothing. `reason` is that of the condition; `changes_at` as of a proposal."""

    def __init__(self, reason: str, message: str, changes_at: float = NEVER) -> None:
        super().__init__(message)
        self.reason = reason
        self.changes_at = changes_at


class Proposal(NamedTuple):
    """What a metric asks for. `changes_at`: when it may ask for something else though nothing happens."""

    replicas: int
    name: str
    status: Object
    changes_at: float = NEVER


class Advice(NamedTuple):
    """What all metrics together ask for; with a `failure` that cannot be said."""

    replicas: int
    metric: str
    statuses: list[Object]
    failure: MetricError | None
    changes_at: float


class Sight(NamedTuple):
    """The Pods of a target at one moment; `metrics` by the name of the Pod, None without such an API."""

    pods: Sequence[Object]
    metrics: Mapping[str, Object] | None
    now: float


class _Groups(NamedTuple):
    ready: int
    unready: set[str]
    missing: set[str]
    ignored: set[str]
    changes_at: float


def advise(metrics: Sequence[Object], current: int, sight: Sight) -> Advice:
    """The largest size that a metric asks for; one that fails keeps the target from getting smaller."""
    best = Proposal(0, "", {})
    failure, changes_at = None, NEVER
    statuses: list[Object] = []
    for metric in metrics:
        try:
            proposal = propose(metric, current, sight)
        except MetricError as error:
            failure = failure or error
            proposal = Proposal(0, "", {"type": ""}, error.changes_at)
        if proposal.name and (not best.name or proposal.replicas > best.replicas):
            best = proposal
        changes_at = min(changes_at, proposal.changes_at)
        statuses.append(proposal.status)
    prevails = failure if best.replicas < current or not best.name else None
    return Advice(best.replicas, best.name, statuses, prevails, changes_at)


def propose(metric: Object, current: int, sight: Sight) -> Proposal:
    """The size that one metric of an autoscaler asks for; MetricError if it cannot be said."""
    kind = metric["type"]
    if kind not in _RESOURCES:
        field, api = _OTHERS[kind]
        name = metric[field]["metric"]["name"]
        why = f"unable to fetch metrics from {api} metrics API: no {api} metrics API registered"
        raise MetricError(f"FailedGet{kind}Metric", f"unable to get metric {name}: {why}")
    source = metric[_RESOURCES[kind]]
    measured = "utilization" if "averageUtilization" in source["target"] else "usage"
    try:
        return _by_resource(kind, source, current, sight)
    except _NotNowError as error:
        message = f"failed to get {source['name']} {measured}: {error}"
        raise MetricError(f"FailedGet{kind}Metric", message, error.changes_at) from error


def _by_resource(kind: str, source: Object, current: int, sight: Sight) -> Proposal:
    name, container = source["name"], source.get("container", "")
    usage = _usage(name, container, sight)
    if not sight.pods:
        raise _NotNowError("no pods returned by selector while calculating replica count")
    groups = _grouped(name, usage, sight)
    counted = {pod: used for pod, used in usage.items() if pod not in groups.ignored | groups.unready}
    if not counted:
        raise _NotNowError(_UNREADY, groups.changes_at)
    label = f"{name} {'container ' if container else ''}resource"
    target = source["target"]
    if "averageUtilization" in target:
        wanted, label = target["averageUtilization"], f"{label} utilization (percentage of request)"
        requests = {pod["metadata"]["name"]: _request(pod, name, container) for pod in sight.pods}
        replicas = _replicas(
            counted, groups, current, _utilization(requests, wanted), _full(requests, wanted)
        )
        now: Object = {"averageUtilization": _percentage(counted, requests)}
    else:
        mean = ceil(amount(target["averageValue"]) * 1000)
        filler = {pod["metadata"]["name"]: mean for pod in sight.pods}
        replicas = _replicas(counted, groups, current, lambda values: _mean(values) / mean, filler)
        now = {}
    now |= {"averageValue": canonical(f"{int(_mean(counted))}m")}
    status = {"name": name, "current": now} | ({"container": container} if container else {})
    return Proposal(replicas, label, {"type": kind, _RESOURCES[kind]: status}, groups.changes_at)


_UNREADY = "did not receive metrics for targeted pods (pods might be unready)"


class _NotNowError(Exception):
    """Why nothing can be said, and until when."""

    def __init__(self, message: str, changes_at: float = NEVER) -> None:
        super().__init__(message)
        self.changes_at = changes_at


# --- what is used -------------------------------------------------------------------------------------


def _usage(name: str, container: str, sight: Sight) -> dict[str, int]:
    failure = f"unable to get metrics for resource {name}: "
    if sight.metrics is None:
        raise _NotNowError(f"{failure}unable to fetch metrics from resource metrics API: {NO_API}")
    if not sight.metrics:
        raise _NotNowError(f"{failure}no metrics returned from resource metrics API")
    return {pod: _used(metrics, name, container) for pod, metrics in sight.metrics.items()}


def _used(metrics: Object, name: str, container: str) -> int:
    parts = [item for item in metrics["containers"] if container in ("", item["name"])]
    return ceil(sum((amount(item["usage"][name]) for item in parts), Fraction(0)) * 1000)


def _request(pod: Object, name: str, container: str) -> int:
    total = Fraction(0)
    for item in pod["spec"]["containers"]:
        if container in ("", item["name"]):
            requests = (item.get("resources") or {}).get("requests") or {}
            if name not in requests:
                whose = f"container {item['name']} of Pod {pod['metadata']['name']}"
                raise _NotNowError(f"missing request for {name} in {whose}")
            total += amount(requests[name])
    return ceil(total * 1000)


# --- which Pods count ---------------------------------------------------------------------------------


def _grouped(name: str, usage: _Values, sight: Sight) -> _Groups:
    ready, changes_at = 0, NEVER
    found: dict[str, set[str]] = {"unready": set(), "missing": set(), "ignored": set()}
    for pod in sight.pods:
        key = pod["metadata"]["name"]
        group, until = _group_of(pod, name, key in usage, sight)
        changes_at = min(changes_at, until)
        if group:
            found[group].add(key)
        else:
            ready += 1
    return _Groups(ready, found["unready"], found["missing"], found["ignored"], changes_at)


def _group_of(pod: Object, name: str, measured: bool, sight: Sight) -> tuple[str, float]:  # noqa: FBT001
    """The group of a Pod, empty for those that count, and when that changes by itself."""
    if is_terminating(pod) or phase(pod) == "Failed":
        return "ignored", NEVER
    if phase(pod) == "Pending":
        return "unready", NEVER
    if not measured:
        return "missing", NEVER
    if name != "cpu":
        return "", NEVER
    is_young, until = _is_starting(pod, sight)
    return ("unready", until) if is_young else ("", NEVER)


def _is_starting(pod: Object, sight: Sight) -> tuple[bool, float]:
    """Whether a Pod's processor usage is still that of its start, and until when."""
    ready, started = condition(pod, "Ready"), (pod.get("status") or {}).get("startTime")
    if ready is None or started is None:
        return True, NEVER
    begin, since = parse_timestamp(started), parse_timestamp(ready["lastTransitionTime"])
    is_unready = ready["status"] == "False"
    if begin + INITIALIZATION > sight.now:
        measured_from = since + _window(pod, sight)
        end = begin + INITIALIZATION
        return (True, end) if is_unready else (sight.now < measured_from, min(measured_from, end))
    return is_unready and begin + INITIAL_READINESS > since, NEVER


def _window(pod: Object, sight: Sight) -> float:
    metrics = (sight.metrics or {}).get(pod["metadata"]["name"], {})
    return float(metrics.get("window", "0s").rstrip("s"))


# --- how many that makes ------------------------------------------------------------------------------


def _percentage(values: _Values, requests: _Values) -> int:
    wanted = sum(requests[pod] for pod in values)
    if not wanted:
        raise _NotNowError("no metrics returned matched known pods")
    return sum(values.values()) * 100 // wanted


def _utilization(requests: _Values, target: int) -> Callable[[_Values], float]:
    return lambda values: _percentage(values, requests) / target


def _full(requests: _Values, target: int) -> _Values:
    """What a Pod without metrics is taken to use before others are given up."""
    return {pod: wanted * max(100, target) // 100 for pod, wanted in requests.items()}


def _mean(values: _Values) -> float:
    return sum(values.values()) / len(values)


def _within_tolerance(ratio: float) -> bool:
    return 1.0 - TOLERANCE <= ratio <= 1.0 + TOLERANCE


def _replicas(
    values: _Values, groups: _Groups, current: int, ratio_of: Callable[[_Values], float], filler: _Values
) -> int:
    """The size that brings the ratio of usage to target to 1; unready Pods never make it larger."""
    ratio = ratio_of(values)
    unready_count = bool(groups.unready) and ratio > 1
    if not unready_count and not groups.missing:
        return current if _within_tolerance(ratio) else ceil(ratio * groups.ready)
    filled = dict(values)
    for pod in groups.missing if ratio != 1 else ():
        filled[pod] = filler[pod] if ratio < 1 else 0
    filled |= dict.fromkeys(groups.unready, 0) if unready_count else {}
    careful = ratio_of(filled)
    if _within_tolerance(careful) or (ratio - 1) * (careful - 1) < 0:
        return current
    replicas = ceil(careful * len(filled))
    return current if (replicas - current) * (careful - 1) < 0 else replicas
