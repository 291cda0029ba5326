"""Moves the events of one watch to its client, as fast as that reads.

A watcher that does not keep up never holds up a writer: its events wait in the stream, and when there are
too many it is cut off, as kube-apiserver does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from fake_cluster.api.sessions import Stream

MAX_BEHIND = 10_000
"""Events that may wait for a slow client."""


class Sink(Protocol):
    """Where the events go: the connection that has asked for them."""

    @property
    def slow(self) -> bool:
        """Whether the client reads more slowly than we write."""
        ...

    def send(self, lines: list[bytes]) -> None:
        """Send some lines."""
        ...

    def stream_ended(self) -> None:
        """The stream is over, in order."""
        ...

    def cut(self) -> None:
        """Drop the client."""
        ...


class Pump:
    """One watch under way. `speed` is that of the cluster's clock."""

    def __init__(
        self,
        sink: Sink,
        stream: Stream,
        now: Callable[[], float],
        loop: asyncio.AbstractEventLoop,
        *,
        speed: float = 1.0,
    ) -> None:
        self._sink = sink
        self._stream = stream
        self._now = now
        self._loop = loop
        self._speed = speed
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._behind = 0
        self._over = False

    def start(self) -> None:
        """Send what there is, then whatever comes."""
        self._stream.on_ready = self._ready
        self.flush()

    def _ready(self) -> None:
        """Something has come: send it when the writer's own answer is out."""
        if self._sink.slow:
            self._behind += 1
            if self._behind == MAX_BEHIND:
                self._loop.call_soon(self._sink.cut)
        elif not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send all that is ready, unless the client does not keep up."""
        self._scheduled = False
        if self._over or self._sink.slow:
            return
        self._behind = 0
        lines = self._stream.poll(self._now())
        if lines:
            self._sink.send(lines)
        if self._stream.closed:
            self.finish()
        else:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        moment = self._stream.next_moment
        if moment != float("inf"):
            pause = max(0.0, moment - self._now()) / self._speed
            self._timer = self._loop.call_later(pause, self.flush)

    def finish(self) -> None:
        """End the response in order."""
        if not self._over:
            self.stop()
            self._sink.stream_ended()

    def stop(self) -> None:
        """Stop listening."""
        self._over = True
        self._stream.on_ready = None
        self._stream.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
