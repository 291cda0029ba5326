"""`quaysim coverage`: which documented behaviours have scenarios."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from quaysim.commands import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quaysim.catalogue import Coverage, Tally


class Format(StrEnum):
    """The forms of the report."""

    TEXT = "text"
    JSON = "json"


def command(
    form: Annotated[
        Format, typer.Option("--format", help="text for people, json for programs.")
    ] = Format.TEXT,
    features: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Feature files; the project's own by default.")
    ] = None,
) -> int:
    """Say which of the documented behaviours have scenarios, by area and by section of the documentation."""
    from quaysim.catalogue import UnreadableFeatureError, coverage  # noqa: PLC0415 - only this command needs it

    if features is not None and not features.is_dir():
        raise CommandError(f"{features}: no such directory")
    try:
        found = coverage(features)
    except UnreadableFeatureError as error:
        raise CommandError(str(error)) from error
    text = orjson.dumps(found.as_json()).decode() if form is Format.JSON else _text(found)
    typer.echo(text)
    return 0


def _text(found: Coverage) -> str:
    tally = found.tally
    share = f"{tally.covered} of {tally.total} documented behaviours have scenarios ({tally.percent:.1f} %)"
    lines = [
        f"{share}, {tally.must_covered} of the {tally.must} that must hold.",
        *_table("Area", found.areas),
        *_table("Section", found.sections),
    ]
    if found.unknown:
        lines += ["", f"Not in the catalogue: {', '.join(sorted(found.unknown))}"]
    return "\n".join(lines)


def _table(title: str, tallies: Mapping[str, Tally]) -> list[str]:
    width = max(len(name) for name in (title, *tallies))
    head = f"{title:<{width}}  scenarios            must"
    return ["", head, *(_row(name, tally, width) for name, tally in tallies.items())]


def _row(name: str, tally: Tally, width: int) -> str:
    share = f"{tally.covered:>3} of {tally.total:<3} {tally.percent:>5.0f} %"
    return f"{name:<{width}}  {share}    {tally.must_covered:>3} of {tally.must}".rstrip()
