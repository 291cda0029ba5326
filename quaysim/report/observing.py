"""Observes scenarios where they run, and attaches to pytest's report of each what happened in it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.steps import step_function_context_registry

from quaysim.report.evidence import evidence
from quaysim.report.facts import facts, quay_version
from quaysim.report.judging import judge
from quaysim.report.outcome import PROPERTY, RUNNING, Outcome, StepOutcome
from quaysim.report.redaction import Redactor
from quaysim.report.states import State
from quaysim.report.traffic import RecordingPool, Traffic, tap
from quaysim.targets import ApiError, Target

TARGET_FIXTURE = "target"
INTERRUPTED = "the run was interrupted in it"
ROW = "_pytest_bdd_example"
Fixture = pytest.FixtureDef[object]


@dataclass
class Observation:
    """A scenario that runs."""

    outcome: Outcome
    began: float = field(default_factory=perf_counter)
    step_began: float = 0.0
    traffic: Traffic = field(default_factory=Traffic)
    target: Target | None = None
    pool: RecordingPool | None = None
    redactor: Redactor = field(default_factory=Redactor)

    def begin_step(self, step: StepOutcome) -> None:
        """A step begins."""
        self.outcome.steps.append(step)
        self.traffic.step += 1
        self.step_began = perf_counter()

    def end_step(self, status: str) -> None:
        """It has ended."""
        last = self.outcome.steps[-1]
        last.status, last.seconds = status, perf_counter() - self.step_began

    def break_off(self, error: BaseException) -> None:
        """The scenario ends with the step that runs, if one does (pytest-bdd says nothing of skips)."""
        if self.outcome.steps and self.outcome.steps[-1].status == RUNNING:
            self.end_step("SKIPPED" if isinstance(error, pytest.skip.Exception) else "FAILED")
            self.outcome.steps[-1].message = judge(error, "call").reason

    def open(self, target: Target) -> None:
        """The scenario has got its target."""
        self.target = target
        self.outcome.capabilities = sorted(target.capabilities)
        for token in getattr(target.api_client.configuration, "api_key", {}).values():
            self.redactor.learn(token.removeprefix("Bearer "))

    def tell(self, error: BaseException, report: pytest.TestReport) -> None:
        """Keep what is known of a failure while the cluster is still there; the terminal is told no secrets."""
        self.traffic.learn(self.redactor)
        if self.target is not None and not self.outcome.evidence:
            self.outcome.evidence = self.redactor.tree(evidence(self.target))
        told = self.redactor.text(report.longreprtext)
        if told != report.longreprtext:
            report.longrepr = told
        report.sections = [(name, self.redactor.text(text)) for name, text in report.sections]
        if self.outcome.state is State.ERROR or not isinstance(error, AssertionError):
            self.outcome.detail = told

    def finish(self) -> Outcome:
        """The outcome, redacted."""
        outcome = self.outcome
        outcome.seconds = perf_counter() - self.began
        outcome.exchanges = self.traffic.exchanges(self.redactor)
        outcome.reason = self.redactor.text(outcome.reason)
        for step in outcome.steps:
            step.message = self.redactor.text(step.message)
        return outcome


class Observer:
    """A pytest plugin, registered in every process in which scenarios run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.current: Observation | None = None
        self.disabled: list[str] = []
        self._facts: dict[str, Any] = {}
        self._facts_told = False
        self._patterns: dict[Callable[..., Any], tuple[str, str]] = {}

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Some scenarios were left out at the command line."""
        self.disabled += [item.nodeid for item in items if is_scenario(item)]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the controlling process, if there is one, what nobody else can."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[PROPERTY] = self.disabled

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A scenario begins."""
        if is_scenario(item):
            row = item.callspec.params.get(ROW, {}) if hasattr(item, "callspec") else {}
            line = getattr(item, "obj").__code__.co_firstlineno  # noqa: B009 - not every item has one
            self.current = Observation(Outcome(item.nodeid, line=line, values=[str(row[key]) for key in row]))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Fixture) -> Generator[None, object, object]:
        """See the scenario's target as soon as it is there."""
        if fixturedef.argname != TARGET_FIXTURE or self.current is None:
            return (yield)
        target = yield
        if isinstance(target, Target):
            self._open(self.current, target)
        return target

    def _open(self, current: Observation, target: Target) -> None:
        current.open(target)
        if not self._facts:
            self._facts = facts(target)
        current.pool = tap(target.api_client)
        current.pool.traffic = current.traffic

    def pytest_bdd_before_step(self, step: Step, step_func: Callable[..., Any]) -> None:
        """A sentence is about to be carried out."""
        del step
        if self.current is not None:
            place, pattern = self._definition(step_func)
            self.current.begin_step(StepOutcome(place=place, pattern=pattern))

    def pytest_bdd_after_step(self) -> None:
        """It holds."""
        if self.current is not None:
            self.current.end_step("PASSED")

    def pytest_bdd_step_error(self, exception: BaseException) -> None:
        """It does not, or cannot be judged."""
        if self.current is not None:
            self.current.break_off(exception)

    def pytest_bdd_step_func_lookup_error(self, exception: BaseException) -> None:
        """No definition says what the sentence means."""
        if self.current is not None:
            self.current.begin_step(StepOutcome("UNDEFINED", message=str(exception)))

    def _definition(self, function: Callable[..., Any]) -> tuple[str, str]:
        """Where a step is defined, as `file:line`, and the sentences that it stands for."""
        if not self._patterns:
            contexts = step_function_context_registry.values()
            self._patterns = {context.step_func: self._described(context) for context in contexts}
        return self._patterns.get(function, ("", ""))

    def _described(self, context: Any) -> tuple[str, str]:
        code = getattr(context.step_func, "__code__", None)
        if code is None:
            return "", context.parser.name
        path = Path(code.co_filename)
        shown = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        return f"{shown}:{code.co_firstlineno}", context.parser.name

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge each phase; the report of the last one carries the outcome."""
        current = self.current
        if current is None or current.outcome.id != item.nodeid:
            return (yield)
        with current.traffic.pause():
            report = yield
            self._note(current, call, report)
            if call.when == "call":
                self._tell_facts(current)
        if call.when == "teardown":
            report.user_properties.append((PROPERTY, current.finish().encode()))
            self._leave(current)
        return report

    def _note(self, current: Observation, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        error = call.excinfo.value if call.excinfo is not None else None
        judgement, outcome = judge(error, str(call.when)), current.outcome
        outcome.started = outcome.started or call.start
        if error is not None:
            current.break_off(error)
        undecided = outcome.state is State.PASSED
        if (judgement.state.is_bad and judgement.state > outcome.state) or (undecided and error is not None):
            outcome.state, outcome.reason = judgement.state, judgement.reason
            outcome.missing, outcome.phase = list(judgement.missing), str(call.when)
            if error is not None and judgement.state.is_bad:
                current.tell(error, report)

    def _tell_facts(self, current: Observation) -> None:
        """Once for each process; it needs a registry to know the operator's version."""
        if self._facts_told or not self._facts or current.target is None:
            return
        try:
            version = quay_version(current.target)
        except (ApiError, OSError):
            version = ""
        self._facts_told = bool(version)
        current.outcome.facts = {**self._facts, "quay": version}

    def unfinished(self) -> Outcome | None:
        """What has come of a scenario that an interruption left half done in this process."""
        if self.current is None:
            return None
        outcome, self.current = self.current.finish(), None
        outcome.state, outcome.reason = State.SKIPPED, INTERRUPTED
        return outcome

    def _leave(self, current: Observation) -> None:
        if current.pool is not None:
            current.pool.traffic = None
        self.current = None


def is_scenario(item: pytest.Item) -> bool:
    """Whether an item is a scenario of a feature file."""
    return item.path.suffix == ".feature"
