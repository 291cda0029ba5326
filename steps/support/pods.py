"""Pods: whether they are ready, and in which states they have been."""

from __future__ import annotations

from quaysim.targets import Object


def is_ready(pod: Object) -> bool:
    """Whether a Pod is running and ready."""
    return condition_of(pod, "Ready") == "True"


def is_initialising(pod: Object) -> bool:
    """Whether a Pod's init containers have still to be done."""
    return condition_of(pod, "Initialized") == "False"


def condition_of(pod: Object, kind: str) -> str:
    """The status of a Pod's condition; empty where it has none."""
    conditions = pod["status"].get("conditions") or []
    return next((item["status"] for item in conditions if item["type"] == kind), "")
