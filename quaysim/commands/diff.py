"""`quaysim diff`: what a simulation and a recording differ in, or any two sets of objects."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from quaysim.commands import CommandError


class Output(StrEnum):
    """The forms of a comparison."""

    TEXT = "text"
    JSON = "json"


def command(
    recorded: Annotated[
        str, typer.Argument(metavar="RECORDED", help="The one set: a YAML file, a directory, or -.")
    ],
    simulated: Annotated[str, typer.Argument(metavar="SIMULATED", help="The other set.")],
    *,
    output: Annotated[Output, typer.Option("--output", "-o", help="The form of the result.")] = Output.TEXT,
) -> int:
    """Say what two sets of objects differ in.

    Compares object by object and field by field; the conditions of QuayRegistries and the Events about them by
    themselves. What is random or set by the cluster does not count: uids, versions, times, generated names and
    passwords, addresses, the cluster's certificates. In a directory, input.yaml is what was applied.

    Two recordings of whole runs (pytest --record) are compared scenario by scenario.

    Exit code: 0 equal, 1 different, 2 unreadable input.
    """
    from quaysim.report import recorded as recordings  # noqa: PLC0415 - only this command needs it

    if recordings.is_of_a_run(recorded) and recordings.is_of_a_run(simulated):
        return _runs(recorded, simulated, output)
    return _sets(recorded, simulated, output)


def _runs(recorded: str, simulated: str, output: Output) -> int:
    """Each scenario that both recordings have; as JSON, one line each."""
    from quaysim.report import recorded as recordings  # noqa: PLC0415 - as above

    codes = []
    for scenario, one, other in recordings.pairs(recorded, simulated):
        if output is Output.TEXT:
            typer.echo(f"== {scenario}")
        codes.append(_sets(one, other, output))
    alone = recordings.in_one_alone(recorded, simulated)
    if output is Output.TEXT:
        for scenario in alone:
            typer.echo(f"== {scenario}: in one recording alone")
        typer.echo(f"{codes.count(0)} of {len(codes)} scenarios equal")
    return max(codes, default=0) or int(bool(alone))


def _sets(recorded: str, simulated: str, output: Output) -> int:
    from rich.console import Console  # noqa: PLC0415 - as above

    from quaysim import diff  # noqa: PLC0415 - as above

    try:
        comparison = diff.compare(diff.read_set(recorded), diff.read_set(simulated))
    except diff.UnreadableSet as error:
        raise CommandError(str(error)) from error
    if output is Output.JSON:
        typer.echo(diff.as_json(comparison), nl=False)
    else:
        diff.as_text(comparison, Console(highlight=False))
    return 0 if comparison.same else 1
