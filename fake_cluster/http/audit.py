"""The audit log of a served cluster: one line of JSON for each request that has reached its API.

In the form of the API server's own log at the level Metadata (audit.k8s.io/v1): who has asked for what, and what
the answer was, without what was sent. What runs inside the cluster does not come by here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

import orjson

from fake_cluster.api.render import Response
from fake_cluster.http.wire import Handler
from fake_cluster.machinery.clock import micro_timestamp
from fake_cluster.objects import Object

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
SUBRESOURCES_OF_NAMESPACES = frozenset({"finalize", "status"})


def audited(handle: Handler, file: IO[bytes], now: Callable[[], float]) -> Handler:
    """`handle`, with a line in `file` for each request. `now` is the cluster's clock."""

    def audit(
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        received = micro_timestamp(now())
        response = handle(method, path, query, headers, body)
        event = {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": "Metadata",
            "stage": "ResponseComplete" if response.stream is None else "ResponseStarted",
            "requestURI": path,
            "userAgent": (headers or {}).get("user-agent", ""),
            **_asked(method, path, query or {}, response),
            "responseStatus": {"code": response.code},
            "requestReceivedTimestamp": received,
            "stageTimestamp": micro_timestamp(now()),
        }
        file.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
        return response

    return audit


def _asked(method: str, path: str, query: Mapping[str, str], response: Response) -> Object:
    """The verb, and the object where there is one."""
    reference = object_of(path)
    if not reference:
        return {"verb": method.lower()}
    verb = VERBS.get(method, "get" if "name" in reference else "list")
    if verb == "delete" and "name" not in reference:
        verb = "deletecollection"
    if verb in ("get", "list") and query.get("watch") in ("1", "true"):
        verb = "watch"
    if verb == "create" and "name" not in reference:
        reference |= _named(response)
    return {"verb": verb, "objectRef": reference}


def object_of(path: str) -> dict[str, str]:
    """What a path is about, in the words of an audit event: resource, namespace, name and so on."""
    root, *parts = path.strip("/").split("/")
    if root not in ("api", "apis") or len(parts) < (2 if root == "api" else 3):
        return {}
    group, version, rest = ("", parts[0], parts[1:]) if root == "api" else (parts[0], parts[1], parts[2:])
    found = {"apiGroup": group} if group else {}
    found["apiVersion"] = version
    inside = len(rest) > 2 and rest[0] == "namespaces" and rest[2] not in SUBRESOURCES_OF_NAMESPACES
    if inside:
        found["namespace"], rest = rest[1], rest[2:]
    return found | dict(zip(("resource", "name", "subresource"), rest, strict=False))


def _named(response: Response) -> dict[str, str]:
    """The name that a new object has got."""
    if response.code >= 400 or response.stream is not None:
        return {}
    metadata = orjson.loads(response.body).get("metadata") or {}
    return {"name": metadata["name"]} if metadata.get("name") else {}
