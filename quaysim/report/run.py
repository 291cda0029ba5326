"""A run as a whole: what was asked for, what came of it, and on what it ran. All reports are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from quaysim.report.gherkin import Case, FeatureFiles
from quaysim.report.outcome import Outcome, StepOutcome
from quaysim.report.states import State

Mode = Literal["simulated", "cluster"]
NOT_REACHED = "the run ended before it"


@dataclass(frozen=True)
class Result:
    """A scenario and what came of it."""

    case: Case
    outcome: Outcome

    @property
    def state(self) -> State:
        """The state of the scenario."""
        return self.outcome.state

    @property
    def needs(self) -> list[str]:
        """The capabilities that it needs."""
        return self.case.tagged("needs")

    @property
    def failed_sentence(self) -> tuple[str, int]:
        """The sentence that ended it and its line; empty and the scenario's own if none did."""
        index = self.outcome.failed_step
        if not 0 <= index < len(self.case.sentences):
            return "", self.case.line
        found = self.case.sentences[index]
        return f"{found.keyword} {found.text}", found.line

    @property
    def place(self) -> str:
        """File and line where somebody has to look."""
        return f"{self.case.uri}:{self.failed_sentence[1]}"

    def step(self, index: int) -> StepOutcome | None:
        """What came of a sentence; None if it was not reached."""
        return self.outcome.steps[index] if index < len(self.outcome.steps) else None


@dataclass
class Run:
    """A run. `started` and `finished` are seconds since the epoch; `rerun` begins the command for a scenario."""

    files: FeatureFiles
    mode: Mode
    described: str
    rerun: str
    started: float
    finished: float = 0.0
    interrupted: bool = False
    results: list[Result] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def success(self) -> bool:
        """Whether nothing was found wrong."""
        return not any(result.state.is_bad for result in self.results)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """About the cluster: the fullest account that a process gave."""
        told = [result.outcome.facts for result in self.results if result.outcome.facts]
        return max(told, key=lambda facts: bool(facts.get("quay")), default={})

    @property
    def capabilities(self) -> tuple[list[str], list[str]]:
        """What scenarios had of the cluster, and what they lacked."""
        had = {name for result in self.results for name in result.outcome.capabilities}
        lacked = {name for result in self.results for name in result.outcome.missing}
        return sorted(had), sorted(lacked - had)

    def of(self, *states: State) -> list[Result]:
        """The results in these states."""
        return [result for result in self.results if result.state in states]


def results(files: FeatureFiles, outcomes: Iterable[Outcome]) -> list[Result]:
    """Outcomes with the scenarios that they are about, in the order of the feature files."""
    found = [Result(_case(files, outcome), outcome) for outcome in outcomes]
    return sorted(found, key=lambda result: (result.case.uri, result.case.line, result.outcome.values))


def _case(files: FeatureFiles, outcome: Outcome) -> Case:
    uri = outcome.id.partition("::")[0]
    file = files.get(uri)
    found = None
    if file is not None:
        found = file.case(outcome.id, outcome.line, tuple(outcome.values)) or file.case_by_id(outcome.id)
    return found or Case(outcome.id, uri, outcome.id.rpartition("::")[2])
