"""What a run leaves behind: every scenario with its state, in every file."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.report.project import FEATURE, FILE, RULE, Report, run, write_project

STATES = {
    "Counting <what>[apples]": "passed",
    "Counting <what>[pears]": "passed",
    "A thing in a rule": "not_supported",
    "What is seen is not what was expected": "failed",
    "A refusal": "failed",
    "A broken step": "error",
    "Nobody tidies up": "error",
    "Without a definition": "error",
    "Another day": "skipped",
    "A secret is kept": "failed",
}


def test_every_scenario_has_a_state(report: Report) -> None:
    assert report.states == STATES


def test_a_report_says_what_was_tested_on_what(report: Report) -> None:
    verdict = report.verdict
    assert (verdict["apiVersion"], verdict["kind"]) == ("quaysim.test/v1", "ConformanceReport")
    assert verdict["mode"] == "simulated"
    assert verdict["interrupted"] is False
    assert verdict["documentation"]["product"] == "Red Hat Quay Operator"
    assert verdict["documentation"]["version"] == "3.7"
    assert (verdict["documentation"]["covered"], verdict["documentation"]["passed"]) == (1, 0)
    assert verdict["implementation"]["operator"]["version"] == "3.7.10"
    assert verdict["implementation"]["kubernetes"]["version"].startswith("v1.")
    assert verdict["features"]["digest"].startswith("sha256:")
    assert verdict["features"]["scenarios"] == len(STATES)


def test_a_missing_capability_is_named(report: Report) -> None:
    capabilities = report.verdict["capabilities"]
    assert capabilities["unsupported"] == ["warp-drive"]
    assert "route-api" in capabilities["supported"]
    assert report.listed("core", "skipped")["A thing in a rule"]["missing"] == ["warp-drive"]


def test_profiles_are_defined_and_judged(report: Report) -> None:
    core, extended = report.verdict["profiles"]
    assert "priority must" in core["definition"]
    assert core["result"] == extended["result"] == "failure"
    assert core["statistics"] == {
        "disabled": 0, "not_supported": 1, "skipped": 0, "passed": 0, "failed": 1, "error": 0,
    }  # fmt: skip
    assert extended["statistics"] == {
        "disabled": 0, "not_supported": 0, "skipped": 1, "passed": 2, "failed": 2, "error": 3,
    }  # fmt: skip


def test_a_failure_names_sentence_place_and_reason(report: Report) -> None:
    failure = report.listed("core", "failed")["What is seen is not what was expected"]
    assert failure["step"] == "Then it is something else"
    line = FEATURE.splitlines().index("      Then it is something else") + 1
    assert failure["at"] == f"{FILE}:{line}"
    assert "expected: Available" in failure["reason"]
    assert failure["behaviours"] == ["tls.managed-uses-cluster-wildcard"]


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("A refusal", "spec.components: Invalid value"),
        ("A broken step", "KeyError: 'nothing'"),
        ("Nobody tidies up", "in teardown: RuntimeError: cannot tidy up"),
        ("Without a definition", 'Step definition is not found: Given "an unheard-of step"'),
    ],
)
def test_what_does_not_hold_is_told_from_what_broke(report: Report, scenario: str, reason: str) -> None:
    assert report.listed("extended", "failed")[scenario]["reason"] == reason


def test_the_terminal_says_where_the_report_is(report: Report) -> None:
    assert f"conformance report: {report.directory / 'report.yaml'}" in report.said


def test_junit_counts_what_the_report_counts(report: Report) -> None:
    suite = ET.fromstring(report.text("junit.xml"))[0]  # noqa: S314 - it is ours
    assert suite.get("file") == FILE
    counts = {name: int(suite.get(name, "")) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 10, "failures": 3, "errors": 3, "skipped": 2}
    failed = next(case for case in suite if case.get("name") == "What is seen is not what was expected")
    told = failed.find("failure")
    assert told is not None
    assert told.text is not None
    assert f"{FILE}:" in told.text
    assert "expected: Available" in told.text


def test_requests_are_listed_by_scenario_and_step(report: Report) -> None:
    id_ = f"{RULE}::What is seen is not what was expected"
    sent = [line for line in report.lines("requests.ndjson") if line["scenario"] == id_]
    assert [(line["step"], line["method"], line["path"], line["status"]) for line in sent] == [
        (1, "POST", "/api/v1/namespaces", 201),
        (1, "POST", "/apis/quay.redhat.com/v1/namespaces/quay-enterprise/quayregistries", 201),
    ]
    assert sent[1]["body"]["spec"] == {"configBundleSecret": "lost"}
    assert all(line["seconds"] > 0 for line in sent)


def test_the_environment_says_what_the_run_ran_with(report: Report) -> None:
    environment = yaml.load(report.text("environment.yaml"), Loader=yaml.CSafeLoader)
    assert environment["settings"]["cluster"] == "fake"
    assert environment["nodes"]["count"] == 3
    assert environment["packages"]["pytest-bdd"]


def test_several_processes_leave_the_same_report(project: Path, report: Report) -> None:
    parallel = run(project, "-n", "2")
    assert parallel.states == report.states
    assert parallel.verdict["implementation"] == report.verdict["implementation"]
    told = [
        {
            (line["scenario"], line["step"], line["method"], line["path"])
            for line in one.lines("requests.ndjson")
        }
        for one in (parallel, report)
    ]
    assert told[0] == told[1]


def test_scenarios_left_out_at_the_command_line_are_disabled(project: Path) -> None:
    chosen = run(project, "-k", "Counting")
    assert chosen.states["A refusal"] == "disabled"
    assert chosen.verdict["profiles"][1]["result"] == "partial"
    assert run(project, "-k", "Counting", "-n", "2").states == chosen.states


def test_a_path_that_ends_in_yaml_takes_the_verdict_alone(project: Path) -> None:
    ran = run(project, "-k", "Counting", report="out/nightly.yaml")
    assert ran.code == 0
    assert [path.name for path in (project / "out").iterdir()] == ["nightly.yaml"]
    written = yaml.load((project / "out/nightly.yaml").read_text(), Loader=yaml.CSafeLoader)
    assert written["kind"] == "ConformanceReport"


def test_a_place_that_cannot_be_written_to_is_refused_before_the_run(project: Path) -> None:
    (project / "taken").write_text("")
    ran = run(project, report="taken")
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --conformance-report: nothing can be written to taken: file exists" in ran.said


def test_a_run_that_was_never_begun_leaves_no_report(project: Path) -> None:
    ran = run(project, "-k", "not a valid expression")
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert list(ran.directory.iterdir()) == []


def test_an_unreadable_feature_file_is_an_error_of_the_report(project: Path) -> None:
    (project / "features/broken.feature").write_text(
        "Feature: x\n  Scenario: y\n    Given a step\n    Nonsense\n"
    )
    ran = run(project)
    assert ran.states["features/broken.feature"] == "error"
    assert ran.states["A refusal"] == "skipped"
    assert ran.verdict["interrupted"] is False


INTERRUPTED = """
Feature: Time is short
  Scenario: One
    Given a step

  Scenario: Two
    Given a step
    Then {then}

  Scenario: Three
    Given a step
