"""Connections that leave HTTP: WebSocket and SPDY, byte by byte."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_cluster.api.render import Response
from fake_cluster.api.sessions import Command, CommandSession, Peer, PortSession, Session
from fake_cluster.errors import ApiError, internal
from fake_cluster.http import Server
from fake_cluster.http.streaming import spdy, websocket
from tests.http.conftest import Recorder
from tests.http.wire import RawClient, connected, get

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
V4, V5, BASE64 = "v4.channel.k8s.io", "v5.channel.k8s.io", "base64.channel.k8s.io"


class Repeater:
    """Says what it hears, and ends with 3 at the end of its input."""

    def __init__(self) -> None:
        self.on_ready: Callable[[], None] | None = None
        self.code: int | None = None
        self.is_closed = False
        self._said: list[tuple[Literal["stdout", "stderr"], bytes]] = [("stderr", b"ready")]

    def feed(self, data: bytes) -> None:
        self._said.append(("stdout", data))
        self._tell()

    def end_of_input(self) -> None:
        self.code = 3
        self._tell()

    def _tell(self) -> None:
        if self.on_ready is not None:
            self.on_ready()

    def take(self) -> list[tuple[Literal["stdout", "stderr"], bytes]]:
        said, self._said = self._said, []
        return said

    def close(self) -> None:
        self.is_closed = True


class Shouter:
    """Answers in capitals, and hangs up when it is told `bye`."""

    closed = False

    def received(self, data: bytes) -> bytes:
        self.closed = data == b"bye"
        return data.upper()


def command_session(start: Callable[[], Command] = Repeater) -> CommandSession:
    return CommandSession(start, stdin=True, stdout=True, stderr=True, tty=False)


def connect(port: int) -> Peer:
    if port != 80:
        raise ApiError(500, "", f"nobody listens on {port}")
    return Shouter()


def upgrade(protocol: str, *headers: str) -> bytes:
    offered = [f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []
    fixed = ["Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    return get("/session", *fixed, f"Sec-WebSocket-Key: {KEY}", *offered, *headers)


def masked(data: bytes, kind: int = websocket.BINARY) -> bytes:
    """A frame as a client sends it."""
    plain = websocket.frame(kind, data)
    start = {126: 4, 127: 10}.get(plain[1], 2)
    mask = b"\x01\x02\x03\x04"
    body = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    return plain[:1] + bytes([plain[1] | 0x80]) + plain[2:start] + mask + body


def message(client: RawClient) -> tuple[int, bytes]:
    """A frame of the server: its kind and its payload."""
    head = client.reader.read(2)
    size = head[1]
    if size > 125:
        size = int.from_bytes(client.reader.read(2 if size == 126 else 8))
    return head[0] & 0x0F, client.reader.read(size)


@pytest.fixture
def client(server: Server) -> Iterator[RawClient]:
    with connected(server.port) as client:
        yield client


def serve(handler: Recorder, session: Session) -> None:
    handler.answers["/session"] = lambda: Response(101, session=session)


def switched(client: RawClient, request: bytes) -> dict[str, str]:
    """Upgrade the connection; the headers of the answer."""
    client.send(request)
    response = client.begin()
    assert response.status == 101
    return {name.lower(): value for name, value in response.getheaders()}


class TestCommands:
    def test_a_command_speaks_on_channels(self, handler: Recorder, client: RawClient) -> None:
        serve(handler, command_session())
        headers = switched(client, upgrade(f"{V5}, {V4}"))
        assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # the example of RFC 6455
        assert headers["sec-websocket-protocol"] == V5
        assert message(client) == (websocket.BINARY, b"\x01")
        assert message(client) == (websocket.BINARY, b"\x02ready")
        client.send(masked(b"\x00hello"))
        assert message(client) == (websocket.BINARY, b"\x01hello")
        client.send(masked(b"\xff\x00"))
        _, ending = message(client)
        assert ending[0] == 3
        status = json.loads(ending[1:])
        assert (status["reason"], status["details"]["causes"]) == (
            "NonZeroExitCode",
            [{"reason": "ExitCode", "message": "3"}],
        )
        assert message(client) == (websocket.CLOSE, b"\x03\xe8")
        client.send(masked(b"\x03\xe8", websocket.CLOSE))
        assert client.is_closed()

    def test_messages_may_come_in_pieces(self, handler: Recorder, client: RawClient) -> None:
        serve(handler, command_session())
        switched(client, upgrade(V4))
        message(client)
        message(client)
        first, second = bytearray(masked(b"\x00hel")), bytearray(masked(b"lo", 0))
        first[0] &= 0x7F
        client.send(bytes(first) + masked(b"still there?", websocket.PING) + bytes(second))
        assert message(client) == (websocket.PONG, b"still there?")
        assert message(client) == (websocket.BINARY, b"\x01hello")

    def test_base64_is_for_those_who_want_text(self, handler: Recorder, client: RawClient) -> None:
        serve(handler, command_session())
        switched(client, upgrade(BASE64))
        assert message(client) == (websocket.TEXT, b"1")
        assert message(client) == (websocket.TEXT, b"2" + base64.b64encode(b"ready"))
        client.send(masked(b"0" + base64.b64encode(b"x"), websocket.TEXT))
        assert message(client) == (websocket.TEXT, b"1" + base64.b64encode(b"x"))
        client.send(masked(b"0!", websocket.TEXT))
        assert message(client)[0] == websocket.CLOSE

    def test_what_cannot_start_is_told_on_the_error_channel(
        self, handler: Recorder, client: RawClient
    ) -> None:
        def start() -> Command:
            raise internal("no such program")

        serve(handler, command_session(start))
        switched(client, upgrade(V4))
        message(client)
        _, ending = message(client)
        assert json.loads(ending[1:])["message"] == "Internal error occurred: no such program"

    def test_a_command_is_told_that_its_client_has_gone(self, handler: Recorder, server: Server) -> None:
        command = Repeater()
        serve(handler, command_session(lambda: command))
        with connected(server.port) as client:
            switched(client, upgrade(V4))
            message(client)
            message(client)
            client.send(masked(b"", websocket.CLOSE))
            assert message(client)[0] == websocket.CLOSE
            assert client.is_closed()
        assert command.is_closed

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            (
                [
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    f"Sec-WebSocket-Key: {KEY}",
                    "Sec-WebSocket-Protocol: x",
                ],
                403,
            ),
            (["Upgrade: websocket", "Sec-WebSocket-Version: 8", f"Sec-WebSocket-Key: {KEY}"], 400),
            (["Upgrade: websocket", "Sec-WebSocket-Version: 13"], 400),
            (["Upgrade: h2c"], 400),
            (["Upgrade: SPDY/3.1", "X-Stream-Protocol-Version: v9.channel.k8s.io"], 403),
        ],
    )
    def test_strangers_are_refused_in_http(
        self, handler: Recorder, client: RawClient, headers: list[str], code: int
    ) -> None:
        serve(handler, command_session())
        assert client.ask(get("/session", "Connection: Upgrade", *headers)).code == code

    @pytest.mark.parametrize(
        "frame",
        [b"\x82\x01x", b"\xf2\x80\x00\x00\x00\x00", masked(b"x", 0), b"\x82\xff" + b"\x7f" * 8],
        ids=["without a mask", "reserved bits", "nothing to continue", "too large"],
    )
    def test_broken_frames_end_the_connection(
        self, handler: Recorder, client: RawClient, frame: bytes
    ) -> None:
        serve(handler, command_session())
        switched(client, upgrade(V4))
        message(client)
        message(client)
        client.send(frame)
        assert message(client)[0] == websocket.CLOSE


class TestPorts:
    def test_each_port_has_a_channel_for_data_and_one_for_errors(
        self, handler: Recorder, client: RawClient
    ) -> None:
        serve(handler, PortSession(connect, (80, 81)))
        switched(client, upgrade(V4))
        received = [message(client)[1] for _ in range(5)]
        assert received == [
            b"\x00P\x00",
            b"\x01P\x00",
            b"\x02Q\x00",
            b"\x03Q\x00",
            b"\x03nobody listens on 81",
        ]
        client.send(masked(b"\x00hello"))
        assert message(client) == (websocket.BINARY, b"\x00HELLO")


class Spdy:
    """The client's side of SPDY, on a connection that has been upgraded."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self._deflater = zlib.compressobj(zdict=spdy.DICTIONARY)

    def open(self, number: int, **headers: str) -> None:
        words = [word for pair in headers.items() for word in pair]
        block = len(headers).to_bytes(4) + b"".join(len(word).to_bytes(4) + word.encode() for word in words)
        data = self._deflater.compress(block) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
        payload = number.to_bytes(4) + bytes(6) + data
        self.client.send(b"\x80\x03\x00\x01\x00" + len(payload).to_bytes(3) + payload)
        assert self.frame()[:2] == (spdy.SYN_REPLY, number)

    def send(self, number: int, data: bytes, *, end: bool = False) -> None:
        self.client.send(number.to_bytes(4) + bytes([end]) + len(data).to_bytes(3) + data)

    def frame(self) -> tuple[int, int, bytes, bool]:
        """Kind (0: data), stream, payload, and whether it is the stream's last."""
        head = self.client.reader.read(8)
        payload = self.client.reader.read(int.from_bytes(head[5:]))
        if head[0] & 0x80:
            return int.from_bytes(head[2:4]), int.from_bytes(payload[:4]), payload[4:], False
        return 0, int.from_bytes(head[:4]), payload, bool(head[4] & 1)


