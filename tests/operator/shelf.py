"""The objects of a healthy registry on a shelf, to be looked at by the status controller alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fake_cluster.kinds.refs import HORIZONTAL_POD_AUTOSCALERS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef
from quaysim.operator.health import Verdict
from quaysim.operator.status import verdicts_on
from tests.operator.examples import RELEASE, components, context, rendered

_AVAILABLE = {"availableReplicas": 2, "conditions": [{"type": "Available", "status": "True"}]}
_ADMITTED = {"ingress": [{"conditions": [{"type": "Admitted", "status": "True"}]}]}
_HEALTHY: dict[str, Object] = {
    "Deployment": _AVAILABLE,
    "Job": {"succeeded": 1},
    "Route": _ADMITTED,
    "ObjectBucketClaim": {"phase": "Bound"},
}


class Shelf:
    """A client that knows a few objects and answers the questions of the status controller."""

    def __init__(self) -> None:
        made = context(components(), version="")
        self.registry = made.registry
        self.objects = {
            (kind, f"skynet-{base}"): obj | {"status": _HEALTHY.get(kind, {})}
            for (kind, base), obj in rendered(made).items()
        }
        self.objects["Secret", "bundle"] = {"metadata": {"name": "bundle"}, "data": {}}

    def find(self, ref: ResourceRef, name: str, namespace: str = "") -> Object | None:
        """One object, or None."""
        del namespace
        return self.objects.get((ref.kind, name))

    def list(self, ref: ResourceRef, namespace: str = "") -> Sequence[Object]:
        """All objects of a kind."""
        del namespace
        return [obj for (kind, _), obj in self.objects.items() if kind == ref.kind]

    def serves(self, ref: ResourceRef) -> bool:
        """Every kind but the autoscaler's old versions."""
        return ref.kind != HORIZONTAL_POD_AUTOSCALERS.kind or ref.version == "v2"

    # --- what a test does to it ---------------------------------------------------------------------------

    def remove(self, ref: ResourceRef, base: str) -> None:
        """Take an object away."""
        del self.objects[ref.kind, f"skynet-{base}"]

    def disown(self, ref: ResourceRef, base: str) -> None:
        """Let an object belong to nobody."""
        obj = self.objects[ref.kind, f"skynet-{base}"]
        self.objects[ref.kind, f"skynet-{base}"] = obj | {
            "metadata": obj["metadata"] | {"ownerReferences": []}
        }

    def report(self, ref: ResourceRef, base: str, **status: Any) -> None:
        """Give an object another status."""
        self.objects[ref.kind, f"skynet-{base}"] = self.objects[ref.kind, f"skynet-{base}"] | {
            "status": status
        }

    def verdicts(self) -> dict[str, Verdict]:
        """What the status controller says, by condition type."""
        client: Client = self  # type: ignore[assignment] # the rest of the interface is not needed here
        return verdicts_on(client, self.registry, RELEASE)
