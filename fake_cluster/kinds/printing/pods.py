"""The columns of Pods: what `kubectl get pods` makes of their many states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fake_cluster.kinds.ages import age_since
from fake_cluster.kinds.printing.cells import AGE, NAME, NONE, at, column, timed, wide
from fake_cluster.objects import Object, condition_is_true

_CONTAINERS: Final = "containerStatuses"
_INIT: Final = "initContainerStatuses"


def ready(obj: Object) -> str:
    """How many containers are ready, of how many; restartable init containers count."""
    sidecars = {c["name"] for c in at(obj, "spec.initContainers", ()) if c.get("restartPolicy") == "Always"}
    started = [item for item in at(obj, f"status.{_INIT}", ()) if item["name"] in sidecars]
    every = len(at(obj, "spec.containers", ())) + len(sidecars)
    return f"{sum(bool(i.get('ready')) for i in (*started, *at(obj, f'status.{_CONTAINERS}', ())))}/{every}"


def restarts(obj: Object, now: float) -> str:
    """How often containers have been restarted, and when last."""
    states = [*at(obj, f"status.{_INIT}", ()), *at(obj, f"status.{_CONTAINERS}", ())]
    total = sum(item.get("restartCount", 0) for item in states)
    ends = [at(item, "lastState.terminated.finishedAt") for item in states]
    last = max((moment for moment in ends if moment), default=None)
    return f"{total} ({age_since(last, now)} ago)" if total and last else str(total)


def status(obj: Object) -> str:
    """The phase, or the reason that says more: of the Pod, of a container, or of its end."""
    reason = at(obj, "status.reason") or at(obj, "status.phase", "")
    if _gated(obj):
        reason = "SchedulingGated"
    initializing = _initializing(obj)
    reason = initializing or _running(obj, reason)
    if "deletionTimestamp" in obj["metadata"]:
        return "Unknown" if at(obj, "status.reason") == "NodeLost" else "Terminating"
    return reason


def _gated(obj: Object) -> bool:
    return any(
        item["type"] == "PodScheduled" and item.get("reason") == "SchedulingGated"
        for item in at(obj, "status.conditions", ())
    )


def _initializing(obj: Object) -> str:
    """`Init:1/2` and the like, empty once all init containers are done."""
    total = len(at(obj, "spec.initContainers", ()))
    sidecars = {c["name"] for c in at(obj, "spec.initContainers", ()) if c.get("restartPolicy") == "Always"}
    for index, item in enumerate(at(obj, f"status.{_INIT}", ())):
        terminated, waiting = at(item, "state.terminated"), at(item, "state.waiting")
        if terminated and not terminated.get("exitCode"):
            continue
        if item["name"] in sidecars and item.get("started"):
            continue
        if terminated:
            return f"Init:{_end(terminated)}"
        reason = (waiting or {}).get("reason", "")
        return f"Init:{reason}" if reason not in ("", "PodInitializing") else f"Init:{index}/{total}"
    return ""


def _end(terminated: Object) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _running(obj: Object, reason: str) -> str:
    states = at(obj, f"status.{_CONTAINERS}", ())
    for text in _reasons(states):
        reason = text
    running = any(at(item, "state.running") is not None and item.get("ready") for item in states)
    if reason == "Completed" and running:
        return "Running" if condition_is_true(obj, "Ready") else "NotReady"
    return reason


def _reasons(states: list[Object]) -> Iterator[str]:
    """What containers say about themselves, the first one last: it wins."""
    for item in reversed(states):
        waiting, terminated = at(item, "state.waiting.reason"), at(item, "state.terminated")
        if waiting:
            yield waiting
        elif terminated:
            yield _end(terminated)


def _address(obj: Object) -> Any:
    return at(obj, "status.podIP") or NONE


def _gates(obj: Object) -> str:
    gates = at(obj, "spec.readinessGates", ())
    if not gates:
        return NONE
    return f"{sum(condition_is_true(obj, gate['conditionType']) for gate in gates)}/{len(gates)}"


PODS: Final = (
    NAME,
    column("Ready", ready),
    column("Status", status),
    timed("Restarts", restarts),
    AGE,
    wide("IP", _address),
    wide("Node", lambda obj: at(obj, "spec.nodeName") or NONE),
    wide("Nominated Node", lambda obj: at(obj, "status.nominatedNodeName") or NONE),
    wide("Readiness Gates", _gates),
)
TABLES: Final = {("", "pods"): PODS}
