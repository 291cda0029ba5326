"""The simulated cluster as a server process: the API, the operator, and the router's door."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO

from fake_cluster.api.access.users import ADMINISTRATOR
from fake_cluster.cluster import FakeCluster, Platform
from fake_cluster.http import Server, is_loopback, kubeconfig, listen, write_kubeconfig
from fake_cluster.http.audit import audited
from fake_cluster.http.wire import Handler
from fake_cluster.machinery.clock import RealClock
from fake_cluster.platform.certificates import wildcard, wildcard_chain
from fake_cluster.platform.refs import ROUTES
from quaysim import operator

CONTEXT = "quaysim"


class ServingError(Exception):
    """It cannot be served like that; the text says why, in one sentence."""


@dataclass(frozen=True)
class Serving:
    """How a cluster is served. Without `operator_version` no operator runs; `router_port` is optional."""

    host: str
    port: int
    kubeconfig: Path
    platform: Platform
    operator_version: str
    nodes: bool
    apps_domain: str
    router_port: int | None
    tls: bool
    rbac: bool
    speed: float
    seed: int
    audit_log: Path | None = None


@dataclass(frozen=True)
class Endpoint:
    """Where clients reach the server: `authority` (PEM) is empty without TLS."""

    url: str
    token: str
    authority: bytes = b""


def serve(serving: Serving, ready: Callable[[Endpoint], None]) -> None:
    """Serve until SIGINT or SIGTERM. Raises ServingError and CannotListenError."""
    if not (is_loopback(serving.host) or serving.tls):
        raise ServingError(
            f"{serving.host} can be reached from other machines: serve it with --tls, or on 127.0.0.1"
        )
    with ExitStack() as stack:
        listener = stack.enter_context(listen(serving.host, serving.port))
        cluster = stack.enter_context(_cluster(serving))
        server, endpoint = _server(serving, cluster, listener, stack.enter_context(_audit_log(serving)))
        if serving.router_port is not None:
            _add_router(
                serving, cluster, server, stack.enter_context(listen(serving.host, serving.router_port))
            )
        _write_kubeconfig(serving.kubeconfig, endpoint)
        server.run(lambda: ready(endpoint))


def _cluster(serving: Serving) -> FakeCluster:
    cluster = FakeCluster(
        serving.platform,
        serving.seed,
        RealClock(serving.speed),
        serving.apps_domain,
        run_nodes=serving.nodes,
        rbac=serving.rbac,
    )
    if serving.operator_version:
        _run_operator(cluster, serving)
    return cluster


def _run_operator(cluster: FakeCluster, serving: Serving) -> None:
    client = cluster.client("quay-operator")
    settings, rng = operator.Settings(version=serving.operator_version), Random(serving.seed)
    try:
        controllers = operator.controllers(client, settings, cluster.clock, rng, cluster.peer_chain)
    except ValueError as error:
        raise ServingError(str(error)) from error
    operator.install(client, serving.operator_version)
    cluster.add(controllers)


@contextmanager
def _audit_log(serving: Serving) -> Iterator[IO[bytes] | None]:
    """The file of the audit log, where there is one."""
    if serving.audit_log is None:
        yield None
        return
    try:
        file = serving.audit_log.open("wb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ServingError(f"the audit log cannot be written to {serving.audit_log}: {reason}") from error
    with file:
        yield file


def _handler(cluster: FakeCluster, log: IO[bytes] | None) -> Handler:
    handle: Handler = cluster.api.handle
    return handle if log is None else audited(handle, log, cluster.clock.now)


def _server(
    serving: Serving, cluster: FakeCluster, listener: socket.socket, log: IO[bytes] | None
) -> tuple[Server, Endpoint]:
    """Over TLS, and where roles decide, every request must say who makes it: the token is the administrator's."""
    reachable = "127.0.0.1" if _is_wildcard(serving.host) else serving.host
    shown = f"[{reachable}]" if ":" in reachable else reachable
    place, token = f"{shown}:{listener.getsockname()[1]}", secrets.token_urlsafe(32)
    cluster.api.access.authentication.add_token(token, ADMINISTRATOR)
    cluster.api.access.closed = serving.tls
    if not serving.tls:
        return Server(_handler(cluster, log), cluster.manager, listener), Endpoint(f"http://{place}", token)
    from fake_cluster.http.tls import make_tls  # noqa: PLC0415 - cryptography takes its time

    tls = make_tls(dict.fromkeys([reachable, "localhost", "127.0.0.1", "::1", socket.gethostname()]))
    server = Server(_handler(cluster, log), cluster.manager, listener, context=tls.context)
    return server, Endpoint(f"https://{place}", token, tls.authority)


def _add_router(serving: Serving, cluster: FakeCluster, server: Server, listener: socket.socket) -> None:
    if serving.platform != "openshift":
        raise ServingError("there is no router on plain Kubernetes: leave out --router-port")
    from fake_cluster.http.router import Router  # noqa: PLC0415 - as above
    from fake_cluster.http.tls import server_context  # noqa: PLC0415

    client = cluster.client("router")
    router = Router(lambda: client.list(ROUTES), cluster.clock.now)
    chain = wildcard_chain(serving.seed, serving.apps_domain)
    key = wildcard(serving.seed, serving.apps_domain).key_pem
    server.add(router.handle, listener, server_context(chain.encode(), key.encode()))


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _write_kubeconfig(path: Path, endpoint: Endpoint) -> None:
    try:
        write_kubeconfig(path, kubeconfig(endpoint.url, CONTEXT, endpoint.token, endpoint.authority))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ServingError(f"the kubeconfig cannot be written to {path}: {reason}") from error
