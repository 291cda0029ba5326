from __future__ import annotations

import json
import re
import shutil
import signal
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from fake_cluster.http import listen
from tests.cli.inputs import NAMESPACE, registry, unmanaged, write
from tests.cli.processes import fails, running


def _ask(kubeconfig: Path, path: str) -> tuple[Any, Any]:
    """What the server answers to the kubeconfig's user: headers and JSON."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    request = urllib.request.Request(
        cluster["server"] + path, headers={"Authorization": f"Bearer {user['token']}"}
    )
    authority = cluster.get("certificate-authority-data")
    context = None
    if authority:
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=_decoded(authority))
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        return dict(answer.headers), json.load(answer)


def _decoded(text: str) -> str:
    return yaml.safe_load(f"!!binary {text}").decode()  # type: ignore[no-any-return]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_is_ready_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    kubeconfig = tmp_path / "config"
    with running("serve", "--kubeconfig-out", kubeconfig) as process:
        assert re.fullmatch(
            rf"quaysim serves http://127\.0\.0\.1:\d+, kubeconfig {kubeconfig}", process.ready
        )
        _, nodes = _ask(kubeconfig, "/api/v1/nodes")
        assert len(nodes["items"]) == 3
        assert process.stop(number) == (0, "", "")


def test_over_tls_the_kubeconfig_has_what_a_client_needs(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    with running(
        "serve", "--tls", "--kubeconfig-out", kubeconfig, "--operator", "none", "--node", "none"
    ) as process:
        assert "https://127.0.0.1:" in process.ready
        _, nodes = _ask(kubeconfig, "/api/v1/nodes")
        _, crds = _ask(kubeconfig, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
        assert nodes["items"] == []
        assert "quayregistries.quay.redhat.com" not in {item["metadata"]["name"] for item in crds["items"]}


def test_plain_kubernetes_has_no_routes(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    with running("serve", "--platform", "kubernetes", "--kubeconfig-out", kubeconfig):
        _, groups = _ask(kubeconfig, "/apis")
        assert "route.openshift.io" not in {group["name"] for group in groups["groups"]}


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        code, problem = fails("serve", "--port", str(port), "--kubeconfig-out", tmp_path / "config")
    assert (code, problem) == (2, f"quaysim: port {port} of 127.0.0.1 is in use\n")
    assert not (tmp_path / "config").exists()


def test_other_addresses_than_loopback_need_tls(tmp_path: Path) -> None:
    code, problem = fails("serve", "--host", "0.0.0.0", "--kubeconfig-out", tmp_path / "config")  # noqa: S104
    assert (code, problem.count("\n")) == (2, 1)
    assert "serve it with --tls" in problem


def test_a_kubeconfig_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    code, problem = fails("serve", "--kubeconfig-out", tmp_path / "none" / "config")
    assert code == 2
    assert (
        problem
        == f"quaysim: the kubeconfig cannot be written to {tmp_path}/none/config: no such file or directory\n"
    )


def test_the_router_shows_the_wildcard_certificate(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    arguments = ("--router-port", str(port), "--apps-domain", "apps.lab.test")
    with running("serve", "--kubeconfig-out", tmp_path / "config", *arguments):
        chain = ssl.get_server_certificate(("127.0.0.1", port))
    assert chain.startswith("-----BEGIN CERTIFICATE-----")


@pytest.fixture
def kubectl(tmp_path: Path) -> Any:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not on this machine")

    def call(*arguments: str) -> str:
        command = [
            "kubectl",
            "--kubeconfig",
            str(tmp_path / "config"),
            "--cache-dir",
            str(tmp_path / "cache"),
        ]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


def test_a_registry_becomes_available_under_kubectl(tmp_path: Path, kubectl: Any) -> None:
    file = write(
        tmp_path / "registry.yaml",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        registry(unmanaged("clair"), unmanaged("clairpostgres"), unmanaged("mirror")),
    )
    with running("serve", "--speed", "100", "--kubeconfig-out", tmp_path / "config"):
        assert "quayregistry.quay.redhat.com/example-registry created" in kubectl("apply", "-f", file)
        waited = kubectl(
            "wait", "-n", NAMESPACE, "--for=condition=Available", "quayregistry/example-registry"
        )
        assert "condition met" in waited
        assert "example-registry-quay-app" in kubectl("get", "deployments", "-n", NAMESPACE)
        described = kubectl("describe", "-n", NAMESPACE, "quayregistry", "example-registry")
        assert "All components reporting as healthy" in described
        assert "unchanged" in kubectl("apply", "-f", file)
        assert "deleted" in kubectl("delete", "-n", NAMESPACE, "quayregistry", "example-registry")
