"""Collects outcomes where a run is controlled, and has the report written when it ends or is interrupted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from types import FrameType
from typing import Any

import pytest

from fake_cluster.machinery.clock import RealClock
from quaysim.report.gherkin import FeatureFiles
from quaysim.report.observing import Observer
from quaysim.report.outcome import PROPERTY, Outcome, decode
from quaysim.report.redaction import Redactor
from quaysim.report.run import NOT_REACHED, Run, results
from quaysim.report.states import State
from quaysim.report.writing import REPORT, Destination

PHASES = frozenset({"setup", "call", "teardown"})
SETTINGS = ("cluster", "context", "operator", "stand_ins", "backing", "seed", "apps_domain", "numprocesses")
LEFT_OUT = "left out at the command line"


class Reporter:
    """A pytest plugin, registered in the process that controls a run."""

    def __init__(
        self, config: pytest.Config, destination: Destination, observer: Observer, rerun: str
    ) -> None:
        self.config = config
        self.destination = destination
        self.observer = observer
        self.disabled = observer.disabled
        self.rerun = rerun
        self.clock = RealClock()
        self.started = self.clock.now()
        self.written: Run | None = None
        self.problem = ""
        self._expected: dict[str, None] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._former_handler: Any = None

    # --- what is heard of the run ---------------------------------------------------------------------

    def pytest_sessionstart(self) -> None:
        """Treat being told to end, as a Pod is when its time is over, like an interruption by hand."""
        if threading.current_thread() is threading.main_thread():
            self._former_handler = signal.signal(signal.SIGTERM, _interrupt)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The scenarios that are to be run in this process."""
        self._expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """The scenarios that are to be run in other processes."""
        self._expect(ids)

    def _expect(self, ids: Iterable[str]) -> None:
        self._expected.update(dict.fromkeys(id_ for id_ in ids if ".feature::" in id_))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A process has ended, and tells which scenarios it had left out."""
        self.disabled += (getattr(node, "workeroutput", None) or {}).get(PROPERTY, [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the outcome out of a report, before others show it."""
        carried = [value for name, value in report.user_properties if name == PROPERTY]
        if carried:
            report.user_properties = [pair for pair in report.user_properties if pair[0] != PROPERTY]
            outcome = decode(str(carried[-1]))
            self._outcomes[outcome.id] = outcome
        elif report.when not in PHASES and ".feature::" in report.nodeid:
            self._broke(report.nodeid, report.longreprtext)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A feature file that cannot be read is an error, too."""
        if report.failed and ".feature" in report.nodeid:
            self._broke(report.nodeid, report.longreprtext, "collection")

    def _broke(self, id_: str, text: str, phase: str = "setup") -> None:
        reason = text.strip().rpartition("\n")[2]
        told = Redactor().text(text)
        self._outcomes[id_] = Outcome(
            id_, State.ERROR, Redactor().text(reason), told, phase, started=self.clock.now()
        )

    # --- the end --------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the report."""
        if self._former_handler is not None:
            signal.signal(signal.SIGTERM, self._former_handler)
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        unread = any(outcome.phase == "collection" for outcome in self._outcomes.values())
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not unread
        run = self._run(interrupted=interrupted)
        try:
            self.destination.write(run)
        except OSError as error:
            self.problem = f"the conformance report cannot be written: {error}"
        self.written = run

    def _run(self, *, interrupted: bool) -> Run:
        files = FeatureFiles(self.config.rootpath)
        return Run(
            files,
            "simulated" if self.config.getoption("cluster") == "fake" else "cluster",
            Redactor().text(self._described()),
            Redactor().text(self.rerun),
            self.started,
            self.clock.now(),
            interrupted,
            results(files, self._all()),
            {name: value for name in SETTINGS if (value := self.config.getoption(name, None)) is not None},
        )

    def _described(self) -> str:
        from quaysim.pytest_plugin import TARGETS  # noqa: PLC0415 - that plugin loads this one

        return self.config.stash[TARGETS].describe()

    def _all(self) -> list[Outcome]:
        """Every scenario that was collected: what has come of it, or why nothing has."""
        outcomes = {id_: Outcome(id_, State.DISABLED, LEFT_OUT) for id_ in self.disabled}
        outcomes |= {id_: Outcome(id_, State.SKIPPED, NOT_REACHED) for id_ in self._expected}
        if unfinished := self.observer.unfinished():
            outcomes[unfinished.id] = unfinished
        return list((outcomes | self._outcomes).values())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the report is."""
        if self.problem:
            terminalreporter.write_line(self.problem, red=True)
        elif self.written is not None:
            path = self.destination.path
            shown = path if self.destination.is_file else path / REPORT
            terminalreporter.write_line(f"conformance report: {shown}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
