"""The controllers as clients of an API server in another thread, over HTTP and on real time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from random import Random

import pytest
from kubernetes.client import ApiClient, Configuration

from fake_cluster import bootstrap
from fake_cluster.api import Api
from fake_cluster.controllers import all_controllers
from fake_cluster.http import BackgroundServer, Server, listen
from fake_cluster.kinds import Kinds
from fake_cluster.kinds.refs import DEPLOYMENTS, PODS, REPLICA_SETS, SERVICE_ACCOUNTS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.machinery.manager import Manager
from fake_cluster.machinery.rest import RestClient
from fake_cluster.store import Store
from tests.controllers.workloads import workload

PATIENCE = 20.0


@pytest.fixture
def server() -> Iterator[str]:
    """An API server without controllers."""
    clock = RealClock()
    api = Api(Kinds(), Store(), clock, Random(0))
    bootstrap.install(DirectClient(api, "kube-apiserver"))
    background = BackgroundServer(Server(api.handle, Manager(clock), listen("127.0.0.1", 0)))
    background.start()
    yield f"http://127.0.0.1:{background.server.port}"
    background.stop()


@pytest.fixture
def connect(server: str) -> Iterator[Callable[[], RestClient]]:
    clients: list[RestClient] = []

    def connect_once() -> RestClient:
        configuration = Configuration()
        configuration.host = server
        clients.append(RestClient(ApiClient(configuration)))
        return clients[-1]

    yield connect_once
    for client in clients:
        client.close()


@pytest.fixture
def start_controllers(connect: Callable[[], RestClient]) -> Iterator[Callable[[], None]]:
    stop = threading.Event()
    workers: list[threading.Thread] = []

    def start() -> None:
        client, clock = connect(), RealClock()
        manager = Manager(clock)
        for controller in all_controllers(client, clock, Random(0)):
            manager.add(controller, client)
        workers.append(threading.Thread(target=manager.run_forever, args=(stop,)))
        workers[-1].start()

    yield start
    stop.set()
    for worker in workers:
        worker.join()


class Seen:
    """Waits for what a watch tells."""

    def __init__(self, client: RestClient) -> None:
        self.client = client
        self._news = threading.Condition()
        for ref in (DEPLOYMENTS, REPLICA_SETS, PODS, SERVICE_ACCOUNTS):
            client.watch(ref, self._hear)

    def _hear(self, event: Event) -> None:
        del event
        with self._news:
            self._news.notify_all()

    def until(self, reached: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(reached, PATIENCE)

    def pods(self) -> int:
        return len(self.client.list(PODS, "default"))

    def accounts(self) -> list[str]:
        return [item["metadata"]["name"] for item in self.client.list(SERVICE_ACCOUNTS, "default")]

    def note(self) -> str:
        """The annotation that the ReplicaSet takes over from its Deployment."""
        [replica_set] = self.client.list(REPLICA_SETS, "default")
        return str(replica_set["metadata"]["annotations"].get("note"))

    def observed(self) -> int:
        status = self.client.get(DEPLOYMENTS, "web", "default").get("status", {})
        return int(status.get("replicas", 0)) if status.get("observedGeneration") else -1


def test_a_deployment_lives_and_dies_over_http(
    connect: Callable[[], RestClient], start_controllers: Callable[[], None]
) -> None:
    start_controllers()
    seen = Seen(connect())
    seen.until(lambda: "default" in seen.accounts())
    seen.client.create(DEPLOYMENTS, workload("Deployment", replicas=3))
    seen.until(lambda: seen.observed() == 3)
    assert seen.pods() == 3
    seen.client.delete(DEPLOYMENTS, "web", "default", propagation="Background")
    seen.until(lambda: seen.pods() == 0)
    assert seen.client.list(REPLICA_SETS, "default") == []


def test_controllers_that_start_again_do_not_make_pods_twice(
    connect: Callable[[], RestClient], start_controllers: Callable[[], None]
) -> None:
    start_controllers()
    seen = Seen(connect())
    seen.until(lambda: "default" in seen.accounts())
    seen.client.create(DEPLOYMENTS, workload("Deployment", replicas=3))
    seen.until(lambda: seen.observed() == 3)
    before = {item["metadata"]["uid"] for item in seen.client.list(PODS, "default")}
    start_controllers()
    seen.client.patch(DEPLOYMENTS, "web", {"metadata": {"annotations": {"note": "x"}}}, "default")
    seen.until(lambda: seen.note() == "x")
    assert {item["metadata"]["uid"] for item in seen.client.list(PODS, "default")} == before
