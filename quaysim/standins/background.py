"""Controllers that work in a thread of this process, as clients of a cluster elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from fake_cluster.machinery.client import Client
from fake_cluster.machinery.controller import Controller
from fake_cluster.machinery.manager import Manager
from fake_cluster.objects import Key
from quaysim.targets.clock import ServerClock

logger = logging.getLogger(__name__)

AFTER_FAULT = 1.0
"""Seconds of real time before the work goes on after a fault of the manager itself."""


class Background:
    """Runs controllers on the cluster's clock, from `start` until `close`."""

    def __init__(self, name: str, client: Client, clock: ServerClock) -> None:
        self._client = client
        self._manager = Manager(clock)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def add(self, controllers: Iterable[Controller]) -> None:
        """Controllers to run; what they watch is listed at once."""
        for controller in controllers:
            self._manager.add(controller, self._client)

    def enqueue(self, controller: str, key: Key) -> None:
        """Ask for a pass over one key, in any thread."""
        self._manager.enqueue(controller, key)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._manager.run_forever(self._stop)
            except Exception:
                logger.exception("%s has stumbled", self._thread.name)
                self._stop.wait(AFTER_FAULT)

    def waiting(self) -> list[str]:
        """A line for each key that is queued, asleep, delayed or failing."""
        return self._manager.waiting()

    def close(self) -> None:
        """Stop working."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._manager.close()
