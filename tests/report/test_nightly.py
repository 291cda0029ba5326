"""The nightly run: its script works, and what starts it is accepted by those that read it."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes.config import new_client_from_config

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import CRON_JOBS, JOBS, PODS
from fake_cluster.machinery.rest import RestClient
from fake_cluster.objects import Object
from tests.cli.processes import running

ROOT = Path(__file__).parents[2]
NIGHTLY = files("quaysim.report.nightly")
SCRIPT = ROOT / "quaysim/report/nightly/run.sh"


def documents(name: str) -> list[Object]:
    return list(yaml.load_all((NIGHTLY / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


# --- the script ------------------------------------------------------------------------------------------


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "kubeconfig"
    with running("serve", "--speed=100", f"--kubeconfig-out={path}"):
        yield path


def night(kubeconfig: Path, results: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    settings |= {"KUBECONFIG": str(kubeconfig), "CONTEXT": "quaysim", "RESULTS": str(results)}
    settings |= {"FEATURES": "features/05-configuration/endpoints.feature"}
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)],
        cwd=ROOT,
        env={**os.environ, "PATH": path, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_nights_leave_two_reports_and_what_changed(kubeconfig: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    first = night(kubeconfig, results)
    assert first.returncode == 0, first.stdout + first.stderr
    assert not (results / "report/changes.txt").exists()
    second = night(kubeconfig, results, OPTIONS="-k console", DONE=str(results / "done"))
    assert (results / "previous/report.yaml").is_file()
    changes = (results / "report/changes.txt").read_text()
    assert "no longer checked (" in changes
    assert changes in second.stdout
    archive = Path((results / "done").read_text())
    with tarfile.open(archive) as packed:
        assert {"report/junit.xml", "report/report.yaml"} <= set(packed.getnames())


def test_the_mode_of_such_a_report_is_cluster(kubeconfig: Path, tmp_path: Path) -> None:
    assert night(kubeconfig, tmp_path / "results").returncode == 0
    told = yaml.load((tmp_path / "results/report/report.yaml").read_text(), Loader=yaml.CSafeLoader)
    assert told["mode"] == "cluster"
    assert told["implementation"]["kubernetes"]["version"].startswith("v1.")
    token = yaml.load(kubeconfig.read_text(), Loader=yaml.CSafeLoader)["users"][0]["user"].get("token", "")
    assert token
    assert [path for path in (tmp_path / "results/report").iterdir() if token in path.read_text()] == []


@pytest.mark.parametrize("missing", ["KUBECONFIG", "CONTEXT"])
def test_no_cluster_is_used_by_accident(missing: str) -> None:
    environment = {"PATH": os.environ["PATH"], "KUBECONFIG": "x", "CONTEXT": "y"}
    del environment[missing]
    ran = subprocess.run(
        ["/bin/sh", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert ran.returncode != 0
    assert f"{missing}: names no" in ran.stderr


# --- inside of a cluster ---------------------------------------------------------------------------------


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with FakeCluster() as made:
        yield made


def accepted(cluster: FakeCluster, obj: Object) -> None:
    """Create an object as `kubectl create --validate=strict` does."""
    resource = cluster.api.kinds.by_kind(obj["apiVersion"], obj["kind"])
    assert resource is not None
    path = resource.ref.path(obj["metadata"].get("namespace", ""))
    answer = RestClient(cluster.kube_client()).send("POST", path, {"fieldValidation": "Strict"}, obj)
    assert answer.status == 201, answer.data


def test_the_cron_job_is_accepted_and_starts_a_run_at_night(cluster: FakeCluster) -> None:
    for document in documents("cronjob.yaml"):
        accepted(cluster, document)
        cluster.settle()
    cluster.advance(24 * 3600)
    client = cluster.client()
    assert [found["metadata"]["name"] for found in client.list(CRON_JOBS)] == ["quaysim"]
    (job,) = client.list(JOBS, "quaysim-nightly")
    (pod,) = client.list(PODS, "quaysim-nightly")
    assert pod["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"]
    assert pod["spec"]["serviceAccountName"] == "quaysim"


def test_the_cron_jobs_account_may_use_what_the_scenarios_use() -> None:
    found = {document["kind"]: document for document in documents("cronjob.yaml")}
    assert found["ClusterRoleBinding"]["roleRef"]["name"] == found["ClusterRole"]["metadata"]["name"]
    account = found["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["serviceAccountName"]
    assert (
        found["ClusterRoleBinding"]["subjects"][0]["name"]
        == account
        == found["ServiceAccount"]["metadata"]["name"]
    )
    from quaysim.targets.resources import OF_A_REGISTRY  # noqa: PLC0415 - to be asked for here

    allowed = {
        (group, name)
        for rule in found["ClusterRole"]["rules"]
        for group in rule["apiGroups"]
        for name in rule["resources"]
    }
    missing = [ref for ref in OF_A_REGISTRY if not {(ref.group, ref.plural), (ref.group, "*")} & allowed]
    assert missing == []


def test_the_sonobuoy_plugin_is_one_container_that_ends_with_a_done_file(cluster: FakeCluster) -> None:
    (plugin,) = documents("sonobuoy-plugin.yaml")
    assert set(plugin) == {"sonobuoy-config", "spec"}
    assert set(plugin["sonobuoy-config"]) == {"driver", "plugin-name", "description", "result-format"}
    assert plugin["sonobuoy-config"]["driver"] == "Job"
    assert plugin["sonobuoy-config"]["result-format"] == "junit"
    told = {entry["name"]: entry["value"] for entry in plugin["spec"]["env"]}
    assert told["DONE"] == f"{told['RESULTS']}/done"
    assert plugin["spec"]["volumeMounts"] == [{"name": "results", "mountPath": told["RESULTS"]}]
    pod = {"containers": [plugin["spec"]], "volumes": [{"name": "results", "emptyDir": {}}]}
    metadata = {"name": "plugin", "namespace": "default"}
    accepted(cluster, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod})


def test_the_image_runs_the_script_with_the_account_of_its_pod(tmp_path: Path) -> None:
    text = (NIGHTLY / "Containerfile").read_text()
    for named in ("quaysim/report/nightly/run.sh", "quaysim/report/nightly/in-cluster.kubeconfig"):
        assert f"/quaysim/{named}" in text
        assert (ROOT / named).is_file()
    assert os.access(SCRIPT, os.X_OK)
    written = (NIGHTLY / "in-cluster.kubeconfig").read_text()
    (tmp_path / "token").write_text("from-the-pod")
    (tmp_path / "ca.crt").write_text("")
    here = written.replace("/var/run/secrets/kubernetes.io/serviceaccount", str(tmp_path))
    (tmp_path / "config").write_text(here)
    connect: Any = new_client_from_config
    client = connect(str(tmp_path / "config"), context="nightly")
    assert client.configuration.host == "https://kubernetes.default.svc"
    assert list(client.configuration.api_key.values()) == ["Bearer from-the-pod"]


# --- on a CI server --------------------------------------------------------------------------------------


@pytest.fixture
def workflow() -> Object:
    text = (ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8")
    found: Object = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def test_the_workflow_is_started_every_night_and_by_hand(workflow: dict[Any, Any]) -> None:
    started = workflow[True]  # YAML 1.1 takes the key `on` for a boolean
    assert set(started) == {"schedule", "workflow_dispatch"}
    assert [len(entry["cron"].split()) for entry in started["schedule"]] == [5]
    assert workflow["permissions"] == {"contents": "read"}


def test_every_step_of_the_workflow_does_one_thing_that_a_shell_can_read(workflow: Object) -> None:
    allowed = {"name", "if", "env", "with", "uses", "run"}
    (job,) = workflow["jobs"].values()
    assert set(job) == {"runs-on", "timeout-minutes", "env", "steps"}
    for step in job["steps"]:
        assert set(step) <= allowed
        assert len({"uses", "run"} & set(step)) == 1
        if "run" in step:
            subprocess.run(["/bin/bash", "-n", "-c", step["run"]], check=True)
        else:
            assert "@" in step["uses"]


def test_the_workflow_keeps_its_kubeconfig_to_itself(workflow: Object) -> None:
    (job,) = workflow["jobs"].values()
    using = [step for step in job["steps"] if "NIGHTLY_KUBECONFIG" in str(step)]
    assert [set(step["env"]) for step in using] == [{"GIVEN", "CONTEXT"}]
    assert "umask 077" in using[0]["run"]
    assert [step["with"]["path"] for step in job["steps"] if "artifact" in step.get("uses", "")] == [
        "results/report"
    ]
