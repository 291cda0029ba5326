"""Versioned objects, the only state of a cluster.

One revision counter counts all writes, as etcd's does. Every kind has a table: its objects by namespace
and name, and the log of its latest changes. The log is what watches replay, and, read backwards, what an
object set looked like at an older revision; what has fallen out of it is compacted away.

Nothing in here knows what an object means: whoever writes has validated before.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import orjson

from fake_cluster.objects import Object

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]
LOG_LENGTH = 1024
"""Changes that a table remembers; watches older than that must list again."""


class Stored:
    """One version of one object, with its JSON, made on first use and shared by all readers.

    `origin` is what its writer wants readers to know of the rules by which it was made.
    """

    __slots__ = ("_json", "obj", "origin", "revision", "views")

    def __init__(self, obj: Object, revision: int, origin: object = None) -> None:
        self.obj = obj
        self.revision = revision
        self.origin = origin
        self.views: dict[object, Stored] | None = None
        self._json: bytes | None = None

    @property
    def json(self) -> bytes:
        """The object as it goes over the wire."""
        if self._json is None:
            self._json = orjson.dumps(self.obj)
        return self._json

    def view(self, key: object, make: Callable[[Object], Object]) -> Stored:
        """The same version in another form, for instance another API version, made once per `key`."""
        if self.views is None:
            self.views = {}
        found = self.views.get(key)
        if found is None:
            obj = make(self.obj)
            found = self.views[key] = self if obj == self.obj else Stored(obj, self.revision)
        return found


@dataclass(slots=True)
class Change:
    """One entry of a table's log. A DELETED one carries the last state with the revision of the deletion.

    `event` is what a subscriber has made of it, for the next one to use.
    """

    type: ChangeType
    namespace: str
    name: str
    stored: Stored
    old: Stored | None
    event: object = None

    @property
    def revision(self) -> int:
        """When it happened."""
        return self.stored.revision


Subscriber = Callable[[Change], None]


class Table:
    """The objects of one kind. `watches` are those who must hear that it is served no more, and how."""

    def __init__(self) -> None:
        self.log: deque[Change] = deque()
        self.compacted = 0
        self.subscribers: list[Subscriber] = []
        self.watches: dict[object, Callable[[], None]] = {}
        self._spaces: dict[str, dict[str, Stored]] = {}
        self._names: dict[str, list[str]] = {}
        self._lists: dict[str, list[Stored]] = {}

    def get(self, namespace: str, name: str) -> Stored | None:
        """The current version of an object."""
        space = self._spaces.get(namespace)
        return None if space is None else space.get(name)

    def entries(self, namespace: str = "") -> list[Stored]:
        """All current versions, by namespace and name; do not change the list."""
        found = self._lists.get(namespace)
        if found is None:
            found = self._lists[namespace] = self._sorted(namespace)
        return found

    def _sorted(self, namespace: str) -> list[Stored]:
        spaces = [namespace] if namespace else sorted(self._spaces)
        return [self._spaces[space][name] for space in spaces for name in self._names.get(space, ())]

    def entries_at(self, revision: int, namespace: str = "") -> list[Stored]:
        """All versions that were current at an older revision that the log still reaches."""
        state = {_position(entry): entry for entry in self.entries(namespace)}
        for change in reversed(self.log):
            if change.revision <= revision:
                break
            if namespace in ("", change.namespace):
                _undo(state, change)
        return [state[position] for position in sorted(state)]

    def changes_since(self, revision: int) -> list[Change]:
        """What has happened after a revision that the log still reaches."""
        newer: list[Change] = []
        for change in reversed(self.log):
            if change.revision <= revision:
                break
            newer.append(change)
        newer.reverse()
        return newer

    def record(self, change: Change) -> None:
        """Enter a change into the state and the log."""
        self._lists.clear()
        if change.type == "DELETED":
            self._take_out(change.namespace, change.name)
        else:
            self._put_in(change)
        self.log.append(change)
        if len(self.log) > LOG_LENGTH:
            self.compacted = self.log.popleft().revision

    def _put_in(self, change: Change) -> None:
        space = self._spaces.setdefault(change.namespace, {})
        if change.name not in space:
            insort(self._names.setdefault(change.namespace, []), change.name)
        space[change.name] = change.stored

    def _take_out(self, namespace: str, name: str) -> None:
        space, names = self._spaces[namespace], self._names[namespace]
        del space[name]
        del names[bisect_left(names, name)]
        if not names:
            del self._spaces[namespace], self._names[namespace]

    def end_watches(self) -> None:
        """Tell all watches that there is nothing more to come."""
        for end in list(self.watches.values()):
            end()

    def compact(self, revision: int) -> None:
        """Forget all changes up to `revision`."""
        while self.log and self.log[0].revision <= revision:
            self.log.popleft()
        self.compacted = max(self.compacted, revision)


def _position(entry: Stored) -> tuple[str, str]:
    metadata = entry.obj["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _undo(state: dict[tuple[str, str], Stored], change: Change) -> None:
    position = (change.namespace, change.name)
    if change.old is None:
        state.pop(position, None)
    else:
        state[position] = change.old


class Store:
    """All tables, one revision counter, and the order in which subscribers hear of changes."""

    def __init__(self) -> None:
        self.revision = 1
        self._tables: dict[tuple[str, str], Table] = {}
        self._unheard: deque[tuple[Table, Change]] = deque()
        self._telling = False

    def table(self, group: str, plural: str) -> Table:
        """The table of a resource; it exists from its first use on."""
        key = (group, plural)
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = Table()
        return found

    def put(self, table: Table, obj: Object, origin: object = None) -> Stored:
        """Store a new version and tell the subscribers. The object is the store's from now on."""
        metadata = obj["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        old = table.get(namespace, name)
        stored = self._numbered(obj, origin)
        self._record(table, Change("MODIFIED" if old else "ADDED", namespace, name, stored, old))
        return stored

    def remove(self, table: Table, namespace: str, name: str, last: Object | None = None) -> Stored:
        """Delete an object that exists; watchers see `last` (its stored state if not given)."""
        old = table.get(namespace, name)
        if old is None:
            raise KeyError(name)
        obj = last or old.obj
        stored = self._numbered(obj | {"metadata": dict(obj["metadata"])}, old.origin)
        self._record(table, Change("DELETED", namespace, name, stored, old))
        return stored

    def _numbered(self, obj: Object, origin: object) -> Stored:
        self.revision += 1
        obj["metadata"]["resourceVersion"] = str(self.revision)
        return Stored(obj, self.revision, origin)

    def _record(self, table: Table, change: Change) -> None:
        table.record(change)
        if not table.subscribers:
            return
        self._unheard.append((table, change))
        if not self._telling:
            self._tell()

    def _tell(self) -> None:
        """Tell in the order of the writes, even when a subscriber writes itself."""
        self._telling = True
        try:
            while self._unheard:
                table, change = self._unheard.popleft()
                for subscriber in tuple(table.subscribers):
                    subscriber(change)
        finally:
            self._telling = False

    def clear(self) -> None:
        """Forget all objects and everybody who listens, without a word to them."""
        for table in self._tables.values():
            table.log.clear()
            table.subscribers.clear()
        self._tables.clear()

    def compact(self, revision: int | None = None) -> None:
        """Forget the changes up to `revision` (all of them if not given), in every table."""
        for table in self._tables.values():
            table.compact(self.revision if revision is None else revision)
