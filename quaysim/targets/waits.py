"""Waiting on a cluster in another process: for changes of what was looked at, with a deadline on its clock.

A clock that runs a hundred times as fast does not make the machine under it faster. So a wait is over only
when both have gone by: the cluster's time that was given, and some seconds of real time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from quaysim.targets.base import NotInTime
from quaysim.targets.changes import Changes
from quaysim.targets.clock import ServerClock
from quaysim.targets.scenario_client import ScenarioClient

AT_LEAST = 30.0
"""Seconds of real time that a wait takes before it gives up."""
LOOK_AGAIN = 1.0
"""Seconds of real time after which to look again though no change was heard of: watches may break."""


@dataclass(frozen=True)
class Waiting:
    """How a scenario waits."""

    client: ScenarioClient
    changes: Changes
    clock: ServerClock

    def until(self, check: Callable[[], bool], timeout: float, what: str, at_least: float = AT_LEAST) -> None:
        """Wait until `check()` is true; raises NotInTime after `timeout` seconds of the cluster's clock."""
        end, began = self.clock.now() + timeout, time.monotonic()
        while True:
            seen = self.changes.count
            self.client.looked.clear()
            if check():
                return
            if self.changes.follow(self.client.looked):
                continue
            left = max(self.clock.real(end - self.clock.now()), at_least - (time.monotonic() - began))
            if left <= 0:
                raise NotInTime(what, timeout)
            self.changes.wait(seen, min(left, LOOK_AGAIN))

    def pass_time(self, seconds: float) -> None:
        """Wait until so much of the cluster's time has gone by."""
        end = self.clock.now() + seconds
        while (left := self.clock.real(end - self.clock.now())) > 0:
            time.sleep(left)
