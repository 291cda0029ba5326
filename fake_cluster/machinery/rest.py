"""The client that speaks HTTP, through the official `kubernetes` package, to any API server.

It takes the connection and the credentials of an `ApiClient` and moves raw JSON over them; the package's
models are not involved. Watches run in daemon threads, which list again when the server has forgotten their
revision.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import urllib3
from kubernetes.client import ApiClient

from fake_cluster.errors import ApiError, from_status
from fake_cluster.machinery.client import Event, PatchType, Propagation, Sink
from fake_cluster.objects import Key, Object, ResourceRef, key_of

PAGE = 500
PATCH_TYPES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}
JSON = "application/json"
WATCH_SECONDS = 300
"""After which a watch is asked for again, as client-go does every five to ten minutes."""
_RETRY_SECONDS = 1.0


class RestClient:
    """`machinery.client.Client` over an official `ApiClient`."""

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client = api_client
        self._date = ""
        self._ended = threading.Event()

    def get(self, ref: ResourceRef, name: str, namespace: str = "") -> Object:
        """One object."""
        return self._object("GET", _path(ref, namespace, name))

    def find(self, ref: ResourceRef, name: str, namespace: str = "") -> Object | None:
        """One object, or None where there is none."""
        try:
            return self.get(ref, name, namespace)
        except ApiError as error:
            if error.code != 404:
                raise
            return None

    def list(
        self, ref: ResourceRef, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """All objects that match the selectors, in all namespaces if `namespace` is empty."""
        query = {"labelSelector": labels, "fieldSelector": fields}
        return self._list(ref, _path(ref, namespace), query)[0]

    def _list(self, ref: ResourceRef, path: str, query: Mapping[str, str]) -> tuple[Sequence[Object], str]:
        """All pages, and the resourceVersion of the list."""
        items: list[Object] = []
        token = ""
        while True:
            page = self._object("GET", path, {**query, "limit": str(PAGE), "continue": token})
            items += (_named(ref, item) for item in page.get("items") or ())
            token = page["metadata"].get("continue", "")
            if not token:
                return items, page["metadata"].get("resourceVersion", "")

    def create(self, ref: ResourceRef, obj: Object, *, subresource: str = "", name: str = "") -> Object:
        """Create an object in `obj`'s own namespace (or post to a subresource of `name`)."""
        namespace = (obj.get("metadata") or {}).get("namespace") or ""
        return self._object("POST", _path(ref, namespace, name, subresource), body=obj)

    def replace(self, ref: ResourceRef, obj: Object, *, subresource: str = "") -> Object:
        """Replace an object; its resourceVersion must be the current one if it is given."""
        key = key_of(obj)
        return self._object("PUT", _path(ref, key.namespace, key.name, subresource), body=obj)

    def patch(  # noqa: PLR0913 - these are the parts of a patch request
        self,
        ref: ResourceRef,
        name: str,
        body: Any,
        namespace: str = "",
        *,
        kind: PatchType = "merge",
        subresource: str = "",
    ) -> Object:
        """Patch an object: `body` is a list of operations for "json", else a partial object."""
        path = _path(ref, namespace, name, subresource)
        return self._object("PATCH", path, body=body, content_type=PATCH_TYPES[kind])

    def apply(
        self, ref: ResourceRef, obj: Object, *, manager: str, force: bool = True, subresource: str = ""
    ) -> Object:
        """Server-side apply."""
        key = key_of(obj)
        path = _path(ref, key.namespace, key.name, subresource)
        query = {"fieldManager": manager, "force": "true" if force else "false"}
        body = {"apiVersion": ref.api_version, "kind": ref.kind} | obj
        return self._object("PATCH", path, query, body, PATCH_TYPES["apply"])

    def delete(  # noqa: PLR0913 - these are the options of a delete request
        self,
        ref: ResourceRef,
        name: str,
        namespace: str = "",
        *,
        propagation: Propagation | None = None,
        grace_seconds: int | None = None,
        preconditions: Mapping[str, str] | None = None,
    ) -> None:
        """Delete an object. `preconditions`: {"uid": …} or {"resourceVersion": …}."""
        options: Object = {"kind": "DeleteOptions", "apiVersion": "v1"}
        options |= {"propagationPolicy": propagation} if propagation else {}
        options |= {"gracePeriodSeconds": grace_seconds} if grace_seconds is not None else {}
        options |= {"preconditions": dict(preconditions)} if preconditions else {}
        self._object("DELETE", _path(ref, namespace, name), body=options)

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        """Deliver all existing objects of all namespaces as ADDED, then every change, to `sink`.

        What exists has been delivered when this returns (unless the server could not be asked), so that
        nobody takes what is late for what is not there.
        """
        reflector = _Reflector(self, ref, sink, self._ended)
        reflector.begin()
        threading.Thread(target=reflector.run, name=f"watch {ref.plural}", daemon=True).start()

    def close(self) -> None:
        """End all watches of this client."""
        self._ended.set()

    def serves(self, ref: ResourceRef) -> bool:
        """Whether the server has this resource."""
        root = f"/apis/{ref.group}/{ref.version}" if ref.group else f"/api/{ref.version}"
        try:
            listed = self._object("GET", root)
        except ApiError as error:
            if error.code != 404:
                raise
            return False
        return any(entry["name"] == ref.plural for entry in listed.get("resources") or ())

    def server_time(self) -> float:
        """The server's clock, from the `Date` header of its last answer; seconds since the epoch."""
        if not self._date:
            self._object("GET", "/version")
        return parsedate_to_datetime(self._date).timestamp()

    # --- requests -------------------------------------------------------------------------------------

    def _object(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = JSON,
    ) -> Object:
        response = self.send(method, path, query, body, content_type)
        data = response.data
        if response.status >= 400:
            raise error_of(response.status, data)
        return orjson.loads(data) if data else {}

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = JSON,
    ) -> urllib3.BaseHTTPResponse:
        """One request; its answer is not read yet. A server that cannot be reached is a 503."""
        client = self.api_client
        given = {name: value for name, value in (query or {}).items() if value}
        headers = {**client.default_headers, "Accept": JSON, "Content-Type": content_type}
        queries: list[tuple[str, str]] = list(given.items())
        client.update_params_for_auth(headers, queries, ["BearerToken"], path, method, body)
        url = client.configuration.host + path + (f"?{urlencode(queries)}" if queries else "")
        data = None if body is None else orjson.dumps(body)
        try:
            response = client.rest_client.pool_manager.request(
                method, url, body=data, headers=headers, preload_content=False
            )
        except urllib3.exceptions.HTTPError as error:
            message = f"cannot reach {client.configuration.host}: {error}"
            raise ApiError(503, "ServiceUnavailable", message) from error
        self._date = response.headers.get("Date", self._date)
        return response


