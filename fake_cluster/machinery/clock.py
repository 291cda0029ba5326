"""Time of the cluster. Nothing sleeps and nothing reads the wall clock but `RealClock`.

`VirtualClock` stands still until somebody advances it; `RealClock` runs, N times as fast if asked.
Both give seconds since the epoch as a float.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

EPOCH = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""Where virtual time begins: the same instant in every run, so that runs can be compared."""


class Clock(Protocol):
    """What everybody in the cluster asks for the time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...


class VirtualClock:
    """A clock that moves only when told to."""

    def __init__(self, start: float = EPOCH) -> None:
        self._now = start

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def advance_to(self, moment: float) -> None:
        """Move to `moment`; a moment in the past changes nothing."""
        self._now = max(self._now, moment)


class RealClock:
    """The machine's clock, `speed` times as fast from the moment it is made."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = time.time()
        self._origin = time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._start + (time.monotonic() - self._origin) * self.speed


def timestamp(moment: float) -> str:
    """RFC 3339 with seconds, as `metadata.creationTimestamp` has it."""
    return _second(int(moment))


@lru_cache(maxsize=1024)
def _second(moment: int) -> str:
    """On virtual time many things happen in one second."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_timestamp(moment: float) -> str:
    """RFC 3339 with microseconds, as Lease and Event have it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_timestamp(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 timestamp."""
    return datetime.fromisoformat(text).timestamp()
