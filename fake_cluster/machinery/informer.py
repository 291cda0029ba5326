"""What a controller knows of the cluster without asking: the objects of one resource, kept by a watch.

An informer follows a resource and keeps its current objects, with indexes that answer "which Pods
does this ReplicaSet own" or "which Pods carry these labels" without looking at all of them. It never
goes back to an older version: what a controller has just written it can `note` at once, and the watch
may tell it later.

Objects are shared with everybody else and must not be changed. Watches may deliver from other threads; only
one of them changes an informer at a time, and readers always get lists of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import KeysOf
from fake_cluster.objects import Key, Object, ResourceRef, controller_of, key_of

IndexOf = Callable[[Object], Iterable[Any]]
"""The values under which an object is found; they must be hashable."""

LATE_EVENTS = 1024
"""Deletions that are remembered, so that no late event brings the object back."""


def by_controller(obj: Object) -> Iterable[str]:
    """Index: the uid of the managing controller, or the namespace of an object that has none."""
    owner = controller_of(obj)
    return (owner["uid"] if owner else obj["metadata"].get("namespace", ""),)


def by_labels(obj: Object) -> Iterable[tuple[str, str, str]]:
    """Index: namespace, key and value of each label."""
    metadata = obj["metadata"]
    namespace = metadata.get("namespace", "")
    return [(namespace, key, value) for key, value in (metadata.get("labels") or {}).items()]


def by_namespace(obj: Object) -> Iterable[str]:
    """Index: the namespace."""
    return (obj["metadata"].get("namespace", ""),)


class Index:
    """Objects by one of their properties."""

    def __init__(self, values_of: IndexOf) -> None:
        self._values_of = values_of
        self._keys: dict[Any, dict[Key, None]] = {}

    def update(self, key: Key, old: Object | None, new: Object | None) -> None:
        """Follow an object from one version to the next; None is absence."""
        before = () if old is None else self._values_of(old)
        after = () if new is None else self._values_of(new)
        if before == after:
            return
        for value in before:
            self._take_out(value, key)
        for value in after:
            self._keys.setdefault(value, {})[key] = None

    def _take_out(self, value: Any, key: Key) -> None:
        keys = self._keys.get(value)
        if keys is not None:
            keys.pop(key, None)
            if not keys:
                del self._keys[value]

    def keys(self, value: Any) -> list[Key]:
        """The keys of the objects with that value, in the order in which they came."""
        return list(self._keys.get(value, ()))

    def size(self, value: Any) -> int:
        """How many objects have that value."""
        return len(self._keys.get(value, ()))


class Informer:
    """The objects of one resource, in all namespaces, as of the latest event.

    It watches from the moment it is made. `indexes` name functions that give an object's values.
    """

    def __init__(
        self, client: Client, ref: ResourceRef, indexes: Mapping[str, IndexOf] | None = None
    ) -> None:
        self.ref = ref
        self._objects: dict[Key, Object] = {}
        self._indexes = {name: Index(values_of) for name, values_of in (indexes or {}).items()}
        self._last_deleted: dict[Key, int] = {}
        self._latest: Event | None = None
        self._writing = Lock()
        client.watch(ref, self.deliver)

    def get(self, key: Key) -> Object | None:
        """The object of that key, if there is one."""
        return self._objects.get(key)

    def all(self) -> list[Object]:
        """All objects."""
        return list(self._objects.values())

    def find(self, index: str, value: Any) -> list[Object]:
        """The objects that have `value` in an index."""
        objects = self._objects
        return [obj for key in self._indexes[index].keys(value) if (obj := objects.get(key)) is not None]

    def find_labelled(self, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        """The objects that carry all of `labels`, by the index "labels"; none for no labels."""
        if not labels:
            return []
        index = self._indexes["labels"]
        rarest = min(((namespace, *pair) for pair in labels.items()), key=index.size)
        return [
            obj for obj in self.find("labels", rarest) if labels.items() <= obj["metadata"]["labels"].items()
        ]

    def deliver(self, event: Event) -> None:
        """Take an event of a watch; one that is known already changes nothing."""
        if event.type == "DELETED":
            self.note_deleted(event.obj)
        else:
            self.note(event.obj)

    def note(self, obj: Object) -> None:
        """Take an object that was just read or written, unless a newer version is known."""
        key = key_of(obj)
        with self._writing:
            old = self._objects.get(key)
            if old is obj or not self._is_newer(obj, old, key):
                return
            self._objects[key] = obj
            for index in self._indexes.values():
                index.update(key, old, obj)

    def note_deleted(self, obj: Object) -> None:
        """Take the news that an object is gone; another one of that name stays."""
        key = key_of(obj)
        with self._writing:
            old = self._objects.get(key)
            if old is None or old["metadata"]["uid"] != obj["metadata"]["uid"]:
                return
            del self._objects[key]
            self._bury(key, int(obj["metadata"]["resourceVersion"]))
            for index in self._indexes.values():
                index.update(key, old, None)

    def _is_newer(self, obj: Object, old: Object | None, key: Key) -> bool:
        version = int(obj["metadata"]["resourceVersion"])
        if old is None:
            return version > self._last_deleted.get(key, 0)
        return version > int(old["metadata"]["resourceVersion"])

    def _bury(self, key: Key, version: int) -> None:
        self._last_deleted[key] = version
        if len(self._last_deleted) > LATE_EVENTS:
            del self._last_deleted[next(iter(self._last_deleted))]

    def first(self, keys_of: KeysOf) -> KeysOf:
        """`keys_of` for a Source, which sees to it that the informer knows of the event before."""

        def keys(event: Event) -> Iterable[Key]:
            if event is not self._latest:  # several sources may hear of it, one after the other
                self._latest = event
                self.deliver(event)
            return keys_of(event)

        return keys


class Informers:
    """The informers that several controllers of one client share, each made on first use."""

    def __init__(self, client: Client, indexes: Mapping[ResourceRef, Mapping[str, IndexOf]]) -> None:
        self.client = client
        self._indexes = indexes
        self._made: dict[ResourceRef, Informer] = {}

    def __getitem__(self, ref: ResourceRef) -> Informer:
        found = self._made.get(ref)
        if found is None:
            found = self._made[ref] = Informer(self.client, ref, self._indexes.get(ref))
        return found
