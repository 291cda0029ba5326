"""The pytest plugin that reports and records runs: `--conformance-report` and `--record`.

Without these options nothing of it takes part in a run.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from quaysim.report.observing import Observer

REPORT, RECORD = "--conformance-report", "--record"
REPLAYED = (
    "--cluster", "--kubeconfig", "--context", "--operator", "--stand-ins", "--backing", "--seed",
    "--apps-domain", "--capabilities", "--i-know-this-is-not-a-test-cluster",
)  # fmt: skip
"""The options that a scenario has to be run with again to run in the same way."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    option = parser.getgroup("quaysim", "conformance of the Quay Operator").addoption
    option(
        REPORT,
        metavar="DIR",
        help="write report.yaml, report.html, messages.ndjson, junit.xml, environment.yaml and requests.ndjson there;"
        " a path that ends in .yaml takes report.yaml alone",
    )
    option(
        RECORD,
        metavar="DIR",
        help="record there what the cluster did in each scenario, step by step, for `quaysim diff`",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register what the options ask for."""
    report, recording = config.getoption(REPORT), config.getoption(RECORD)
    if not (report or recording) or config.getoption("help") or config.getoption("collectonly"):
        return
    from quaysim.report.observing import Observer  # noqa: PLC0415 - only such a run pays for it

    observer = Observer(config.rootpath)
    config.pluginmanager.register(observer, "quaysim-observer")
    if recording:
        _register_recorder(config, Path(recording), observer)
    if report and not hasattr(config, "workerinput"):
        _register_reporter(config, Path(report), observer)


def _register_recorder(config: pytest.Config, path: Path, observer: Observer) -> None:
    from quaysim.report.recording import Recorder  # noqa: PLC0415 - as above

    directory = config.invocation_params.dir / path
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise pytest.UsageError(f"{RECORD}: nothing can be written to {path}: {reason}") from error
    config.pluginmanager.register(Recorder(directory, observer), "quaysim-recorder")


def _register_reporter(config: pytest.Config, path: Path, observer: Observer) -> None:
    from quaysim.report.reporting import Reporter  # noqa: PLC0415 - as above
    from quaysim.report.writing import Destination  # noqa: PLC0415 - as above

    destination = Destination(config.invocation_params.dir / path)
    try:
        destination.prepare()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise pytest.UsageError(f"{REPORT}: nothing can be written to {path}: {reason}") from error
    reporter = Reporter(config, destination, observer, rerun_command(config.invocation_params.args))
    config.pluginmanager.register(reporter, "quaysim-reporter")


def rerun_command(arguments: tuple[str, ...]) -> str:
    """The beginning of the command that runs a scenario in the same way again."""
    kept: list[str] = []
    takes_next = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if takes_next and not argument.startswith("-"):
            kept.append(argument)
        takes_next = name in REPLAYED and not equals
        if name in REPLAYED:
            kept.append(argument)
    return shlex.join(["pytest", *kept])
