"""WebSocket (RFC 6455) as bytes: frames in, messages out, and the other way round; the server's side."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
NORMAL, PROTOCOL_ERROR, TOO_LARGE = 1000, 1002, 1009
MAX_MESSAGE = 16 * 1024 * 1024
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocketError(Exception):
    """The client does not keep to the protocol. `code` is what the connection is closed with."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message, or a control frame."""

    kind: int
    data: bytes


def accept_key(key: str) -> str:
    """The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()


def frame(kind: int, data: bytes) -> bytes:
    """A message in one frame."""
    size = len(data)
    if size < 126:
        head = bytes([0x80 | kind, size])
    elif size < 1 << 16:
        head = bytes([0x80 | kind, 126]) + size.to_bytes(2)
    else:
        head = bytes([0x80 | kind, 127]) + size.to_bytes(8)
    return head + data


def close_frame(code: int, text: str = "") -> bytes:
    """The end of a connection."""
    return frame(CLOSE, code.to_bytes(2) + text.encode()[:120])


class Reader:
    """Puts messages together from the bytes of a client."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._parts = bytearray()
        self._kind = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are complete; raises WebSocketError."""
        self._buffer += data
        while (found := self._frame()) is not None:
            kind, final, payload = found
            if kind >= CLOSE:
                yield Message(kind, payload)
                continue
            self._begin(kind)
            self._parts += payload
            if len(self._parts) > MAX_MESSAGE:
                raise WebSocketError(TOO_LARGE, "message too big")
            if final:
                message = Message(self._kind, bytes(self._parts))
                self._kind, self._parts = 0, bytearray()
                yield message

    def _begin(self, kind: int) -> None:
        """The first frame of a message says what it is, the others go on with it."""
        if bool(kind) == bool(self._kind):
            raise WebSocketError(PROTOCOL_ERROR, "unexpected continuation")
        self._kind = kind or self._kind

    def _frame(self) -> tuple[int, bool, bytes] | None:
        """One frame, once it is complete: its kind, whether it is the last of its message, its payload."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        if buffer[0] & 0x70 or not buffer[1] & 0x80:
            raise WebSocketError(PROTOCOL_ERROR, "reserved bits are set, or the mask is missing")
        size, start = buffer[1] & 0x7F, 2
        if size > 125:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start])
        if size > MAX_MESSAGE:
            raise WebSocketError(TOO_LARGE, "message too big")
        end = start + 4 + size
        if len(buffer) < end:
            return None
        payload = _unmasked(bytes(buffer[start + 4 : end]), bytes(buffer[start : start + 4]))
        kind, final = buffer[0] & 0x0F, bool(buffer[0] & 0x80)
        del buffer[:end]
        return kind, final, payload


def _unmasked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data) ^ int.from_bytes(whole)).to_bytes(size)
