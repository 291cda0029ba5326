"""The client of one scenario: writes like the run, and remembers what it has looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef
from quaysim.targets.changes import Place
from quaysim.targets.own import QUESTIONS, OwnClient
from quaysim.targets.run import Run


class ScenarioClient(OwnClient):
    """`machinery.client.Client`; everything that is made through it is labelled. `looked` is cleared by others."""

    def __init__(self, client: Client, run: Run, changeable: Collection[ResourceRef | str] = ()) -> None:
        super().__init__(client, run, changeable)
        self.looked: set[Place] = set()

    def get(self, ref: ResourceRef, name: str, namespace: str = "") -> Object:
        """One object."""
        self._look(ref, namespace)
        return super().get(ref, name, namespace)

    def find(self, ref: ResourceRef, name: str, namespace: str = "") -> Object | None:
        """One object, or None where there is none."""
        self._look(ref, namespace)
        return super().find(ref, name, namespace)

    def list(
        self, ref: ResourceRef, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """All objects that match the selectors, in all namespaces if `namespace` is empty."""
        self._look(ref, namespace)
        return super().list(ref, namespace, labels=labels, fields=fields)

    def create(self, ref: ResourceRef, obj: Object, *, subresource: str = "", name: str = "") -> Object:
        """Create an object with the run's label, or post to a subresource."""
        if not subresource and ref not in QUESTIONS:
            obj = self.labelled(obj)
        return super().create(ref, obj, subresource=subresource, name=name)

    def _look(self, ref: ResourceRef, namespace: str) -> None:
        self.looked.add(Place(ref, namespace))
