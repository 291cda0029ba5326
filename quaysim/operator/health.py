"""How the status controller judges what the operator has made: verdicts on components.

Source of all texts: measured, operator 3.7.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from fake_cluster.kinds.refs import DEPLOYMENTS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef, condition, is_owned_by
from quaysim.operator.conditions import COMPONENT_NOT_MANAGED, COMPONENT_NOT_READY, COMPONENT_READY
from quaysim.operator.context import components_of, managed_kinds


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a component. `timed`: whether the condition gets its lastUpdateTime."""

    reason: str
    message: str
    timed: bool = True

    @property
    def ready(self) -> bool:
        """Whether the condition's status is "True"."""
        return self.reason != COMPONENT_NOT_READY

    def untimed(self) -> Verdict:
        """The same without the time."""
        return replace(self, timed=False)


def ready(message: str) -> Verdict:
    """The component works."""
    return Verdict(COMPONENT_READY, message)


def not_ready(message: str) -> Verdict:
    """The component does not work, or not yet."""
    return Verdict(COMPONENT_NOT_READY, message)


def not_managed(message: str) -> Verdict:
    """The component is not the operator's business."""
    return Verdict(COMPONENT_NOT_MANAGED, message)


@dataclass(frozen=True)
class Health:
    """One registry under examination, and the verdicts so far by component kind."""

    client: Client
    registry: Object
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The registry's name."""
        return str(self.registry["metadata"]["name"])

    @cached_property
    def managed(self) -> frozenset[str]:
        """The kinds that are declared managed."""
        return managed_kinds(components_of(self.registry))

    def overrides(self, kind: str) -> Mapping[str, Any]:
        """What the registry overrides in a component."""
        entries = (entry for entry in components_of(self.registry) if entry["kind"] == kind)
        return next((entry.get("overrides") or {} for entry in entries), {})

    def find(self, ref: ResourceRef, base: str) -> Object | None:
        """One of the registry's objects by its name without the prefix."""
        return self.client.find(ref, f"{self.name}-{base}", self.registry["metadata"]["namespace"])

    def owned(self, ref: ResourceRef) -> Object | None:
        """The first object of that resource, in the order of the list, which the registry owns."""
        if not self.client.serves(ref):
            return None
        listed = self.client.list(ref, self.registry["metadata"]["namespace"])
        return next((obj for obj in listed if is_owned_by(obj, self.registry)), None)

    def scaled_to_zero(self, kind: str) -> bool:
        """Whether the user has asked for no Pods of a component."""
        return self.overrides(kind).get("replicas") == 0


def deployment_problem(deployment: Object, *, needs_pods: bool = True) -> str:
    """What keeps a Deployment from being healthy, or nothing. `needs_pods`: one scaled to zero is not."""
    name = deployment["metadata"]["name"]
    if needs_pods and not (deployment.get("status") or {}).get("availableReplicas"):
        return f"Deployment {name} has zero replicas available"
    available = condition(deployment, "Available")
    if available is None:
        return f"Available condition not found for {name}"
    if available["status"] != "True":
        return f"Deployment {name}: {available.get('message', '')}"
    return ""


@dataclass(frozen=True, slots=True)
class DeploymentCheck:
    """A component that is as healthy as one Deployment.

    `label`: how messages call it, such as "Redis deployment"; empty for "Deployment <name>".
    `ok`: the message when all is well; empty for "Deployment <name> healthy".
    `needs_pods`: whether one scaled to zero is unhealthy. `scaled_down`: the messages while and after somebody scales it to zero on purpose, by a component kind.
    """

    base: str
    label: str = ""
    ok: str = ""
    kind: str = ""
    scaling_down: str = ""
    scaled_down: str = ""
    needs_pods: bool = True

    def __call__(self, health: Health) -> Verdict:
        """Judge the Deployment."""
        name = f"{health.name}-{self.base}"
        label = self.label or f"Deployment {name}"
        deployment = health.find(DEPLOYMENTS, self.base)
        if deployment is None:
            return not_ready(f"{label} not found")
        if not is_owned_by(deployment, health.registry):
            return not_ready(f"{label} not owned by QuayRegistry")
        if self.kind and health.scaled_to_zero(self.kind):
            running = (deployment.get("status") or {}).get("availableReplicas")
            return not_ready(self.scaling_down) if running else ready(self.scaled_down)
        problem = deployment_problem(deployment, needs_pods=self.needs_pods)
        return not_ready(problem) if problem else ready(self.ok or f"Deployment {name} healthy")
