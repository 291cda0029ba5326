"""Runs a cluster's controllers in the event loop that answers its requests.

Requests and passes take turns in one thread, so neither needs locks. The manager gets short slices: a
request that comes in meanwhile waits for milliseconds only.
"""

from __future__ import annotations

import asyncio
import logging
import threading

from fake_cluster.machinery.manager import Manager

logger = logging.getLogger(__name__)

SLICE = 0.004
"""Seconds that the controllers may work before requests have their turn."""
AFTER_FAULT = 1.0
"""Seconds of rest after a fault of the manager itself."""


class Driver:
    """The hand that turns the manager. `speed` is that of the cluster's clock."""

    def __init__(self, manager: Manager, loop: asyncio.AbstractEventLoop, speed: float = 1.0) -> None:
        self._manager = manager
        self._loop = loop
        self._speed = speed
        self._thread = threading.get_ident()
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._stopped = False

    def start(self) -> None:
        """Begin to work."""
        self._manager.on_wake = self._wake
        self._schedule()

    def stop(self) -> None:
        """Let go of the manager."""
        self._stopped = True
        self._manager.on_wake = None
        self._cancel_timer()

    def _wake(self) -> None:
        if threading.get_ident() == self._thread:
            self._schedule()
        else:
            self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        if not self._scheduled and not self._stopped:
            self._scheduled = True
            self._loop.call_soon(self._work)

    def _work(self) -> None:
        self._scheduled = False
        if self._stopped:
            return
        try:
            unfinished = self._manager.run_ready(SLICE)
        except Exception:
            logger.exception("the controllers have stumbled")
            self._rest(AFTER_FAULT)
            return
        if unfinished:
            self._schedule()
            return
        due = self._manager.next_due()
        if due is not None:
            self._rest(max(0.0, due - self._manager.clock.now()) / self._speed)

    def _rest(self, seconds: float) -> None:
        self._cancel_timer()
        self._timer = self._loop.call_later(seconds, self._schedule)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
