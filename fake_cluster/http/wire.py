"""HTTP/1.1 as bytes: the heads of responses, chunks, and the answers to what is not a request."""

from __future__ import annotations

import http
from collections.abc import Mapping
from email.utils import formatdate
from typing import Protocol

import orjson

from fake_cluster.api.render import Response
from fake_cluster.errors import ApiError

LAST_CHUNK = b"0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in http.HTTPStatus
}


class Handler(Protocol):
    """What answers requests: `Api.handle`, or a guard before it. Header names are in lower case."""

    def __call__(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """The response to one request."""
        ...


def head(response: Response, *, keep_alive: bool, chunked: bool) -> bytes:
    """The status line and the headers, with the empty line after them."""
    lines = [_STATUS_LINES[response.code], b"Content-Type: %b\r\n" % response.content_type.encode()]
    lines += [f"{name}: {value}\r\n".encode("utf-8", "replace") for name, value in response.headers]
    if chunked:
        lines.append(b"Transfer-Encoding: chunked\r\n")
    elif response.stream is None and response.code != http.HTTPStatus.NO_CONTENT:
        lines.append(b"Content-Length: %d\r\n" % len(response.body))
    lines.append(b"\r\n" if keep_alive else b"Connection: close\r\n\r\n")
    return b"".join(lines)


def chunk(lines: list[bytes]) -> bytes:
    """One chunk of a chunked body."""
    data = b"".join(lines)
    return b"%x\r\n%b\r\n" % (len(data), data)


def refusal(code: int, reason: str, message: str, now: float) -> Response:
    """A `Status` for a request that never reaches the API."""
    error = ApiError(code, reason, message)
    return Response(code, orjson.dumps(error.status()), headers=[("Date", formatdate(now, usegmt=True))])
