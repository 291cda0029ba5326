"""What happened to a scenario, in the form in which it travels from where it ran to where it is reported.

Everything in an outcome has been redacted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from quaysim.report.states import State

RUNNING = "UNKNOWN"
"""The status of a step that has not ended."""
PROPERTY = "quaysim-outcome"
"""The name of the property of a pytest report that carries an outcome."""


@dataclass(slots=True)
class StepOutcome:
    """A step that has begun. `status` is Cucumber's; `place` and `pattern` are those of its definition."""

    status: str = RUNNING
    seconds: float = 0.0
    message: str = ""
    place: str = ""
    pattern: str = ""


@dataclass(slots=True)
class Exchange:
    """One request to the API server and its answer.

    `step` counts from 0 and is -1 outside of steps; `at` and `seconds` are real time, from the beginning of
    the scenario. `status` is 0 where there was no answer. `message` is what a refusal says.
    """

    step: int
    at: float
    method: str
    path: str
    status: int
    seconds: float
    body: Any = None
    message: str = ""


@dataclass(slots=True)
class Outcome:
    """What happened to a scenario. `id` is pytest's node id.

    `line` and `values` (of the example row) tell which scenario of its file it is. `detail` is the traceback
    of an error; `missing` are capabilities; `evidence` is what the cluster said when the scenario failed; `facts`
    are about the cluster, told by the first scenario of each process.
    """

    id: str
    state: State = State.PASSED
    reason: str = ""
    detail: str = ""
    phase: str = "call"
    line: int = 0
    values: list[str] = field(default_factory=list)
    started: float = 0.0
    seconds: float = 0.0
    steps: list[StepOutcome] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def failed_step(self) -> int:
        """The index of the step that ended the scenario; -1 if none did."""
        last = len(self.steps) - 1
        return last if self.steps and self.steps[last].status != "PASSED" else -1

    def encode(self) -> str:
        """As text."""
        return orjson.dumps(self).decode()


def decode(text: str) -> Outcome:
    """The outcome that `encode` wrote."""
    data = orjson.loads(text)
    data["state"] = State(data["state"])
    data["steps"] = [StepOutcome(**step) for step in data["steps"]]
    data["exchanges"] = [Exchange(**exchange) for exchange in data["exchanges"]]
    return Outcome(**data)
