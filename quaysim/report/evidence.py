"""What the cluster says when a scenario has failed: its registries, the Events, the Pods that are not ready.

Shape: `{"registries": [{"name", "generation", "unmanaged", "version", "conditions": [{"type", "status",
"reason", "message"}]}], "events": [{"type", "reason", "about", "message", "count", "last"}],
"pods": [{"name", "phase", "reason"}]}`; or `{"problem": text}` where the cluster cannot be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from fake_cluster.objects import Object, ResourceRef
from quaysim.targets import ApiError, Target
from quaysim.targets.resources import EVENTS, PODS, QUAY_REGISTRIES

LAST_EVENTS = 15


def evidence(target: Target) -> dict[str, Any]:
    """What is worth reading first, from the scenario's namespaces."""
    try:
        return {
            "registries": [_registry(found) for found in _all(target, QUAY_REGISTRIES)],
            "events": _events(_all(target, EVENTS)),
            "pods": [_pod(pod) for pod in _all(target, PODS) if not _is_fine(pod)],
        }
    except (ApiError, OSError) as error:
        return {"problem": f"the cluster cannot be asked any more: {error}"}


def _all(target: Target, ref: ResourceRef) -> Iterator[Object]:
    return chain.from_iterable(target.client.list(ref, namespace) for namespace in target.namespaces)


def _registry(registry: Object) -> dict[str, Any]:
    metadata, status = registry["metadata"], registry.get("status") or {}
    components = (registry.get("spec") or {}).get("components") or []
    return {
        "name": f"{metadata['namespace']}/{metadata['name']}",
        "generation": metadata.get("generation", 0),
        "unmanaged": [str(item.get("kind")) for item in components if not item.get("managed")],
        "version": status.get("currentVersion") or "",
        "conditions": [_condition(item) for item in status.get("conditions") or []],
    }


def _condition(item: Object) -> dict[str, str]:
    return {key: str(item.get(key) or "") for key in ("type", "status", "reason", "message")}


def _events(events: Iterable[Object]) -> list[dict[str, Any]]:
    latest = sorted(events, key=_last)[-LAST_EVENTS:]
    return [
        {
            "type": event.get("type") or "",
            "reason": event.get("reason") or "",
            "about": f"{event['involvedObject'].get('kind')}/{event['involvedObject'].get('name')}",
            "message": event.get("message") or "",
            "count": event.get("count") or 1,
            "last": _last(event),
        }
        for event in latest
    ]


def _last(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _is_fine(pod: Object) -> bool:
    status = pod.get("status") or {}
    ready = any(
        item["type"] == "Ready" and item["status"] == "True" for item in status.get("conditions") or ()
    )
    return ready or status.get("phase") == "Succeeded"


def _pod(pod: Object) -> dict[str, str]:
    status = pod.get("status") or {}
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    waiting = (item["state"].get("waiting") or {} for item in containers if item.get("state"))
    unmet = (item for item in status.get("conditions") or () if item["status"] != "True")
    reasons = [said for item in chain(waiting, unmet) if (said := _said(item))]
    return {
        "name": pod["metadata"]["name"],
        "phase": status.get("phase") or "",
        "reason": reasons[0] if reasons else "",
    }


def _said(item: Object) -> str:
    return ": ".join(part for part in (item.get("reason"), item.get("message")) if part)
