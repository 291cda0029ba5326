"""`quaysim operator`: the simulated operator against an API server that exists already."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import DEFAULT_VERSION, CommandError
from quaysim.targets.connection import CONSENT, BadKubeconfig, Options, connect

if TYPE_CHECKING:
    from kubernetes.client import ApiClient


def command(
    *,
    kubeconfig: Annotated[Path, typer.Option(metavar="FILE", help="The kubeconfig of the cluster.")],
    context: Annotated[str, typer.Option(metavar="NAME", help="The context in it.")],
    operator_version: Annotated[
        str, typer.Option(metavar="VERSION", help="The version of the Quay Operator.")
    ] = DEFAULT_VERSION,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", help="Watch this namespace only; all by default.")
    ] = "",
    i_know_this_is_not_a_test_cluster: Annotated[
        bool, typer.Option(CONSENT, help="Use a context that does not look like a test cluster.")
    ] = False,
) -> int:
    """Run the simulated Quay Operator against an API server, on real time, until SIGINT or SIGTERM.

    Creates the operator's CustomResourceDefinition if the cluster does not have it.
    """
    import urllib3.exceptions  # noqa: PLC0415 - half a second that the other commands do not need

    from fake_cluster.errors import ApiError  # noqa: PLC0415 - as above

    api_client = _connect(
        Options(str(kubeconfig), context, not_a_test_cluster=i_know_this_is_not_a_test_cluster)
    )
    host = api_client.configuration.host
    try:
        _run(api_client, operator_version, namespace)
    except (ApiError, urllib3.exceptions.HTTPError, OSError) as error:
        raise CommandError(f"{host} does not answer as an API server: {_reason(error)}") from error
    return 0


def _connect(options: Options) -> ApiClient:
    if not Path(options.kubeconfig or "").is_file():
        raise CommandError(f"{options.kubeconfig}: no such file")
    try:
        return connect(options)
    except BadKubeconfig as error:
        raise CommandError(str(error)) from error


def _run(api_client: ApiClient, version: str, namespace: str) -> None:
    from fake_cluster.machinery.clock import RealClock  # noqa: PLC0415 - as above
    from fake_cluster.machinery.manager import Manager  # noqa: PLC0415
    from fake_cluster.machinery.rest import RestClient  # noqa: PLC0415
    from quaysim import operator  # noqa: PLC0415
    from quaysim.standins.dialing import dial  # noqa: PLC0415

    client, clock = RestClient(api_client), RealClock()
    settings = operator.Settings(version=version, watch_namespace=namespace)
    try:
        controllers = operator.controllers(client, settings, clock, SystemRandom(), dial)
    except ValueError as error:
        raise CommandError(str(error)) from error
    operator.install(client, version)
    manager, stop = Manager(clock), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for controller in controllers:
        manager.add(controller, client)
    typer.echo(f"quaysim operator {version} watches {api_client.configuration.host}")
    manager.run_forever(stop)
    client.close()


def _reason(error: Exception) -> str:
    text = str(getattr(error, "reason", "") or error)
    return " ".join(text.split())
