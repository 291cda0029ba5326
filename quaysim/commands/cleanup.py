"""`quaysim cleanup`: remove what an interrupted run has left in a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import CommandError
from quaysim.targets.connection import CONSENT, BadKubeconfig, Options

if TYPE_CHECKING:
    from quaysim.targets.removal import Removal
    from quaysim.targets.run import Run

LEFT = 3
"""The exit code if not everything could be removed."""


def command(
    *,
    run: Annotated[
        str, typer.Option(metavar="ID", help="The run, such as quaysim-3fa9c1: its head names it.")
    ],
    kubeconfig: Annotated[Path, typer.Option(metavar="FILE", help="The kubeconfig of the cluster.")],
    context: Annotated[str, typer.Option(metavar="NAME", help="The context in it.")],
    i_know_this_is_not_a_test_cluster: Annotated[
        bool,
        typer.Option(CONSENT, help="Use a context that does not look like a test cluster."),
    ] = False,
) -> int:
    """Remove what a run of scenarios has left in a cluster: its namespaces, and what carries its label.

    Nothing else is touched. Prints what was removed. Exit code: 0 all is gone, 3 something is left, 2 the cluster
    cannot be used.
    """
    import urllib3.exceptions  # noqa: PLC0415 - half a second that the other commands do not need

    from fake_cluster.errors import ApiError  # noqa: PLC0415 - as above
    from quaysim.targets.cleaning import clean  # noqa: PLC0415
    from quaysim.targets.run import run_of  # noqa: PLC0415

    if not kubeconfig.is_file():
        raise CommandError(f"{kubeconfig}: no such file")
    options = Options(str(kubeconfig), context, not_a_test_cluster=i_know_this_is_not_a_test_cluster)
    try:
        found = run_of(run)
        return _report(found, clean(options, found))
    except (BadKubeconfig, ApiError, ValueError) as error:
        raise CommandError(str(error)) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise CommandError(f"the cluster does not answer: {error}") from error


def _report(run: Run, removal: Removal) -> int:
    for line in removal.removed:
        typer.echo(f"removed {line}")
    for line in removal.left:
        typer.echo(f"left    {line}")
    if not (removal.removed or removal.left):
        typer.echo(f"nothing is left of {run.id}")
    return LEFT if removal.left else 0
