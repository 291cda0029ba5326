"""`quaysim serve`: the simulated cluster over HTTP(S), for kubectl and any other client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quaysim.commands import (
    DEFAULT_DOMAIN,
    DEFAULT_VERSION,
    CommandError,
    Platform,
    Simulated,
    checked_domain,
)

DEFAULT_KUBECONFIG = Path("quaysim.kubeconfig")


def command(  # noqa: PLR0913 - the options of the command
    *,
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than loopback need --tls.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 0,
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
    router_port: Annotated[
        int | None,
        typer.Option(metavar="PORT", min=0, max=65535, help="Serve the router's hosts over HTTPS there too."),
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve HTTPS with a certificate authority of its own.")
    ] = False,
    rbac: Annotated[
        bool,
        typer.Option(
            "--rbac", help="Let roles decide who may do what; the kubeconfig is the administrator's."
        ),
    ] = False,
    speed: Annotated[
        float, typer.Option(metavar="N", min=0.001, help="How many times as fast as real time.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Decides everything random in the cluster.")] = 0,
    audit_log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a line of JSON there for each request (audit.k8s.io/v1)."),
    ] = None,
) -> int:
    """Serve a simulated cluster over HTTP(S) on real time, and write a kubeconfig for it.

    Prints one line when it is ready, and stops on SIGINT or SIGTERM:

        kubectl --kubeconfig quaysim.kubeconfig get quayregistries
    """
    from fake_cluster.http import CannotListenError  # noqa: PLC0415 - only this command needs it
    from quaysim.serving import Serving, ServingError, serve  # noqa: PLC0415 - as above

    serving = Serving(
        host=host,
        port=port,
        kubeconfig=kubeconfig_out,
        platform=platform.value,
        operator_version=operator_version if operator is Simulated.SIMULATED else "",
        nodes=node is Simulated.SIMULATED,
        apps_domain=checked_domain(apps_domain),
        router_port=router_port,
        tls=tls,
        rbac=rbac,
        speed=speed,
        seed=seed,
        audit_log=audit_log,
    )
    try:
        serve(
            serving,
            lambda endpoint: typer.echo(f"quaysim serves {endpoint.url}, kubeconfig {kubeconfig_out}"),
        )
    except (ServingError, CannotListenError) as error:
        raise CommandError(str(error)) from error
    return 0
