"""The status controller: every minute and on every change it says how the components are.

It knows nothing of what the main controller does; it only looks at the objects that are there.
"""

from __future__ import annotations

from dataclasses import dataclass

from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.machinery.controller import Result
from fake_cluster.objects import Key, Object, is_terminating
from quaysim.operator.components import Component
from quaysim.operator.conditions import (
    AVAILABLE,
    COMPONENT_NOT_READY,
    COMPONENTS_CREATED,
    HEALTH_CHECKS_PASSING,
    ROLLOUT_BLOCKED,
    Conditions,
    conditions_of,
)
from quaysim.operator.health import Health, Verdict, not_managed
from quaysim.operator.refs import QUAY_REGISTRIES
from quaysim.operator.releases import Release

PERIOD_SECONDS = 60.0


def _judge(component: Component, health: Health) -> Verdict:
    if component.unmanaged and component.kind not in health.managed:
        return not_managed(component.unmanaged)
    return component.check(health)


def verdicts_on(client: Client, registry: Object, release: Release) -> dict[str, Verdict]:
    """What is to be said, by condition type, in the order of the report."""
    health = Health(client, registry)
    for component in release.reported:
        health.verdicts[component.kind] = _judge(component, health)
    said = {component.condition: health.verdicts[component.kind] for component in release.reported}
    if all(verdict.ready for verdict in said.values()):
        return said | {AVAILABLE: Verdict(HEALTH_CHECKS_PASSING, release.messages.available)}
    return said | {AVAILABLE: Verdict(COMPONENT_NOT_READY, release.messages.unavailable)}


def _condition(kind: str, verdict: Verdict, old: Object | None, now: str) -> Object:
    status = "True" if verdict.ready else "False"
    since = old["lastTransitionTime"] if old and old["status"] == status else now
    made = {
        "type": kind,
        "status": status,
        "reason": verdict.reason,
        "message": verdict.message,
        "lastTransitionTime": since,
    }
    return made | ({"lastUpdateTime": now} if verdict.timed else {})


def reported(conditions: Conditions, verdicts: dict[str, Verdict], now: str) -> Conditions:
    """The conditions with the verdicts: known ones in their places, new ones at the end, others gone."""
    foreign = (COMPONENTS_CREATED, ROLLOUT_BLOCKED)
    kept = [item for item in conditions if item["type"] in verdicts or item["type"] in foreign]
    present = {item["type"] for item in kept}
    updated = [
        item if item["type"] in foreign else _condition(item["type"], verdicts[item["type"]], item, now)
        for item in kept
    ]
    missing = [kind for kind in verdicts if kind not in present]
    return [*updated, *(_condition(kind, verdicts[kind], None, now) for kind in missing)]


@dataclass(frozen=True, slots=True)
class StatusReconciler:
    """Writes the component conditions of a registry."""

    client: Client
    clock: Clock
    release: Release

    def __call__(self, key: Key) -> Result | None:
        """One look at one registry."""
        registry = self.client.find(QUAY_REGISTRIES, key.name, key.namespace)
        if registry is None or is_terminating(registry):
            return None
        verdicts = verdicts_on(self.client, registry, self.release)
        conditions = reported(conditions_of(registry), verdicts, timestamp(self.clock.now()))
        if conditions != conditions_of(registry):  # the second look in the same second has nothing to say
            status = (registry.get("status") or {}) | {"conditions": conditions}
            self.client.replace(QUAY_REGISTRIES, registry | {"status": status}, subresource="status")
        return Result(PERIOD_SECONDS)
