"""`quaysim report`: what can be done with the reports of runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quaysim.report.comparing import Difference

app = typer.Typer(help="What can be done with the reports of runs.", rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Work with the reports that `pytest features/ --conformance-report DIR` leaves."""


class Output(StrEnum):
    """The forms of a comparison."""

    TEXT = "text"
    JSON = "json"


@app.command("diff", short_help="What changed from one report to the next.")
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier report.yaml, or its directory.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later one.")],
    *,
    output: Annotated[Output, typer.Option("--output", "-o", help="The form of the result.")] = Output.TEXT,
) -> int:
    """Say what changed from one report to the next: what fails now, what holds again, what is no longer checked.

    Exit code: 0 every scenario is as it was, 1 some are not, 2 unreadable input.
    """
    from quaysim.report import comparing  # noqa: PLC0415 - only this command needs it

    try:
        difference = comparing.compare(comparing.read(old), comparing.read(new))
    except comparing.UnreadableReport as error:
        raise CommandError(str(error)) from error
    typer.echo(_json(difference) if output is Output.JSON else "\n".join(_text(difference)))
    return 0 if difference.same else 1


def _json(difference: Difference) -> str:
    from dataclasses import asdict  # noqa: PLC0415 - as above

    import orjson  # noqa: PLC0415 - as above

    told = {
        "old": difference.old.path,
        "new": difference.new.path,
        "same": difference.same,
        "changes": [asdict(change) for change in difference.changes],
        "about": {name: {"old": old, "new": new} for name, old, new in difference.about},
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _text(difference: Difference) -> Iterator[str]:
    from quaysim.report.comparing import CHANGES  # noqa: PLC0415 - as above

    for name, old, new in difference.about:
        yield f"{name}: {old or '-'} -> {new or '-'}"
    for kind in CHANGES:
        changes = difference.of(kind)
        if changes:
            yield f"{kind} ({len(changes)})"
        for change in changes:
            yield f"  {change.id}"
            yield f"    {change.was or '-'} -> {change.now or '-'}{_reason(change.reason)}"
    unchanged = len(difference.new.states) - sum(bool(change.now) for change in difference.changes)
    yield f"{unchanged} of {len(difference.new.states)} scenarios as before"


def _reason(reason: str) -> str:
    first = reason.strip().partition("\n")[0]
    return f": {first}" if first else ""
