"""How a webhook is reached: by URL, by the Service that stands for it, or as a function in this process.

`Services` is the seam: whoever runs a webhook says there where its Service is to be found.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from fake_cluster.objects import Object

if TYPE_CHECKING:  # a tenth of a second to import, which only those with webhooks spend
    import urllib3

Function = Callable[[Object], Object]
"""A webhook in this process: called with an AdmissionReview, answers one."""


class CallError(Exception):
    """A webhook cannot be reached; the text says why."""


class Services:
    """Where the Services of webhooks are: a base URL (`https://127.0.0.1:9443`), or a function."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str | Function] = {}

    def serve(self, namespace: str, name: str, at: str | Function) -> None:
        """Let a Service lead to a URL, or to a function in this process."""
        self._known[namespace, name] = at

    def find(self, namespace: str, name: str) -> str | Function | None:
        """Where a Service leads."""
        return self._known.get((namespace, name))


class Target(NamedTuple):
    """What is called. `shown` is the URL as errors name it, `url` where it really is."""

    shown: str
    url: str
    function: Function | None
    authority: str
    host: str
    seconds: int


def target_of(webhook: Object, services: Services) -> Target:
    """The other side of a webhook."""
    config, seconds = webhook["clientConfig"], webhook.get("timeoutSeconds", 10)
    authority = base64.b64decode(config.get("caBundle") or "").decode()
    if config.get("url"):
        shown = _timed(config["url"], seconds)
        return Target(shown, shown, None, authority, "", seconds)
    service = config["service"]
    host = f"{service['name']}.{service['namespace']}.svc"
    path = "/" + (service.get("path") or "").lstrip("/")
    shown = _timed(f"https://{host}:{service.get('port', 443)}{path}", seconds)
    found = services.find(service["namespace"], service["name"])
    if isinstance(found, str):
        return Target(shown, _timed(found.rstrip("/") + path, seconds), None, authority, host, seconds)
    return Target(shown, "", found, authority, host, seconds)


def _timed(url: str, seconds: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}timeout={seconds}s"


def call(target: Target, body: Object) -> Any:
    """The answer of the other side; CallError if there is none."""
    if target.function is not None:
        return orjson.loads(orjson.dumps(target.function(orjson.loads(orjson.dumps(body)))))
    if not target.url:
        service = target.host.partition(".")[0]
        raise CallError(f'Post "{target.shown}": service "{service}" not found')
    import urllib3.exceptions  # noqa: PLC0415 - as above

    try:
        answer = _posted(target, orjson.dumps(body))
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise CallError(f'Post "{target.shown}": {_why(error)}') from None
    if answer.status >= 400:
        raise CallError(
            f"the server responded with the status code {answer.status} but did not return more information"
        )
    try:
        return orjson.loads(answer.data)
    except orjson.JSONDecodeError as error:
        raise CallError(f"couldn't get version/kind; json parse error: {error}") from None


def _posted(target: Target, data: bytes) -> urllib3.BaseHTTPResponse:
    import urllib3  # noqa: PLC0415 - as above

    options: dict[str, Any] = {}
    if target.url.startswith("https:"):
        options["ssl_context"] = ssl.create_default_context(cadata=target.authority or None)
        if target.host:
            options |= {"server_hostname": target.host, "assert_hostname": target.host}
    with urllib3.PoolManager(retries=False, timeout=float(target.seconds), **options) as pool:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return pool.request("POST", target.url, body=data, headers=headers)


def _why(error: Exception) -> str:
    import urllib3.exceptions  # noqa: PLC0415 - as above

    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "dial tcp: connect: connection refused"
    return str(error)
