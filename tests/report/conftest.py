"""One report of the small suite, for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.project import Report, run, write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The small suite, not yet run."""
    return write_project(tmp_path)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of the whole suite."""
    return run(write_project(tmp_path_factory.mktemp("suite")))
