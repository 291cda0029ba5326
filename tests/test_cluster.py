"""FakeCluster: starting, letting time pass, waiting, and seeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kubernetes import client as kubernetes
from kubernetes import watch

from fake_cluster.cluster import FakeCluster, NotReachedError
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    POD_METRICS,
    PODS,
    PRIORITY_CLASSES,
    SECRETS,
    SERVICES,
    STORAGE_CLASSES,
)
from fake_cluster.machinery.clock import EPOCH, RealClock
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.objects import Key, Object, condition_is_true, is_terminating
from fake_cluster.store import Store


def deployment(replicas: int = 2, image: str = "example.com/web:1") -> Object:
    probe = {"httpGet": {"port": 8080}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": image, "readinessProbe": probe}]},
            },
        },
    }


def history(cluster: FakeCluster) -> list[str]:
    """Everything that is stored, as text."""
    store: Store = cluster.api.store
    tables = [cluster.api.core.table(resource) for resource in cluster.api.kinds.resources()]
    return [f"{store.revision}", *(entry.json.decode() for table in tables for entry in table.entries())]


def follow(function: Callable[..., Any], *args: Any, **options: Any) -> Iterator[Any]:
    """The events of a watch of the official client, which carries no types."""
    stream: Any = watch.Watch
    yield from stream().stream(function, *args, **options)


def rollout(seed: int = 0) -> FakeCluster:
    cluster = FakeCluster(seed=seed)
    client = cluster.client("test")
    client.create(DEPLOYMENTS, deployment())
    cluster.run_until(lambda: condition_is_true(client.get(DEPLOYMENTS, "web", "default"), "Available"), 60)
    return cluster


def test_a_fresh_cluster_has_what_an_installer_leaves_behind(fake_cluster: FakeCluster) -> None:
    client = fake_cluster.client()
    names = [item["metadata"]["name"] for item in client.list(NAMESPACES)]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]
    assert len(client.list(PRIORITY_CLASSES)) == 2
    default = client.list(STORAGE_CLASSES)[0]["metadata"]["annotations"]
    assert default == {"storageclass.kubernetes.io/is-default-class": "true"}
    service = client.get(SERVICES, "kubernetes", "default")
    assert service["spec"]["clusterIP"]


def test_a_deployment_becomes_available_within_seconds_of_virtual_time() -> None:
    cluster = rollout()
    assert 1.0 <= cluster.clock.now() - EPOCH <= 5.0


def test_the_same_seed_gives_the_same_cluster_byte_for_byte() -> None:
    assert history(rollout(3)) == history(rollout(3))


def test_another_seed_gives_other_names_and_the_same_outcome() -> None:
    pods = [[pod["metadata"]["name"] for pod in rollout(seed).client().list(PODS)] for seed in (1, 2)]
    assert len(pods[0]) == len(pods[1]) == 2
    assert pods[0] != pods[1]


def test_time_stands_still_while_a_cluster_settles(fake_cluster: FakeCluster) -> None:
    fake_cluster.client().create(DEPLOYMENTS, deployment())
    fake_cluster.settle()
    assert fake_cluster.clock.now() == EPOCH
    assert len(fake_cluster.client().list(PODS)) == 2


def test_time_advances_by_what_was_asked_for(fake_cluster: FakeCluster) -> None:
    fake_cluster.advance(12.5)
    assert fake_cluster.clock.now() == EPOCH + 12.5


def test_waiting_ends_at_the_moment_when_it_is_true(fake_cluster: FakeCluster) -> None:
    fake_cluster.run_until(lambda: fake_cluster.clock.now() >= EPOCH + 60, timeout=60)
    assert fake_cluster.clock.now() == EPOCH + 60


def test_waiting_in_vain_says_who_was_still_waiting_for_what(fake_cluster: FakeCluster) -> None:
    client = fake_cluster.client()
    stuck = deployment(replicas=1)
    volumes = [{"name": "v", "secret": {"secretName": "missing"}}]
    stuck["spec"]["template"]["spec"]["volumes"] = volumes
    client.create(DEPLOYMENTS, stuck)

    def again(_: Key) -> Result:
        return Result(requeue_after=45)

    fake_cluster.add([Controller("poller", again, [Source(DEPLOYMENTS)])])
    with pytest.raises(NotReachedError) as error:
        fake_cluster.run_until(lambda: False, 30, "web available")
    text = str(error.value)
    assert text.startswith("web available: not within 30 s of the cluster's time")
    assert "again in 45 s: poller default/web" in text
    assert re.search(r"pod default/web-\S+: Pending; c waiting, ContainerCreating", text)
    assert "seed 0" in text


def test_waiting_in_vain_names_pods_that_fit_nowhere(fake_cluster: FakeCluster) -> None:
    large = deployment(replicas=1)
    large["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "gold"}
    fake_cluster.client().create(DEPLOYMENTS, large)
    with pytest.raises(
        NotReachedError, match=r"Unschedulable: 0/3 nodes are available: 3 node\(s\) didn't match"
    ):
        fake_cluster.run_until(lambda: False, 30)


def test_the_official_client_sees_the_cluster(
    fake_cluster: FakeCluster, kube_client: kubernetes.ApiClient
) -> None:
    apps: Any = kubernetes.AppsV1Api(kube_client)
    core: Any = kubernetes.CoreV1Api(kube_client)
    apps.create_namespaced_deployment("default", deployment())
    fake_cluster.run_until(
        lambda: apps.read_namespaced_deployment("web", "default").status.ready_replicas == 2
    )
    assert [node.metadata.name for node in core.list_node().items] == ["worker-0", "worker-1", "worker-2"]


def test_a_watch_of_the_official_client_lets_time_pass(kube_client: kubernetes.ApiClient) -> None:
    apps: Any = kubernetes.AppsV1Api(kube_client)
    core: Any = kubernetes.CoreV1Api(kube_client)
    apps.create_namespaced_deployment("default", deployment(replicas=1))
    ready = False
    for event in follow(core.list_namespaced_pod, "default", timeout_seconds=60):
        conditions = event["object"].status.conditions or []
        ready = any(c.type == "Ready" and c.status == "True" for c in conditions)
        if ready:
            break
    assert ready


def test_a_watch_ends_when_its_time_is_over(
    fake_cluster: FakeCluster, kube_client: kubernetes.ApiClient
) -> None:
    core: Any = kubernetes.CoreV1Api(kube_client)
    assert list(follow(core.list_namespaced_secret, "default", timeout_seconds=30)) == []
    assert fake_cluster.clock.now() == EPOCH + 30


def test_the_log_of_a_pod_is_read_through_the_api(
    fake_cluster: FakeCluster, kube_client: kubernetes.ApiClient
) -> None:
    from fake_cluster.node.program import Context, Program  # noqa: PLC0415 - as a user would, beside the class

    class Talkative(Program):
        def start(self, context: Context) -> None:
            context.log("listening")

    fake_cluster.programs.add("example.com/*", Talkative)
    client = fake_cluster.client()
    client.create(DEPLOYMENTS, deployment(replicas=1))
    fake_cluster.run_until(lambda: condition_is_true(client.get(DEPLOYMENTS, "web", "default"), "Available"))
    name = client.list(PODS)[0]["metadata"]["name"]
    assert kubernetes.CoreV1Api(kube_client).read_namespaced_pod_log(name, "default") == "listening\n"


def test_an_evicted_pod_leaves_and_is_replaced(fake_cluster: FakeCluster) -> None:
    client = fake_cluster.client()
    client.create(DEPLOYMENTS, deployment(replicas=1))
    fake_cluster.run_until(lambda: condition_is_true(client.get(DEPLOYMENTS, "web", "default"), "Available"))
    name = client.list(PODS)[0]["metadata"]["name"]
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": "default"},
    }
    client.create(PODS, eviction, subresource="eviction", name=name)
    assert is_terminating(client.get(PODS, name, "default"))
    fake_cluster.run_until(lambda: client.find(PODS, name, "default") is None)
    fake_cluster.run_until(lambda: [condition_is_true(pod, "Ready") for pod in client.list(PODS)] == [True])


def test_nobody_listens_on_a_plain_cluster(fake_cluster: FakeCluster) -> None:
    with pytest.raises(OSError, match="connection refused"):
        fake_cluster.peer_chain("apps.example.com", 443)


def test_two_clusters_know_nothing_of_each_other() -> None:
    with FakeCluster() as one, FakeCluster() as other:
        one.client().create(SECRETS, {"metadata": {"name": "s", "namespace": "default"}})
        assert other.client().find(SECRETS, "s", "default") is None


def test_a_cluster_on_real_time_is_driven_through_its_manager() -> None:
    cluster = FakeCluster(clock=RealClock(speed=1000.0))
    client = cluster.client()
    client.create(DEPLOYMENTS, deployment())
    while not condition_is_true(client.get(DEPLOYMENTS, "web", "default"), "Available"):
        cluster.manager.run_ready(budget=0.01)
        assert cluster.manager.next_due() is not None
    with pytest.raises(TypeError, match="real time"):
        cluster.advance(1)


def test_a_closed_cluster_does_nothing_more() -> None:
    with FakeCluster() as cluster:
        client = cluster.client()
    client.create(CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "default"}})
    client.create(DEPLOYMENTS, deployment())
    cluster.advance(60)
    assert client.list(PODS) == []


def test_a_controller_in_the_middle_of_its_work_cannot_let_time_pass(fake_cluster: FakeCluster) -> None:
    answers: list[bool] = []

    def waits(_: Key) -> None:
        fake_cluster.client().create(CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "default"}})
        answers.append(fake_cluster.let_time_pass(float("inf")))

    fake_cluster.add([Controller("impatient", waits, [Source(DEPLOYMENTS)])])
    fake_cluster.client().create(DEPLOYMENTS, deployment())
    fake_cluster.settle()
    assert answers[0] is False
    assert fake_cluster.clock.now() == EPOCH


def test_a_cluster_without_metrics_serves_none() -> None:
    with FakeCluster(metrics=False) as cluster:
        assert not cluster.client().serves(POD_METRICS)
    with FakeCluster() as cluster:
        assert cluster.client().serves(POD_METRICS)
