"""Recordings of whole runs, found again: which scenarios two of them have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

STORY = "story.md"


def scenarios_in(recording: Path) -> set[Path]:
    """The directories of the scenarios in a recording, below it."""
    return {story.parent.relative_to(recording) for story in recording.rglob(STORY)}


def is_of_a_run(path: str) -> bool:
    """Whether this is the recording of a run, rather than that of one scenario."""
    place = Path(path)
    return place.is_dir() and not (place / STORY).exists() and any(place.rglob(STORY))


def pairs(one: str, other: str) -> Iterator[tuple[str, str, str]]:
    """Scenario and its directory in each of two recordings, for those that both have."""
    common = scenarios_in(Path(one)) & scenarios_in(Path(other))
    for scenario in sorted(common):
        yield str(scenario), str(Path(one) / scenario), str(Path(other) / scenario)


def in_one_alone(one: str, other: str) -> list[str]:
    """The scenarios that only one of the two recordings has."""
    return sorted(map(str, scenarios_in(Path(one)) ^ scenarios_in(Path(other))))
