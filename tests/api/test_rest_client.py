"""The client that any API server understands, here in process."""

from __future__ import annotations

from queue import Queue

import pytest
import urllib3
from kubernetes.client import ApiClient, Configuration

from fake_cluster.api import Api
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, DEPLOYMENTS, NAMESPACES
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.machinery.rest import RestClient, error_of
from fake_cluster.objects import ResourceRef
from tests.api.conftest import config_map, deployment


@pytest.fixture
def rest(kube: ApiClient) -> RestClient:
    return RestClient(kube)


@pytest.fixture(params=["direct", "rest"])
def either(request: pytest.FixtureRequest, client: DirectClient, rest: RestClient) -> Client:
    return client if request.param == "direct" else rest


def test_both_clients_do_the_same(either: Client) -> None:
    made = either.create(CONFIG_MAPS, config_map("a", n="1"))
    assert made["metadata"]["uid"]
    assert either.get(CONFIG_MAPS, "a", "shop") == made
    assert either.find(CONFIG_MAPS, "b", "shop") is None
    changed = either.replace(CONFIG_MAPS, made | {"data": {"n": "2"}})
    assert either.patch(CONFIG_MAPS, "a", {"data": {"m": "3"}}, "shop")["data"] == {"n": "2", "m": "3"}
    operations = [{"op": "remove", "path": "/data/m"}]
    assert either.patch(CONFIG_MAPS, "a", operations, "shop", kind="json")["data"] == {"n": "2"}
    with pytest.raises(ApiError) as caught:
        either.replace(CONFIG_MAPS, changed)
    assert (caught.value.code, caught.value.reason) == (409, "Conflict")
    assert [item["kind"] for item in either.list(CONFIG_MAPS, "shop", fields="metadata.name=a")] == [
        "ConfigMap"
    ]
    either.delete(CONFIG_MAPS, "a", "shop", preconditions={"uid": made["metadata"]["uid"]})
    assert either.list(CONFIG_MAPS, "shop", labels="x=y") == []


def test_both_clients_apply_and_scale(either: Client) -> None:
    applied = either.apply(DEPLOYMENTS, deployment("web", 2), manager="me")
    again = either.apply(DEPLOYMENTS, deployment("web", 2), manager="me")
    assert applied["metadata"]["resourceVersion"] == again["metadata"]["resourceVersion"]
    with pytest.raises(ApiError, match='conflict with "me"') as caught:
        either.apply(DEPLOYMENTS, deployment("web", 3), manager="you", force=False)
    assert caught.value.details["causes"][0]["field"] == ".spec.replicas"
    either.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 5}}, "shop", subresource="scale")
    assert either.get(DEPLOYMENTS, "web", "shop")["spec"]["replicas"] == 5


def test_both_clients_know_what_is_served(either: Client) -> None:
    assert either.serves(DEPLOYMENTS)
    assert not either.serves(ResourceRef("apps", "v1", "kites", "Kite"))
    assert not either.serves(ResourceRef("toys.example.com", "v1", "kites", "Kite"))


def test_long_lists_come_in_pages(
    rest: RestClient, client: DirectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fake_cluster.machinery.rest.PAGE", 3)
    for number in range(10):
        client.create(CONFIG_MAPS, config_map(f"m{number}"))
    assert [item["metadata"]["name"] for item in rest.list(CONFIG_MAPS)] == [f"m{n}" for n in range(10)]


def test_the_servers_clock_is_read_from_its_answers(rest: RestClient, clock: VirtualClock) -> None:
    assert rest.server_time() == clock.now()
    clock.advance_to(clock.now() + 90)
    rest.get(NAMESPACES, "shop")
    assert rest.server_time() == clock.now()


def test_a_watch_follows_lists_again_after_410_and_ends_with_its_client(
    api: Api, rest: RestClient, client: DirectClient
) -> None:
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    heard: Queue[Event] = Queue()
    rest.watch(CONFIG_MAPS, heard.put)
    first = heard.get(timeout=10)
    assert (first.type, first.obj["metadata"]["name"], first.old) == ("ADDED", "a", None)
    client.delete(CONFIG_MAPS, "a", "shop")
    gone = heard.get(timeout=10)
    assert (gone.type, gone.old) == ("DELETED", first.obj)
    client.create(CONFIG_MAPS, config_map("b"))
    api.store.compact()
    assert heard.get(timeout=10).obj["metadata"]["name"] == "b"
    rest.close()


def test_a_server_that_is_not_there_is_an_error_with_its_address() -> None:
    configuration = Configuration(host="http://127.0.0.1:9")
    configuration.retries = urllib3.Retry(0)
    with pytest.raises(ApiError, match=r"cannot reach http://127\.0\.0\.1:9") as caught:
        RestClient(ApiClient(configuration)).get(NAMESPACES, "default")
    assert caught.value.code == 503


def test_an_answer_that_is_no_status_is_an_error_with_its_text() -> None:
    error = error_of(404, b"404 page not found\n")
    assert (error.code, error.reason, error.message) == (404, "NotFound", "404 page not found")
