"""An API server alone: no controllers, no nodes, no OpenShift. Everything else is brought by the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.http import BackgroundServer, Server, kubeconfig, listen, write_kubeconfig
from fake_cluster.kinds.refs import NAMESPACES, NODES
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.rest import RestClient
from quaysim.targets.connection import Options, connect
from tests.targets.conftest import SPEED, Lab

SCENARIOS = ("features/05-configuration/endpoints.feature", "features/04-deployment/running_pods.feature")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    cluster = FakeCluster(clock=RealClock(SPEED), run_nodes=False)
    cluster.manager.close()
    config = tmp_path / "kubeconfig"
    with listen("127.0.0.1", 0) as listener:
        write_kubeconfig(
            config, kubeconfig(f"http://127.0.0.1:{listener.getsockname()[1]}", "quaysim", "token")
        )
        server = BackgroundServer(Server(cluster.api.handle, cluster.manager, listener))
        server.start()
        client = RestClient(connect(Options(str(config), "quaysim")))
        yield Lab(config, tmp_path / "none", client)
        client.close()
        server.stop()


def test_with_all_stand_ins_scenarios_pass_and_leave_nothing(lab: Lab) -> None:
    before = [item["metadata"]["name"] for item in lab.client.list(NAMESPACES)]
    done = lab.run(*SCENARIOS, "--operator=simulated")
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
    assert [item["metadata"]["name"] for item in lab.client.list(NAMESPACES)] == before
    assert lab.client.list(NODES) == []


def test_without_stand_ins_it_is_told_what_is_missing(lab: Lab) -> None:
    done = lab.run(*SCENARIOS, "--operator=simulated", "--stand-ins=none")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "runs no kube-controller-manager: bring `controllers` with --stand-ins" in done.stderr
