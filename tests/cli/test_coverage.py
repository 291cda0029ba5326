from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

FEATURE = """\
Feature: One
  @behaviour:tls.managed-requires-managed-route
  Scenario: Two
    Given three
"""


def test_coverage_counts_behaviours_by_area_and_section(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.feature").write_text(FEATURE)
    ran = run("coverage", "--format", "json", "--features", str(tmp_path))
    report = json.loads(ran.out)
    assert (ran.code, report["behaviours"], report["covered"]) == (0, 578, 1)
    assert report["areas"]["tls-route"]["covered"] == report["sections"]["3.4"]["covered"] == 1
    assert set(report["areas"]["hpa"]) == {"total", "covered", "must", "must_covered"}


def test_coverage_reads_as_a_table(run: Run) -> None:
    lines = run("coverage").out.splitlines()
    assert "of 578 documented behaviours have scenarios" in lines[0]
    assert any(line.startswith("tls-route ") for line in lines)


def test_features_that_cannot_be_read_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.feature").write_text("Scenario: of no feature\n")
    ran = run("coverage", "--features", str(tmp_path))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "broken.feature" in ran.err


def test_a_directory_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("coverage", "--features", str(tmp_path / "none"))
    assert (ran.code, ran.err) == (2, f"quaysim: {tmp_path}/none: no such directory\n")
