"""One connection of a client: requests in, responses out, in the order in which they came.

The API answers at once and in the event loop, so a request needs no task of its own. Only watches take
time: they are pumped whenever they have something, as fast as their reader reads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote

import httptools

from fake_cluster.api.front import WAITS, parse_query
from fake_cluster.api.render import Response
from fake_cluster.api.sessions import Session
from fake_cluster.http.peers import headers_of
from fake_cluster.http.pump import Pump
from fake_cluster.http.streaming import CannotUpgradeError
from fake_cluster.http.switching import Switched
from fake_cluster.http.waiting import wait
from fake_cluster.http.wire import CONTINUE, LAST_CHUNK, Handler, chunk, head, refusal

logger = logging.getLogger(__name__)

MAX_BODY = 3 * 1024 * 1024
"""Bytes of a request body; kube-apiserver has the same limit."""
MAX_HEAD = 64 * 1024
"""Bytes of a request line with its headers."""
MAX_HELD = 64 * 1024
"""Bytes that may arrive behind a watch before the connection is given up."""
LINGER = 2.0
"""Seconds that a client whose request is refused while it sends gets to read why."""


@dataclass(eq=False)
class Service:
    """What all connections of a server share. `speed` is that of the cluster's clock."""

    handle: Handler
    now: Callable[[], float]
    speed: float = 1.0
    max_streams: int = 10_000
    connections: set[Connection] = field(default_factory=set)
    streams: int = 0
    closing: bool = False
    drained: asyncio.Event = field(default_factory=asyncio.Event)

    def leave(self, connection: Connection) -> None:
        """A connection is gone; `drained` is set with the last one of a closing server."""
        self.connections.discard(connection)
        if self.closing and not self.connections:
            self.drained.set()