"""


def test_an_interrupted_run_is_reported_in_full(tmp_path: Path) -> None:
    ran = run(write_project(tmp_path, INTERRUPTED.format(then="somebody interrupts")))
    assert ran.code == pytest.ExitCode.INTERRUPTED
    assert ran.states == {"One": "passed", "Two": "skipped", "Three": "skipped"}
    assert ran.verdict["interrupted"] is True
    told = ran.listed("extended", "skipped")
    assert told["Two"]["reason"] == "the run was interrupted in it"
    assert told["Three"]["reason"] == "the run ended before it"
    assert {path.name for path in ran.directory.iterdir()} == {
        "report.yaml", "report.html", "messages.ndjson", "junit.xml", "environment.yaml", "requests.ndjson",
    }  # fmt: skip


WAITING = """
import sys, threading

@then("it takes for ever")
def _(capfd):
    with capfd.disabled():
        sys.stdout.write("waiting\\n")
        sys.stdout.flush()
    threading.Event().wait(60)
"""


def test_a_run_that_is_told_to_end_is_reported_in_full(tmp_path: Path) -> None:
    project = write_project(tmp_path, INTERRUPTED.format(then="it takes for ever"))
    with (project / "conftest.py").open("a") as file:
        file.write(WAITING)
    command = [sys.executable, "-m", "pytest", "--conformance-report=report", "-q"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as popen:
        assert popen.stdout is not None
        assert any(line.endswith("waiting\n") for line in popen.stdout)
        popen.send_signal(signal.SIGTERM)
        popen.communicate(timeout=30)
    ran = Report(project / "report", "", popen.returncode)
    assert ran.code == pytest.ExitCode.INTERRUPTED
    assert ran.states == {"One": "passed", "Two": "skipped", "Three": "skipped"}


def test_a_process_that_dies_leaves_an_error_behind(tmp_path: Path) -> None:
    project = write_project(tmp_path, INTERRUPTED.format(then="the process dies"))
    with (project / "conftest.py").open("a") as file:
        file.write("\nimport os\n\n@then('the process dies')\ndef _():\n    os._exit(3)\n")
    ran = run(project, "-n", "1", "--max-worker-restart=1")
    assert ran.states == {"One": "passed", "Two": "error", "Three": "passed"}


def test_without_the_option_nothing_takes_part_in_the_run(project: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--trace-config", "-k", "Counting"]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert "quaysim-observer" not in ran.stdout
    assert "quaysim-reporter" not in ran.stdout
    assert "quaysim-reporter" in run(project, "--trace-config", "-k", "Counting").said
