"""What happens in the cluster, as a reason to look again.

Whoever waits for something has looked at some collections of the API. Watches on just these say when it is
worth looking once more; they live as long as the scenario.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import urllib3

from fake_cluster.errors import ApiError
from fake_cluster.objects import ResourceRef

if TYPE_CHECKING:
    from fake_cluster.machinery.rest import RestClient

WATCH_SECONDS = 300
"""Of the server's time; then a watch is asked for again."""
RETRY_SECONDS = 1.0


class Place(NamedTuple):
    """A collection: the objects of a kind in a namespace, or in all of them."""

    ref: ResourceRef
    namespace: str


@dataclass
class Changes:
    """Counts the changes in the places that are followed. `count` grows with each of them."""

    client: RestClient
    count: int = 0
    _bell: threading.Condition = field(default_factory=threading.Condition)
    _watches: dict[Place, _Watch] = field(default_factory=dict)

    def follow(self, places: Iterable[Place]) -> bool:
        """Watch these places too; True if one of them was not watched yet. What is there counts as a change."""
        new = [place for place in places if place not in self._watches]
        for place in new:
            self._watches[place] = _Watch(self, place)
        return bool(new)

    def wait(self, seen: int, seconds: float) -> None:
        """Wait until there were more changes than `seen`, for at most `seconds` of real time."""
        with self._bell:
            self._bell.wait_for(lambda: self.count > seen, max(seconds, 0.0))

    def heard(self) -> None:
        """Something has changed, in any thread."""
        with self._bell:
            self.count += 1
            self._bell.notify_all()

    def close(self) -> None:
        """End the watches."""
        for watch in self._watches.values():
            watch.end()
        self._watches.clear()


class _Watch:
    """One watch, in a thread of its own."""

    def __init__(self, changes: Changes, place: Place) -> None:
        self._changes = changes
        self._path = place.ref.path(place.namespace)
        self._ended = threading.Event()
        self._response: urllib3.BaseHTTPResponse | None = None
        name = f"changes of {place.ref.plural}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow()
            except (ApiError, urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError):
                # a stream that `end` has cut breaks in as many ways as there are places in it
                self._ended.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        """Begin with what is there: no change can fall between looking and watching."""
        query = {"watch": "true", "timeoutSeconds": str(WATCH_SECONDS)}
        response = self._response = self._changes.client.send("GET", self._path, query)
        if response.status >= 400:
            response.drain_conn()
            self._ended.wait(RETRY_SECONDS)
            return
        with contextlib.closing(response):
            if self._ended.is_set():
                return
            for _ in response.stream(None):
                self._changes.heard()

    def end(self) -> None:
        """Cut the stream."""
        self._ended.set()
        response: Any = self._response
        if response is not None:
            with contextlib.suppress(Exception):  # it may have ended by itself at this very moment
                response.shutdown()
