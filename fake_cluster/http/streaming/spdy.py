"""SPDY/3.1 as bytes: several streams over one connection, as client-go opens them for commands and ports.

Source: the draft "SPDY Protocol - Draft 3.1". Flow control is left to TCP, as client-go's library does.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final

SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY = 1, 2, 3, 4, 6, 7
FIN: Final = 1
_VERSION: Final = 0x8003
MAX_FRAME: Final = 1 << 24

_NAMES: Final = [
    "options",
    "head",
    "post",
    "put",
    "delete",
    "trace",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "connection",
    "content-base",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expect",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "method",
    "get",
    "status",
]
_TAIL: Final = (
    b"100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative "
    b"Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 "
    b"Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov "
    b"Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,"
    b"application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdch"
    b"charset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)


def _sized(text: str) -> bytes:
    return len(text).to_bytes(4) + text.encode()


DICTIONARY: Final = (
    b"".join(map(_sized, [*_NAMES, "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin"]))
    + _TAIL
)  # fmt: skip
"""What both sides' compression of headers begins with (section 2.6.10.1 of the draft)."""


class SpdyError(Exception):
    """The client does not keep to the protocol."""


class Stream:
    """One stream that the client has opened. Set `on_data` and `on_end` to hear what comes."""

    def __init__(self, session: Session, number: int, headers: Mapping[str, str]) -> None:
        self.headers = headers
        self.on_data: Callable[[bytes], None] = _ignore
        self.on_end: Callable[[], None] = _nothing
        self.ended = False
        self._session = session
        self._number = number
        self._closed = False

    def send(self, data: bytes) -> None:
        """Send some bytes."""
        for start in range(0, len(data), _LARGEST_DATA):
            self._session.send_data(self._number, data[start : start + _LARGEST_DATA], 0)

    def end(self) -> None:
        """Say that nothing more will be sent."""
        if not self._closed:
            self._closed = True
            self._session.send_data(self._number, b"", FIN)


_LARGEST_DATA: Final = 32 * 1024


def _ignore(data: bytes) -> None:
    del data


def _nothing() -> None:
    """Nobody listens."""


class Session:
    """A connection. `write` sends bytes, `on_stream` is called with every stream that the client opens."""

    def __init__(self, write: Callable[[bytes], None], on_stream: Callable[[Stream], None]) -> None:
        self._write = write
        self._on_stream = on_stream
        self._streams: dict[int, Stream] = {}
        self._buffer = bytearray()
        self._inflater = zlib.decompressobj(zdict=DICTIONARY)
        self._deflater = zlib.compressobj(zdict=DICTIONARY)

    def feed(self, data: bytes) -> None:
        """Take the bytes of the client; raises SpdyError."""
        self._buffer += data
        while len(self._buffer) >= 8:
            size = int.from_bytes(self._buffer[5:8])
            if len(self._buffer) < 8 + size:
                return
            head, payload = bytes(self._buffer[:8]), bytes(self._buffer[8 : 8 + size])
            del self._buffer[: 8 + size]
            if head[0] & 0x80:
                self._control(int.from_bytes(head[2:4]), head[4], payload)
            else:
                self._data(int.from_bytes(head[:4]), head[4], payload)

    def _control(self, kind: int, flags: int, payload: bytes) -> None:
        if kind == SYN_STREAM:
            self._open(int.from_bytes(payload[:4]) & 0x7FFFFFFF, flags, payload[10:])
        elif kind == PING:
            self._send(PING, payload)
        elif kind == RST_STREAM:
            self._end(int.from_bytes(payload[:4]) & 0x7FFFFFFF)

    def _open(self, number: int, flags: int, block: bytes) -> None:
        stream = self._streams[number] = Stream(self, number, self._headers(block))
        reply = self._deflater.compress((0).to_bytes(4)) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
        self._send(SYN_REPLY, number.to_bytes(4) + reply)
        self._on_stream(stream)
        if flags & FIN:
            self._end(number)

    def _headers(self, block: bytes) -> dict[str, str]:
        try:
            data = self._inflater.decompress(block, MAX_FRAME)
        except zlib.error as error:
            raise SpdyError(f"headers: {error}") from None
        words, position = [], 4
        for _ in range(2 * int.from_bytes(data[:4])):
            size = int.from_bytes(data[position : position + 4])
            position += 4 + size
            if position > len(data):
                raise SpdyError("headers: unexpected end")
            words.append(data[position - size : position].decode("latin-1"))
        return {name.lower(): value for name, value in zip(words[::2], words[1::2], strict=True)}

    def _data(self, number: int, flags: int, payload: bytes) -> None:
        stream = self._streams.get(number)
        if stream is None or stream.ended:
            return
        if payload:
            stream.on_data(payload)
        if flags & FIN:
            self._end(number)

    def _end(self, number: int) -> None:
        stream = self._streams.get(number)
        if stream is not None and not stream.ended:
            stream.ended = True
            stream.on_end()

    def _send(self, kind: int, payload: bytes) -> None:
        self._write(_VERSION.to_bytes(2) + kind.to_bytes(2) + len(payload).to_bytes(4) + payload)

    def send_data(self, number: int, data: bytes, flags: int) -> None:
        """Send a data frame of a stream."""
        self._write(number.to_bytes(4) + bytes([flags]) + len(data).to_bytes(3) + data)
