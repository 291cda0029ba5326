"""Connections that have been upgraded: WebSocket and SPDY/3.1, for `exec`, `attach` and `portforward`.

kubectl from 1.31 on speaks the channel protocols over WebSocket to commands, and tunnels SPDY through
WebSocket to ports; the Python client speaks channels to both; older Go clients speak SPDY.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from fake_cluster.api.sessions import CommandSession, Session
from fake_cluster.http.streaming import channels, streams, websocket
from fake_cluster.http.streaming.spdy import SpdyError
from fake_cluster.http.streaming.websocket import WebSocketError

TUNNEL = "SPDY/3.1+portforward.k8s.io"
SPDY = "spdy/3.1"
Write = Callable[[bytes], None]
Close = Callable[[], None]


class CannotUpgradeError(Exception):
    """The client offers nothing that is spoken here. `code` is the HTTP status."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Upgraded(Protocol):
    """The server's side of a connection that has been upgraded."""

    def begin(self) -> None:
        """The client has been told."""
        ...

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        ...

    def lost(self) -> None:
        """The client has gone."""
        ...


class _Messages(Protocol):
    def received(self, message: bytes) -> None: ...
    def lost(self) -> None: ...


class _Bytes(Protocol):
    def feed(self, data: bytes) -> None: ...
    def lost(self) -> None: ...


class WebSocketConnection:
    """Messages to and from a session. `make` builds what answers them, with a way to write and to close."""

    def __init__(self, make: Callable[[Write, Close], _Messages], write: Write, close: Close) -> None:
        self._make = make
        self._write = write
        self._close = close
        self._reader = websocket.Reader()
        self._handler: _Messages | None = None
        self._over = False

    def begin(self) -> None:
        """The client has been told."""
        self._handler = self._make(self._write, self._finish)

    def _finish(self, code: int = websocket.NORMAL, text: str = "") -> None:
        if not self._over:
            self._over = True
            self._write(websocket.close_frame(code, text))
            self._close()

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        try:
            for message in self._reader.feed(data):
                self._take(message)
        except WebSocketError as error:
            self._finish(error.code, str(error))
        except SpdyError as error:
            self._finish(websocket.PROTOCOL_ERROR, str(error))

    def _take(self, message: websocket.Message) -> None:
        if message.kind == websocket.CLOSE:
            self._finish()
            self._close()
        elif self._over:
            return
        elif message.kind == websocket.PING:
            self._write(websocket.frame(websocket.PONG, message.data))
        elif message.kind in (websocket.TEXT, websocket.BINARY) and self._handler is not None:
            self._handler.received(message.data)

    def lost(self) -> None:
        """The client has gone."""
        self._over = True
        if self._handler is not None:
            self._handler.lost()


class _Tunnel:
    """SPDY within WebSocket messages."""

    def __init__(self, inner: _Bytes) -> None:
        self._inner = inner
        self.lost = inner.lost

    def received(self, message: bytes) -> None:
        self._inner.feed(message)


class SpdyConnection:
    """SPDY to and from a session."""

    def __init__(self, make: Callable[[Write, Close], _Bytes], write: Write, close: Close) -> None:
        self._make = make
        self._write = write
        self._close = close
        self._handler: _Bytes | None = None

    def begin(self) -> None:
        """The client has been told."""
        self._handler = self._make(self._write, self._close)

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        try:
            if self._handler is not None:
                self._handler.feed(data)
        except SpdyError:
            self._close()

    def lost(self) -> None:
        """The client has gone."""
        if self._handler is not None:
            self._handler.lost()


Headers = list[tuple[str, str]]


def upgraded(
    session: Session, headers: Mapping[str, str], write: Write, close: Close
) -> tuple[Upgraded, Headers]:
    """What speaks with the client, and the headers of the 101; raises CannotUpgradeError."""
    if headers.get("upgrade", "").lower() == "websocket":
        return _websocket(session, headers, write, close)
    if headers.get("upgrade", "").lower() == SPDY:
        return _spdy(session, headers, write, close)
    raise CannotUpgradeError(400, f"unable to upgrade: unexpected Upgrade: {headers.get('upgrade', '')}")


def _offered(headers: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in headers.get(name, "").split(",") if word.strip()]


def _websocket(
    session: Session, headers: Mapping[str, str], write: Write, close: Close
) -> tuple[Upgraded, Headers]:
    key = headers.get("sec-websocket-key", "")
    if headers.get("sec-websocket-version") != "13" or not key:
        raise CannotUpgradeError(400, "bad WebSocket handshake")
    offered = _offered(headers, "sec-websocket-protocol") or [""]
    protocol = next((name for name in offered if _is_spoken(session, name)), None)
    if protocol is None:
        raise CannotUpgradeError(403, f"none of the protocols is spoken here: {', '.join(offered)}")
    answer = [("Upgrade", "websocket"), ("Sec-WebSocket-Accept", websocket.accept_key(key))]
    answer += [("Sec-WebSocket-Protocol", protocol)] if protocol else []

    def make(write: Write, close: Close) -> _Messages:
        if isinstance(session, CommandSession):
            return channels.CommandChannels(session, protocol, write, close)
        if protocol == TUNNEL:
            return _Tunnel(streams.PortStreams(session, protocol, _framed(write), close))
        return channels.PortChannels(session, protocol, write, close)

    return WebSocketConnection(make, write, close), answer


def _is_spoken(session: Session, protocol: str) -> bool:
    plain = protocol.removeprefix(channels.BASE64)
    if isinstance(session, CommandSession):
        return plain in channels.COMMAND_PROTOCOLS
    return protocol == TUNNEL or (plain in channels.PORT_PROTOCOLS and bool(session.ports))


def _framed(write: Write) -> Write:
    return lambda data: write(websocket.frame(websocket.BINARY, data))


def _spdy(
    session: Session, headers: Mapping[str, str], write: Write, close: Close
) -> tuple[Upgraded, Headers]:
    command = isinstance(session, CommandSession)
    spoken = streams.COMMAND_PROTOCOLS if command else streams.PORT_PROTOCOLS
    offered = _offered(headers, "x-stream-protocol-version") or ["channel.k8s.io" if command else spoken[0]]
    protocol = next((name for name in offered if name in spoken), None)
    if protocol is None:
        listed = " ".join(f'"{name}"' for name in offered)
        raise CannotUpgradeError(
            403, f"unable to upgrade: unable to negotiate protocol: client supports [{listed}]"
        )

    def make(write: Write, close: Close) -> _Bytes:
        if isinstance(session, CommandSession):
            return streams.CommandStreams(session, protocol, write, close)
        return streams.PortStreams(session, protocol, write, close)

    answer = [("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", protocol)]
    return SpdyConnection(make, write, close), answer
