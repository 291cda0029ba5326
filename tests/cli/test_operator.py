from __future__ import annotations

import signal
from pathlib import Path

import yaml

from fake_cluster.http import kubeconfig, write_kubeconfig
from fake_cluster.kinds.refs import NAMESPACES
from fake_cluster.machinery.rest import RestClient
from fake_cluster.objects import condition
from quaysim.operator import QUAY_REGISTRIES
from quaysim.targets.kubeconfig import Options, connect
from tests.cli.inputs import BUNDLED, NAMESPACE, registry
from tests.cli.processes import fails, running


def test_the_operator_works_against_an_api_server_in_another_process(tmp_path: Path) -> None:
    config = tmp_path / "config"
    with running("serve", "--operator", "none", "--kubeconfig-out", config):
        client = RestClient(connect(Options(str(config), "quaysim")))
        with running("operator", "--kubeconfig", config, "--context", "quaysim") as operator:
            assert operator.ready.startswith("quaysim operator 3.7.10 watches http://127.0.0.1:")
            client.create(NAMESPACES, {"metadata": {"name": NAMESPACE}})
            client.create(QUAY_REGISTRIES, registry(**BUNDLED))
            blocked = None
            while blocked is None:
                blocked = condition(
                    client.get(QUAY_REGISTRIES, "example-registry", NAMESPACE), "RolloutBlocked"
                )
            assert (blocked["status"], blocked["reason"]) == ("True", "ConfigInvalid")
            code, _, _ = operator.stop(signal.SIGTERM)
            assert code == 0
        client.close()


def test_a_kubeconfig_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    answer = fails("operator", "--kubeconfig", missing, "--context", "quaysim")
    assert answer == (2, f"quaysim: {missing}: no such file\n")


def test_a_context_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "config"
    write_kubeconfig(config, kubeconfig("http://127.0.0.1:1", "lab", "token"))
    code, problem = fails("operator", "--kubeconfig", config, "--context", "moon")
    assert (code, problem.count("\n"), "moon" in problem) == (2, 1, True)


def test_a_kubeconfig_that_is_no_kubeconfig_is_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(yaml.safe_dump(["nothing"]))
    code, problem = fails("operator", "--kubeconfig", config, "--context", "quaysim")
    assert (code, problem.count("\n")) == (2, 1)


def test_a_server_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "config"
    write_kubeconfig(config, kubeconfig("http://127.0.0.1:1", "lab", "token"))
    code, problem = fails("operator", "--kubeconfig", config, "--context", "lab")
    assert (code, problem.count("\n")) == (2, 1)
    assert problem.startswith("quaysim: http://127.0.0.1:1 does not answer as an API server")
