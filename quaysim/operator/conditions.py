"""The conditions of a QuayRegistry: their types, reasons, and how the operator writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from fake_cluster.machinery.clock import timestamp
from fake_cluster.objects import Object

AVAILABLE = "Available"
ROLLOUT_BLOCKED = "RolloutBlocked"
COMPONENTS_CREATED = "ComponentsCreated"

CONFIG_INVALID = "ConfigInvalid"
ROUTE_DEPENDENCY = "RouteComponentDependencyError"
STORAGE_DEPENDENCY = "ObjectStorageComponentDependencyError"
MONITORING_DEPENDENCY = "MonitoringComponentDependencyError"
OVERRIDE_INVALID = "ComponentOverrideInvalid"
CREATION_FAILED = "ComponentCreationFailed"
CREATION_SUCCESS = "ComponentsCreationSuccess"
MIGRATIONS_IN_PROGRESS = "MigrationsInProgress"
MIGRATIONS_FAILED = "MigrationsFailed"
MIGRATIONS_JOB_MISSING = "MigrationsJobMissing"

COMPONENT_READY = "ComponentReady"
COMPONENT_NOT_READY = "ComponentNotReady"
COMPONENT_NOT_MANAGED = "ComponentNotManaged"
HEALTH_CHECKS_PASSING = "HealthChecksPassing"

Conditions = list[Object]


def fresh(kind: str, *, status: bool, reason: str, message: str, now: float) -> Object:
    """A condition with both of its times at `now`, as the main controller writes them."""
    moment = timestamp(now)
    return {
        "type": kind,
        "status": "True" if status else "False",
        "reason": reason,
        "message": message,
        "lastUpdateTime": moment,
        "lastTransitionTime": moment,
    }


def with_condition(conditions: Iterable[Object], condition: Object) -> Conditions:
    """The list with the condition in the place of the one of its type, else at the end."""
    kept = list(conditions)
    for index, old in enumerate(kept):
        if old["type"] == condition["type"]:
            kept[index] = condition
            return kept
    return [*kept, condition]


def without(conditions: Iterable[Object], kind: str) -> Conditions:
    """The list without the condition of that type."""
    return [item for item in conditions if item["type"] != kind]


def conditions_of(registry: Object) -> Conditions:
    """The registry's conditions."""
    return (registry.get("status") or {}).get("conditions") or []


def go_time(now: float) -> str:
    """How Go prints a time in UTC: the form of `status.lastUpdated`."""
    moment = datetime.fromtimestamp(now, UTC)
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} +0000 UTC"
