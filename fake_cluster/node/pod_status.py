"""How a kubelet reports a Pod: its phase, its conditions and the statuses of its containers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fake_cluster.machinery.clock import timestamp
from fake_cluster.node.container import Container, Role
from fake_cluster.objects import Object, condition, condition_is_true

Condition = tuple[str, bool, str, str]
"""Type, whether it holds, reason, message."""


def phase_of(init: Sequence[Container], main: Sequence[Container]) -> str:
    """The phase, as the kubelet computes it from the containers."""
    if any(c.role is Role.INIT and c.has_ended and not c.has_succeeded for c in init):
        return "Failed"
    if not initialized(init) or not all(c.is_running or c.has_run for c in main):
        return "Pending"
    if not all(c.has_ended for c in main):
        return "Running"
    return "Succeeded" if all(c.has_succeeded for c in main) else "Failed"


def initialized(init: Iterable[Container]) -> bool:
    """Whether the init containers have done their work, and the sidecars have started."""
    return all(c.started if c.role is Role.SIDECAR else c.has_succeeded for c in init)


def conditions_of(
    pod: Object, phase: str, init: Sequence[Container], main: Sequence[Container], *, sandbox: bool
) -> list[Condition]:
    """What the kubelet says of a Pod; the scheduler's PodScheduled is not among it."""
    sidecars = [c for c in init if c.role is Role.SIDECAR]
    return [
        ("PodReadyToStartContainers", sandbox and phase not in _ENDED, "", ""),
        _initialized_condition(phase, init),
        *_ready_conditions(pod, phase, [c.name for c in (*sidecars, *main) if not c.ready]),
    ]


_ENDED = {"Succeeded": "PodCompleted", "Failed": "PodFailed"}
"""The reasons of the conditions of Pods that have ended."""


def _initialized_condition(phase: str, init: Sequence[Container]) -> Condition:
    waiting = [c.name for c in init if not initialized([c])]
    if phase == "Succeeded" or not waiting:
        return "Initialized", True, _ENDED.get(phase, ""), ""
    return "Initialized", False, "ContainersNotInitialized", _listed("incomplete status", waiting)


def _ready_conditions(pod: Object, phase: str, unready: Sequence[str]) -> Iterable[Condition]:
    """Ready, which asks for the readiness gates too, and ContainersReady."""
    if phase in _ENDED:
        return [(kind, False, _ENDED[phase], "") for kind in ("Ready", "ContainersReady")]
    message = _listed("unready status", unready)
    containers = (not unready, "ContainersNotReady" if unready else "", message)
    gate = "" if unready else _closed_gate(pod)
    ready = (False, "ReadinessGatesNotReady", gate) if gate else containers
    return [("Ready", *ready), ("ContainersReady", *containers)]


def _listed(what: str, names: Sequence[str]) -> str:
    return f"containers with {what}: [{' '.join(names)}]" if names else ""


def _closed_gate(pod: Object) -> str:
    """Why the readiness gates keep the Pod from being ready; empty if they do not."""
    for gate in pod["spec"].get("readinessGates") or ():
        kind = gate["conditionType"]
        found = condition(pod, kind)
        if found is None:
            return f'corresponding condition of pod readiness gate "{kind}" does not exist.'
        if not condition_is_true(pod, kind):
            return f'the status of pod readiness gate "{kind}" is not "True", but {found["status"]}'
    return ""


def merged_conditions(pod: Object, wanted: Iterable[Condition], now: float) -> list[Object]:
    """The Pod's conditions with the kubelet's in them; one that has not changed stays as it is."""
    known = {item["type"]: item for item in (pod.get("status") or {}).get("conditions") or ()}
    ours = {kind: _condition(known.get(kind), (kind, *rest), now) for kind, *rest in wanted}
    return [*ours.values(), *(item for kind, item in known.items() if kind not in ours)]


def _condition(old: Object | None, wanted: Sequence[Any], now: float) -> Object:
    kind, holds, reason, message = wanted
    status = str(holds)
    since = old["lastTransitionTime"] if old and old["status"] == status else timestamp(now)
    made: Object = {"type": kind, "status": status, "lastProbeTime": None, "lastTransitionTime": since}
    made |= {"reason": reason} if reason else {}
    return made | ({"message": message} if message else {})
