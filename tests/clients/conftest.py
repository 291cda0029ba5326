"""A cluster of its own for each module, served over HTTP on time that runs fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from fake_cluster.api.access.users import ADMINISTRATOR
from fake_cluster.cluster import FakeCluster
from fake_cluster.http import BackgroundServer, Server, kubeconfig, listen, write_kubeconfig
from fake_cluster.machinery.clock import RealClock

TOKEN = "a token"
SPEED = 30.0
"""Seconds of the cluster in one real second: Pods start in some hundredths of a second."""


@dataclass(frozen=True)
class Served:
    """Where a cluster is to be found. Only its server's thread may touch the cluster itself."""

    url: str
    port: int
    path: Path

    @property
    def config(self) -> dict[str, object]:
        """The kubeconfig, read."""
        config: dict[str, object] = yaml.safe_load(self.path.read_text())
        return config


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with FakeCluster(clock=RealClock(SPEED)) as cluster, listen("127.0.0.1", 0) as listener:
        cluster.api.access.authentication.add_token(TOKEN, ADMINISTRATOR)
        background = BackgroundServer(Server(cluster.api.handle, cluster.manager, listener))
        background.start()
        url = f"http://127.0.0.1:{background.server.port}"
        path = tmp_path_factory.mktemp("served") / "kubeconfig"
        write_kubeconfig(path, kubeconfig(url, "fake", TOKEN))
        yield Served(url, background.server.port, path)
        background.stop()
