"""How the main controller speaks: conditions, an Event for each, and the rest of the status."""

from __future__ import annotations

from dataclasses import dataclass

from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock
from fake_cluster.objects import Object
from quaysim.operator.conditions import conditions_of, fresh, go_time, with_condition
from quaysim.operator.process import Process
from quaysim.operator.refs import QUAY_REGISTRIES


def status_of(obj: Object) -> Object:
    """The status of an object; empty where it has none."""
    return obj.get("status") or {}


def with_status(registry: Object, **fields: object) -> Object:
    """The registry with some fields of its status changed; what is empty is left away."""
    status = {key: value for key, value in {**status_of(registry), **fields}.items() if value}
    return registry | {"status": status}


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes what the main controller has to say about a registry.

    Every method gives the registry as the API has it afterwards, and raises `ApiError`.
    """

    client: Client
    clock: Clock
    process: Process

    def say(self, registry: Object, kind: str, reason: str, message: str, *, status: bool) -> Object:
        """Tell a condition by an Event and write it. One that is true is always a warning."""
        now = self.clock.now()
        condition = fresh(kind, status=status, reason=reason, message=message, now=now)
        self.process.recorder.record(registry, "Warning" if status else "Normal", reason, message)
        conditions = with_condition(conditions_of(registry), condition)
        return self.write(registry, conditions=conditions, lastUpdated=go_time(now))

    def write(self, registry: Object, **fields: object) -> Object:
        """Write fields of the status, without a word."""
        return self.client.replace(QUAY_REGISTRIES, with_status(registry, **fields), subresource="status")