def spoken(client: RawClient, protocol: str) -> Spdy:
    asked = get(
        "/session", "Connection: Upgrade", "Upgrade: SPDY/3.1", f"X-Stream-Protocol-Version: {protocol}"
    )
    assert switched(client, asked)["x-stream-protocol-version"] == protocol
    return Spdy(client)


class TestSpdy:
    def test_a_command_begins_when_all_its_streams_are_open(
        self, handler: Recorder, client: RawClient
    ) -> None:
        serve(handler, command_session())
        connection = spoken(client, V4)
        for number, kind in ((1, "error"), (3, "stdin"), (5, "stdout"), (7, "stderr")):
            connection.open(number, streamtype=kind)
        assert connection.frame() == (0, 7, b"ready", False)
        connection.send(3, b"hello")
        assert connection.frame() == (0, 5, b"hello", False)
        connection.send(3, b"", end=True)
        _, stream, data, _ = connection.frame()
        assert (stream, json.loads(data)["reason"]) == (1, "NonZeroExitCode")
        assert {connection.frame()[1::2] for _ in range(4)} == {(stream, True) for stream in (1, 3, 5, 7)}

    def test_a_port_has_a_pair_of_streams_for_each_connection(
        self, handler: Recorder, client: RawClient
    ) -> None:
        serve(handler, PortSession(connect))
        connection = spoken(client, "portforward.k8s.io")
        connection.open(1, streamtype="error", port="80", requestid="0")
        connection.open(3, streamtype="data", port="80", requestid="0")
        connection.send(3, b"hello")
        assert connection.frame() == (0, 3, b"HELLO", False)
        connection.send(3, b"bye")
        assert connection.frame() == (0, 3, b"BYE", False)
        assert connection.frame() == (0, 3, b"", True)
        assert connection.frame() == (0, 1, b"", True)
        connection.open(5, streamtype="error", port="81", requestid="1")
        connection.open(7, streamtype="data", port="81", requestid="1")
        assert connection.frame() == (0, 5, b"nobody listens on 81", False)

    def test_pings_are_answered(self, handler: Recorder, client: RawClient) -> None:
        serve(handler, PortSession(connect))
        connection = spoken(client, "portforward.k8s.io")
        client.send(b"\x80\x03\x00\x06\x00\x00\x00\x04\x00\x00\x00\x09")
        assert connection.frame() == (spdy.PING, 9, b"", False)

    def test_broken_headers_end_the_connection(self, handler: Recorder, client: RawClient) -> None:
        serve(handler, PortSession(connect))
        spoken(client, "portforward.k8s.io")
        client.send(b"\x80\x03\x00\x01\x00\x00\x00\x0c" + b"\x00\x00\x00\x01" + bytes(6) + b"xx")
        assert client.is_closed()


@given(st.lists(st.binary(max_size=70_000), max_size=4), st.integers(1, 5000))
def test_messages_are_read_as_they_were_sent(messages: list[bytes], piece: int) -> None:
    data = b"".join(map(masked, messages))
    reader, found = websocket.Reader(), []
    for start in range(0, len(data), piece):
        found += [item.data for item in reader.feed(data[start : start + piece])]
    assert found == messages


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    try:
        for item in websocket.Reader().feed(data):
            assert isinstance(item, websocket.Message)
    except websocket.WebSocketError as error:
        assert error.code in (websocket.PROTOCOL_ERROR, websocket.TOO_LARGE)  # noqa: PT017 - or none at all
    try:
        spdy.Session(lambda _: None, lambda _: None).feed(data)
    except spdy.SpdyError as error:
        assert str(error).startswith("headers")  # noqa: PT017 - or none at all
