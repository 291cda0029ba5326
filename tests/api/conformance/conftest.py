"""The server that is probed, and a namespace of its own for each probe."""

from __future__ import annotations

import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import orjson
import pytest

from fake_cluster.api.front import parse_query
from fake_cluster.cluster import FakeCluster
from fake_cluster.machinery.clock import VirtualClock
from tests.api.conformance.probes import Ask, Reply, Server

_numbers = count(1)
WATCH = {"watch": "true", "timeoutSeconds": "1"}


def _filled(value: Any, namespace: str) -> Any:
    """A body with the probe's namespace in it."""
    if isinstance(value, str):
        return value.replace("{ns}", namespace)
    if isinstance(value, list):
        return [_filled(item, namespace) for item in value]
    if isinstance(value, dict):
        return {_filled(key, namespace): _filled(item, namespace) for key, item in value.items()}
    return value


def _data(ask: Ask, namespace: str) -> bytes:
    if ask.body is None:
        return b""
    return ask.body if isinstance(ask.body, bytes) else orjson.dumps(_filled(ask.body, namespace))


def _headers(ask: Ask) -> dict[str, str]:
    headers = {"content-type": ask.type or "application/json", "user-agent": "prober/1.0"}
    return headers | ({"accept": ask.accept} if ask.accept else {})


def _body(content_type: str, data: bytes) -> Any:
    if not data:
        return None
    return orjson.loads(data) if "json" in content_type else data.decode()


class InMemory:
    """The API in this process, with its controllers."""

    def __init__(self) -> None:
        self.cluster = FakeCluster(nodes=1)

    def send(self, ask: Ask, namespace: str) -> Reply:
        path, _, query = ask.path.replace("{ns}", namespace).partition("?")
        options = parse_query(query) | {key: _filled(value, namespace) for key, value in ask.query.items()}
        response = self.cluster.api.handle(ask.method, path, options, _headers(ask), _data(ask, namespace))
        headers = {name.lower(): value for name, value in response.headers}
        return Reply(response.code, headers, _body(response.content_type, response.body))

    def watch(self, path: str, query: Mapping[str, str]) -> list[Any]:
        stream = self.cluster.api.handle("GET", path, dict(query) | WATCH).stream
        assert stream is not None
        clock = self.cluster.clock
        assert isinstance(clock, VirtualClock)
        lines = stream.poll(clock.now())
        self.cluster.advance(1)
        return [orjson.loads(line) for line in [*lines, *stream.poll(clock.now())]]

    def pause(self) -> None:
        self.cluster.settle()


class Real:
    """A server somewhere."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._token = os.environ.get("CONFORMANCE_TOKEN", "")
        self._context = ssl.create_default_context(cafile=os.environ.get("CONFORMANCE_CA"))

    def _open(self, ask: Ask, namespace: str) -> Reply:
        query = urllib.parse.urlencode({key: _filled(value, namespace) for key, value in ask.query.items()})
        url = self._url + ask.path.replace("{ns}", namespace) + (f"?{query}" if query else "")
        headers = _headers(ask) | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        request = urllib.request.Request(url, _data(ask, namespace) or None, headers, method=ask.method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self._context) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return _reply(error.code, error.headers, error.read())

    def send(self, ask: Ask, namespace: str) -> Reply:
        return self._open(ask, namespace)

    def watch(self, path: str, query: Mapping[str, str]) -> list[Any]:
        ask = Ask("GET", path, query=dict(query) | WATCH, accept="application/json")
        body = self._open(ask, "").body
        lines = body if isinstance(body, str) else orjson.dumps(body).decode()
        return [orjson.loads(line) for line in lines.splitlines() if line]

    def pause(self) -> None:
        time.sleep(0.5)


def _reply(code: int, headers: Any, data: bytes) -> Reply:
    names = {name.lower(): ", ".join(headers.get_all(name)) for name in headers}
    try:
        body = _body(names.get("content-type", ""), data)
    except orjson.JSONDecodeError:  # the lines of a watch
        body = data.decode()
    return Reply(code, names, body)


@pytest.fixture(scope="package")
def server() -> Server:
    url = os.environ.get("CONFORMANCE_SERVER", "")
    return Real(url) if url else InMemory()


@pytest.fixture
def namespace(server: Server) -> Iterator[str]:
    name = f"probe-{os.getpid()}-{next(_numbers)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert server.send(Ask("POST", "/api/v1/namespaces", body), name).code == 201
    server.pause()
    yield name
    server.send(Ask("DELETE", f"/api/v1/namespaces/{name}"), name)
