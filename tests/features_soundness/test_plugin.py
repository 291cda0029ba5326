"""Running feature files: what is collected, what is refused, and what a person is told."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

STEPS = """
from pytest_bdd import given, then

@given("a step")
def _():
    pass

@then("a cluster is asked for")
def _(target):
    pass

@given("a registry without its bundle")
def _(target):
    from quaysim.targets.resources import QUAY_REGISTRIES
    head = {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry"}
    metadata = {"name": "lonely", "namespace": target.new_namespace()}
    target.client.create(QUAY_REGISTRIES, head | {"metadata": metadata, "spec": {"configBundleSecret": "lost"}})
    target.pass_time(20)

@then("it is something else")
def _(target):
    raise AssertionError("what was expected, and what was seen")
"""
FEATURE = """
@section:3.4
Feature: Things
  Scenario Outline: Counting <what>
    Given a step
    Examples:
      | what   | message     |
      | apples | a long text |
      | pears  | a long text |

  Rule: Rules are groups
    @needs:warp-drive
    Scenario: A thing in a rule
      Given a step
      Then a cluster is asked for
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    pytester.makeconftest(f'pytest_plugins = ["quaysim.pytest_plugin"]\n{STEPS}')
    return pytester


def write(project: pytest.Pytester, text: str, name: str = "things.feature") -> None:
    (project.path / name).write_text(text, encoding="utf-8")


def test_scenarios_are_collected_under_their_titles(project: pytest.Pytester) -> None:
    write(project, FEATURE)
    result = project.runpytest("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "things.feature::Counting <what>[[]apples]",
            "things.feature::Counting <what>[[]pears]",
            "things.feature::Rules are groups::A thing in a rule",
        ]
    )


def test_a_scenario_is_skipped_with_the_missing_capability_as_the_reason(project: pytest.Pytester) -> None:
    write(project, FEATURE)
    result = project.runpytest("-rs")
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["*not supported by this cluster: warp-drive*"])


def test_marks_select_scenarios(project: pytest.Pytester) -> None:
    write(project, FEATURE)
    project.runpytest("-m", "needs").assert_outcomes(skipped=1, deselected=2)


FAILING = """
@section:1.5
Feature: Failing
  Scenario: What is seen is not what was expected
    Given a registry without its bundle
    Then it is something else
"""


def test_a_failure_is_told_in_sentences_with_what_the_cluster_says(project: pytest.Pytester) -> None:
    write(project, FAILING)
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "things.feature:6",
            "  Given a registry without its bundle",
            "> Then it is something else",
            "what was expected, and what was seen",
            "QuayRegistry quay-enterprise/lonely, generation 1",
            '  RolloutBlocked  * True * ConfigInvalid * Secret "lost" not found',
            "last Events:",
            '  Warning  ConfigInvalid * QuayRegistry/lonely: * Secret "lost" not found',
            "a fake cluster for each scenario, seed 0",
        ]
    )
    assert "def _(target)" not in result.stdout.str()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@slow\nFeature: x\n  Scenario: y\n    Given a step\n", "*@slow is not a tag of this suite*"),
        (
            "Feature: x\n  Scenario: y\n    Given a step\n    Nonsense\n",
            "things.feature: Unexpected token found*",
        ),
    ],
)
def test_an_unreadable_feature_is_one_clear_error(project: pytest.Pytester, text: str, told: str) -> None:
    write(project, text)
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    assert "Traceback" not in result.stdout.str()


def test_an_undefined_step_fails_with_its_sentence(project: pytest.Pytester) -> None:
    write(project, "Feature: x\n  Scenario: y\n    Given an unheard-of step\n")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*an unheard-of step*"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--cluster=kubeconfig", "--kubeconfig=nowhere", "--context=here"],
            "ERROR: nowhere cannot be used: *",
        ),
        (
            ["--cluster=kubeconfig", "--kubeconfig=config"],
            "ERROR: --kubeconfig and --context must both be given: no cluster is used by accident",
        ),
        (
            ["--cluster=kubeconfig", "--kubeconfig=config", "--context=other"],
            "ERROR: config cannot be used: *other*",
        ),
        (
            ["--cluster=kubeconfig", "--kubeconfig=config", "--context=here"],
            "ERROR: http://127.0.0.1:1 does not answer: *",
        ),
        (["--operator=real"], "ERROR: --operator=real needs --cluster=kubeconfig*"),
        (["--context=here"], "ERROR: --context: only with --cluster=kubeconfig"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_one_line(
    project: pytest.Pytester, arguments: list[str], told: str
) -> None:
    (project.path / "config").write_text(KUBECONFIG, encoding="utf-8")
    result = project.runpytest(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    errors = [line for line in result.errlines if line]
    assert len(errors) == 1
    result.stderr.fnmatch_lines([told])


KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: here, context: {cluster: here, user: here}}]
users: [{name: here, user: {}}]
"""


def test_the_head_of_a_run_says_what_it_runs_on(project: pytest.Pytester) -> None:
    write(project, FEATURE)
    result = project.runpytest("--collect-only", "--seed=7")
    result.stdout.fnmatch_lines(["scenarios run on a fake cluster for each scenario, seed 7"])
