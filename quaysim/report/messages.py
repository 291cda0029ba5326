"""`messages.ndjson`: the run as Cucumber Messages, which many tools show, compare and collect.

Protocol: github.com/cucumber/messages. One JSON object a line: the feature files with their syntax trees and
pickles, the definitions of steps, and of each scenario that ran the steps with their results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quaysim.report.outcome import StepOutcome
from quaysim.report.run import Result, Run
from quaysim.report.states import State
from quaysim.report.versions import SUITE, machine

PROTOCOL = "34.2.0"
Envelope = dict[str, Any]
HOOKS = {"setup": "BEFORE_TEST_CASE", "teardown": "AFTER_TEST_CASE"}
"""Phases of pytest in which no step runs, as Cucumber calls them."""


def messages(run: Run) -> Iterator[Envelope]:
    """The envelopes in their order."""
    yield _meta()
    for file in run.files.read():
        yield {"source": {"uri": file.uri, "data": file.text, "mediaType": "text/x.cucumber.gherkin+plain"}}
        yield {"gherkinDocument": file.document}
        yield from ({"pickle": pickle} for pickle in file.pickles)
    story = _Story(run)
    yield from story.definitions()
    yield {"testRunStarted": {"id": story.id, "timestamp": moment(run.started)}}
    for result in _that_ran(run):
        yield from story.case(result)
    yield {
        "testRunFinished": {
            "testRunStartedId": story.id,
            "success": run.success and not run.interrupted,
            "timestamp": moment(run.finished),
        }
    }


def _that_ran(run: Run) -> Iterable[Result]:
    return (result for result in run.results if result.case.pickle is not None and result.outcome.started)


def _meta() -> Envelope:
    host = machine()
    return {
        "meta": {
            "protocolVersion": PROTOCOL,
            "implementation": {"name": "quaysim", "version": SUITE},
            "runtime": {"name": "Python", "version": host["python"]},
            "os": {"name": host["system"], "version": host["release"]},
            "cpu": {"name": host["machine"]},
        }
    }


class _Story:
    """What happened, with ids that refer to each other."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.new_id = run.files.ids.get_next_id
        self.id = self.new_id()
        self._definitions = {
            (step.place, step.pattern): self.new_id()
            for result in run.results
            for step in result.outcome.steps
            if step.place
        }
        broken = {result.outcome.phase for result in run.of(State.ERROR)}
        self._hooks = {phase: self.new_id() for phase in HOOKS if phase in broken}

    def definitions(self) -> Iterator[Envelope]:
        """What the steps that ran are defined by, and the hooks that failed."""
        for (place, pattern), id_ in self._definitions.items():
            uri, _, line = place.rpartition(":")
            source = {"uri": uri, "location": {"line": int(line)}}
            written = {"source": pattern, "type": "CUCUMBER_EXPRESSION"}
            yield {"stepDefinition": {"id": id_, "pattern": written, "sourceReference": source}}
        for phase, id_ in self._hooks.items():
            source = {"uri": "quaysim/pytest_plugin.py"}
            yield {"hook": {"id": id_, "name": phase, "type": HOOKS[phase], "sourceReference": source}}

    def case(self, result: Result) -> Iterator[Envelope]:
        """One scenario that ran."""
        steps = list(self._steps(result))
        case, attempt, at = self.new_id(), self.new_id(), result.outcome.started
        pickle = result.case.pickle or {}
        listed = [step for step, _ in steps]
        yield {
            "testCase": {
                "id": case, "testRunStartedId": self.id, "pickleId": pickle["id"], "testSteps": listed,
            }
        }  # fmt: skip
        yield {
            "testCaseStarted": {
                "id": attempt, "attempt": 0, "testCaseId": case, "timestamp": moment(at),
            }
        }  # fmt: skip
        for step, outcome in steps:
            ids = {"testCaseStartedId": attempt, "testStepId": step["id"]}
            yield {"testStepStarted": {**ids, "timestamp": moment(at)}}
            at += outcome.seconds
            yield {"testStepFinished": {**ids, "testStepResult": _result(outcome), "timestamp": moment(at)}}
        yield {
            "testCaseFinished": {
                "testCaseStartedId": attempt, "willBeRetried": False, "timestamp": moment(at),
            }
        }  # fmt: skip

    def _steps(self, result: Result) -> Iterator[tuple[Envelope, StepOutcome]]:
        """The steps of a scenario, and around them what broke outside of them."""
        broken = result.outcome.phase if result.state is State.ERROR else ""
        if broken == "setup":
            yield self._hook(result)
        pickle: Mapping[str, Any] = result.case.pickle or {}
        for index, step in enumerate(pickle["steps"]):
            outcome = result.step(index) or StepOutcome("SKIPPED")
            yield {"id": self.new_id(), "pickleStepId": step["id"], **self._matched(outcome)}, outcome
        if broken == "teardown":
            yield self._hook(result)

    def _matched(self, outcome: StepOutcome) -> Envelope:
        """What defines a step that was reached: nothing, if it is undefined."""
        known = self._definitions.get((outcome.place, outcome.pattern))
        if known:
            return {"stepDefinitionIds": [known], "stepMatchArgumentsLists": [{"stepMatchArguments": []}]}
        undefined = outcome.status == "UNDEFINED"
        return {"stepDefinitionIds": [], "stepMatchArgumentsLists": []} if undefined else {}

    def _hook(self, result: Result) -> tuple[Envelope, StepOutcome]:
        outcome = StepOutcome("FAILED", message=result.outcome.detail or result.outcome.reason)
        return {"id": self.new_id(), "hookId": self._hooks[result.outcome.phase]}, outcome


def _result(outcome: StepOutcome) -> Envelope:
    told = {"status": outcome.status, "duration": moment(outcome.seconds)}
    return {**told, "message": outcome.message} if outcome.message else told


def moment(seconds: float) -> dict[str, int]:
    """A time or a duration as Cucumber Messages have it."""
    whole = int(seconds)
    return {"seconds": whole, "nanos": int((seconds - whole) * 1e9)}
