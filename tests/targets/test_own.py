"""A run touches nothing but what it has made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, NAMESPACES, NODES, SUBJECT_ACCESS_REVIEWS
from fake_cluster.objects import Object, labels_of
from quaysim.standins.scoped import ScopedClient
from quaysim.targets.own import OwnClient
from quaysim.targets.run import RUN_LABEL, Run, run_of
from quaysim.targets.scenario_client import ScenarioClient

RUN = Run("quaysim-0a1b2c")
OURS = RUN.namespace("1")


def config_map(namespace: str, name: str = "c") -> Object:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "1"}}


@pytest.fixture
def cluster() -> FakeCluster:
    cluster = FakeCluster()
    cluster.client().create(NAMESPACES, {"metadata": {"name": OURS}})
    cluster.client().create(CONFIG_MAPS, config_map("default", "theirs"))
    return cluster


@pytest.fixture
def client(cluster: FakeCluster) -> OwnClient:
    return OwnClient(cluster.client(), RUN)


def refused(error: pytest.ExceptionInfo[ApiError]) -> bool:
    return error.value.code == 403 and RUN.id in error.value.message


def test_what_others_have_made_cannot_be_written(client: OwnClient) -> None:
    theirs = config_map("default", "theirs")
    attempts: list[Callable[[], object]] = [
        lambda: client.replace(CONFIG_MAPS, theirs),
        lambda: client.patch(CONFIG_MAPS, "theirs", {"data": {"a": "2"}}, "default"),
        lambda: client.apply(CONFIG_MAPS, theirs, manager="m"),
        lambda: client.delete(CONFIG_MAPS, "theirs", "default"),
        lambda: client.delete(NAMESPACES, "default"),
        lambda: client.patch(NODES, "worker-0", {"metadata": {"labels": {"a": "b"}}}),
    ]
    for attempt in attempts:
        with pytest.raises(ApiError) as error:
            attempt()
        assert refused(error)
    assert client.get(CONFIG_MAPS, "theirs", "default")["data"] == {"a": "1"}


def test_in_its_own_namespaces_a_run_does_as_it_likes(client: OwnClient) -> None:
    client.create(CONFIG_MAPS, config_map(OURS))
    client.patch(CONFIG_MAPS, "c", {"data": {"a": "2"}}, OURS)
    assert RUN_LABEL not in labels_of(client.get(CONFIG_MAPS, "c", OURS))
    client.delete(CONFIG_MAPS, "c", OURS)
    client.patch(NAMESPACES, OURS, {"metadata": {"labels": {"a": "b"}}})


@pytest.mark.parametrize("applied", [False, True])
def test_what_it_makes_elsewhere_is_labelled_and_can_be_removed(client: OwnClient, *, applied: bool) -> None:
    for _ in range(2 if applied else 1):
        if applied:
            client.apply(CONFIG_MAPS, config_map("default"), manager="m")
        else:
            client.create(CONFIG_MAPS, config_map("default"))
    assert RUN.made(client.get(CONFIG_MAPS, "c", "default"))
    client.patch(CONFIG_MAPS, "c", {"data": {"a": "2"}}, "default")
    client.delete(CONFIG_MAPS, "c", "default")
    assert client.find(CONFIG_MAPS, "c", "default") is None


def test_the_namespace_of_another_run_is_not_its_own(cluster: FakeCluster, client: OwnClient) -> None:
    cluster.client().create(NAMESPACES, {"metadata": {"name": "quaysim-ffffff-1"}})
    with pytest.raises(ApiError) as error:
        client.delete(NAMESPACES, "quaysim-ffffff-1")
    assert refused(error)


def test_what_somebody_has_allowed_can_be_changed_but_not_deleted(cluster: FakeCluster) -> None:
    client = OwnClient(cluster.client(), RUN, {NODES})
    client.patch(NODES, "worker-0", {"metadata": {"labels": {"a": "b"}}})
    with pytest.raises(ApiError) as error:
        client.delete(NODES, "worker-0")
    assert refused(error)


def test_questions_are_not_labelled(client: OwnClient) -> None:
    attributes = {"namespace": "default", "verb": "get", "resource": "pods"}
    head = {"apiVersion": SUBJECT_ACCESS_REVIEWS.api_version, "kind": SUBJECT_ACCESS_REVIEWS.kind}
    spec = {"user": "me", "resourceAttributes": attributes}
    answer = client.create(SUBJECT_ACCESS_REVIEWS, head | {"spec": spec})
    assert not RUN.made({"metadata": {}, **answer})


def test_everything_that_a_scenario_makes_is_labelled(cluster: FakeCluster) -> None:
    client = ScenarioClient(cluster.client(), RUN)
    assert RUN.made(client.create(CONFIG_MAPS, config_map(OURS)))


def test_a_stand_in_sees_nothing_but_its_run(cluster: FakeCluster) -> None:
    client, heard = ScopedClient(cluster.client(), RUN), []
    client.watch(CONFIG_MAPS, lambda event: heard.append(event.obj["metadata"]["namespace"]))
    cluster.client().create(CONFIG_MAPS, config_map("default", "more"))
    client.create(CONFIG_MAPS, config_map(OURS))
    cluster.settle()
    assert set(heard) == {OURS}
    assert [item["metadata"]["name"] for item in client.list(NAMESPACES)] == [OURS]
    assert client.list(NODES) == []


@pytest.mark.parametrize("text", ["quaysim-0a1b2c", "0a1b2c"])
def test_a_run_is_named_with_or_without_its_prefix(text: str) -> None:
    assert run_of(text) == RUN


@pytest.mark.parametrize("text", ["", "quaysim", "quaysim-", "default", "0A1B2C", "quaysim-0a1b2c-1"])
def test_what_is_no_id_of_a_run_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not the id of a run"):
        run_of(text)