def _path(ref: ResourceRef, namespace: str = "", name: str = "", subresource: str = "") -> str:
    return quote(ref.path(namespace, name, subresource))


def _named(ref: ResourceRef, item: Object) -> Object:
    """An item of a list with its kind, which lists of built-in kinds leave out."""
    return item if "kind" in item else {"kind": ref.kind, "apiVersion": ref.api_version, **item}


def error_of(code: int, data: bytes) -> ApiError:
    """The error that an answer describes; plain text where it is not a Status."""
    try:
        status = orjson.loads(data)
    except orjson.JSONDecodeError:
        status = None
    if isinstance(status, dict) and status.get("kind") == "Status":
        return from_status(status, code)
    return ApiError(code, _REASONS.get(code, ""), data.decode("utf-8", "replace").strip())


_REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed"}


class _Reflector:
    """One watch of one resource, for as long as its client lives."""

    def __init__(self, client: RestClient, ref: ResourceRef, sink: Sink, ended: threading.Event) -> None:
        self._client = client
        self._ref = ref
        self._sink = sink
        self._ended = ended
        self._known: dict[Key, Object] = {}
        self._revision = ""

    def begin(self) -> None:
        """List for the first time; what fails now is tried again by `run`."""
        with contextlib.suppress(ApiError, urllib3.exceptions.HTTPError, OSError):
            self._relist()

    def run(self) -> None:
        """List and watch, again and again."""
        while not self._ended.is_set():
            try:
                if not self._revision:
                    self._relist()
                self._follow()
            except (ApiError, urllib3.exceptions.HTTPError, OSError):
                self._revision = ""
                self._ended.wait(_RETRY_SECONDS)

    def _relist(self) -> None:
        """Tell what differs from what is known: after a gap, the events in it are lost."""
        items, revision = self._client._list(self._ref, _path(self._ref), {})  # noqa: SLF001 - its own client
        found = {key_of(item): item for item in items}
        for key in self._known.keys() - found.keys():
            self._tell("DELETED", key, self._known[key])
        for key, item in found.items():
            self._observe(key, item)
        self._revision = revision

    def _observe(self, key: Key, item: Object) -> None:
        old = self._known.get(key)
        if old is None:
            self._tell("ADDED", key, item)
        elif old["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
            self._tell("MODIFIED", key, item)

    def _tell(self, kind: Any, key: Key, item: Object) -> None:
        old = self._known.pop(key, None)
        if kind != "DELETED":
            self._known[key] = item
        self._sink(Event(kind, self._ref, item, old))

    def _follow(self) -> None:
        query = {
            "watch": "true",
            "resourceVersion": self._revision,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        response = self._client.send("GET", _path(self._ref), query)
        if response.status >= 400:
            raise error_of(response.status, response.data)
        for line in _lines(response):
            self._hear(orjson.loads(line))
            if self._ended.is_set():
                break
        response.close()

    def _hear(self, event: Object) -> None:
        item = event["object"]
        if event["type"] == "ERROR":
            raise from_status(item)
        self._revision = item["metadata"]["resourceVersion"]
        if event["type"] == "DELETED":
            self._tell("DELETED", key_of(item), item)
        elif event["type"] != "BOOKMARK":
            self._observe(key_of(item), item)


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    rest = b""
    for chunk in response.stream(None):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
