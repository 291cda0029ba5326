"""The columns of Pods, whose status column sums up what their containers do."""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds.ages import age_since
from fake_cluster.kinds.printing.cells import AGE, NAME, NONE, at, joined, wide
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object


def _statuses(obj: Object) -> list[Object]:
    found: list[Object] = at(obj, "status.containerStatuses", [])
    return found


def _ready(obj: Object, now: float) -> str:
    del now
    ready = sum(bool(item.get("ready")) for item in _statuses(obj))
    return f"{ready}/{len(at(obj, 'spec.containers', ()))}"


def _restarts(obj: Object, now: float) -> Any:
    restarts = sum(item.get("restartCount", 0) for item in _statuses(obj))
    last = max((at(item, "lastState.terminated.finishedAt", "") for item in _statuses(obj)), default="")
    return f"{restarts} ({age_since(last, now)} ago)" if restarts and last else str(restarts)


def _status(obj: Object, now: float) -> str:
    del now
    if "deletionTimestamp" in obj["metadata"]:
        return "Terminating"
    return (
        _initialising(obj)
        or _running(obj)
        or str(at(obj, "status.reason") or at(obj, "status.phase", "Pending"))
    )


def _initialising(obj: Object) -> str:
    statuses = at(obj, "status.initContainerStatuses", [])
    for index, item in enumerate(statuses):
        ended = at(item, "state.terminated")
        if ended is not None and ended.get("exitCode") == 0:
            continue
        if ended is not None:
            return f"Init:{ended.get('reason') or 'ExitCode:' + str(ended.get('exitCode'))}"
        reason = at(item, "state.waiting.reason", "")
        if reason and reason != "PodInitializing":
            return f"Init:{reason}"
        return f"Init:{index}/{len(statuses)}"
    return ""


def _running(obj: Object) -> str:
    reason = ""
    for item in reversed(_statuses(obj)):
        waiting, ended = at(item, "state.waiting.reason", ""), at(item, "state.terminated")
        if waiting:
            reason = waiting
        elif ended is not None:
            reason = ended.get("reason") or f"ExitCode:{ended.get('exitCode', 0)}"
    if reason == "Completed" and any(item.get("ready") for item in _statuses(obj)):
        return "Running"
    return reason


def _ips(obj: Object, now: float) -> str:
    del now
    return str(at(obj, "status.podIP", NONE))


def _gates(obj: Object, now: float) -> str:
    del now
    gates = at(obj, "spec.readinessGates", ())
    return f"0/{len(gates)}" if gates else joined(())


COLUMNS = (
    NAME,
    Column("Ready", _ready),
    Column("Status", _status),
    Column("Restarts", _restarts),
    AGE,
    wide("IP", _ips),
    wide("Node", lambda obj, _: at(obj, "spec.nodeName", NONE)),
    wide("Nominated Node", lambda obj, _: at(obj, "status.nominatedNodeName", NONE)),
    wide("Readiness Gates", _gates),
)
