"""What is shown of a scenario that fails on a foreign cluster."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.targets.conftest import Lab, Serve

PASSWORD = "correct-horse-battery"
FEATURE = """
@section:3.4
Feature: Things
  Scenario: What is secret is not shown
    Given a Pod that fits nowhere
    Then the password of a Secret is something else
"""
STEPS = f"""
from pytest_bdd import given, then
from quaysim.targets.resources import PODS, SECRETS

pytest_plugins = ["quaysim.pytest_plugin"]

@given("a Pod that fits nowhere", target_fixture="space")
def _(target):
    space = target.new_namespace()
    containers = [{{"name": "main", "image": "web:1"}}]
    spec = {{"containers": containers, "nodeSelector": {{"there": "nowhere"}}}}
    target.client.create(PODS, {{"metadata": {{"name": "lost", "namespace": space}}, "spec": spec}})
    find = lambda: target.client.get(PODS, "lost", space)["status"].get("conditions")
    target.wait_until(lambda: bool(find()), what="the scheduler has looked at the Pod")
    return space

@then("the password of a Secret is something else")
def _(target, space):
    head = {{"apiVersion": "v1", "kind": "Secret", "metadata": {{"name": "s", "namespace": space}}}}
    target.client.create(SECRETS, head | {{"stringData": {{"db-password": "{PASSWORD}"}}}})
    raise AssertionError("expected: nothing, seen: {PASSWORD}")
"""


def run(lab: Lab, project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (project / "conftest.py").write_text(STEPS, encoding="utf-8")
    (project / "things.feature").write_text(FEATURE, encoding="utf-8")
    (project / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return subprocess.run(lab.command(*options), cwd=project, capture_output=True, text=True, check=False)


def test_it_tells_what_is_wrong_with_the_pods_but_no_secret(serve: Serve, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    lab = serve()
    done = run(lab, project, "things.feature")
    assert done.returncode == 1, done.stdout
    assert "> Then the password of a Secret is something else" in done.stdout
    assert "expected: nothing, seen: <redacted>" in done.stdout
    assert "/lost: Pending; Unschedulable: 0/3 nodes are available" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert run_with_traceback_is_redacted_too(lab, project)


def run_with_traceback_is_redacted_too(lab: Lab, project: Path) -> bool:
    done = run(lab, project, "things.feature", "-vv")
    return PASSWORD not in done.stdout + done.stderr
