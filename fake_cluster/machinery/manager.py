"""The controller manager: runs the reconcile functions of controllers, one at a time.

Everything happens in the thread that calls `run_ready`; watches may deliver from other threads. So a
run depends on nothing but the order of the writes, and under a virtual clock it can be repeated step
by step. A reconcile function that is a coroutine sleeps without holding up the others, except those
of its own lock.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from weakref import ReferenceType, ref

from fake_cluster.errors import ApiError
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Controller, KeysOf, Result, RetryError, Sleep, Source
from fake_cluster.machinery.queue import WorkQueue
from fake_cluster.objects import Key, ResourceRef

logger = logging.getLogger(__name__)

MAX_PASSES_AT_ONE_MOMENT = 2000
"""More passes over one key while no time goes by can only be controllers that undo each other's work."""
LONGEST_WAIT = 0.5
"""Seconds of real time after which `run_forever` looks at its stop sign."""


class LiveLockError(Exception):
    """Controllers keep changing the same object, and time does not get on."""


@dataclass(eq=False, slots=True)
class _Group:
    """Controllers that never run at the same time.

    Who comes while one is busy is parked. When the group is free again one of them is called, and nobody
    runs before that one. The controllers take turns, as the workers of a process do that share a mutex:
    each of them waits with one key in hand, however many keys there are.
    """

    busy: bool = False
    parked: dict[_Worker, dict[_Item, None]] = field(default_factory=dict)
    called: _Item | None = None

    def park(self, item: _Item) -> None:
        """Let an item wait behind the others of its controller."""
        self.parked.setdefault(item[0], {})[item] = None

    def leave(self, item: _Item) -> None:
        """Let an item wait no longer."""
        waiting = self.parked.get(item[0])
        if waiting is not None:
            waiting.pop(item, None)
            if not waiting:
                del self.parked[item[0]]

    def call(self) -> _Item | None:
        """The next one, unless somebody has been called already; then its controller is the last in turn."""
        if self.called is not None or not self.parked:
            return None
        worker, waiting = next(iter(self.parked.items()))
        self.called = next(iter(waiting))
        del self.parked[worker], waiting[self.called]
        if waiting:
            self.parked[worker] = waiting
        return self.called

    def waiting(self) -> Iterator[_Item]:
        """All who are parked."""
        return (item for waiting in self.parked.values() for item in waiting)


@dataclass(eq=False, slots=True, weakref_slot=True)
class _Worker:
    """A controller at work."""

    controller: Controller
    group: _Group
    errors: dict[Key, Exception] = field(default_factory=dict)


_Item = tuple[_Worker, Key]
_Pass = Coroutine[Any, Any, Result | None]


