"""How a failed scenario is told: by its sentences, not by the Python behind them.

A step that finds something else than it expected raises AssertionError; then the sentences of the
scenario are shown with the one that failed, and what it says. Any other exception is a mistake in a step
and keeps its traceback, as does everything with `-vv`.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from pytest_bdd.parser import Scenario, Step

FAILED_STEP = pytest.StashKey[tuple[Scenario, Step]]()


def pytest_bdd_step_error(request: pytest.FixtureRequest, scenario: Scenario, step: Step) -> None:
    """Remember where a scenario has failed."""
    request.node.stash[FAILED_STEP] = (scenario, step)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the failure of a sentence in sentences."""
    report = yield
    found = item.stash.get(FAILED_STEP, None)
    if call.excinfo is not None and found is not None and _is_told_in_sentences(item, call.excinfo.value):
        report.longrepr = told(item.nodeid.partition("::")[0], *found, error=call.excinfo.value)
    return report


def _is_told_in_sentences(item: pytest.Item, error: BaseException) -> bool:
    return isinstance(error, AssertionError) and item.config.get_verbosity() < 2


def told(file: str, scenario: Scenario, failed: Step, error: BaseException) -> str:
    """The scenario's sentences, an arrow before the one that failed, and what is wrong."""
    lines = [f"{'> ' if step is failed else '  '}{step.keyword} {step.name}" for step in scenario.steps]
    return "\n".join([f"{file}:{failed.line_number}", "", *lines, "", str(error)])
