"""Objects that are stored nowhere: made up at each request by whoever knows, such as metrics.

They can be read and listed with selectors, not written and not watched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.selectors import selection
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.store import Stored


class Computed(Protocol):
    """Knows the objects of one resource as they are at this moment."""

    @property
    def warnings(self) -> Sequence[str]:
        """What every reader is told."""
        ...

    def get(self, name: str, namespace: str) -> Object:
        """One object; ApiError 404 where there is none."""
        ...

    def list(self, namespace: str) -> Iterable[Object]:
        """All objects, in all namespaces if `namespace` is empty, in their order."""
        ...


class Computation:
    """Who answers for which resource."""

    def __init__(self) -> None:
        self._sources: dict[ResourceRef, Computed] = {}

    def add(self, ref: ResourceRef, source: Computed) -> None:
        """Let `source` answer for a resource."""
        self._sources[ref] = source

    def dispatch(self, core: Core, call: Call) -> Answer:
        """Answer a call to get or list."""
        return _VERBS[call.verb](core, call, self._sources[call.resource.ref])


def _get(core: Core, call: Call, source: Computed) -> Answer:
    del core
    return Answer(200, obj=source.get(call.name, call.namespace), warnings=source.warnings)


def _list(core: Core, call: Call, source: Computed) -> Answer:
    entries = [Stored(obj, 0) for obj in source.list(call.namespace)]
    found = _selected(call.resource, call, entries)
    return Answer(200, entries=found, revision=core.store.revision, warnings=source.warnings)


def _selected(resource: Resource, call: Call, entries: Sequence[Stored]) -> Sequence[Stored]:
    matches = selection(resource, call.options.labels, call.options.fields)
    return entries if matches is None else [entry for entry in entries if matches(entry)]


_VERBS: dict[str, Callable[[Core, Call, Computed], Answer]] = {"get": _get, "list": _list}
