"""What a stand-in sees of a cluster: the namespaces of its run, and the cluster-scoped things that are its run's.

So a controller that looks after everything it sees (every Route, every Pod, every registry) looks after what
belongs to the run, and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fake_cluster.kinds import refs
from fake_cluster.machinery.client import Client, Event, Sink
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform.refs import OBJECT_BUCKETS
from quaysim.targets.own import OwnClient
from quaysim.targets.run import Run

ONLY_OWN = frozenset({refs.NODES, refs.PERSISTENT_VOLUMES, OBJECT_BUCKETS})
"""Cluster-scoped kinds of which only the run's own objects are seen; of the others all are."""


class ScopedClient(OwnClient):
    """`machinery.client.Client` that does not see what is not the run's.

    `spaces` are the namespaces of other names that the run has made.
    """

    def __init__(self, client: Client, run: Run, spaces: Collection[str] = ()) -> None:
        super().__init__(client, run)
        self._spaces = spaces

    def sees(self, ref: ResourceRef, obj: Object) -> bool:
        """Whether an object is in the run's part of the cluster."""
        metadata = obj["metadata"]
        space = metadata["name"] if ref == refs.NAMESPACES else metadata.get("namespace")
        if space:
            return self.run.has_namespace(space) or space in self._spaces
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
