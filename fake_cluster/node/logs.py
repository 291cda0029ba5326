"""Logs of containers, cut as `kubectl logs` asks for them.

Source: API reference, PodLogOptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from fake_cluster.machinery.clock import micro_timestamp, parse_timestamp
from fake_cluster.node.program import LogLine


def rendered(lines: Sequence[LogLine], query: Mapping[str, str], now: float) -> str:
    """The text of a log. `query`: sinceSeconds, sinceTime, tailLines, timestamps and limitBytes as texts."""
    chosen = _since(lines, query, now)
    if "tailLines" in query:
        count = int(query["tailLines"])
        chosen = chosen[-count:] if count else []
    stamped = query.get("timestamps") in ("true", "1")
    text = "".join(_shown(chosen, stamped=stamped))
    if "limitBytes" in query:
        text = text.encode()[: int(query["limitBytes"])].decode(errors="ignore")
    return text


def _since(lines: Sequence[LogLine], query: Mapping[str, str], now: float) -> list[LogLine]:
    start = 0.0
    if "sinceSeconds" in query:
        start = now - float(query["sinceSeconds"])
    elif "sinceTime" in query:
        start = parse_timestamp(query["sinceTime"])
    return [line for line in lines if line.time >= start]


def _shown(lines: Iterable[LogLine], *, stamped: bool) -> Iterable[str]:
    for line in lines:
        yield f"{micro_timestamp(line.time)} {line.text}\n" if stamped else f"{line.text}\n"


class Follower:
    """A log that is read while it is written: `poll` gives what is new, until the container has ended.

    `lines` is the container's log, `is_over` whether nothing more will come. `on_ready` is called when
    there is news.
    """

    next_moment = float("inf")

    def __init__(
        self, lines: Sequence[LogLine], query: Mapping[str, str], now: float, is_over: Callable[[], bool]
    ) -> None:
        self.on_ready: Callable[[], None] | None = None
        self.on_close: Callable[[], None] | None = None
        self.closed = False
        self._first = rendered(lines, query, now)
        self._lines = lines
        self._read = len(lines)
        self._stamped = query.get("timestamps") in ("true", "1")
        self._is_over = is_over
        self._is_finished = False

    def hear(self) -> None:
        """Something has been written, or has ended."""
        if self.on_ready is not None:
            self.on_ready()

    def finish(self) -> None:
        """Nothing more will come."""
        self._is_finished = True
        self.hear()

    def poll(self, now: float) -> list[bytes]:
        """What has been written since the last call."""
        del now
        new, self._read = self._lines[self._read :], len(self._lines)
        text, self._first = self._first + "".join(_shown(new, stamped=self._stamped)), ""
        if self._is_finished or self._is_over():
            self.close()
        return [text.encode()] if text else []

    def close(self) -> None:
        """Stop reading."""
        if not self.closed:
            self.closed = True
            if self.on_close is not None:
                self.on_close()
