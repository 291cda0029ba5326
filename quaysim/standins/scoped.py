"""What a stand-in sees of a cluster: the namespaces of its run, and the cluster-scoped things that are its run's.

So a controller that looks after everything it sees (every Route, every Pod, every registry) looks after what
belongs to the run, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fake_cluster.kinds import refs
from fake_cluster.machinery.client import Event, Sink
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform.refs import OBJECT_BUCKETS
from quaysim.targets.own import OwnClient

ONLY_OWN = frozenset({refs.NODES, refs.PERSISTENT_VOLUMES, OBJECT_BUCKETS})
"""Cluster-scoped kinds of which only the run's own objects are seen; of the others all are."""

Filter = Callable[[Object], Object]


class ScopedClient(OwnClient):
    """`machinery.client.Client` that does not see what is not the run's."""

    def sees(self, ref: ResourceRef, obj: Object) -> bool:
        """Whether an object is in the run's part of the cluster."""
        metadata = obj["metadata"]
        if ref == refs.NAMESPACES:
            return self.run.has_namespace(metadata["name"])
        if metadata.get("namespace"):
            return self.run.has_namespace(metadata["namespace"])
        return ref not in ONLY_OWN or self.run.made(obj)

    def list(
        self, ref: ResourceRef, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """All objects of the run that match the selectors."""
        found = super().list(ref, namespace, labels=labels, fields=fields)
        return [obj for obj in found if self.sees(ref, obj)]

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        """Deliver the run's objects and every change of them."""

        def seen(event: Event) -> None:
            if self.sees(ref, event.obj):
                sink(event)

        super().watch(ref, seen)