class Connection(asyncio.Protocol):
    """The server's side of one TCP or TLS connection."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self._service = service
        self._loop = loop
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._pump: Pump | None = None
        self._switched: Switched | None = None
        self._held = bytearray()
        self._slow = self._refused = self._waiting = False
        self._chunked = self._keep = False
        self._peer: dict[str, str] = {}
        self._forget_request()

    # --- the transport ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast("asyncio.Transport", transport)
        self._service.connections.add(self)
        self._peer = {WAITS: "1"} | headers_of(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        del exc
        self._service.leave(self)
        if self._pump is not None:
            self._pump.stop()
            self._leave_stream()
        if self._switched is not None:
            self._switched.lost()
            self._service.streams -= 1

    def data_received(self, data: bytes) -> None:
        """Bytes from the client. Behind a watch they wait until it has ended."""
        if self._refused:
            return
        if self._switched is not None:
            self._switched.feed(data)
        elif self._pump is None and not self._waiting:
            self._feed(data)
        elif len(self._held) + len(data) > MAX_HELD:
            self._transport.abort()
        else:
            self._held += data

    def pause_writing(self) -> None:
        """The client does not read: do not let it send more, and let its watch wait."""
        self._slow = True
        if self._pump is None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._slow = False
        if self._pump is None:
            self._transport.resume_reading()
        else:
            self._pump.flush()

    @property
    def slow(self) -> bool:
        """Whether the client reads more slowly than we write."""
        return self._slow

    def close(self) -> None:
        """End the connection, and the watch on it in order."""
        if self._pump is not None:
            self._pump.finish()
        self._transport.close()

    # --- the parser -------------------------------------------------------------------------------

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._switched is None:
                self._transport.close()  # the answer was in HTTP, and the client goes on in something else
            elif data[upgrade.args[0] :]:
                self._switched.feed(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else None
            if isinstance(cause, _RefusedError):
                self._refuse(cause.code, cause.reason, str(cause))
            else:
                self._refuse(400, "BadRequest", f"not an HTTP request: {error}")

    def _forget_request(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = self._peer.copy()
        self._head_size = 0
        self._body: list[bytes] = []
        self._body_size = 0

    def on_message_begin(self) -> None:
        """A request begins."""
        self._forget_request()

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; a repeated one is one with commas."""
        self._count_head(len(name) + len(value))
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """The body comes next."""
        length = self._headers.get("content-length", "")
        if length.isdigit() and int(length) > MAX_BODY:
            raise _too_large()
        if self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body_size += len(body)
        if self._body_size > MAX_BODY:
            raise _too_large()
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is complete: answer it."""
        if self._transport.is_closing():
            return
        if self._pump is not None or self._waiting:  # a request sent together with one that takes its time
            self._transport.abort()
            return
        version = self._parser.get_http_version()
        keep_alive = self._parser.should_keep_alive() and not self._service.closing
        method = self._parser.get_method().decode("latin-1")
        self._finish(self._response(method), method, keep_alive=keep_alive, chunked=version != "1.0")

    def _finish(self, response: Response, method: str, *, keep_alive: bool, chunked: bool) -> None:
        """Answer at once, or when the response is there."""
        self._waiting = response.pending is not None
        if response.pending is None:
            self._answer(response, method, keep_alive=keep_alive, chunked=chunked)
            self._feed_held()
            return
        pending = response.pending

        def resume() -> None:
            if not self._transport.is_closing():
                self._finish(pending.resume(), method, keep_alive=keep_alive, chunked=chunked)

        wait(pending, resume, self._loop, self._service.speed)

    def _feed_held(self) -> None:
        held, self._held = bytes(self._held), bytearray()
        if held and self._pump is None and self._switched is None:
            self._feed(held)

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD:
            raise _RefusedError(431, "BadRequest", f"the request's head is longer than {MAX_HEAD} bytes")

    # --- answers ----------------------------------------------------------------------------------

    def _response(self, method: str) -> Response:
        try:
            url = httptools.parse_url(self._url)
            path = unquote((url.path or b"/").decode("ascii"), errors="strict")
            query = (url.query or b"").decode("ascii")
        except (httptools.HttpParserInvalidURLError, UnicodeError):
            return self._refusal(400, "BadRequest", "the request's target is not a URL")
        try:
            return self._service.handle(method, path, parse_query(query), self._headers, b"".join(self._body))
        except Exception:
            logger.exception("%s %s", method, path)
            return self._refusal(500, "InternalError", "Internal error occurred: see the server's log")

    def _answer(self, response: Response, method: str, *, keep_alive: bool, chunked: bool) -> None:
        stream = response.stream
        if response.session is not None:
            refused = self._switch(response.session)
            if refused is None:
                return
            response = refused
        if stream is not None and (method == "HEAD" or self._service.streams >= self._service.max_streams):
            stream.close()
            stream = None
            response = self._refusal(429, "TooManyRequests", "too many open watches, please try again later")
        chunked = chunked and stream is not None
        keep_alive = keep_alive and (stream is None or chunked)
        start = head(response, keep_alive=keep_alive, chunked=chunked)
        body = b"" if method == "HEAD" or response.code == HTTPStatus.NO_CONTENT else response.body
        self._transport.write(start + body)
        if stream is not None:
            self._service.streams += 1
            self._pump = Pump(self, stream, self._service.now, self._loop, speed=self._service.speed)
            self._chunked, self._keep = chunked, keep_alive
            self._pump.start()
        elif not keep_alive:
            self._transport.close()

    def _switch(self, session: Session) -> Response | None:
        """Leave HTTP for a session; the response, if that cannot be."""
        if self._service.streams >= self._service.max_streams:
            return self._refusal(429, "TooManyRequests", "too many open streams, please try again later")
        try:
            self._switched = Switched(session, self._headers, self._transport, self._loop)
        except CannotUpgradeError as error:
            return self._refusal(error.code, "Forbidden" if error.code == 403 else "BadRequest", str(error))
        self._service.streams += 1
        return None

    def _refusal(self, code: int, reason: str, message: str) -> Response:
        return refusal(code, reason, message, self._service.now())

    def _refuse(self, code: int, reason: str, message: str) -> None:
        response = self._refusal(code, reason, message)
        start = head(response, keep_alive=False, chunked=False)
        self._transport.write(start + response.body)
        self._refused = True
        if self._transport.can_write_eof():  # closing at once would reset the connection, and lose the answer
            self._transport.write_eof()
            self._loop.call_later(LINGER, self._transport.close)
        else:
            self._transport.close()

    # --- for the pump -----------------------------------------------------------------------------

    def send(self, lines: list[bytes]) -> None:
        """Send lines of a stream."""
        self._transport.write(chunk(lines) if self._chunked else b"".join(lines))

    def cut(self) -> None:
        """Drop a client that does not read."""
        self._transport.abort()

    def stream_ended(self) -> None:
        """The watch is over: the connection serves the next request, or closes."""
        if self._chunked:
            self._transport.write(LAST_CHUNK)
        self._leave_stream()
        if not self._keep or self._service.closing:
            self._transport.close()
            return
        self._feed_held()

    def _leave_stream(self) -> None:
        self._pump = None
        self._service.streams -= 1


class _RefusedError(Exception):
    """A request that breaks a limit while it is still arriving."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


def _too_large() -> _RefusedError:
    return _RefusedError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {MAX_BODY}")
