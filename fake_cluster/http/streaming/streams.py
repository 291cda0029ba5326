"""Commands and ports over SPDY: every stream says in its headers what it is for.

Source: k8s.io/kubelet, pkg/cri/streaming (remotecommand and portforward).
"""

from __future__ import annotations

from collections.abc import Callable

import orjson

from fake_cluster.api.sessions import Command, CommandSession, PortSession
from fake_cluster.errors import ApiError
from fake_cluster.http.streaming.commands import begun, ending
from fake_cluster.http.streaming.spdy import Session, Stream

KIND = "streamtype"
V4 = "v4.channel.k8s.io"
COMMAND_PROTOCOLS = (V4, "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")
PORT_PROTOCOLS = ("portforward.k8s.io",)


class CommandStreams:
    """A command: it begins when the client has opened all the streams that it has announced."""

    def __init__(
        self,
        session: CommandSession,
        protocol: str,
        write: Callable[[bytes], None],
        close: Callable[[], None],
    ) -> None:
        self._session = session
        self._protocol = protocol
        self._close = close
        self._spdy = Session(write, self._opened)
        self._streams: dict[str, Stream] = {}
        self._command: Command | None = None
        self._over = False
        kinds = {"stdin": session.stdin, "stdout": session.stdout, "stderr": session.stderr}
        self._missing = {"error", *(kind for kind, wanted in kinds.items() if wanted)}

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        self._spdy.feed(data)

    def _opened(self, stream: Stream) -> None:
        kind = stream.headers.get(KIND, "")
        self._streams[kind] = stream
        self._missing.discard(kind)
        if not self._missing and self._command is None:
            self._command = begun(self._session, self._flush)
            if "stdin" in self._streams:
                self._streams["stdin"].on_data = self._command.feed
                self._streams["stdin"].on_end = self._command.end_of_input
            self._flush()

    def _flush(self) -> None:
        command = self._command
        if command is None or self._over:
            return
        for kind, data in command.take():
            target = self._streams.get("stdout" if self._session.tty else kind)
            if target is not None:
                target.send(data)
        status = ending(command)
        if status is None:
            return
        self._over = True
        if self._protocol == V4:
            self._streams["error"].send(orjson.dumps(status))
        elif status["status"] != "Success":
            self._streams["error"].send(str(status["message"]).encode())
        for stream in self._streams.values():
            stream.end()
        self._close()

    def lost(self) -> None:
        """The client has gone."""
        if self._command is not None and not self._over:
            self._over = True
            self._command.close()


class PortStreams:
    """Ports: a pair of streams for each connection, one for an error and one for data."""

    def __init__(
        self, session: PortSession, protocol: str, write: Callable[[bytes], None], close: Callable[[], None]
    ) -> None:
        del protocol, close
        self._session = session
        self._spdy = Session(write, self._opened)
        self._errors: dict[str, Stream] = {}

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        self._spdy.feed(data)

    def _opened(self, stream: Stream) -> None:
        number = stream.headers.get("requestid", "")
        if stream.headers.get(KIND) == "error":
            self._errors[number] = stream
            return
        error = self._errors.pop(number, None)
        if error is not None:
            self._connect(stream, error)

    def _connect(self, stream: Stream, error: Stream) -> None:
        try:
            peer = self._session.connect(int(stream.headers.get("port", "0")))
        except (ApiError, ValueError) as failure:
            error.send(str(failure).encode())
            error.end()
            stream.end()
            return

        def received(data: bytes) -> None:
            answer = b"" if peer.closed else peer.received(data)
            stream.send(answer)
            if peer.closed:
                ended()

        def ended() -> None:
            stream.end()
            error.end()

        stream.on_data, stream.on_end = received, ended

    def lost(self) -> None:
        """The client has gone."""
        self._errors.clear()
