"""The requests of a scenario, taken down where they leave the official client.

What is taken down while the scenario runs is raw and stays in the process; `exchanges` makes of it what may
be shown.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from fake_cluster.objects import Object
from quaysim.report.outcome import Exchange
from quaysim.report.redaction import REDACTED, Redactor

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

SECRETS = "/secrets"


@dataclass(slots=True)
class _Sent:
    step: int
    at: float
    method: str
    url: str
    body: bytes | str | None
    seconds: float = 0.0
    answer: Any = None
    error: str = ""


@dataclass(slots=True)
class Traffic:
    """The requests of one scenario. `step` is the index of the step that runs."""

    began: float = field(default_factory=perf_counter)
    step: int = -1
    paused: bool = False
    _thread: int = field(default_factory=threading.get_ident)
    _sent: list[_Sent] = field(default_factory=list)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Requests of the report itself are not the scenario's."""
        self.paused = True
        try:
            yield
        finally:
            self.paused = False

    def send(self, pool: Any, method: str, url: str, options: Mapping[str, Any]) -> Any:
        """Have a request sent and take it down, if it is the scenario's own."""
        if self.paused or threading.get_ident() != self._thread:
            return pool.request(method, url, **options)
        began = perf_counter()
        sent = _Sent(self.step, began - self.began, method, url, options.get("body"))
        self._sent.append(sent)
        try:
            sent.answer = pool.request(method, url, **options)
        except Exception as error:
            sent.error = str(error)
            raise
        finally:
            sent.seconds = perf_counter() - began
        return sent.answer

    def learn(self, redactor: Redactor) -> None:
        """Let the redactor learn the Secrets that were sent and received."""
        for sent in self._sent:
            if SECRETS in sent.url and "watch=" not in sent.url:
                redactor.learn_from(_json(sent.body))
                redactor.learn_from(_json(getattr(sent.answer, "data", None)))

    def created(self) -> list[Object]:
        """The objects that the scenario created itself, as it sent them."""
        sent = ((sent, _json(sent.body)) for sent in self._sent if sent.method == "POST")
        return [
            body | {"metadata": {**body["metadata"], **_namespace_in(sent.url)}}
            for sent, body in sent
            if getattr(sent.answer, "status", 0) == 201 and _is_kept(body)
        ]

    def exchanges(self, redactor: Redactor) -> list[Exchange]:
        """The requests, redacted."""
        return [_exchange(sent, redactor) for sent in self._sent]


class RecordingPool:
    """Stands before urllib3's pool manager in an official client."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self.traffic: Traffic | None = None

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Pass a request on."""
        if self.traffic is None:
            return self.pool.request(method, url, **options)
        return self.traffic.send(self.pool, method, url, options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pool, name)


def tap(api_client: ApiClient) -> RecordingPool:
    """Put a RecordingPool into a client, or return the one that is there."""
    rest: Any = api_client.rest_client
    if not isinstance(rest.pool_manager, RecordingPool):
        rest.pool_manager = RecordingPool(rest.pool_manager)
    found: RecordingPool = rest.pool_manager
    return found


def _is_kept(body: Any) -> bool:
    """Whether it is an object with a name and a kind, and not a question such as an access review."""
    return isinstance(body, dict) and "kind" in body and "name" in (body.get("metadata") or {})


def _namespace_in(url: str) -> dict[str, str]:
    found = re.search(r"/namespaces/([^/]+)/", url)
    return {"namespace": found[1]} if found else {}


def _exchange(sent: _Sent, redactor: Redactor) -> Exchange:
    parts = urlsplit(sent.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    status = int(getattr(sent.answer, "status", 0))
    return Exchange(
        sent.step,
        round(sent.at, 6),
        sent.method,
        redactor.text(path),
        status,
        round(sent.seconds, 6),
        _body(sent, parts.path, redactor),
        redactor.text(sent.error or _refusal(status, sent.answer)),
    )


def _body(sent: _Sent, path: str, redactor: Redactor) -> Any:
    if sent.body is None or sent.method == "DELETE":
        return None
    body = _json(sent.body)
    if body is None:
        return f"<{len(sent.body)} bytes>"
    if SECRETS in path and not isinstance(body, dict):
        return REDACTED
    return redactor.tree({"kind": "Secret", **body} if SECRETS in path else body)


def _refusal(status: int, answer: Any) -> str:
    if status < 400:
        return ""
    said = _json(answer.data)
    return str(said.get("message", "")) if isinstance(said, dict) else ""


def _json(body: bytes | str | None) -> Any:
    try:
        return orjson.loads(body or b"null")
    except orjson.JSONDecodeError:
        return None
