"""Watches: what has changed, in order, for as long as somebody listens.

A stream subscribes to a table and keeps what its reader has not fetched yet, so that a slow reader never
holds up a writer. An object that leaves the selector is DELETED for the watcher, in its previous state but
with the new resourceVersion.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from fake_cluster.errors import ApiError
from fake_cluster.store import Change, ChangeType, Stored, Table

BOOKMARK_INTERVAL = 60.0
"""Seconds between two bookmarks (kube-apiserver sends about one a minute)."""


Encoder = Callable[[str, Stored], bytes]
"""Writes one event, of a type and about an object, as a line of the response."""


def json_event(kind: str, stored: Stored) -> bytes:
    """The event as JSON."""
    return b'{"type":"%s","object":%s}\n' % (kind.encode(), stored.json)


class WatchStream:
    """One open watch. `poll` gives what there is; `on_ready` is called when there is something new."""

    def __init__(
        self,
        table: Table,
        matches: Callable[[Stored], bool] | None,
        view: Callable[[Stored], Stored],
        namespace: str = "",
    ) -> None:
        self.encode: Encoder = json_event
        self.on_ready: Callable[[], None] | None = None
        self.ends_at = float("inf")
        self.bookmark_at = float("inf")
        self.closed = False
        self._breaks = False
        self.bookmark: Callable[[bool], Stored] | None = None
        self._initial_end = False
        self._table = table
        self._matches = matches
        self._view = view
        self._namespace = namespace
        self._ready: deque[tuple[str, Stored]] = deque()
        table.subscribers.append(self._hear)
        table.watches[self] = self.end

    def start(self, existing: Iterable[Stored], missed: Iterable[Change], *, announce: bool = False) -> None:
        """Begin with objects that exist, or with changes since the revision that the watcher knows.

        `announce`: say with a bookmark where the existing objects end (`sendInitialEvents`).
        """
        for stored in existing:
            if self._matches is None or self._matches(stored):
                self._ready.append(("ADDED", stored))
        for change in missed:
            self._hear(change)
        if announce and self.bookmark is not None:
            self._ready.append(("BOOKMARK", self.bookmark(True)))  # noqa: FBT003 - the end of the beginning

    def fail(self, error: ApiError) -> None:
        """Tell the watcher what is wrong, and end."""
        self._ready.append(("ERROR", Stored(error.status(), 0)))
        self.ends_at = float("-inf")

    def break_at(self, moment: float) -> None:
        """Stop at some moment without a word."""
        self.ends_at = min(self.ends_at, moment)
        self._breaks = True

    def end(self) -> None:
        """Give what is ready, and then nothing more: what is watched is served no more."""
        self.ends_at = float("-inf")
        if self.on_ready is not None:
            self.on_ready()

    def _hear(self, change: Change) -> None:
        if self._namespace and change.namespace != self._namespace:
            return
        event = _event(change, self._matches)
        if event is None:
            return
        self._ready.append(event)
        if self.on_ready is not None:
            self.on_ready()

    def poll(self, now: float) -> list[bytes]:
        """The lines that are ready; closes itself when its time is over."""
        self._mark(now)
        lines = [self.encode(kind, self._shown(kind, stored)) for kind, stored in self._ready]
        self._ready.clear()
        if now >= self.ends_at:
            self.close()
        return lines

    def _shown(self, kind: str, stored: Stored) -> Stored:
        return stored if kind in ("BOOKMARK", "ERROR") else self._view(stored)

    def _mark(self, now: float) -> None:
        if self.bookmark is None or now < min(self.bookmark_at, self.ends_at):
            return
        if self._breaks and now >= self.ends_at:
            return
        self.bookmark_at = now + BOOKMARK_INTERVAL
        if self.ends_at != float("-inf"):
            self._ready.append(("BOOKMARK", self.bookmark(False)))  # noqa: FBT003 - one among many

    @property
    def next_moment(self) -> float:
        """When the stream has something to say or to do by itself, at the latest."""
        return min(self.bookmark_at if self.bookmark is not None else self.ends_at, self.ends_at)

    def close(self) -> None:
        """Stop listening."""
        if not self.closed:
            self.closed = True
            self._table.subscribers.remove(self._hear)
            self._table.watches.pop(self, None)


def _event(change: Change, matches: Callable[[Stored], bool] | None) -> tuple[ChangeType, Stored] | None:
    """What a change means for a watcher with a selector."""
    if matches is None:
        return change.type, change.stored
    before = change.old is not None and matches(change.old)
    if change.type == "DELETED":
        return ("DELETED", change.stored) if before else None
    if matches(change.stored):
        return ("MODIFIED" if before else "ADDED"), change.stored
    return ("DELETED", _left(change)) if before else None


def _left(change: Change) -> Stored:
    """The previous state of an object that has left the selector, with the revision of its leaving."""
    old = change.old or change.stored
    metadata = old.obj["metadata"] | {"resourceVersion": str(change.revision)}
    return Stored(old.obj | {"metadata": metadata}, change.revision)
