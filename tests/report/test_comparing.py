"""`quaysim report diff`: what changed since the last run, and an exit code that says whether anything did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from quaysim.cli import main
from quaysim.report.comparing import kind_of
from quaysim.report.states import State
from tests.report.project import Report

Write = Callable[..., Path]
A, B = "features/x.feature::A", "features/x.feature::B"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write("old.yaml", {id: state}, version)`: a report with these scenarios."""

    def report(name: str, states: dict[str, str], version: str = "3.7.10") -> Path:
        content: dict[str, Any] = {
            "kind": "ConformanceReport",
            "mode": "cluster",
            "interrupted": False,
            "implementation": {"operator": {"name": "Quay Operator", "version": version}},
            "features": {"digest": "sha256:0"},
            "capabilities": {"supported": []},
            "profiles": [
                {
                    "failed": [
                        {"id": id_, "reason": "it broke\nmore"} for id_ in states if states[id_] == "failed"
                    ],
                    "skipped": [],
                }
            ],
            "scenarios": [{"id": id_, "state": state} for id_, state in states.items()],
        }
        path = tmp_path / name
        path.write_text(yaml.safe_dump(content))
        return path

    return report


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("passed", "failed", "newly failing"),
        ("not_supported", "error", "newly failing"),
        ("", "failed", "newly failing"),
        ("failed", "passed", "fixed"),
        ("error", "passed", "fixed"),
        ("passed", "not_supported", "newly not supported"),
        ("failed", "not_supported", "newly not supported"),
        ("passed", "skipped", "no longer checked"),
        ("failed", "disabled", "no longer checked"),
        ("skipped", "passed", "checked again"),
        ("not_supported", "passed", "checked again"),
        ("", "passed", "new"),
        ("passed", "", "removed"),
        ("failed", "error", "otherwise"),
        ("skipped", "disabled", "otherwise"),
    ],
)
def test_changes_are_told_apart(was: str, now: str, kind: str) -> None:
    states = [State[state.upper()] if state else None for state in (was, now)]
    assert kind_of(*states) == kind


def test_nothing_changed_is_exit_code_0(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write("old.yaml", {A: "passed", B: "failed"}), write("new.yaml", {A: "passed", B: "failed"})
    assert main(["report", "diff", str(old), str(new)]) == 0
    assert capsys.readouterr().out == "2 of 2 scenarios as before\n"


def test_a_change_is_exit_code_1_and_told_with_its_reason(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (
        write("old.yaml", {A: "passed", B: "passed"}),
        write("new.yaml", {A: "failed", B: "passed"}, "3.7.11"),
    )
    assert main(["report", "diff", str(old), str(new)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "operator: Quay Operator 3.7.10 -> Quay Operator 3.7.11",
        "newly failing (1)",
        f"  {A}",
        "    passed -> failed: it broke",
        "1 of 2 scenarios as before",
    ]


def test_another_version_alone_is_no_change(write: Write) -> None:
    old, new = write("old.yaml", {A: "passed"}), write("new.yaml", {A: "passed"}, "3.7.11")
    assert main(["report", "diff", str(old), str(new)]) == 0


def test_the_result_is_there_for_programs(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write("old.yaml", {A: "passed"}), write("new.yaml", {B: "passed"})
    assert main(["report", "diff", str(old), str(new), "-o", "json"]) == 1
    told = orjson.loads(capsys.readouterr().out)
    assert told["same"] is False
    assert [(change["kind"], change["id"]) for change in told["changes"]] == [("removed", A), ("new", B)]


def test_a_directory_stands_for_the_report_in_it(report: Report) -> None:
    assert main(["report", "diff", str(report.directory), str(report.directory / "report.yaml")]) == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "no such file or directory"),
        ("a: [", "not YAML: "),
        ("kind: Pod", "not a ConformanceReport"),
        ("kind: ConformanceReport", "a ConformanceReport with parts missing: 'profiles'"),
        (
            "{kind: ConformanceReport, profiles: [], scenarios: [{id: a, state: odd}]}",
            "a ConformanceReport with parts missing: 'ODD'",
        ),
    ],
)
def test_what_is_no_report_is_one_line_and_exit_code_2(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, told: str
) -> None:
    bad = tmp_path / "bad.yaml"
    if text is not None:
        bad.write_text(text)
    assert main(["report", "diff", str(write("old.yaml", {})), str(bad)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"quaysim: {bad}: {told}")
    assert said.count("\n") == 1
