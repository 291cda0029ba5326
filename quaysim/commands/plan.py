"""`quaysim plan`: what would become of a registry, before a cluster is touched."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import DEFAULT_DOMAIN, DEFAULT_VERSION, CommandError, Platform, checked_domain

if TYPE_CHECKING:
    from quaysim.plan import Verdict


class Output(StrEnum):
    """The forms of a plan."""

    TEXT = "text"
    YAML = "yaml"
    JSON = "json"


def command(  # noqa: PLR0913 - the options of the command
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Manifests: files, directories, or - for standard input."),
    ],
    *,
    bundle: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|FILE",
            help="The configuration bundle: a directory whose files are its keys, a Secret, or a config.yaml.",
        ),
    ] = None,
    platform: Annotated[Platform, typer.Option(help="The cluster to plan for.")] = Platform.OPENSHIFT,
    apps_domain: Annotated[
        str, typer.Option(metavar="DOMAIN", help="The domain of the router's host names.")
    ] = DEFAULT_DOMAIN,
    operator_version: Annotated[
        str, typer.Option(metavar="VERSION", help="The version of the Quay Operator.")
    ] = DEFAULT_VERSION,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", help="The namespace of objects that name none.")
    ] = "default",
    output: Annotated[
        Output,
        typer.Option(
            "--output", "-o", help="text: the verdict; yaml: every object; json: the verdict as data."
        ),
    ] = Output.TEXT,
) -> int:
    """Say what would become of a registry, before a cluster is touched.

    Applies QuayRegistries, Secrets and anything else to a fresh simulated cluster, lets time pass until nothing
    changes any more, and says what would be created, by component, and where it would be blocked: the rule, the
    field and the fix.

    Exit code: 0 Available, 3 blocked or not ready, 2 unreadable input.
    """
    from quaysim import plan  # noqa: PLC0415 - only this command needs it

    try:
        setup = plan.Setup(
            plan.read_manifests(files),
            plan.read_bundle(bundle) if bundle is not None else None,
            platform.value,
            checked_domain(apps_domain),
            operator_version,
            namespace,
        )
        verdict = plan.judge(plan.simulate(setup))
    except plan.UnreadableInput as error:
        raise CommandError(str(error)) from error
    _print(verdict, output)
    return verdict.exit_code


def _print(verdict: Verdict, output: Output) -> None:
    from rich.console import Console  # noqa: PLC0415 - only this command needs it

    from quaysim import plan  # noqa: PLC0415 - as above

    if output is Output.TEXT:
        plan.as_text(verdict, Console(highlight=False))
    else:
        typer.echo(plan.as_yaml(verdict).rstrip("\n") if output is Output.YAML else plan.as_json(verdict))
