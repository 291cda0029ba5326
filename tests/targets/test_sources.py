"""Clusters that are started in containers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quaysim.targets import sources
from quaysim.targets.base import NoCluster
from quaysim.targets.sources import K3s, Kind

pytest_plugins = ["pytester"]


class Commands:
    """Takes the place of the `kind` binary."""

    def __init__(self, clusters: str = "", code: int = 0) -> None:
        self.clusters = clusters
        self.code = code
        self.given: list[list[str]] = []
        self.stdin: list[str] = []

    def __call__(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        self.given.append(command)
        self.stdin.append(options["input"])
        out = self.clusters if command[1:3] == ["get", "clusters"] else ""
        return subprocess.CompletedProcess(command, self.code, out, "first\nERROR: the last line says why\n")

    def words(self) -> list[str]:
        return [" ".join(command[1:3]) for command in self.given]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quaysim.targets.sources.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(sources, "engine_trouble", lambda: "")


@pytest.mark.usefixtures("engine")
def test_a_kind_cluster_is_created_and_deleted() -> None:
    run = Commands()
    kind = Kind("kindest/node:v1.24.17", run=run)
    options = kind.start()
    assert options.context == "kind-quaysim"
    assert options.not_a_test_cluster
    created = run.given[1]
    assert created[:5] == ["kind", "create", "cluster", "--name", "quaysim"]
    assert created[created.index("--image") + 1] == "kindest/node:v1.24.17"
    assert "--config" not in created
    kind.stop()
    assert run.words() == ["get clusters", "create cluster", "delete cluster"]


@pytest.mark.usefixtures("engine")
def test_a_kind_cluster_that_is_there_is_used_and_stays() -> None:
    run = Commands("other\nquaysim\n")
    kind = Kind(run=run)
    kind.start()
    kind.stop()
    assert run.words() == ["get clusters", "export kubeconfig"]


@pytest.mark.usefixtures("engine")
def test_a_kind_cluster_is_kept_if_so_wished() -> None:
    run = Commands()
    kind = Kind(keep=True, run=run)
    kind.start()
    kind.stop()
    assert "delete cluster" not in run.words()


@pytest.mark.usefixtures("engine")
def test_for_simulated_nodes_kinds_own_node_is_tainted() -> None:
    run = Commands()
    Kind(tainted=True, run=run).start()
    assert run.given[1][-2:] == ["--config", "-"]
    assert "effect: NoSchedule" in run.stdin[1]


@pytest.mark.usefixtures("engine")
def test_the_last_line_of_a_failure_is_the_reason() -> None:
    with pytest.raises(NoCluster, match="`kind get clusters` has failed: ERROR: the last line says why"):
        Kind(run=Commands(code=1)).start()


@pytest.mark.parametrize("make", [Kind, K3s])
def test_without_an_engine_there_is_no_cluster(
    make: Callable[[], Kind | K3s], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quaysim.targets.sources.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(sources, "engine_trouble", lambda: "Cannot connect to the Docker daemon")
    with pytest.raises(NoCluster, match="has no container engine: Cannot connect to the Docker daemon"):
        make().start()


FEATURE = """
@section:3.4
Feature: Things
  Scenario: A thing
    Given a cluster is asked for
  Scenario: Another
    Given a cluster is asked for
"""
STEPS = """
from pytest_bdd import given

@given("a cluster is asked for")
def _(target):
    pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setattr(
        "quaysim.targets.sources.shutil.which", lambda name: None if name == "kind" else f"/usr/bin/{name}"
    )
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    pytester.makeconftest(f'pytest_plugins = ["quaysim.pytest_plugin"]\n{STEPS}')
    Path(pytester.path / "things.feature").write_text(FEATURE, encoding="utf-8")
    return pytester


def test_the_whole_run_is_skipped_with_the_reason(project: pytest.Pytester) -> None:
    result = project.runpytest("--cluster=kind", "-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*kind is not installed*"])


def test_with_required_containers_the_run_fails(project: pytest.Pytester) -> None:
    result = project.runpytest("--cluster=kind", "--require-containers")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: kind is not installed"])
