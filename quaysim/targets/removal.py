"""Removing what a run has left in a cluster, and nothing else.

Registries go first, while their operator can still tidy up; then the namespaces; then what carries the run's
label elsewhere; and definitions last, if nobody else has begun to use them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES
from fake_cluster.objects import Object, ResourceRef, key_of
from quaysim.targets.base import NotInTime
from quaysim.targets.raw import request
from quaysim.targets.resources import QUAY_REGISTRIES

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

    from quaysim.targets.waits import Waiting

PATIENCE = 60.0
"""Seconds of the cluster's time for each of the things that are waited for."""
AT_LEAST = 10.0
GONE = frozenset({404, 409})
LAST = (NAMESPACES, CUSTOM_RESOURCE_DEFINITIONS)


class Removal:
    """Removes one run. `removed` and `left` are `Kind name` of what is gone and what is not."""

    def __init__(self, api_client: ApiClient, waiting: Waiting) -> None:
        self._api_client = api_client
        self._waiting = waiting
        self._client = waiting.client
        self._run = waiting.client.run
        self.removed: list[str] = []
        self.left: list[str] = []

    def remove_all(self) -> None:
        """Remove everything; raises ApiError if the cluster refuses."""
        spaces = [item["metadata"]["name"] for item in self._namespaces()]
        if self._client.serves(QUAY_REGISTRIES):
            self._remove_registries(spaces)
        self._delete(NAMESPACES, [{"metadata": {"name": name}} for name in spaces])
        self._wait_until_gone(NAMESPACES, spaces)
        kinds = list(self._listable())
        for ref in kinds:
            if ref not in LAST:
                self._delete(ref, self._labelled(ref))
        others = self._labelled(NAMESPACES)
        self._delete(NAMESPACES, others)
        self._wait_until_gone(NAMESPACES, [item["metadata"]["name"] for item in others])
        self._remove_definitions(kinds)

    def _namespaces(self) -> list[Object]:
        found = self._client.list(NAMESPACES)
        return [item for item in found if self._run.has_namespace(item["metadata"]["name"])]

    def _labelled(self, ref: ResourceRef) -> list[Object]:
        with suppress(ApiError):
            return list(self._client.list(ref, labels=self._run.selector))
        return []  # a kind that may not be listed is none in which the run has made anything

    def _delete(self, ref: ResourceRef, objects: Iterable[Object]) -> None:
        for obj in objects:
            namespace, name = key_of(obj)
            with suppress(ApiError):
                self._client.delete(ref, name, namespace)
                self.removed.append(_described(ref, obj))

    # --- registries -----------------------------------------------------------------------------------

    def _remove_registries(self, spaces: Iterable[str]) -> None:
        """A finalizer that no operator takes off any more is taken off here."""
        registries = [item for space in spaces for item in self._client.list(QUAY_REGISTRIES, space)]
        self._delete(QUAY_REGISTRIES, registries)
        with suppress(NotInTime):
            self._wait(partial(self._none_of, registries), "the registries of the run are gone")
            return
        for namespace, name in map(key_of, registries):
            with suppress(ApiError):
                self._client.patch(QUAY_REGISTRIES, name, {"metadata": {"finalizers": None}}, namespace)

    def _none_of(self, registries: Iterable[Object]) -> bool:
        keys = map(key_of, registries)
        return all(self._client.find(QUAY_REGISTRIES, key.name, key.namespace) is None for key in keys)

    # --- namespaces and definitions -------------------------------------------------------------------

    def _wait_until_gone(self, ref: ResourceRef, names: Iterable[str]) -> None:
        for name in names:
            try:
                self._wait(partial(self._is_gone, ref, name), f"{ref.kind} {name} is gone")
            except NotInTime:
                self.left.append(f"{ref.kind} {name}")

    def _is_gone(self, ref: ResourceRef, name: str) -> bool:
        return self._client.find(ref, name) is None

    def _wait(self, check: Any, what: str) -> None:
        self._waiting.until(check, PATIENCE, what, AT_LEAST)

    def _remove_definitions(self, kinds: Iterable[ResourceRef]) -> None:
        """Whoever deletes a definition deletes its objects: it stays if others have made some."""
        served = {ref.resource_name: ref for ref in kinds}
        for definition in self._labelled(CUSTOM_RESOURCE_DEFINITIONS):
            ref = served.get(definition["metadata"]["name"])
            if ref is not None and self._client.list(ref):
                self.left.append(f"{_described(CUSTOM_RESOURCE_DEFINITIONS, definition)} (in use)")
            else:
                self._delete(CUSTOM_RESOURCE_DEFINITIONS, [definition])

    # --- discovery ------------------------------------------------------------------------------------

    def _listable(self) -> Iterator[ResourceRef]:
        """Every kind of which objects can be listed and deleted, in the group's preferred version."""
        yield from self._kinds_of("", "v1")
        for group in self._asked("/apis").get("groups") or ():
            version = group["preferredVersion"]["version"]
            yield from self._kinds_of(group["name"], version)

    def _kinds_of(self, group: str, version: str) -> Iterator[ResourceRef]:
        root = f"/apis/{group}/{version}" if group else f"/api/{version}"
        for item in self._asked(root).get("resources") or ():
            if "/" not in item["name"] and {"list", "delete"} <= set(item["verbs"]):
                yield ResourceRef(group, version, item["name"], item["kind"], item["namespaced"])

    def _asked(self, path: str) -> Object:
        answer = request(self._api_client, path)
        found: Object = json.loads(answer.data) if answer.status == 200 else {}
        return found


def _described(ref: ResourceRef, obj: Object) -> str:
    return f"{ref.kind} {'/'.join(filter(None, key_of(obj)))}"
