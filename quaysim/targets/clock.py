"""The clock of a cluster in another process, as its `Date` headers show it.

A real cluster's clock runs as ours does; that of `quaysim serve --speed N` runs N times as fast. How fast is
measured: first over a moment, then more exactly the longer the run takes. `Date` has whole seconds, so only
the instants at which it changes say exactly how late it is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_LOOK, LONG_LOOK = 0.25, 1.2
"""Seconds of real time for measuring: enough for a fast clock; enough for one that runs as ours does."""
FIRST_PACE, LONG_PACE = 0.002, 0.02
"""Seconds of real time between two questions meanwhile."""
ENOUGH_EDGES = 8
FRESH = 0.25
"""Seconds of real time after which the server is asked again."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The instant at which a new second has begun on the server: `here` is monotonic, `there` its Date."""

    here: float
    there: float


class ServerClock:
    """`machinery.clock.Clock`; `date()` asks the server for its time, in whole seconds since the epoch.

    `speed` is how many of its seconds go by in one of ours. Any thread may ask.
    """

    def __init__(self, date: Callable[[], float], known: tuple[Edge, float] | None = None) -> None:
        self._date = date
        self._lock = threading.Lock()
        self._latest = 0.0
        self.speed = 1.0
        self._origin, self.speed = known or self._measure()
        self._asked = time.monotonic()

    @property
    def known(self) -> tuple[Edge, float]:
        """What has been measured, for another process of this machine."""
        return self._origin, self.speed

    def now(self) -> float:
        """Seconds since the epoch. Never goes back."""
        with self._lock:
            here = time.monotonic()
            if here - self._asked > FRESH:
                self._correct()
                here = self._asked = time.monotonic()
            self._latest = max(self._latest, self._estimate(here))
            return self._latest

    def real(self, seconds: float) -> float:
        """How many seconds of real time that many of the server's take."""
        return seconds / self.speed

    def _estimate(self, here: float) -> float:
        return self._origin.there + (here - self._origin.here) * self.speed

    def _measure(self) -> tuple[Edge, float]:
        """Look at the server's seconds go by; without seeing one begin, take the middle of it."""
        began, first = time.monotonic(), self._date()
        edges: list[Edge] = []
        pace = threading.Event()  # which nobody sets
        while not _is_enough(edges, took := time.monotonic() - began):
            pace.wait(FIRST_PACE if took < FIRST_LOOK else LONG_PACE)
            there, here = self._date(), time.monotonic()
            if there != (edges[-1].there if edges else first):
                edges.append(Edge(here, there))
        if len(edges) < ENOUGH_EDGES:
            return (edges[0] if edges else Edge(began, first + 0.5)), 1.0
        return edges[0], (edges[-1].there - edges[0].there) / (edges[-1].here - edges[0].here)

    def _correct(self) -> None:
        """Change the speed by as little as brings the estimate into the second that the server shows."""
        before = time.monotonic()
        there = self._date()
        after = time.monotonic()
        origin = self._origin
        if after - origin.here < 1 or self._agrees(there, before, after):
            return
        low = (there - origin.there) / (after - origin.here)
        high = (there + 1 - origin.there) / (before - origin.here)
        self.speed = max(min(self.speed, high), low)

    def _agrees(self, there: float, before: float, after: float) -> bool:
        return self._estimate(before) < there + 1 and self._estimate(after) >= there


def _is_enough(edges: list[Edge], seconds: float) -> bool:
    return seconds > LONG_LOOK or (len(edges) >= ENOUGH_EDGES and seconds > FIRST_LOOK)
