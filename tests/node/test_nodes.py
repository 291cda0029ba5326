"""Nodes: what they report, and which addresses they give."""

from __future__ import annotations

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import LEASES, NODES
from fake_cluster.node.addresses import PodAddresses
from fake_cluster.node.images import image_id, normalised
from fake_cluster.node.runtime import Backoff, duration
from fake_cluster.node.scheduling.requests import pod_requests
from fake_cluster.node.specs import NodeSpec
from fake_cluster.objects import condition_is_true, labels_of
from tests.node.conftest import Lab, container, pod


def test_three_workers_are_ready_from_the_start(lab: Lab) -> None:
    nodes = lab.client.list(NODES)
    assert [node["metadata"]["name"] for node in nodes] == ["worker-0", "worker-1", "worker-2"]
    assert all(condition_is_true(node, "Ready") for node in nodes)
    assert {node["status"]["allocatable"]["cpu"] for node in nodes} == {"64"}


def test_every_node_holds_its_lease(lab: Lab) -> None:
    leases = lab.client.list(LEASES, "kube-node-lease")
    assert [lease["spec"]["holderIdentity"] for lease in leases] == ["worker-0", "worker-1", "worker-2"]


def test_a_node_is_as_its_spec_says() -> None:
    taint = {"key": "infra", "effect": "NoSchedule"}
    spec = NodeSpec(
        "infra", labels={"zone": "a"}, taints=[taint], capacity={"cpu": "4", "memory": "8Gi", "pods": "20"}
    )
    node = FakeCluster(nodes=[spec]).client().get(NODES, "infra")
    assert labels_of(node)["zone"] == "a"
    assert labels_of(node)["kubernetes.io/hostname"] == "infra"
    assert node["spec"]["taints"] == [taint]
    assert node["status"]["capacity"] == {"cpu": "4", "memory": "8Gi", "pods": "20"}


def test_a_node_that_somebody_creates_becomes_ready_and_runs_pods(lab: Lab) -> None:
    lab.client.create(NODES, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "new"}})
    lab.create(nodeName="new")
    lab.until_ready()
    assert condition_is_true(lab.client.get(NODES, "new"), "Ready")


def test_a_pod_of_a_node_that_does_not_exist_stays_pending_until_it_does(lab: Lab) -> None:
    lab.create(nodeName="later")
    lab.cluster.advance(20)
    assert not lab.is_ready()
    lab.cluster.add_node(NodeSpec("later"))
    lab.until_ready()


def test_a_cluster_can_be_without_nodes_of_its_own() -> None:
    lab = Lab(FakeCluster(run_nodes=False))
    lab.create()
    lab.cluster.advance(60)
    assert lab.client.list(NODES) == []
    assert "nodeName" not in lab.pod()["spec"]


def test_every_pod_has_an_address_of_its_own() -> None:
    addresses = PodAddresses({"spec": {"podCIDR": "10.1.0.0/16"}})
    assert [addresses.take() for _ in range(3)] == ["10.1.0.2", "10.1.0.3", "10.1.0.4"]


def test_addresses_are_used_again_when_there_are_no_others() -> None:
    addresses = PodAddresses({"spec": {"podCIDR": "10.1.0.0/29"}})
    taken = [addresses.take() for _ in range(5)]
    addresses.give_back(taken[1])
    assert addresses.take() == taken[1]


def test_a_pod_on_the_hosts_network_has_its_address(lab: Lab) -> None:
    lab.create(hostNetwork=True)
    lab.until_ready()
    status = lab.pod()["status"]
    assert status["podIP"] == status["hostIP"]


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("bitnami/redis:7", "docker.io/bitnami/redis:7"),
        ("quay.io/projectquay/quay:3.7.10", "quay.io/projectquay/quay:3.7.10"),
        ("localhost:5000/a/b", "localhost:5000/a/b:latest"),
        (f"quay.io/a@sha256:{'0' * 64}", f"quay.io/a@sha256:{'0' * 64}"),
        ("Upper/Case", None),
        ("", None),
    ],
)
def test_image_names_are_completed(image: str, full: str | None) -> None:
    assert normalised(image) == full


def test_the_id_of_an_image_names_its_repository_and_a_digest() -> None:
    assert image_id("quay.io/a/b:1").startswith("quay.io/a/b@sha256:")
    assert image_id("quay.io/a/b:1") != image_id("quay.io/a/b:2")


def test_back_off_doubles_ends_and_is_forgotten() -> None:
    backoff, now, seconds = Backoff(), 1000.0, []
    for _ in range(8):
        backoff.attempt(now)
        seconds.append(backoff.seconds)
        now = backoff.until(now, now)
    assert seconds == [10, 20, 40, 80, 160, 300, 300, 300]
    assert backoff.until(now + 700, now + 700) == now + 700


@pytest.mark.parametrize(("seconds", "text"), [(10, "10s"), (80, "1m20s"), (300, "5m0s")])
def test_durations_read_as_in_go(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_a_pod_needs_the_larger_of_its_containers_and_its_init_containers() -> None:
    def with_cpu(name: str, cpu: str, **more: str) -> dict[str, object]:
        return container(name, resources={"requests": {"cpu": cpu}}) | more

    wanted = pod_requests(
        pod(
            containers=[with_cpu("a", "500m"), with_cpu("b", "1")],
            initContainers=[with_cpu("side", "250m", restartPolicy="Always"), with_cpu("init", "2")],
            overhead={"cpu": "10m"},
        )
    )
    assert wanted["cpu"] == 2250 + 10
