"""Which resources a cluster has: the built-in ones, and those of its CustomResourceDefinitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain

from fake_cluster.kinds.builtin import added, collections, everything
from fake_cluster.kinds.custom.resource import CustomResource, resources_of
from fake_cluster.kinds.resource import Resource
from fake_cluster.objects import Object, ResourceRef

_Place = tuple[str, str, str]
_Name = tuple[str, str]


@cache
def _built_in_places() -> dict[_Place, Resource]:
    return {resource.ref[:3]: resource for resource in collections()}


@cache
def _built_in_kinds() -> dict[_Name, Resource]:
    return {(resource.ref.api_version, resource.ref.kind): resource for resource in everything()}


class Kinds:
    """The resources of one cluster. Built-in ones are shared by all clusters of the process."""

    def __init__(self) -> None:
        self._custom: dict[_Name, Sequence[CustomResource]] = {}
        self._added: list[Resource] = []
        self._places: dict[_Place, Resource] = dict(_built_in_places())
        self._kinds: dict[_Name, Resource] = dict(_built_in_kinds())

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource at a place of the API."""
        return self._places.get((group, version, plural))

    def by_kind(self, api_version: str, kind: str) -> Resource | None:
        """The resource of a kind; also of kinds without a collection, such as Scale and Eviction."""
        return self._kinds.get((api_version, kind))

    def resources(self) -> Iterable[Resource]:
        """All resources in discovery order: built-in ones, added ones, then custom ones by group and name."""
        custom = (self._custom[name] for name in sorted(self._custom))
        return chain(collections(), self._added, chain.from_iterable(custom))

    def add(self, ref: ResourceRef) -> None:
        """Serve one of the kinds that not every cluster has, such as metrics."""
        resource = next(item for item in added() if item.ref == ref)
        self._added.append(resource)
        self._places[ref[:3]] = resource
        self._kinds[ref.api_version, ref.kind] = resource

    def add_crd(self, crd: Object) -> None:
        """Serve what a stored CustomResourceDefinition says, in place of what it said before."""
        self.remove_crd(crd)
        added = resources_of(crd)
        self._custom[_identity(crd)] = added
        for resource in added:
            self._places[resource.ref[:3]] = resource
            self._kinds[resource.ref.api_version, resource.ref.kind] = resource

    def remove_crd(self, crd: Object) -> None:
        """Serve a CustomResourceDefinition's resources no more."""
        for resource in self._custom.pop(_identity(crd), ()):
            self._places.pop(resource.ref[:3], None)
            self._kinds.pop((resource.ref.api_version, resource.ref.kind), None)


def _identity(crd: Object) -> _Name:
    return crd["spec"]["group"], crd["spec"]["names"]["plural"]
