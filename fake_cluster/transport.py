"""The in-memory API under the official `kubernetes` client, without a socket.

The client's pool manager, which would send a request over a connection, is replaced by one that hands it to
the API. Everything above stays as it is: typed and dynamic clients, `watch.Watch`, content types, exceptions.

A watch that has nothing to give lets the cluster's time pass (`idle`), so that a test may simply loop over
the events of a rollout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import cache
from http.client import responses
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from kubernetes.client import ApiClient, Configuration
from kubernetes.dynamic import DynamicClient
from urllib3 import HTTPHeaderDict

from fake_cluster.api import Api, Response
from fake_cluster.api.front import parse_query
from fake_cluster.api.sessions import Stream

Idle = Callable[[float], bool]
"""Lets time pass until something happens, at most to the given moment; False when nothing will."""

_PROCESS = f"{os.getpid()}-{os.urandom(4).hex()}"
"""Part of the host names of this process: the dynamic client names its cache files by host."""
_hosts = count(1)


def kube_client(api: Api, *, idle: Idle | None = None, user_agent: str = "", token: str = "") -> ApiClient:
    """The official client's `ApiClient`, connected to `api`; cheap enough to make one a test.

    Without `idle` a watch ends where there is nothing more to give. `token` says who its user is.
    """
    configuration = _configuration(api)
    client = ApiClient(configuration)
    pool: Any = PoolManager(api, configuration.host, idle)
    client.rest_client.pool_manager = pool
    if user_agent:
        client.user_agent = user_agent
    if token:
        client.default_headers["Authorization"] = f"Bearer {token}"
    return client


def dynamic_client(client: ApiClient) -> DynamicClient:
    """A dynamic client that leaves no cache of its discovery on disk."""
    nowhere = os.path.join(os.devnull, "discovery")  # noqa: PTH118 - must not be a path that can exist
    make: Any = DynamicClient
    made: DynamicClient = make(client, cache_file=nowhere)
    return made


@cache
def _template() -> Configuration:
    return Configuration()


def _configuration(api: Api) -> Configuration:
    """One for each API, so that all clients of a cluster share a host and clusters do not."""
    found = api.attachments.get(Configuration)
    if found is None:
        found = api.attachments[Configuration] = copy(_template())
        found.host = f"http://{next(_hosts)}.{_PROCESS}.fake-cluster.invalid"
    return found


class PoolManager:
    """What the official client takes for urllib3's pool manager."""

    def __init__(self, api: Api, host: str, idle: Idle | None) -> None:
        self._api = api
        self._host = host
        self._idle = idle

    def request(
        self,
        method: str,
        url: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> HttpResponse:
        """Have the request done; connection options have no meaning here."""
        del options
        path, _, query = self._target(url).partition("?")
        answer = self._api.handle(
            method,
            path,
            parse_query(query) if query else {},
            {name.lower(): value for name, value in (headers or {}).items()},
            body.encode() if isinstance(body, str) else body or b"",
        )
        return HttpResponse(answer, self._api, self._idle)

    def _target(self, url: str) -> str:
        if url.startswith(self._host):
            return url[len(self._host) :]
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def clear(self) -> None:
        """There are no connections to close."""


class HttpResponse:
    """What the official client takes for urllib3's response."""

    connection = None

    def __init__(self, response: Response, api: Api, idle: Idle | None) -> None:
        self.status = response.code
        self.reason = responses.get(response.code, "")
        self.headers = HTTPHeaderDict(response.headers)
        self.headers["Content-Type"] = response.content_type
        self._body = response.body
        self._watch = response.stream
        self._api = api
        self._idle = idle

    @property
    def data(self) -> bytes:
        """The whole body; of a watch, all that comes until it ends."""
        if self._watch is not None:
            self._body += b"".join(self.stream())
            self._watch = None
        return self._body

    def read(self, amount: int | None = None, **options: Any) -> bytes:
        """The body, or what is left of it."""
        del options
        data = self.data
        taken = data if amount is None else data[:amount]
        self._body = data[len(taken) :]
        return taken

    def stream(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: FBT001 - urllib3's signature
        """The body in pieces; of a watch, the events as they happen."""
        del amt, decode_content
        if self._watch is None:
            yield self._body
        else:
            yield from self._events(self._watch)

    def _events(self, stream: Stream) -> Iterator[bytes]:
        clock = self._api.clock
        while True:
            yield from stream.poll(clock.now())
            if stream.closed or not self._wait(stream):
                return

    def _wait(self, stream: Stream) -> bool:
        """Let time pass; False where it would never bring anything."""
        if self._idle is None:
            return False
        before = self._api.clock.now()
        return self._idle(stream.next_moment) or self._api.clock.now() > before

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """One header."""
        return self.headers.get(name, default)

    def getheaders(self) -> HTTPHeaderDict:
        """All headers."""
        return self.headers

    def close(self) -> None:
        """End a watch."""
        if self._watch is not None:
            self._watch.close()

    def release_conn(self) -> None:
        """There is no connection to give back."""
