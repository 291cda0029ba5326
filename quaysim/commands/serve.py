"""`quaysim serve`: the simulated cluster over HTTP(S), for kubectl and any other client."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import DEFAULT_DOMAIN, DEFAULT_VERSION, CommandError, Platform, Simulated

if TYPE_CHECKING:
    from fake_cluster.cluster import FakeCluster
    from fake_cluster.http.tls import ServerTls

CONTEXT = "quaysim"
DEFAULT_KUBECONFIG = Path("quaysim.kubeconfig")


@dataclass(frozen=True)
class _Endpoint:
    """Where clients reach the server, and with what."""

    url: str
    token: str
    tls: ServerTls | None


def command(  # noqa: PLR0913 - the options of the command
    *,
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than loopback need --tls.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 0,
    kubeconfig_out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where the kubeconfig is written.")
    ] = DEFAULT_KUBECONFIG,
    platform: Annotated[Platform, typer.Option(help="What the cluster offers.")] = Platform.OPENSHIFT,
    operator: Annotated[
        Simulated, typer.Option(help="Whether the simulated Quay Operator runs.")
    ] = Simulated.SIMULATED,
    node: Annotated[
        Simulated, typer.Option(help="Whether there are nodes, on which Pods run.")
    ] = Simulated.SIMULATED,
    apps_domain: Annotated[
        str, typer.Option(metavar="DOMAIN", help="The domain of the router's host names.")
    ] = DEFAULT_DOMAIN,
    operator_version: Annotated[
        str, typer.Option(metavar="VERSION", help="The version of the Quay Operator.")
    ] = DEFAULT_VERSION,
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve HTTPS with a certificate authority of its own.")
    ] = False,
    speed: Annotated[float, typer.Option(min=0.001, help="How many times as fast as real time.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Decides everything random in the cluster.")] = 0,
) -> int:
    """Serve a simulated cluster over HTTP(S) on real time, and write a kubeconfig for it.

    Prints one line when it is ready, and stops on SIGINT or SIGTERM:

        kubectl --kubeconfig quaysim.kubeconfig get quayregistries
    """
    from fake_cluster.http import CannotListenError, Server, is_loopback, listen  # noqa: PLC0415 - only this command

    if not (is_loopback(host) or tls):
        raise CommandError(f"{host} can be reached from other machines: serve it with --tls, or on 127.0.0.1")
    try:
        listener = listen(host, port)
    except CannotListenError as error:
        raise CommandError(str(error)) from error
    with listener, _cluster(platform, operator, node, apps_domain, operator_version, speed, seed) as cluster:
        endpoint = _endpoint(host, listener, tls=tls)
        context = endpoint.tls.context if endpoint.tls else None
        token = endpoint.token if endpoint.tls else ""
        server = Server(cluster.api.handle, cluster.manager, listener, context=context, token=token)
        _write_kubeconfig(kubeconfig_out, endpoint)
        server.run(lambda: typer.echo(f"quaysim serves {endpoint.url}, kubeconfig {kubeconfig_out}"))
    return 0


def _cluster(  # noqa: PLR0913, PLR0917 - the options of the command
    platform: Platform,
    operator: Simulated,
    node: Simulated,
    apps_domain: str,
    operator_version: str,
    speed: float,
    seed: int,
) -> FakeCluster:
    from fake_cluster.cluster import FakeCluster  # noqa: PLC0415 - only this command needs it
    from fake_cluster.machinery.clock import RealClock  # noqa: PLC0415

    nodes = 3 if node is Simulated.SIMULATED else 0
    cluster = FakeCluster(platform.value, seed, RealClock(speed), apps_domain, nodes)
    if operator is Simulated.SIMULATED:
        _run_operator(cluster, operator_version, seed)
    return cluster


def _run_operator(cluster: FakeCluster, version: str, seed: int) -> None:
    from random import Random  # noqa: PLC0415

    from quaysim import operator  # noqa: PLC0415 - only with the simulated operator

    client = cluster.client("quay-operator")
    operator.install(client)
    settings = operator.Settings(version=version)
    try:
        controllers = operator.controllers(client, settings, cluster.clock, Random(seed), cluster.peer_chain)
    except ValueError as error:
        raise CommandError(str(error)) from error
    cluster.add(controllers)


def _endpoint(host: str, listener: socket.socket, *, tls: bool) -> _Endpoint:
    """A wildcard address is reached through loopback on this machine."""
    reachable = "127.0.0.1" if _is_wildcard(host) else host
    shown = f"[{reachable}]" if ":" in reachable else reachable
    url = f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"
    if not tls:
        return _Endpoint(url, secrets.token_urlsafe(32), None)
    from fake_cluster.http.tls import make_tls  # noqa: PLC0415 - cryptography takes its time

    hosts = dict.fromkeys([reachable, "localhost", "127.0.0.1", "::1", socket.gethostname()])
    return _Endpoint(url, secrets.token_urlsafe(32), make_tls(hosts))


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _write_kubeconfig(path: Path, endpoint: _Endpoint) -> None:
    from fake_cluster.http import kubeconfig, write_kubeconfig  # noqa: PLC0415 - only this command needs it

    authority = endpoint.tls.authority if endpoint.tls else b""
    try:
        write_kubeconfig(path, kubeconfig(endpoint.url, CONTEXT, endpoint.token, authority))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"the kubeconfig cannot be written to {path}: {reason}") from error
