"""`quaysim operator`: the simulated operator against an API server that exists already."""

from __future__ import annotations

import signal
import socket
import ssl
import threading
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import DEFAULT_VERSION, CommandError

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

DIAL_SECONDS = 10.0


def command(
    *,
    kubeconfig: Annotated[Path, typer.Option(metavar="FILE", help="The kubeconfig of the cluster.")],
    context: Annotated[
        str | None, typer.Option(metavar="NAME", help="The context; the current one by default.")
    ] = None,
    operator_version: Annotated[
        str, typer.Option(metavar="VERSION", help="The version of the Quay Operator.")
    ] = DEFAULT_VERSION,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", help="Watch this namespace only; all by default.")
    ] = "",
) -> int:
    """Run the simulated Quay Operator against an API server, on real time, until SIGINT or SIGTERM.

    Creates the operator's CustomResourceDefinition if the cluster does not have it.
    """
    import urllib3.exceptions  # noqa: PLC0415 - half a second that the other commands do not need

    from fake_cluster.errors import ApiError  # noqa: PLC0415 - as above

    api_client = _connect(kubeconfig, context)
    host = api_client.configuration.host
    try:
        _run(api_client, operator_version, namespace)
    except (ApiError, urllib3.exceptions.HTTPError, OSError) as error:
        raise CommandError(f"{host} does not answer as an API server: {_reason(error)}") from error
    return 0


def _connect(kubeconfig: Path, context: str | None) -> ApiClient:
    from quaysim.targets.kubeconfig import BadKubeconfig, Options, connect  # noqa: PLC0415 - as above

    if not kubeconfig.is_file():
        raise CommandError(f"{kubeconfig}: no such file")
    try:
        return connect(Options(str(kubeconfig), context))
    except BadKubeconfig as error:
        raise CommandError(str(error)) from error


def _run(api_client: ApiClient, version: str, namespace: str) -> None:
    from fake_cluster.machinery.clock import RealClock  # noqa: PLC0415 - as above
    from fake_cluster.machinery.manager import Manager  # noqa: PLC0415
    from fake_cluster.machinery.rest import RestClient  # noqa: PLC0415
    from quaysim import operator  # noqa: PLC0415

    client, clock = RestClient(api_client), RealClock()
    settings = operator.Settings(version=version, watch_namespace=namespace)
    try:
        controllers = operator.controllers(client, settings, clock, SystemRandom(), dial)
    except ValueError as error:
        raise CommandError(str(error)) from error
    operator.install(client)
    manager, stop = Manager(clock), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for controller in controllers:
        manager.add(controller, client)
    typer.echo(f"quaysim operator {version} watches {api_client.configuration.host}")
    manager.run_forever(stop)
    client.close()


def dial(host: str, port: int) -> str:
    """The certificates (PEM) that a server presents, unverified. Raises OSError in the words of Go."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), DIAL_SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=host) as secure,
        ):
            return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True) or b"")
    except socket.gaierror as error:
        raise OSError(f"dial tcp: lookup {host}: no such host") from error
    except OSError as error:
        raise OSError(f"dial tcp {host}:{port}: {(error.strerror or str(error)).lower()}") from error


def _reason(error: Exception) -> str:
    text = str(getattr(error, "reason", "") or error)
    return " ".join(text.split())
