"""A cluster of three nodes, and short ways to make Pods on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import EVENTS, PODS
from fake_cluster.machinery.clock import EPOCH
from fake_cluster.objects import Object, condition_is_true


def container(name: str = "c", image: str = "example.com/app:1", **fields: Any) -> Object:
    return {"name": name, "image": image, **fields}


def pod(name: str = "p", labels: dict[str, str] | None = None, **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": labels or {}},
        "spec": {"containers": [container()], **spec},
    }


class Lab:
    """A cluster with what the tests of Pods ask for all the time."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.client = cluster.client("test")

    def create(self, name: str = "p", **spec: Any) -> Object:
        return self.client.create(PODS, pod(name, **spec))

    def pod(self, name: str = "p") -> Object:
        return self.client.get(PODS, name, "default")

    def gone(self, name: str = "p") -> bool:
        return self.client.find(PODS, name, "default") is None

    def state(self, name: str = "p", number: int = 0, field: str = "containerStatuses") -> Object:
        """The state of a container, as `{"waiting": …}`, `{"running": …}` or `{"terminated": …}`."""
        state: Object = self.pod(name)["status"][field][number]["state"]
        return state

    def status(self, name: str = "p", number: int = 0) -> Object:
        status: Object = self.pod(name)["status"]["containerStatuses"][number]
        return status

    def phase(self, name: str = "p") -> str:
        return str(self.pod(name)["status"]["phase"])

    def is_ready(self, name: str = "p") -> bool:
        return condition_is_true(self.pod(name), "Ready")

    def until_ready(self, name: str = "p", timeout: float = 60.0) -> None:
        self.cluster.run_until(lambda: self.is_ready(name), timeout, f"Pod {name} ready")

    def node_of(self, name: str) -> str:
        self.cluster.settle()
        return str(self.pod(name)["spec"].get("nodeName", ""))

    def events(self, name: str = "p") -> list[str]:
        """Reasons of the Events about a Pod, in the order in which they happened first."""
        events = [event for event in self.client.list(EVENTS) if event["involvedObject"]["name"] == name]
        events.sort(key=lambda event: int(event["metadata"]["resourceVersion"]))
        return [event["reason"] for event in events]

    def messages(self, reason: str, name: str = "p") -> list[str]:
        events = self.client.list(EVENTS)
        return [e["message"] for e in events if e["involvedObject"]["name"] == name and e["reason"] == reason]

    @property
    def elapsed(self) -> float:
        return round(self.cluster.clock.now() - EPOCH, 3)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with FakeCluster() as cluster:
        yield Lab(cluster)
