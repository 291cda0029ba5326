"""Faults on demand: which requests they strike, and what their clients see."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

import orjson
import pytest
from kubernetes.client import ApiException, CoreV1Api, V1ConfigMap, V1ObjectMeta
from kubernetes.watch import Watch

from fake_cluster.api.faults import (
    conflict,
    dropped_watch,
    latency,
    server_error,
    too_many_requests,
    unavailable,
)
from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.http import BackgroundServer, Server, listen
from fake_cluster.kinds.refs import CONFIG_MAPS, PODS, SECRETS
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(nodes=1)


@pytest.fixture
def client(cluster: FakeCluster) -> DirectClient:
    return cluster.client("tester/1.0")


def config_map(name: str) -> Object:
    return {"metadata": {"name": name, "namespace": "default"}}


def _code(client: DirectClient, name: str) -> int:
    try:
        client.create(CONFIG_MAPS, config_map(name))
    except ApiError as error:
        return error.code
    return 201


def _patched(client: DirectClient, value: str) -> str:
    try:
        found: str = client.patch(CONFIG_MAPS, "a", {"data": {"k": value}}, "default")["data"]["k"]
    except ApiError as error:
        return error.message.partition(":")[0]
    return found


def test_a_conflict_strikes_as_often_as_it_is_told_to(cluster: FakeCluster, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    rule = cluster.faults.add(conflict(), verbs="patch update", resource="configmaps", times=2)
    refusal = 'Operation cannot be fulfilled on configmaps "a"'
    assert [_patched(client, value) for value in "123"] == [refusal, refusal, "3"]
    assert rule.struck == 2


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        (too_many_requests(7), 429, "TooManyRequests"),
        (server_error(), 500, "InternalError"),
        (unavailable(), 503, "ServiceUnavailable"),
    ],
)
def test_errors_come_as_the_real_ones(cluster: FakeCluster, fault: object, code: int, reason: str) -> None:
    cluster.faults.add(fault, verbs="list")  # type: ignore[arg-type] # one of the faults above
    response = cluster.api.handle("GET", "/api/v1/pods", {}, {"user-agent": "tester/1.0"})
    assert (response.code, orjson.loads(response.body)["reason"]) == (code, reason)
    retry = dict(response.headers).get("Retry-After")
    assert retry == ("7" if code == 429 else None)


@pytest.mark.parametrize(
    ("where", "struck"),
    [
        ({"resource": "configmaps"}, True),
        ({"resource": "pods"}, False),
        ({"resource": "pods/status"}, False),
        ({"name": "a*"}, True),
        ({"name": "b*"}, False),
        ({"namespace": "kube-*"}, False),
        ({"user_agent": "tester/*"}, True),
        ({"user_agent": "other/*"}, False),
        ({"verbs": "create"}, True),
        ({"verbs": ["get", "list"]}, False),
        ({"skip": 1}, False),
        ({"times": 0}, False),
        ({"chance": 0.0}, False),
    ],
)
def test_a_rule_says_which_requests_it_means(
    cluster: FakeCluster, client: DirectClient, where: dict[str, object], *, struck: bool
) -> None:
    cluster.faults.add(server_error(), **where)  # type: ignore[arg-type] # parts of a rule
    assert (_code(client, "apple") == 500) is struck


def test_the_cluster_itself_is_spared_unless_it_is_meant(cluster: FakeCluster, client: DirectClient) -> None:
    pod = {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [{"name": "a", "image": "a"}]},
    }
    client.create(PODS, pod)
    cluster.faults.add(server_error())
    cluster.advance(5)
    cluster.faults.clear()
    assert client.get(PODS, "web", "default")["status"]["phase"] == "Running"
    cluster.faults.add(server_error(), verbs="create", user_agent="kube-controller-manager*")
    with pytest.raises(ApiError, match="etcdserver"):
        cluster.client("kube-controller-manager").create(SECRETS, config_map("a"))


def test_the_same_seed_strikes_the_same_requests() -> None:
    def codes(seed: int) -> list[int]:
        cluster = FakeCluster(nodes=0, seed=seed)
        cluster.faults.add(server_error(), chance=0.5)
        return [_code(cluster.client("tester/1.0"), f"a{number}") for number in range(30)]

    assert codes(1) == codes(1) != codes(2)
    assert set(codes(1)) == {201, 500}


def test_latency_passes_on_the_clusters_clock(cluster: FakeCluster, client: DirectClient) -> None:
    cluster.faults.add(latency(2.5), verbs="get")
    before = cluster.clock.now()
    assert client.find(CONFIG_MAPS, "none", "default") is None
    assert cluster.clock.now() == before + 2.5


def test_over_http_latency_holds_up_one_request_and_no_other() -> None:
    cluster = FakeCluster(nodes=0, clock=RealClock(speed=100))
    cluster.faults.add(latency(20.0), resource="secrets")
    with listen("127.0.0.1", 0) as listener:
        server = BackgroundServer(Server(cluster.api.handle, cluster.manager, listener))
        server.start()
        root = f"http://127.0.0.1:{server.server.port}/api/v1"
        start = time.monotonic()
        for plural in ("configmaps", "secrets"):
            with urllib.request.urlopen(f"{root}/{plural}", timeout=10) as answer:
                assert answer.status == 200
        taken = time.monotonic() - start
        server.stop()
    assert taken >= 0.2


def test_a_watch_breaks_and_the_official_client_goes_on(cluster: FakeCluster) -> None:
    core = CoreV1Api(cluster.kube_client("tester/1.0"))
    rule = cluster.faults.add(dropped_watch(after=10), verbs="watch", times=1)
    for name in ("a", "b"):
        core.create_namespaced_config_map("default", V1ConfigMap(metadata=V1ObjectMeta(name=name)))
    watch: Any = Watch
    events = watch().stream(core.list_namespaced_config_map, "default", timeout_seconds=60)
    seen = [event["object"].metadata.name for event in events]
    assert {"a", "b"} <= set(seen)
    assert rule.struck == 1


def test_a_broken_watch_says_nothing_at_its_end(cluster: FakeCluster) -> None:
    cluster.faults.add(dropped_watch(after=10))
    query = {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": str(cluster.api.store.revision),
    }
    stream = cluster.api.handle("GET", "/api/v1/configmaps", query, {"user-agent": "tester/1.0"}).stream
    assert stream is not None
    assert stream.next_moment == cluster.clock.now() + 10
    assert stream.poll(cluster.clock.now() + 10) == []
    assert stream.closed


def test_the_official_client_sees_an_exception(cluster: FakeCluster) -> None:
    rule = cluster.faults.add(server_error("boom"), times=1)
    core = CoreV1Api(cluster.kube_client("tester/1.0"))
    with pytest.raises(ApiException, match="boom"):
        core.list_node()
    assert core.list_node().items
    cluster.faults.remove(rule)
    assert not cluster.faults.active
