from __future__ import annotations

import http.client
from collections.abc import Callable

from fake_cluster.api.render import Response
from fake_cluster.http import Server
from fake_cluster.http.pump import MAX_BEHIND
from fake_cluster.machinery.manager import Manager
from tests.http.conftest import LineStream, Recorder
from tests.http.wire import RawClient, connected, get


def _stream(handler: Recorder, stream: LineStream) -> LineStream:
    handler.answers["/watch"] = lambda: Response(200, stream=stream)
    return stream


def _in_loop(server: Server, work: Callable[[], None]) -> None:
    """Do something in the server's event loop, as the API does."""
    assert server.loop is not None
    server.loop.call_soon_threadsafe(work)


def _begin(client: RawClient) -> http.client.HTTPResponse:
    client.send(get("/watch"))
    return client.begin()


def test_the_headers_of_a_watch_come_before_any_event(server: Server, handler: Recorder) -> None:
    _stream(handler, LineStream())
    with connected(server.port) as client:
        response = _begin(client)
        assert (response.status, response.getheader("Transfer-Encoding")) == (200, "chunked")


def test_events_come_as_they_happen(server: Server, handler: Recorder) -> None:
    stream = _stream(handler, LineStream())
    stream.lines = [b"first\n"]
    with connected(server.port) as client:
        response = _begin(client)
        assert response.readline() == b"first\n"
        _in_loop(server, lambda: stream.feed(b"second\n", b"third\n"))
        assert [response.readline(), response.readline()] == [b"second\n", b"third\n"]


def test_a_watch_ends_with_its_time_and_the_connection_goes_on(
    server: Server, handler: Recorder, manager: Manager
) -> None:
    _stream(handler, LineStream(ends_at=manager.clock.now() + 0.05))
    with connected(server.port) as client:
        assert _begin(client).read() == b""
        assert client.ask(get("/next")).json["path"] == "/next"


def test_a_request_behind_a_watch_is_answered_after_it(server: Server, handler: Recorder) -> None:
    stream = _stream(handler, LineStream())
    with connected(server.port) as client:
        response = _begin(client)
        client.send(get("/next"))
        _in_loop(server, lambda: stream.feed_last(b"last\n"))
        assert response.read() == b"last\n"
        assert client.reply().json["path"] == "/next"


def test_a_client_that_leaves_ends_its_watch(server: Server, handler: Recorder) -> None:
    stream = _stream(handler, LineStream())
    with connected(server.port) as client:
        _begin(client)
    with connected(server.port) as other:
        while not stream.closed:
            other.ask(get("/next"))
    assert server.service.streams == 0


def test_a_watcher_that_does_not_read_is_cut_off_and_holds_up_nobody(
    server: Server, handler: Recorder
) -> None:
    stream = _stream(handler, LineStream())
    line = b"x" * 2000 + b"\n"

    def flood() -> None:
        for _ in range(MAX_BEHIND // 10):
            stream.feed(line)

    with connected(server.port) as client, connected(server.port) as other:
        _begin(client)
        while not stream.closed:
            _in_loop(server, flood)
            assert other.ask(get("/next")).code == 200
    assert server.service.streams == 0


def test_watches_beyond_the_limit_are_refused(server: Server, handler: Recorder) -> None:
    _stream(handler, LineStream())
    server.service.max_streams = 0
    with connected(server.port) as client:
        reply = client.ask(get("/watch"))
        assert (reply.code, reply.json["reason"]) == (429, "TooManyRequests")


def test_a_server_that_stops_ends_its_watches_in_order(server: Server, handler: Recorder) -> None:
    stream = _stream(handler, LineStream())
    stream.lines = [b"first\n"]
    with connected(server.port) as client:
        response = _begin(client)
        server.stop()
        assert response.read() == b"first\n"
        assert client.is_closed()
