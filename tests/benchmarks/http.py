"""Rates of an API server over HTTP: any that a kubeconfig leads to, ours or a real one.

The client is as thin as can be: requests are bytes made beforehand, each connection has one under way.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httptools
import uvloop
import yaml

NAMESPACE = "quaysim-benchmark"
CONFIG_MAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
DATA = {f"key-{number}": "x" * 40 for number in range(10)}
JSON, MERGE, APPLY = "application/json", "application/merge-patch+json", "application/apply-patch+yaml"


@dataclass(frozen=True)
class Server:
    """Where the server is, and what it wants to see."""

    host: str
    port: int
    context: ssl.SSLContext | None
    token: str

    @classmethod
    def of(cls, kubeconfig: Path) -> Server:
        """The server of a kubeconfig's current context."""
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        named = {item["name"]: item for item in config["contexts"]}[config["current-context"]]["context"]
        cluster = {item["name"]: item for item in config["clusters"]}[named["cluster"]]["cluster"]
        user = {item["name"]: item for item in config["users"]}[named["user"]]["user"]
        url = urlsplit(cluster["server"])
        context = _context(cluster, user) if url.scheme == "https" else None
        return cls(url.hostname or "", url.port or 443, context, user.get("token", ""))

    def request(self, method: str, path: str, body: Any = None, content_type: str = JSON) -> bytes:
        """A request as bytes."""
        content = json.dumps(body).encode() if body is not None else b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", "Accept: application/json"]
        lines += [f"Authorization: Bearer {self.token}"] if self.token else []
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(content)}", "", ""]
        return "\r\n".join(lines).encode() + content


def _context(cluster: dict[str, str], user: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if "certificate-authority-data" in cluster:
        context.load_verify_locations(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    if "client-certificate" in user:
        context.load_cert_chain(user["client-certificate"], user["client-key"])
    return context


class _Connection(asyncio.Protocol):
    """Sends one request after the other and counts what comes back."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._transport: Any = None
        self.answered = 0
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.answered += 1
        self.refused += self._parser.get_status_code() >= 300
        self._parser = httptools.HttpResponseParser(self)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server has closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()


async def rate(server: Server, requests: Sequence[bytes], connections: int) -> float:
    """Requests per second. Raises RuntimeError if the server refuses any."""
    loop, made = asyncio.get_running_loop(), []
    begin = time.perf_counter()
    for part in range(connections):
        done = loop.create_future()
        share = iter(requests[part::connections])
        _, protocol = await loop.create_connection(
            lambda share=share, done=done: _Connection(share, done),
            server.host,
            server.port,
            ssl=server.context,
        )
        made.append((protocol, done))
    await asyncio.gather(*(done for _, done in made))
    seconds = time.perf_counter() - begin
    refused = sum(protocol.refused for protocol, _ in made)
    if refused:
        raise RuntimeError(f"{refused} of {len(requests)} requests were refused")
    return len(requests) / seconds


def _config_map(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": DATA}


def _creates(server: Server, names: Sequence[str]) -> list[bytes]:
    return [server.request("POST", CONFIG_MAPS, _config_map(name)) for name in names]


def _deletes(server: Server, names: Sequence[str]) -> list[bytes]:
    return [server.request("DELETE", f"{CONFIG_MAPS}/{name}") for name in names]


def _patches(server: Server, names: Sequence[str]) -> list[bytes]:
    bodies = ({"data": {"key-0": str(number)}} for number in range(len(names)))
    return [
        server.request("PATCH", f"{CONFIG_MAPS}/{name}", body, MERGE)
        for name, body in zip(names, bodies, strict=True)
    ]


def _applies(server: Server, names: Sequence[str]) -> list[bytes]:
    query = "?fieldManager=benchmark&force=true"
    bodies = (_config_map(name) | {"data": {"key-1": str(number)}} for number, name in enumerate(names))
    return [
        server.request("PATCH", f"{CONFIG_MAPS}/{body['metadata']['name']}{query}", body, APPLY)
        for body in bodies
    ]


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    name: str
    connections: int
    value: float


@dataclass
class Rates:
    """The rates of a server. `count` requests a figure."""

    server: Server
    count: int = 2000
    figures: list[Figure] = field(default_factory=list)

    async def measure(self) -> list[Figure]:
        """All figures, with 1 and with 8 connections."""
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        await rate(self.server, [self.server.request("POST", "/api/v1/namespaces", namespace)], 1)
        try:
            for connections in (1, 8):
                await self._measure(connections)
        finally:
            path = f"/api/v1/namespaces/{NAMESPACE}"
            await rate(self.server, [self.server.request("DELETE", path)], 1)
        return self.figures

    async def _measure(self, connections: int) -> None:
        names = [f"c{connections}-{number}" for number in range(self.count)]
        hundred, server = names[:100], self.server
        await self._note("create", connections, _creates(server, names))
        await self._note("delete", connections, _deletes(server, names[100:]))
        some = [hundred[number % 100] for number in range(self.count)]
        await self._note(
            "get", connections, [server.request("GET", f"{CONFIG_MAPS}/{name}") for name in some]
        )
        await self._note("list of 100", connections, [server.request("GET", CONFIG_MAPS)] * (self.count // 4))
        await self._note("merge patch", connections, _patches(server, some))
        await self._note("apply", connections, _applies(server, some))
        await rate(server, _deletes(server, hundred), 1)

    async def _note(self, name: str, connections: int, requests: list[bytes]) -> None:
        self.figures.append(Figure(name, connections, await rate(self.server, requests, connections)))


class _Watcher(asyncio.Protocol):
    """Notes when events arrive."""

    def __init__(self, request: bytes, arrived: Callable[[float], None]) -> None:
        self._request = request
        self._arrived = arrived
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        for _ in range(data.count(b'{"type":"ADDED"')):
            self._arrived(now)


async def watch_latency(server: Server, watchers: int, events: int) -> float:
    """Median of the seconds from the start of a create to its event at the last of the watchers."""
    loop, latencies = asyncio.get_running_loop(), []
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    await rate(server, [server.request("POST", "/api/v1/namespaces", namespace)], 1)
    arrivals: list[float] = []
    complete = asyncio.Event()

    def arrived(moment: float) -> None:
        arrivals.append(moment)
        if len(arrivals) == watchers:
            complete.set()

    request = server.request("GET", f"{CONFIG_MAPS}?watch=true&fieldSelector=metadata.name!=kube-root-ca.crt")
    made = [
        await loop.create_connection(
            lambda: _Watcher(request, arrived), server.host, server.port, ssl=server.context
        )
        for _ in range(watchers)
    ]
    for number in range(events):
        arrivals.clear()
        complete.clear()
        begin = time.perf_counter()
        await rate(server, _creates(server, [f"seen-{number}"]), 1)
        await complete.wait()
        latencies.append(arrivals[-1] - begin)
    for transport, _ in made:
        transport.close()
    await rate(server, [server.request("DELETE", f"/api/v1/namespaces/{NAMESPACE}")], 1)
    return statistics.median(latencies)


def run(work: Any) -> Any:
    """Run a coroutine on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
