"""A fake cluster behind HTTP, in a thread beside the program that asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fake_cluster.api.access.users import ADMINISTRATOR
from fake_cluster.cluster import FakeCluster, Platform
from fake_cluster.http import BackgroundServer, Server, kubeconfig, listen, write_kubeconfig
from fake_cluster.machinery.clock import RealClock

CONTEXT = "fake-cluster"


@dataclass(frozen=True, slots=True)
class ServedCluster:
    """Where a served cluster is to be found."""

    url: str
    kubeconfig: Path


@contextmanager
def served_cluster(
    kubeconfig_path: Path, *, platform: Platform = "kubernetes", seed: int = 0, speed: float = 1.0
) -> Iterator[ServedCluster]:
    """Serve a cluster on a free port of 127.0.0.1 while the block runs; its kubeconfig is written there.

    The cluster belongs to the server's thread: speak to it through its URL only. `speed` is how many times
    as fast as real time it lives.
    """
    with FakeCluster(platform, seed, RealClock(speed)) as cluster, listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        token = cluster.token_for(ADMINISTRATOR)
        write_kubeconfig(kubeconfig_path, kubeconfig(url, CONTEXT, token))
        server = BackgroundServer(Server(cluster.api.handle, cluster.manager, listener))
        server.start()
        try:
            yield ServedCluster(url, kubeconfig_path)
        finally:
            server.stop()
