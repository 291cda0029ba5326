"""Which scenarios the feature files hold, and which behaviours each of them proves, read from the tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.errors import ParserError
from gherkin.parser import Parser

import quaysim

INSTALLED = Path(quaysim.__file__).parent / "features"
IN_THE_TREE = Path(quaysim.__file__).parents[1] / "features"


@dataclass(frozen=True)
class Scenario:
    """A scenario, or a whole outline: where it stands and what it proves."""

    path: Path
    line: int
    title: str
    tags: frozenset[str]

    @property
    def behaviours(self) -> frozenset[str]:
        """The ids of the catalogue entries that it proves."""
        return frozenset(
            tag.removeprefix("@behaviour:") for tag in self.tags if tag.startswith("@behaviour:")
        )

    @property
    def differs(self) -> bool:
        """Whether the real operator does not do here what the documentation says."""
        return "@documentation-differs" in self.tags


class UnreadableFeatureError(ValueError):
    """A feature file that is not Gherkin; `str()` names file and line."""


def features_directory() -> Path:
    """Where the feature files are: in the package if it is installed, else in the source tree."""
    return INSTALLED if INSTALLED.is_dir() else IN_THE_TREE


def scenarios(directory: Path | None = None) -> list[Scenario]:
    """All scenarios below a directory (default: this project's); raises UnreadableFeatureError."""
    paths = sorted((directory or features_directory()).rglob("*.feature"))
    return [scenario for path in paths for scenario in _scenarios_of(path)]


def _scenarios_of(path: Path) -> Iterator[Scenario]:
    try:
        feature = Parser().parse(path.read_text(encoding="utf-8"))["feature"]
    except ParserError as error:
        raise UnreadableFeatureError(f"{path}: {error}") from error
    if feature is not None:
        yield from _walk(path, feature["children"], _tags(feature))


def _walk(path: Path, children: Iterable[Any], tags: frozenset[str]) -> Iterator[Scenario]:
    for child in children:
        if rule := child.get("rule"):
            yield from _walk(path, rule["children"], tags | _tags(rule))
        elif found := child.get("scenario"):
            yield Scenario(path, found["location"]["line"], found["name"], tags | _tags(found))


def _tags(node: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(tag["name"] for tag in node["tags"])
