"""What Pods and nodes use, as the API for metrics tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import NODE_METRICS, POD_METRICS, PODS
from fake_cluster.node import Context, Match, Program, task
from fake_cluster.objects import Object


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with FakeCluster(nodes=1) as cluster:
        yield cluster


def pod(name: str = "web", namespace: str = "default", requests: dict[str, str] | None = None) -> Object:
    container = {"name": "main", "image": "web:1", "resources": {"requests": requests or {}}}
    labels = {"app": name}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"containers": [container], "initContainers": [{"name": "first", "image": "first:1"}]},
    }


def run(cluster: FakeCluster, *pods: Object) -> None:
    for obj in pods:
        cluster.client().create(PODS, obj)
    cluster.advance(10)


def used(cluster: FakeCluster, name: str = "web") -> Object:
    (container,) = cluster.client().get(POD_METRICS, name, "default")["containers"]
    found: Object = container["usage"]
    return found


def test_a_container_uses_a_tenth_of_what_it_requests(cluster: FakeCluster) -> None:
    run(cluster, pod(requests={"cpu": "500m", "memory": "1000Mi"}))
    assert used(cluster) == {"cpu": "50m", "memory": "100Mi"}


def test_a_container_without_requests_uses_a_little(cluster: FakeCluster) -> None:
    run(cluster, pod())
    assert used(cluster) == {"cpu": "1m", "memory": "16Mi"}


def test_metrics_have_the_name_the_labels_and_the_time_of_what_is_measured(cluster: FakeCluster) -> None:
    run(cluster, pod())
    found = cluster.client().get(POD_METRICS, "web", "default")
    assert found["metadata"] == {
        "name": "web",
        "namespace": "default",
        "labels": {"app": "web"},
        "creationTimestamp": "2026-01-01T00:00:10Z",
    }
    assert (found["timestamp"], found["window"]) == ("2026-01-01T00:00:10Z", "15s")
    assert [item["name"] for item in found["containers"]] == ["main"]


def test_a_test_says_what_pods_use_and_takes_it_back(cluster: FakeCluster) -> None:
    run(cluster, pod(requests={"cpu": "1"}))
    everything, web = Match(), Match(labels={"app": "web"})
    cluster.usages.set(everything, cpu="1", memory="1Gi")
    cluster.usages.set(web, cpu="250m")
    assert used(cluster) == {"cpu": "250m", "memory": "16Mi"}
    cluster.usages.remove(web)
    assert used(cluster) == {"cpu": "1", "memory": "1Gi"}


def test_what_is_not_a_quantity_is_refused(cluster: FakeCluster) -> None:
    with pytest.raises(ValueError, match="quantities must match"):
        cluster.usages.set("web:*", cpu="much")


class Busy(Program):
    """Works hard after a minute."""

    def start(self, context: Context) -> None:
        context.after(60, lambda: context.use(cpu="700m"))


def test_a_program_says_what_it_uses_itself(cluster: FakeCluster) -> None:
    cluster.programs.add("web:*", Busy)
    run(cluster, pod())
    assert used(cluster)["cpu"] == "1m"
    cluster.advance(60)
    assert used(cluster) == {"cpu": "700m", "memory": "16Mi"}


def test_pods_that_do_not_run_have_no_metrics(cluster: FakeCluster) -> None:
    cluster.programs.add("web:*", task(1))
    run(cluster, pod() | {"spec": pod()["spec"] | {"restartPolicy": "Never"}})
    assert cluster.client().list(POD_METRICS) == []
    with pytest.raises(ApiError) as refused:
        cluster.client().get(POD_METRICS, "web", "default")
    assert refused.value.code == 404
    assert refused.value.message == 'podmetrics.metrics.k8s.io "default/web" not found'


def test_a_node_uses_what_its_pods_use_and_a_little_more(cluster: FakeCluster) -> None:
    (idle,) = cluster.client().list(NODE_METRICS)
    assert idle["usage"] == {"cpu": "50m", "memory": "256Mi"}
    run(cluster, pod("a"), pod("b"))
    cluster.usages.set("web:*", cpu="500m", memory="1Gi")
    name = idle["metadata"]["name"]
    assert cluster.client().get(NODE_METRICS, name)["usage"] == {"cpu": "1050m", "memory": "2304Mi"}
    with pytest.raises(ApiError, match=r'nodemetrics.metrics.k8s.io "other" not found'):
        cluster.client().get(NODE_METRICS, "other")


def test_metrics_are_listed_with_selectors(cluster: FakeCluster) -> None:
    run(cluster, pod("a"), pod("b"), pod("c", "kube-public"))
    client = cluster.client()

    def names(namespace: str, **selectors: str) -> list[str]:
        return [item["metadata"]["name"] for item in client.list(POD_METRICS, namespace, **selectors)]

    assert names("") == ["a", "b", "c"]
    assert names("default", labels="app!=a") == ["b"]
    assert names("", fields="metadata.name=c") == ["c"]


def test_metrics_are_discovered_read_and_nothing_else(cluster: FakeCluster) -> None:
    listed = json.loads(cluster.api.handle("GET", "/apis/metrics.k8s.io/v1beta1").body)
    assert [(item["name"], item["kind"], item["verbs"]) for item in listed["resources"]] == [
        ("nodes", "NodeMetrics", ["get", "list"]),
        ("pods", "PodMetrics", ["get", "list"]),
    ]
    path = "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods"
    assert cluster.api.handle("POST", path, body=b"{}").code == 405
    assert cluster.api.handle("GET", path, {"watch": "true"}).code == 405
    assert json.loads(cluster.api.handle("GET", path).body)["kind"] == "PodMetricsList"


def test_metrics_are_shown_as_a_table(cluster: FakeCluster) -> None:
    run(cluster, pod())
    cluster.usages.set("web:*", cpu="1500m", memory="2Gi")
    accept = {"accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    path = "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods"
    table = json.loads(cluster.api.handle("GET", path, headers=accept).body)
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "cpu", "memory", "Window"]
    assert table["rows"][0]["cells"] == ["web", "1500m", "2Gi", "15s"]


def test_a_cluster_whose_nodes_nobody_runs_has_no_metrics() -> None:
    with FakeCluster(run_nodes=False) as cluster:
        assert not cluster.client().serves(POD_METRICS)
        assert cluster.api.handle("GET", "/apis/metrics.k8s.io").code == 404
