"""Runs of scenarios on clusters that are not ours: what they need, what they leave, what they never touch."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from fake_cluster.kinds.refs import CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, NODES
from fake_cluster.objects import Object
from quaysim.operator import QUAY_REGISTRIES, install
from quaysim.targets.run import RUN_LABEL
from tests.targets.conftest import ROOT, Lab, Serve

BARE = ("--platform", "kubernetes", "--operator", "none", "--node", "none")
SCENARIOS = "features/05-configuration"
ONE = "features/05-configuration/endpoints.feature"
QUESTIONS = frozenset({"subjectaccessreviews", "selfsubjectaccessreviews"})
SPACE = "quay-enterprise"


def spaces(lab: Lab) -> set[str]:
    return {item["metadata"]["name"] for item in lab.client.list(NAMESPACES)}


def labelled(lab: Lab) -> list[Object]:
    refs = (CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, NODES)
    return [obj for ref in refs for obj in lab.client.list(ref, labels=RUN_LABEL)]


def run_named(output: str) -> str:
    found = re.search(r"run (quaysim-[0-9a-f]{6})", output)
    assert found, output
    return found[1]


def make_what_is_theirs(lab: Lab) -> None:
    """A registry of somebody else, in a namespace of theirs, on a cluster without an operator."""
    install(lab.client)
    lab.client.create(NAMESPACES, {"metadata": {"name": SPACE}})
    metadata = {"name": "example-registry", "namespace": SPACE}
    head = {"apiVersion": QUAY_REGISTRIES.api_version, "kind": QUAY_REGISTRIES.kind}
    lab.client.create(QUAY_REGISTRIES, head | {"metadata": metadata, "spec": {}})


def touched_without_having_made(events: Iterable[dict[str, Any]], run: str) -> list[dict[str, Any]]:
    """The writes to objects outside the run's namespaces that no earlier write of the run has made."""
    made, foreign = set(), []
    for event in events:
        about = event["objectRef"]
        key = (about.get("apiGroup"), about["resource"], about.get("namespace"), about.get("name"))
        named = about["name"] if about["resource"] == "namespaces" else about.get("namespace", "")
        if named.startswith(f"{run}-") or about["resource"] in QUESTIONS:
            continue
        if event["verb"] == "create" or event["responseStatus"]["code"] == 201:
            made.add(key)
        elif key not in made:
            foreign.append(event)
    return foreign


def test_a_run_touches_nothing_but_what_it_has_made(serve: Serve) -> None:
    lab = serve(*BARE)
    make_what_is_theirs(lab)
    before, theirs = spaces(lab), lab.client.get(QUAY_REGISTRIES, "example-registry", SPACE)
    earlier = len(lab.writes())
    done = lab.run(SCENARIOS, "--operator=simulated")
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1]
    writes = lab.writes()[earlier:]
    assert len(writes) > 500
    assert touched_without_having_made(writes, run_named(done.stdout)) == []
    assert spaces(lab) == before
    assert labelled(lab) == []
    assert lab.client.get(QUAY_REGISTRIES, "example-registry", SPACE) == theirs


def test_cluster_scoped_things_are_told_before_they_are_made(serve: Serve) -> None:
    lab = serve(*BARE)
    done = lab.run(ONE, "--operator=simulated")
    run = run_named(done.stdout)
    told = set(re.findall(r"(Node|CustomResourceDefinition|Namespace) ([\w.-]+)", done.stdout))
    kinds = {
        "nodes": "Node",
        "customresourcedefinitions": "CustomResourceDefinition",
        "namespaces": "Namespace",
    }
    refs = [item["objectRef"] for item in lab.writes() if item["verb"] == "create"]
    made = {(kinds[ref["resource"]], ref["name"]) for ref in refs if ref["resource"] in kinds}
    assert {item for item in made if not item[1].startswith(f"{run}-") or item[0] == "Node"} == told


def test_two_processes_share_what_one_has_prepared(serve: Serve) -> None:
    lab = serve(*BARE)
    done = lab.run(SCENARIOS, "--operator=simulated", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert labelled(lab) == []


def test_what_an_interrupted_run_has_left_is_cleaned_up(serve: Serve) -> None:
    lab = serve(*BARE)
    make_what_is_theirs(lab)
    before = spaces(lab)
    command = lab.command("features/04-deployment", "--operator=simulated", "-vv")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        lines = []
        for line in run.stdout:
            lines.append(line)
            if "PASSED" in line:
                break
        run.send_signal(signal.SIGKILL)
    assert spaces(lab) > before
    name = run_named("".join(lines))
    assert cleanup(lab, "ffffff").stdout == "nothing is left of quaysim-ffffff\n"
    assert spaces(lab) > before
    done = cleanup(lab, name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert spaces(lab) == before
    assert labelled(lab) == []
    assert lab.client.find(QUAY_REGISTRIES, "example-registry", SPACE) is not None


def test_what_is_to_be_kept_stays_until_it_is_cleaned_up(serve: Serve) -> None:
    lab = serve("--operator", "none")
    before = spaces(lab)
    done = lab.run(ONE, "--operator=simulated", "--keep")
    run = run_named(done.stdout)
    assert f"quaysim cleanup --run {run}" in done.stdout
    assert any(name.startswith(run) for name in spaces(lab))
    assert cleanup(lab, run).returncode == 0
    assert spaces(lab) == before


def cleanup(lab: Lab, run: str) -> subprocess.CompletedProcess[str]:
    place = ["--kubeconfig", str(lab.kubeconfig), "--context", "quaysim"]
    command = [sys.executable, "-m", "quaysim", "cleanup", "--run", run, *place]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_cluster_too_new_for_the_real_operator_is_told_before_anything_is_made(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab = serve()
    file = tmp_path_factory.mktemp("cluster") / "cluster.yaml"
    file.write_text("capabilities:\n  autoscaling-v2beta2: false\n")
    done = lab.run(ONE, "--operator=real", f"--capabilities={file}")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "does not serve autoscaling/v2beta2" in done.stderr
    assert lab.writes() == []


def test_a_capability_that_a_file_denies_is_the_reason_to_skip(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab = serve()
    file = tmp_path_factory.mktemp("cluster") / "cluster.yaml"
    file.write_text("capabilities:\n  route-api: false\n")
    done = lab.run(ONE, f"--capabilities={file}")
    assert "not supported by this cluster: route-api" in done.stdout
    assert done.returncode == 0


def test_two_operators_do_not_fight(serve: Serve) -> None:
    lab = serve()
    done = lab.run(ONE, "--operator=simulated")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "an operator is at work" in done.stderr
    assert labelled(lab) == []


def test_collecting_alone_makes_nothing(serve: Serve) -> None:
    lab = serve(*BARE)
    assert lab.run(ONE, "--operator=simulated", "--collect-only").returncode == 0
    assert lab.writes() == []
