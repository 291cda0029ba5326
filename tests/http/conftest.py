"""A server of its own for each test, with a handler that a test can look into."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from fake_cluster.api.render import Response
from fake_cluster.http import BackgroundServer, Server, listen
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.manager import Manager


class LineStream:
    """A stream that a test feeds."""

    def __init__(self, ends_at: float = float("inf")) -> None:
        self.closed = False
        self.on_ready: Callable[[], None] | None = None
        self.lines: list[bytes] = []
        self.next_moment = ends_at

    def feed(self, *lines: bytes) -> None:
        self.lines += lines
        if self.on_ready is not None:
            self.on_ready()

    def feed_last(self, *lines: bytes) -> None:
        self.feed(*lines)
        self.close()

    def poll(self, now: float) -> list[bytes]:
        ready, self.lines = self.lines, []
        if now >= self.next_moment:
            self.close()
        return ready

    def close(self) -> None:
        self.closed = True


@dataclass
class Recorder:
    """Answers every request with what it was, or with what the test has put under its path."""

    answers: dict[str, Callable[[], Response]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], dict[str, str], bytes]] = field(default_factory=list)

    def __call__(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        self.requests.append((method, path, dict(query or {}), dict(headers or {}), body))
        if path in self.answers:
            return self.answers[path]()
        return Response(200, json.dumps({"path": path, "body": body.decode()}).encode())


@pytest.fixture
def handler() -> Recorder:
    return Recorder()


@pytest.fixture
def manager() -> Manager:
    return Manager(RealClock())


@pytest.fixture
def server(handler: Recorder, manager: Manager) -> Iterator[Server]:
    with listen("127.0.0.1", 0) as listener:
        background = BackgroundServer(Server(handler, manager, listener))
        background.start()
        yield background.server
        background.stop()
