"""Which clusters may be used for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_cluster.http import kubeconfig, write_kubeconfig
from quaysim.targets.connection import CONSENT, BadKubeconfig, Options, connect, looks_like_a_test_cluster

ELSEWHERE, HERE = "https://api.example.com:6443", "https://127.0.0.1:6443"


@pytest.mark.parametrize(
    ("context", "server", "looks"),
    [
        ("kind-quaysim", ELSEWHERE, True),
        ("admin@lab2", ELSEWHERE, True),
        ("default/api-crc-testing:6443/kubeadmin", ELSEWHERE, True),
        ("k3d-a", ELSEWHERE, True),
        ("admin", ELSEWHERE, False),
        ("contest", ELSEWHERE, False),
        ("admin", HERE, True),
        ("admin", "http://localhost:8080", True),
        ("admin", "http://[::1]:8080", True),
        ("prod", HERE, False),
        ("test-prod", ELSEWHERE, False),
        ("live1", HERE, False),
    ],
)
def test_the_name_and_the_place_of_a_cluster_say_whether_it_is_for_tests(
    context: str, server: str, *, looks: bool
) -> None:
    assert looks_like_a_test_cluster(context, server) is looks


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    write_kubeconfig(path, kubeconfig(ELSEWHERE, "admin", "token"))
    return path


def test_a_cluster_that_does_not_look_like_one_for_tests_needs_consent(config: Path) -> None:
    with pytest.raises(BadKubeconfig, match=CONSENT):
        connect(Options(str(config), "admin"))
    client = connect(Options(str(config), "admin", not_a_test_cluster=True))
    assert client.configuration.host == ELSEWHERE


@pytest.mark.parametrize("options", [Options(), Options(context="lab"), Options("config")])
def test_neither_a_kubeconfig_nor_a_context_is_assumed(options: Options) -> None:
    with pytest.raises(BadKubeconfig, match="must both be given"):
        connect(options)
