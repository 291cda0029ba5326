"""`pods/proxy` and `services/proxy`: a GET that the API server passes on to what listens in a Pod.

The name may carry a scheme and a port: `web`, `web:8080`, `http:web:http`. Source: API reference; the texts
of `pkg/registry/core/{pod,service}` and of the proxy handler.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode

import httptools

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.errors import ApiError, bad_request, not_found
from fake_cluster.objects import Object

PATH = ":path"
"""The query parameter that holds the path behind `proxy`; no parameter of a request is called so."""


class _Target(NamedTuple):
    """A Pod, and the port there."""

    pod: Object
    port: int


class _Reply:
    """What a server in a Pod answers."""

    def __init__(self, data: bytes) -> None:
        self.content_type = ""
        self.body = b""
        self._parser = httptools.HttpResponseParser(self)
        try:
            self._parser.feed_data(data)
            self.code = self._parser.get_status_code() if data else 0
        except httptools.HttpParserError:
            self.code = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if name.lower() == b"content-type":
            self.content_type = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self.body += body


def pass_on(core: Core, call: Call) -> Answer:
    """Pass a GET on, and the answer back; 503 where nobody listens."""
    name, port = _named(call.name)
    find = _FINDERS.get(call.resource.ref.plural)
    if find is None:
        raise _unreachable(call.name, 10250)
    target = find(core, call, name, port)
    address = (target.pod.get("status") or {}).get("podIP", "")
    peer = core.containers.connect(target.pod, target.port) if core.containers is not None else None
    if peer is None:
        raise _unreachable(address, target.port)
    reply = _Reply(peer.received(_request(call, f"{address}:{target.port}")))
    if not reply.code:
        raise _unavailable("error trying to reach service: EOF")
    return Answer(reply.code, proxied=(reply.content_type or "text/plain", reply.body))


def _named(text: str) -> tuple[str, str]:
    """Name and port; every scheme is spoken to alike."""
    parts = text.split(":")
    if len(parts) > 3 or not parts[0]:
        raise bad_request(f'invalid proxy request "{text}"')
    name, port = parts[-2:] if len(parts) > 1 else (text, "")
    return name, port


def _request(call: Call, host: str) -> bytes:
    query = {key: value for key, value in call.options.query.items() if key != PATH}
    path = quote(call.options.query.get(PATH, "/"), safe="/:@!$&'()*+,;=~")
    target = f"{path}?{urlencode(query)}" if query else path
    return f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def _pod(core: Core, call: Call, name: str, port: str) -> _Target:
    """A Pod by its name; without a port the first that its containers name."""
    stored = core.store.table("", "pods").get(call.namespace, name)
    if stored is None:
        raise not_found(call.resource.ref, name)
    if not port:
        containers = stored.obj["spec"]["containers"]
        ports = [item["containerPort"] for container in containers for item in container.get("ports") or ()]
        return _Target(stored.obj, ports[0] if ports else 80)
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise bad_request(f'invalid port "{port}"')
    return _Target(stored.obj, int(port))


def _service(core: Core, call: Call, name: str, port: str) -> _Target:
    """One of the Pods behind a Service, by the name or number of one of its ports."""
    stored = core.store.table("", "services").get(call.namespace, name)
    if stored is None:
        raise not_found(call.resource.ref, name)
    ports = stored.obj["spec"].get("ports") or []
    wanted = [item for item in ports if port in (item.get("name", ""), str(item["port"]))]
    chosen = ports if not port and len(ports) == 1 else wanted
    if not chosen:
        raise _unavailable(f'no service port "{port}" found for service "{name}"')
    found = _behind(core, call.namespace, name, chosen[0].get("name", ""))
    if found is None:
        raise _unavailable(f'no endpoints available for service "{name}"')
    return found


def _behind(core: Core, namespace: str, name: str, port: str) -> _Target | None:
    endpoints = core.store.table("", "endpoints").get(namespace, name)
    for subset in (endpoints.obj.get("subsets") or ()) if endpoints is not None else ():
        numbers = [item["port"] for item in subset.get("ports") or () if item.get("name", "") == port]
        for address in subset.get("addresses") or () if numbers else ():
            pod = core.store.table("", "pods").get(
                namespace, (address.get("targetRef") or {}).get("name", "")
            )
            if pod is not None:
                return _Target(pod.obj, numbers[0])
    return None


_FINDERS = {"pods": _pod, "services": _service}


def _unavailable(message: str) -> ApiError:
    return ApiError(503, "ServiceUnavailable", message)


def _unreachable(address: str, port: int) -> ApiError:
    where = f"{address}:{port}"
    return _unavailable(f"error trying to reach service: dial tcp {where}: connect: connection refused")
