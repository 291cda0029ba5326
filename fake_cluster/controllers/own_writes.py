"""What a controller has just written itself is no news to it.

A pass ends with writing what it found; the event of that write would only call the next pass, which finds
everything as it should be. Whatever somebody else writes has another resourceVersion and is heard.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import KeysOf
from fake_cluster.objects import Key, Object


def _version(obj: Object) -> str:
    version: str = obj["metadata"]["resourceVersion"]
    return version


class OwnWrites:
    """The versions that a controller has written and not heard of yet."""

    def __init__(self) -> None:
        self._versions: set[str] = set()

    def add(self, written: Object, before: Object | None = None) -> None:
        """Remember a version; one that is the same as `before` was no write, and makes no event."""
        if before is None or _version(written) != _version(before):
            self._versions.add(_version(written))

    def left_out(self, keys_of: KeysOf) -> KeysOf:
        """`keys_of` for a Source, without the events of these writes."""

        def keys(event: Event) -> Iterable[Key]:
            if self._versions and event.type != "DELETED":
                version = _version(event.obj)
                if version in self._versions:
                    self._versions.discard(version)
                    return ()
            return keys_of(event)

        return keys
