"""The run as Cucumber Messages: every reference leads somewhere, and the story is the scenarios'."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.report.project import FEATURE, FILE, Report

Envelopes = dict[str, list[dict[str, Any]]]


@pytest.fixture
def envelopes(report: Report) -> Envelopes:
    """The envelopes by their kind."""
    found: Envelopes = defaultdict(list)
    for line in report.lines("messages.ndjson"):
        assert len(line) == 1
        (kind, content), *_ = line.items()
        found[kind].append(content)
    return found


def steps_of(envelopes: Envelopes, title: str) -> list[tuple[str, str, str]]:
    """Sentence, status and message of the steps of a scenario."""
    pickle = next(pickle for pickle in envelopes["pickle"] if pickle["name"] == title)
    case = next(case for case in envelopes["testCase"] if case["pickleId"] == pickle["id"])
    texts = {step["id"]: step["text"] for step in pickle["steps"]}
    results = {
        finished["testStepId"]: finished["testStepResult"] for finished in envelopes["testStepFinished"]
    }
    return [
        (
            texts.get(step.get("pickleStepId", ""), "a hook"),
            results[step["id"]]["status"],
            results[step["id"]].get("message", ""),
        )
        for step in case["testSteps"]
    ]


def test_the_feature_files_are_in_it(envelopes: Envelopes) -> None:
    assert [(source["uri"], source["data"]) for source in envelopes["source"]] == [(FILE, FEATURE)]
    assert envelopes["gherkinDocument"][0]["feature"]["name"] == "Things & <others>"
    assert len(envelopes["pickle"]) == len(envelopes["testCase"]) == 10


def test_every_reference_leads_somewhere(envelopes: Envelopes) -> None:
    ids = {kind: {found["id"] for found in envelopes[kind] if "id" in found} for kind in envelopes}
    steps = [step for case in envelopes["testCase"] for step in case["testSteps"]]
    pickled = {step["id"] for pickle in envelopes["pickle"] for step in pickle["steps"]}
    assert {case["pickleId"] for case in envelopes["testCase"]} <= ids["pickle"]
    assert {step["pickleStepId"] for step in steps if "pickleStepId" in step} <= pickled
    assert {id_ for step in steps for id_ in step.get("stepDefinitionIds", ())} <= ids["stepDefinition"]
    assert {step["hookId"] for step in steps if "hookId" in step} == ids["hook"]
    started = {found["testCaseId"] for found in envelopes["testCaseStarted"]}
    assert started == ids["testCase"]
    finished = {found["testCaseStartedId"] for found in envelopes["testCaseFinished"]}
    assert finished == ids["testCaseStarted"]
    assert {found["testStepId"] for found in envelopes["testStepFinished"]} == {step["id"] for step in steps}


def test_steps_after_a_failure_are_skipped(envelopes: Envelopes) -> None:
    told = steps_of(envelopes, "What is seen is not what was expected")
    assert [(text, status) for text, status, _ in told] == [
        ("a step", "PASSED"),
        ("a registry without its bundle", "PASSED"),
        ("it is something else", "FAILED"),
        ("a cluster is asked for", "SKIPPED"),
    ]
    assert "expected: Available" in told[2][2]


def test_rows_of_an_outline_are_told_apart(envelopes: Envelopes) -> None:
    names = [pickle["name"] for pickle in envelopes["pickle"]]
    assert names[:2] == ["Counting apples", "Counting pears"]
    assert steps_of(envelopes, "Counting pears") == [("a step", "PASSED", ""), ("a step", "PASSED", "")]


def test_what_cannot_be_supported_is_skipped_with_the_reason(envelopes: Envelopes) -> None:
    assert steps_of(envelopes, "A thing in a rule")[1] == (
        "a cluster is asked for",
        "SKIPPED",
        "not supported by this cluster: warp-drive",
    )


def test_a_sentence_without_a_definition_is_undefined(envelopes: Envelopes) -> None:
    text, status, _ = steps_of(envelopes, "Without a definition")[1]
    assert (text, status) == ("an unheard-of step", "UNDEFINED")


def test_what_breaks_outside_of_steps_is_a_hook(envelopes: Envelopes) -> None:
    told = steps_of(envelopes, "Nobody tidies up")
    assert [(text, status) for text, status, _ in told] == [
        ("a step", "PASSED"),
        ("tidying up breaks", "PASSED"),
        ("a hook", "FAILED"),
    ]
    assert envelopes["hook"][0]["type"] == "AFTER_TEST_CASE"


def test_definitions_say_where_they_are(envelopes: Envelopes) -> None:
    written = {found["pattern"]["source"]: found["sourceReference"] for found in envelopes["stepDefinition"]}
    assert written["a step"]["uri"] == "conftest.py"
    assert written["a step"]["location"]["line"] > 1


def test_the_run_is_not_a_success(envelopes: Envelopes) -> None:
    (finished,) = envelopes["testRunFinished"]
    assert finished["success"] is False
    assert finished["testRunStartedId"] == envelopes["testRunStarted"][0]["id"]
