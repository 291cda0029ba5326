"""The operator's process: it does not recover from panics, so one bad registry takes all others with it.

While it is down nobody reconciles anything. When it is back it knows nothing of what it had in memory:
Events are counted from one again, and every registry is looked at anew, in no particular order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import AddSource, Controller, KeysOf, Reconcile, Result, Source, sleep
from fake_cluster.machinery.events import Recorder
from fake_cluster.objects import Key, key_of
from quaysim.operator.errors import OperatorCrash
from quaysim.operator.refs import QUAY_REGISTRIES

logger = logging.getLogger(__name__)

COMPONENT = "quayregistry-controller"
CRASHED = "OperatorCrashed"
STARTING_SECONDS = 2.0
"""From the start of the container to the first pass (measured)."""
FIRST_BACK_OFF, LAST_BACK_OFF, FORGIVEN_AFTER = 10.0, 300.0, 600.0
"""Seconds: the kubelet restarts a container at once, then after 10, 20, 40, … up to 300 s, and forgets
what was before when the container has run for 600 s."""

_Pass = Callable[[Key], Coroutine[Any, Any, Result | None]]


@dataclass(slots=True)
class Process:
    """One process with the controllers of QuayRegistries, which share one lock.

    `namespace`: the only one that it watches, if any. `recorder` writes its Events. `restarts` counts the times it has come back.
    """

    client: Client
    clock: Clock
    rng: Random
    lock: str
    namespace: str
    recorder: Recorder = field(init=False)
    restarts: int = 0
    _sources: list[AddSource] = field(default_factory=list)
    _crashes: int = 0
    _since: float = 0.0

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.recorder = Recorder(self.client, self.clock, COMPONENT)
        self._since = self.clock.now()

    def controller(self, name: str, reconcile: Reconcile, keys_of: KeysOf) -> Controller:
        """A controller that lives and dies with the process."""
        sources = [Source(QUAY_REGISTRIES, keys_of)]
        return Controller(name, reconcile, sources, self.lock, self._sources.append)

    def guarded(self, run: _Pass) -> Reconcile:
        """A pass during which the process may die."""
        return partial(self._run, run)

    async def _run(self, run: _Pass, key: Key) -> Result | None:
        try:
            return await run(key)
        except OperatorCrash as crash:
            self._die(key, str(crash))
            await sleep(self._down_for())  # with the lock in hand: nobody else works
            self._come_back()
            return None

    def _die(self, key: Key, panic: str) -> None:
        """The real operator leaves only a stack trace; here an Event tells whose registry it was."""
        logger.error("quay-operator panics at %s/%s: %s", key.namespace, key.name, panic)
        registry = self.client.find(QUAY_REGISTRIES, key.name, key.namespace)
        if registry is not None:
            self.recorder.record(registry, "Warning", CRASHED, f"panic: {panic}")

    def _down_for(self) -> float:
        if self.clock.now() - self._since >= FORGIVEN_AFTER:
            self._crashes = 0
        wait = min(FIRST_BACK_OFF * 2.0 ** (self._crashes - 1), LAST_BACK_OFF) if self._crashes else 0.0
        self._crashes += 1
        return wait + STARTING_SECONDS

    def _come_back(self) -> None:
        self.restarts += 1
        logger.warning("quay-operator is back; restarts so far: %d", self.restarts)
        self._start()
        for add_source in self._sources:
            add_source(Source(QUAY_REGISTRIES, self._all_once()))

    def _all_once(self) -> KeysOf:
        """The keys of all registries in any order; nothing for the events that come later."""
        keys = [key_of(registry) for registry in self.client.list(QUAY_REGISTRIES, self.namespace)]
        self.rng.shuffle(keys)
        ahead = iter(keys)

        def keys_of(event: Event) -> Iterable[Key]:
            del event
            key = next(ahead, None)
            return () if key is None else (key,)

        return keys_of
