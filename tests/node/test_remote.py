"""Scheduler and node agent as clients of an API server in another thread, over HTTP and on real time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from kubernetes.client import ApiClient, Configuration

from fake_cluster.cluster import FakeCluster
from fake_cluster.http import BackgroundServer, Server, listen
from fake_cluster.kinds.refs import NODES, PODS
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.manager import Manager
from fake_cluster.machinery.rest import RestClient
from fake_cluster.node.agent import NAME, NodeAgent
from fake_cluster.node.scheduler import Scheduler
from fake_cluster.node.specs import NodeSpec, node_object
from fake_cluster.objects import condition_is_true
from tests.node.conftest import pod

SPEED = 20.0
PATIENCE = 20.0


@pytest.fixture
def server() -> Iterator[str]:
    cluster = FakeCluster(clock=RealClock(SPEED), run_nodes=False)
    background = BackgroundServer(Server(cluster.api.handle, cluster.manager, listen("127.0.0.1", 0)))
    background.start()
    yield f"http://127.0.0.1:{background.server.port}"
    background.stop()


def connect(url: str) -> RestClient:
    configuration = Configuration()
    configuration.host = url
    return RestClient(ApiClient(configuration))


def test_pods_run_on_nodes_that_are_clients_like_any_other(server: str) -> None:
    client, clock = connect(server), RealClock(SPEED)
    manager, stop = Manager(clock), threading.Event()
    agent = NodeAgent(client, clock, partial(manager.enqueue, NAME))
    for controller in (*Scheduler(client, clock).controllers(), *agent.controllers()):
        manager.add(controller, client)
    worker = threading.Thread(target=manager.run_forever, args=(stop,))
    worker.start()
    try:
        test_client, done = connect(server), threading.Event()
        test_client.watch(PODS, lambda event: done.set() if condition_is_true(event.obj, "Ready") else None)
        test_client.create(NODES, node_object(NodeSpec("remote"), 0))
        test_client.create(PODS, pod())
        assert done.wait(PATIENCE)
        assert test_client.get(PODS, "p", "default")["spec"]["nodeName"] == "remote"
    finally:
        stop.set()
        worker.join()
        client.close()
        test_client.close()
