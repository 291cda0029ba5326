"""How much of the catalogue has scenarios: in all, by area, by section of the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from quaysim.catalogue.behaviours import Behaviour, behaviours
from quaysim.catalogue.scenarios import Scenario, scenarios


@dataclass(frozen=True)
class Tally:
    """Behaviours of an area or a section: how many there are, and how many have a scenario."""

    total: int
    covered: int
    must: int
    must_covered: int

    @property
    def percent(self) -> float:
        """Share of the behaviours that have a scenario."""
        return 100 * self.covered / self.total if self.total else 100.0

    def as_json(self) -> dict[str, int]:
        """`{"total", "covered", "must", "must_covered"}`."""
        return dict(vars(self))


@dataclass(frozen=True)
class Coverage:
    """What the scenarios of a directory cover. `unknown` are ids that no entry of the catalogue has."""

    covered: frozenset[str]
    unknown: frozenset[str]

    @property
    def tally(self) -> Tally:
        """All behaviours."""
        return self._tally(behaviours().values())

    @property
    def areas(self) -> dict[str, Tally]:
        """By area, in alphabetical order."""
        return self._by(lambda behaviour: behaviour.area, str)

    @property
    def sections(self) -> dict[str, Tally]:
        """By the section that makes the statement first, in the document's order."""
        return self._by(lambda behaviour: behaviour.section, section_key)

    def as_json(self) -> dict[str, object]:
        """`{"behaviours", "covered", "areas": {area: tally}, "sections": {section: tally}}`."""
        return {
            "behaviours": self.tally.total,
            "covered": self.tally.covered,
            "areas": {name: tally.as_json() for name, tally in self.areas.items()},
            "sections": {name: tally.as_json() for name, tally in self.sections.items()},
        }

    def _by(self, group: Callable[[Behaviour], str], order: Callable[[str], object]) -> dict[str, Tally]:
        groups: dict[str, list[Behaviour]] = {}
        for behaviour in behaviours().values():
            groups.setdefault(group(behaviour), []).append(behaviour)
        return {name: self._tally(groups[name]) for name in sorted(groups, key=order)}  # type: ignore[arg-type]

    def _tally(self, members: Iterable[Behaviour]) -> Tally:
        everything = list(members)
        musts = [behaviour for behaviour in everything if behaviour.priority == "must"]
        return Tally(
            total=len(everything),
            covered=sum(behaviour.id in self.covered for behaviour in everything),
            must=len(musts),
            must_covered=sum(behaviour.id in self.covered for behaviour in musts),
        )


def coverage(directory: Path | None = None) -> Coverage:
    """What the scenarios below a directory (default: this project's) cover."""
    return coverage_of(scenarios(directory))


def coverage_of(found: Iterable[Scenario]) -> Coverage:
    """What these scenarios cover."""
    named = frozenset(id_ for scenario in found for id_ in scenario.behaviours)
    known = behaviours().keys()
    return Coverage(covered=named & known, unknown=named - known)


def section_key(section: str) -> tuple[int, ...]:
    """Sorts sections as the document has them: 3.9 before 3.10."""
    return tuple(int(part) for part in section.split("."))
