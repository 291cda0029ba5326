"""A raw HTTP client: bytes out, parsed responses in, nothing hidden."""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

TIMEOUT = 10.0


@dataclass
class Reply:
    """A parsed response."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Reader(io.BufferedReader):
    """Stays open when one response is at its end."""

    def close(self) -> None:
        pass


class RawClient:
    """One connection."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.reader = _Reader(self.socket.makefile("rb", 0))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def begin(self, method: str = "GET") -> http.client.HTTPResponse:
        """The head of a response; its body is to be read."""
        response = http.client.HTTPResponse(self, method=method)  # type: ignore[arg-type]
        response.begin()
        return response

    def makefile(self, mode: str) -> _Reader:
        """What a response reads from: bytes behind it are kept for the next one."""
        del mode
        return self.reader

    def reply(self, method: str = "GET") -> Reply:
        response = self.begin(method)
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, headers, response.read())

    def ask(self, request: bytes, method: str = "GET") -> Reply:
        self.send(request)
        return self.reply(method)

    def is_closed(self) -> bool:
        """Whether the server has closed its side; waits for it."""
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.reader.detach().close()
        self.socket.close()


@contextmanager
def connected(port: int, context: ssl.SSLContext | None = None) -> Iterator[RawClient]:
    client = RawClient(port, context)
    try:
        yield client
    finally:
        client.close()


def get(path: str, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"GET {path} HTTP/{version}", "Host: test", *headers, "", ""]
    return "\r\n".join(lines).encode()


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