class Manager:
    """Feeds events to controllers and runs their passes.

    `seed` decides who goes first among those that are ready; with 0 it is who came first.
    `on_wake` is called when an event arrives while the manager rests; it may be called from any thread.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.on_wake: Callable[[], None] | None = None
        self.passes = 0
        self._inbox: deque[Event | _Item] = deque()
        self._queue: WorkQueue[_Item] = WorkQueue(Random(seed) if seed else None)
        self._sleepers: list[tuple[float, int, _Item, _Pass]] = []
        self._numbers = itertools.count()
        self._workers: list[_Worker] = []
        self._groups: dict[str, _Group] = {}
        self._routes: dict[ResourceRef, list[tuple[_Worker, KeysOf]]] = {}
        self._running = False
        self._bell = threading.Condition()
        self._moment = clock.now()
        self._at_moment: Counter[_Item] = Counter()

    # --- controllers ------------------------------------------------------------------------------

    def add(self, controller: Controller, client: Client) -> None:
        """Start a controller: `client` watches its sources, and what exists is enqueued."""
        group = self._groups.setdefault(controller.lock or controller.name, _Group())
        worker = _Worker(controller, group)
        self._workers.append(worker)
        for source in controller.sources:
            self._add_source(worker, client, source)
        if controller.discover is not None:
            controller.discover(partial(self._add_discovered, ref(worker), client))

    def _add_discovered(self, worker: ReferenceType[_Worker], client: Client, source: Source) -> None:
        """A source that a controller has found by itself; who has been stopped finds nothing any more."""
        found = worker()
        if found is not None:
            self._add_source(found, client, source)

    def _add_source(self, worker: _Worker, client: Client, source: Source) -> None:
        if worker not in self._workers:
            return
        routes = self._routes.get(source.ref)
        if routes is None:
            self._routes[source.ref] = [(worker, source.keys_of)]
            client.watch(source.ref, self.post)
            return
        for obj in client.list(source.ref):
            self._enqueue(worker, source.keys_of(Event("ADDED", source.ref, obj)))
        routes.append((worker, source.keys_of))

    def remove(self, controller: Controller) -> None:
        """Stop a controller where it stands: its queue is emptied, a sleeping pass ends."""
        for worker in [worker for worker in self._workers if worker.controller is controller]:
            self._workers.remove(worker)
            for routes in self._routes.values():
                routes[:] = [route for route in routes if route[0] is not worker]
            self._end_passes_of(worker)

    def _end_passes_of(self, worker: _Worker) -> None:
        group = worker.group
        waiting = {*self._queue, *self._queue.delayed(), *group.waiting()}
        for item in [item for item in waiting if item[0] is worker]:
            self._queue.drop(item)
            group.leave(item)
            if group.called == item:
                group.called = None
        if not group.busy:
            self._call_next(group)
        for sleeper in [sleeper for sleeper in self._sleepers if sleeper[2][0] is worker]:
            self._sleepers.remove(sleeper)
            heapq.heapify(self._sleepers)
            sleeper[3].close()
            self._release(worker.group)

    def close(self) -> None:
        """Stop all controllers, and forget whatever they knew."""
        for _, _, _, sleeping in self._sleepers:
            sleeping.close()
        for part in (self._sleepers, self._workers, self._groups, self._routes, self._inbox, self._at_moment):
            part.clear()
        self._queue.clear()

    def enqueue(self, controller_name: str, key: Key) -> None:
        """Ask for a pass over one key, in any thread."""
        for worker in self._workers:
            if worker.controller.name == controller_name:
                self._inbox.append((worker, key))
        if not self._running:
            self._wake()

    # --- events -----------------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Take an event from a watch, in any thread."""
        self._inbox.append(event)
        if not self._running:
            self._wake()

    def _wake(self) -> None:
        if self.on_wake is not None:
            self.on_wake()
        with self._bell:
            self._bell.notify_all()

    def _take_events(self) -> None:
        inbox = self._inbox
        while inbox:
            event = inbox.popleft()
            if not isinstance(event, Event):
                self._queue.add(event)
                continue
            for worker, keys_of in self._routes.get(event.ref, ()):
                self._enqueue(worker, keys_of(event))

    def _enqueue(self, worker: _Worker, keys: Iterable[Key]) -> None:
        for key in keys:
            self._queue.add((worker, key))

    # --- passes -----------------------------------------------------------------------------------

    def run_ready(self, budget: float | None = None) -> bool:
        """Do everything that is due now, for at most `budget` seconds of real time.

        True if the budget ended before the work. A call from inside a pass does nothing. Raises
        LiveLockError when controllers go round in circles.
        """
        if self._running:
            return False
        end = None if budget is None else time.perf_counter() + budget  # a slice of the CPU, not of time
        self._running = True
        try:
            while self._step():
                if end is not None and time.perf_counter() >= end:
                    return True
        finally:
            self._running = False
        return False

    @property
    def is_running(self) -> bool:
        """Whether a pass is under way: whoever is called by one cannot wait for others."""
        return self._running

    def _step(self) -> bool:
        """Do one pass, or go on with one that slept; False if nothing is due."""
        if self._inbox:
            self._take_events()
        now = self.clock.now()
        if self._sleepers and self._sleepers[0][0] <= now:
            _, _, item, sleeping = heapq.heappop(self._sleepers)
            self._go_on(item, sleeping)
            return True
        self._queue.ripen(now)
        if not self._queue:
            return False
        item = self._queue.pop()
        group = item[0].group
        if group.busy or group.called not in (None, item):
            group.park(item)
            return True
        group.called = None
        self._begin(item, now)
        if not group.busy:
            self._call_next(group)
        return True

    def _release(self, group: _Group) -> None:
        group.busy = False
        self._call_next(group)

    def _call_next(self, group: _Group) -> None:
        called = group.call()
        if called is not None:
            self._queue.add(called)

    def _begin(self, item: _Item, now: float) -> None:
        self._guard(item, now)
        self.passes += 1
        try:
            result = item[0].controller.reconcile(item[1])
        except Exception as error:  # noqa: BLE001 - whatever a pass raises, it is tried again
            self._failed(item, error)
            return
        if result is None or isinstance(result, Result):
            self._succeeded(item, result)
        else:
            item[0].group.busy = True
            self._go_on(item, result)

    def _go_on(self, item: _Item, coroutine: _Pass) -> None:
        """Run a coroutine up to its next sleep or its end."""
        try:
            wish = coroutine.send(None)
        except StopIteration as end:
            self._release(item[0].group)
            self._succeeded(item, end.value)
        except Exception as error:  # noqa: BLE001 - whatever a pass raises, it is tried again
            self._release(item[0].group)
            self._failed(item, error)
        else:
            self._sleep(item, coroutine, wish)

    def _sleep(self, item: _Item, coroutine: _Pass, wish: object) -> None:
        if not isinstance(wish, Sleep):
            coroutine.close()
            raise TypeError(
                f"{item[0].controller.name} awaits {wish!r}: a pass can await nothing but sleep()"
            )
        due = self.clock.now() + wish.seconds
        heapq.heappush(self._sleepers, (due, next(self._numbers), item, coroutine))

    def _succeeded(self, item: _Item, result: Result | None) -> None:
        self._queue.forget(item)
        if item[0].errors:
            item[0].errors.pop(item[1], None)
        if result is not None and result.requeue_after is not None:
            self._queue.add_at(item, self.clock.now() + result.requeue_after)

    def _failed(self, item: _Item, error: Exception) -> None:
        worker, key = item
        expected = isinstance(error, ApiError | RetryError)
        level = logging.DEBUG if expected else logging.WARNING
        logger.log(
            level, "%s %s: %s", worker.controller.name, key, error, exc_info=None if expected else error
        )
        worker.errors[key] = error
        self._queue.retry(item, self.clock.now())

    def _guard(self, item: _Item, now: float) -> None:
        if now != self._moment:
            self._moment = now
            self._at_moment.clear()
        self._at_moment[item] += 1
        if self._at_moment[item] > MAX_PASSES_AT_ONE_MOMENT:
            busiest = ", ".join(f"{name_of(*item)}: {n}" for item, n in self._at_moment.most_common(5))
            raise LiveLockError(f"Controllers undo each other's work. Passes at one moment: {busiest}")

    # --- time -------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """When there is something to do next; None if never without a new event."""
        if self._inbox or self._queue:
            return self.clock.now()
        moments = [self._queue.next_moment(), self._sleepers[0][0] if self._sleepers else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def run_forever(self, stop: threading.Event) -> None:
        """Work on real time until `stop` is set (seen within half a second)."""
        speed = float(getattr(self.clock, "speed", 1.0))
        while not stop.is_set():
            self.run_ready()
            with self._bell:
                due = self.next_due()
                pause = LONGEST_WAIT if due is None else (due - self.clock.now()) / speed
                if pause > 0 and not self._inbox:
                    self._bell.wait(min(pause, LONGEST_WAIT))

    # --- what everybody waits for -----------------------------------------------------------------

    def waiting(self) -> list[str]:
        """A line for each key that is queued, asleep, delayed or failing."""
        now = self.clock.now()
        lines = [f"queued: {name_of(*item)}" for item in self._queue]
        for due, _, item, _ in sorted(self._sleepers, key=lambda sleeper: sleeper[:2]):
            lines.append(f"asleep: {name_of(*item)} for another {due - now:.3g} s")
            lines += [f"behind it: {name_of(*parked)}" for parked in item[0].group.waiting()]
        for item, moment in sorted(self._queue.delayed().items(), key=lambda entry: entry[1]):
            lines.append(f"again in {moment - now:.3g} s: {name_of(*item)}{self._trouble(item)}")
        return lines

    def _trouble(self, item: _Item) -> str:
        error = item[0].errors.get(item[1])
        if error is None:
            return ""
        return f" (failed {self._queue.retries(item)} times: {type(error).__name__}: {error})"


def name_of(worker: _Worker, key: Key) -> str:
    """`controller namespace/name`."""
    return f"{worker.controller.name} {'/'.join(filter(None, key))}"
