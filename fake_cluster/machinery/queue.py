"""The work queue: which keys are to be reconciled, and when.

As client-go's: an item that is already waiting is not added twice, items come out in the order in
which they came in, an item that failed comes back after 5 ms, then 10 ms, doubling up to 1000 s, and
a delayed item keeps the earliest of its moments. One queue serves all controllers of a manager, so
that the order between them is the order in which things happened.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Hashable, Iterator
from random import Random
from typing import Generic, TypeVar

FIRST_RETRY = 0.005
"""Seconds until the first retry (client-go, ItemExponentialFailureRateLimiter)."""
LAST_RETRY = 1000.0
"""The longest delay between retries, in seconds."""
OVERTAKING = 4
"""How far an item may come forward when the order is left to chance."""

Item = TypeVar("Item", bound=Hashable)


class WorkQueue(Generic[Item]):
    """Items that wait for work, and items that wait for their moment.

    With `rng`, one of the first few ready items comes next instead of the first: the freedom that
    the controllers of a real cluster have, which run side by side.
    """

    def __init__(self, rng: Random | None = None) -> None:
        self._rng = rng
        self._ready: deque[Item] = deque()
        self._queued: set[Item] = set()
        self._delayed: list[tuple[float, int, Item]] = []
        self._moments: dict[Item, float] = {}
        self._numbers = itertools.count()
        self._retries: dict[Item, int] = {}

    def __len__(self) -> int:
        return len(self._ready)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._ready)

    def add(self, item: Item) -> None:
        """Queue an item, unless it is queued already."""
        if item not in self._queued:
            self._queued.add(item)
            self._ready.append(item)

    def add_at(self, item: Item, moment: float) -> None:
        """Queue an item when `moment` has come; of several moments the earliest counts."""
        if moment < self._moments.get(item, float("inf")):
            self._moments[item] = moment
            heapq.heappush(self._delayed, (moment, next(self._numbers), item))

    def retry(self, item: Item, now: float) -> None:
        """Queue an item that failed, later each time."""
        failures = self._retries.get(item, 0)
        self._retries[item] = failures + 1
        self.add_at(item, now + min(FIRST_RETRY * 2.0 ** min(failures, 60), LAST_RETRY))

    def forget(self, item: Item) -> None:
        """The item succeeded: its next failure is the first again."""
        if self._retries:
            self._retries.pop(item, None)

    def retries(self, item: Item) -> int:
        """How often the item has failed in a row."""
        return self._retries.get(item, 0)

    def drop(self, item: Item) -> None:
        """Forget an item altogether."""
        self._moments.pop(item, None)
        self._retries.pop(item, None)
        if item in self._queued:
            self._queued.remove(item)
            self._ready.remove(item)

    def clear(self) -> None:
        """Forget all items."""
        for part in (self._ready, self._queued, self._delayed, self._moments, self._retries):
            part.clear()

    def ripen(self, now: float) -> None:
        """Queue the items whose moment has come."""
        delayed = self._delayed
        while delayed and delayed[0][0] <= now:
            moment, _, item = heapq.heappop(delayed)
            if self._moments.get(item) == moment:
                del self._moments[item]
                self.add(item)

    def next_moment(self) -> float | None:
        """The earliest moment that an item waits for."""
        delayed = self._delayed
        while delayed and self._moments.get(delayed[0][2]) != delayed[0][0]:
            heapq.heappop(delayed)
        return delayed[0][0] if delayed else None

    def delayed(self) -> dict[Item, float]:
        """The items that wait for a moment."""
        return dict(self._moments)

    def pop(self) -> Item:
        """Take the next item out of the queue."""
        if self._rng is None or len(self._ready) == 1:
            item = self._ready.popleft()
        else:
            place = self._rng.randrange(min(OVERTAKING, len(self._ready)))
            item = self._ready[place]
            del self._ready[place]
        self._queued.remove(item)
        return item
