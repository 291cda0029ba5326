"""The channel protocols over WebSocket: the first byte of a message says which stream it belongs to.

Source: k8s.io/apimachinery, util/httpstream/wsstream, and k8s.io/apimachinery, util/remotecommand.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Final

import orjson

from fake_cluster.api.sessions import Command, CommandSession, Peer, PortSession
from fake_cluster.errors import ApiError
from fake_cluster.http.streaming import websocket
from fake_cluster.http.streaming.commands import begun, ending
from fake_cluster.http.streaming.websocket import BINARY, TEXT

STDIN, ERROR, CLOSE = 0, 3, 255
NUMBERS: Final = {"stdout": 1, "stderr": 2}
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
COMMAND_PROTOCOLS: Final = (V5, V4, "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io", "")
PORT_PROTOCOLS: Final = (V4, "portforward.k8s.io", "")
BASE64: Final = "base64."
"""Before the name of a protocol, where everything is to be text."""


class Frames:
    """Writes channel messages. In the base64 protocols they are text, and channels are digits."""

    def __init__(self, write: Callable[[bytes], None], protocol: str) -> None:
        self._write = write
        self._as_text = protocol.startswith(BASE64)

    def send(self, channel: int, data: bytes) -> None:
        """Send some bytes on a channel."""
        if self._as_text:
            self._write(websocket.frame(TEXT, str(channel).encode() + base64.b64encode(data)))
        else:
            self._write(websocket.frame(BINARY, bytes([channel]) + data))

    def read(self, message: bytes) -> tuple[int, bytes]:
        """The channel of a message and its bytes; raises WebSocketError."""
        if not self._as_text:
            return message[0], message[1:]
        try:
            return int(message[:1]), base64.b64decode(message[1:], validate=True)
        except (ValueError, binascii.Error):
            raise websocket.WebSocketError(websocket.PROTOCOL_ERROR, "not base64") from None


class CommandChannels:
    """A command: stdin, stdout, stderr, the status and (ignored) the size of the terminal."""

    def __init__(
        self,
        session: CommandSession,
        protocol: str,
        write: Callable[[bytes], None],
        close: Callable[[], None],
    ) -> None:
        self._frames = Frames(write, protocol)
        self._protocol = protocol.removeprefix(BASE64)
        self._session = session
        self._close = close
        self._over = False
        first = NUMBERS["stdout"] if session.stdout else NUMBERS["stderr"] if session.stderr else ERROR
        self._frames.send(first, b"")  # says that the connection is there
        self._command: Command = begun(session, self._flush)
        self._flush()

    def received(self, message: bytes) -> None:
        """A message of the client."""
        if not message or self._over:
            return
        channel, data = self._frames.read(message)
        if channel == STDIN and self._session.stdin:
            self._command.feed(data)
        elif channel == CLOSE and data[:1] == bytes([STDIN]) and self._protocol == V5:
            self._command.end_of_input()

    def _flush(self) -> None:
        wanted = {"stdout": self._session.stdout, "stderr": self._session.stderr}
        for stream, data in self._command.take():
            if self._session.tty:
                self._frames.send(NUMBERS["stdout"], data)
            elif wanted[stream]:
                self._frames.send(NUMBERS[stream], data)
        status = ending(self._command)
        if status is None or self._over:
            return
        self._over = True
        if self._protocol in (V5, V4):
            self._frames.send(ERROR, orjson.dumps(status))
        elif status["status"] != "Success":
            self._frames.send(ERROR, str(status["message"]).encode())
        self._close()

    def lost(self) -> None:
        """The client has gone."""
        if not self._over:
            self._over = True
            self._command.close()


class PortChannels:
    """Ports that are named in the request: two channels each, for data and for an error."""

    def __init__(
        self, session: PortSession, protocol: str, write: Callable[[bytes], None], close: Callable[[], None]
    ) -> None:
        del close
        self._frames = Frames(write, protocol)
        self._peers: list[Peer | None] = []
        for port in session.ports:
            for channel in (2 * len(self._peers), 2 * len(self._peers) + 1):
                self._frames.send(channel, port.to_bytes(2, "little"))
            self._peers.append(self._connect(session, port))

    def _connect(self, session: PortSession, port: int) -> Peer | None:
        try:
            return session.connect(port)
        except ApiError as error:
            self._frames.send(2 * len(self._peers) + 1, error.message.encode())
            return None

    def received(self, message: bytes) -> None:
        """A message of the client."""
        if not message:
            return
        channel, data = self._frames.read(message)
        index, is_error = divmod(channel, 2)
        peer = self._peers[index] if index < len(self._peers) and not is_error else None
        if peer is not None and not peer.closed:
            answer = peer.received(data)
            if answer:
                self._frames.send(channel, answer)

    def lost(self) -> None:
        """The client has gone."""
        self._peers.clear()
