"""What a person wants to read first when a scenario has failed.

The registries, what was said of them, and the Pods that are not ready, without what is secret.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.errors import ApiError
from fake_cluster.node.report import unready_pods
from fake_cluster.objects import Object
from quaysim.targets.base import Target
from quaysim.targets.resources import EVENTS, QUAY_REGISTRIES

LAST_EVENTS = 10


def describe(target: Target) -> str:
    """The registries in the scenario's namespaces, the Pods that are not ready, and the last Events, as text."""
    try:
        return "\n".join(line for namespace in target.namespaces for line in _namespace(target, namespace))
    except ApiError as error:
        return f"the cluster cannot be asked any more: {error}"


def _namespace(target: Target, namespace: str) -> Iterable[str]:
    registries = target.client.list(QUAY_REGISTRIES, namespace) if _has_registries(target) else ()
    for registry in registries:
        yield from _registry(registry)
    yield from unready_pods(target.client, namespace)
    yield from _events(target.client.list(EVENTS, namespace))


def _has_registries(target: Target) -> bool:
    return target.client.serves(QUAY_REGISTRIES)


def _registry(registry: Object) -> Iterable[str]:
    metadata, status = registry["metadata"], registry.get("status") or {}
    components = registry.get("spec", {}).get("components") or []
    unmanaged = [str(item.get("kind")) for item in components if not item.get("managed")]
    yield f"QuayRegistry {metadata['namespace']}/{metadata['name']}, generation {metadata['generation']}"
    yield f"  unmanaged: {', '.join(unmanaged) or '-'}; version: {status.get('currentVersion') or '-'}"
    for item in status.get("conditions") or []:
        yield f"  {item['type']:<28} {item['status']:<6} {item.get('reason', ''):<26} {item.get('message', '')}"


def _events(events: Iterable[Object]) -> Iterable[str]:
    latest = sorted(events, key=lambda event: event.get("lastTimestamp") or "")[-LAST_EVENTS:]
    if latest:
        yield "last Events:"
    for event in latest:
        about = event["involvedObject"]
        what = f"{about['kind']}/{about['name']}"
        yield f"  {event.get('type', ''):<8} {event.get('reason', ''):<26} {what}: {event.get('message', '')}"
