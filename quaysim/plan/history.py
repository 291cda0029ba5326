"""What happens during an upgrade: everything that changes in the cluster, and what the operator writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.cluster import FakeCluster
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, ResourceRef

Written = tuple[str, str, str]
"""Kind, namespace and name of an object."""


def written_key(obj: Object) -> Written:
    """How an object is remembered."""
    return obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


@dataclass(frozen=True)
class Moment:
    """A change, and how many seconds after the beginning it came."""

    at: float
    event: Event


@dataclass(frozen=True)
class History:
    """The objects before, the changes in their order, and everything that the new operator has written."""

    before: Sequence[Object]
    moments: Sequence[Moment]
    written: frozenset[Written]


class Recorder:
    """Watches a cluster from now on. `client` is for the operator whose writes are to be remembered."""

    def __init__(self, cluster: FakeCluster, refs: Iterable[ResourceRef], before: Sequence[Object]) -> None:
        self._clock = cluster.clock
        self._start = cluster.clock.now()
        self._before = before
        self._moments: list[Moment] = []
        self.client = _RememberingClient(cluster)
        for ref in refs:
            cluster.client("quaysim-plan").watch(ref, self._hear)
        self._moments.clear()

    def _hear(self, event: Event) -> None:
        self._moments.append(Moment(self._clock.now() - self._start, event))

    def history(self) -> History:
        """What has happened so far."""
        return History(self._before, list(self._moments), frozenset(self.client.written))


class _RememberingClient(DirectClient):
    """The operator's client, which remembers what it has created and applied."""

    def __init__(self, cluster: FakeCluster) -> None:
        super().__init__(cluster.api, "quay-operator")
        self.written: set[Written] = set()

    def create(self, ref: ResourceRef, obj: Object, *, subresource: str = "", name: str = "") -> Object:
        created = super().create(ref, obj, subresource=subresource, name=name)
        self.written.add(written_key({"kind": ref.kind, **created}))
        return created

    def apply(
        self, ref: ResourceRef, obj: Object, *, manager: str, force: bool = True, subresource: str = ""
    ) -> Object:
        applied = super().apply(ref, obj, manager=manager, force=force, subresource=subresource)
        self.written.add(written_key({"kind": ref.kind, **applied}))
        return applied

    def replace(self, ref: ResourceRef, obj: Object, *, subresource: str = "") -> Object:
        replaced = super().replace(ref, obj, subresource=subresource)
        self.written.add(written_key({"kind": ref.kind, **replaced}))
        return replaced


def field(obj: Object | None, *path: str) -> Any:
    """A field inside an object, or None."""
    value: Any = obj
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
