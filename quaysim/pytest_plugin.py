"""The pytest plugin behind `pytest features/`: options, the target of each scenario, and its report."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from quaysim.gherkin import collector, failures, lookup, tags
from quaysim.report.secrets import redactor_for
from quaysim.targets import ApiError, CannotRun, NoCluster, Target, Targets, Unsupported, options
from quaysim.targets.diagnosis import describe

pytest_plugins = ["quaysim.report.plugin"]
TARGETS = pytest.StashKey[Targets]()
TARGET = pytest.StashKey[Target]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that say on which cluster scenarios run."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, the feature collector and the step look-up; look at the options."""
    for line in tags.MARKERS:
        config.addinivalue_line("markers", line)
    for part in (collector, failures, lookup, tags):
        config.pluginmanager.register(part)
    if not config.getoption("help"):
        config.stash[TARGETS] = options.targets(config)


def pytest_report_header(config: pytest.Config) -> str:
    """Say on what the scenarios run."""
    return f"scenarios run on {config.stash[TARGETS].describe()}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage less often: a cluster's objects are many, and most of them live as long as it does."""
    if _has_scenarios(session):
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)
        if not session.config.getoption("collectonly"):
            _prepare(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Prepare the cluster before the first worker of a parallel run, and tell each what is known."""
    _prepare(node.config)
    node.workerinput[options.TOLD] = node.config.stash[TARGETS].told() or None


def _prepare(config: pytest.Config) -> None:
    """Make the cluster ready for scenarios; raises pytest.UsageError if they cannot run on it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")

    def tell(line: str) -> None:
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(line)

    try:
        config.stash[TARGETS].prepare(tell)
    except (CannotRun, NoCluster, ApiError) as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take back what the run has made."""
    if TARGETS in config.stash:
        config.stash[TARGETS].finish()


def _has_scenarios(session: pytest.Session) -> bool:
    return any(item.path.suffix == ".feature" for item in session.items)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Spare a run of scenarios what others do at the end: look through all memory, import Hypothesis to say nothing.

    Half a second each.
    """
    config = session.config
    if _has_scenarios(session):
        gc.freeze()
    unused = "hypothesis" not in sys.modules and not config.getoption(
        "hypothesis_show_statistics", default=False
    )
    if unused and config.pluginmanager.has_plugin("hypothesispytest"):
        config.pluginmanager.unregister(name="hypothesispytest")


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The cluster of one scenario; skips the scenario if no such cluster can be had."""
    needs = {mark.args[0] for mark in request.node.iter_markers("needs")}
    try:
        opened = request.config.stash[TARGETS].open(needs)
    except (Unsupported, NoCluster) as reason:
        pytest.skip(str(reason))
    with opened:
        request.node.stash[TARGET] = opened
        yield opened
    del request.node.stash[TARGET]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed scenario what the cluster says of its registries, and how to run it again.

    The secrets of a foreign cluster are taken out of what is shown.
    """
    report = yield
    if report.when == "call" and report.failed and TARGET in item.stash:
        opened = item.stash[TARGET]
        report.sections.append(("the registries and what happened to them", describe(opened)))
        report.sections.append(("ran on", item.config.stash[TARGETS].describe()))
        if item.config.getoption("cluster") != "fake":
            _redact(report, opened)
    return report


def _redact(report: pytest.TestReport, opened: Target) -> None:
    redactor = redactor_for(opened)
    report.longrepr = redactor.text(report.longreprtext)
    report.sections = [(name, redactor.text(text)) for name, text in report.sections]
