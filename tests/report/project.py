"""A small suite with every kind of end that a scenario can have, run by pytest with a report."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import yaml

STEPS = """
import pytest
from pytest_bdd import given, then, when

from quaysim.targets import ApiError
from quaysim.targets.resources import QUAY_REGISTRIES, SECRETS

HEAD = {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry"}

@given("a step")
def _():
    pass

@given("a registry without its bundle")
def _(target):
    metadata = {"name": "lonely", "namespace": target.new_namespace()}
    target.client.create(QUAY_REGISTRIES, HEAD | {"metadata": metadata, "spec": {"configBundleSecret": "lost"}})
    target.pass_time(20)

@given("a Secret with a password")
def _(target):
    namespace = target.new_namespace()
    head = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keep", "namespace": namespace}}
    config = "DB_URI: postgresql://quay:Xyzzy-in-uri-9@db/quay\\nDATABASE_SECRET_KEY: Xyzzy-in-yaml-8\\n"
    data = {"config.yaml": config, "password": "Xyzzy-plain-7", "tls.key": KEY, "note": "Xyzzy-note-6"}
    target.client.create(SECRETS, head | {"stringData": data})
    target.client.get(SECRETS, "keep", namespace)

@when("all that is secret is said aloud")
def _(target):
    pytest.fail("it is Xyzzy-in-yaml-8 and Xyzzy-plain-7, for postgresql://quay:Xyzzy-in-uri-9@db, " + KEY)

@then("a cluster is asked for")
def _(target):
    pass

@then("it is something else")
def _(target):
    raise AssertionError("the registry\\n  expected: Available\\n  seen:     <nothing> & blocked")

@then("the cluster refuses it")
def _(target):
    raise ApiError(422, "Invalid", "spec.components: Invalid value")

@then("the step is broken")
def _():
    {}["nothing"]

@pytest.fixture
def fragile():
    yield
    raise RuntimeError("cannot tidy up")

@then("tidying up breaks")
def _(fragile):
    pass

@then("it is not for today")
def _():
    pytest.skip("the moon is not full")

@then("somebody interrupts")
def _():
    raise KeyboardInterrupt

KEY = "-----BEGIN PRIVATE KEY-----\\nXyzzyPemBody5\\n-----END PRIVATE KEY-----\\n"
"""

FEATURE = """
@section:3.4
Feature: Things & <others>
  Background:
    Given a step

  Scenario Outline: Counting <what>
    Given a step
    Examples:
      | what   | message     |
      | apples | a long text |
      | pears  | a long text |

  Rule: Rules are groups
    @needs:warp-drive @behaviour:tls.managed-uses-cluster-wildcard
    Scenario: A thing in a rule
      Then a cluster is asked for

    @behaviour:tls.managed-uses-cluster-wildcard
    Scenario: What is seen is not what was expected
      Given a registry without its bundle
      Then it is something else
      And a cluster is asked for

    Scenario: A refusal
      Given a step
      Then the cluster refuses it

    Scenario: A broken step
      Then the step is broken

    Scenario: Nobody tidies up
      Then tidying up breaks

    Scenario: Without a definition
      Given an unheard-of step

    Scenario: Another day
      Then it is not for today

    Scenario: A secret is kept
      Given a Secret with a password
      When all that is secret is said aloud
"""

FILE = "features/03-preparation/things.feature"
RULE = f"{FILE}::Rules are groups"


@dataclass
class Report:
    """What a run left behind, what it said on the terminal, and its exit code."""

    directory: Path
    said: str
    code: int

    def text(self, name: str) -> str:
        """A file."""
        return (self.directory / name).read_text(encoding="utf-8")

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """`report.yaml`."""
        found: dict[str, Any] = yaml.load(self.text("report.yaml"), Loader=yaml.CSafeLoader)
        return found

    @property
    def states(self) -> dict[str, str]:
        """State by the last part of a scenario's id."""
        return {line["id"].rpartition("::")[2]: line["state"] for line in self.verdict["scenarios"]}

    def listed(self, name: str, part: str) -> dict[str, dict[str, Any]]:
        """The `failed` or `skipped` of a profile by the last part of the id."""
        profile = next(found for found in self.verdict["profiles"] if found["name"] == name)
        return {line["id"].rpartition("::")[2]: line for line in profile[part]}

    def lines(self, name: str) -> list[dict[str, Any]]:
        """A file of JSON lines."""
        return [orjson.loads(line) for line in self.text(name).splitlines()]


def write_project(directory: Path, feature: str = FEATURE) -> Path:
    """Make the suite."""
    (directory / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n")
    (directory / "conftest.py").write_text(f'pytest_plugins = ["quaysim.pytest_plugin"]\n{STEPS}')
    path = directory / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(feature, encoding="utf-8")
    return directory


def run(directory: Path, *arguments: str, report: str = "report") -> Report:
    """Run it with a report, in a process of its own."""
    command = [sys.executable, "-m", "pytest", f"--conformance-report={report}", *arguments]
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return Report(directory / report, ran.stdout + ran.stderr, ran.returncode)
