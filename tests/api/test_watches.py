"""Watches: what is told, in which order, and when they end."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from fake_cluster.api import Api
from fake_cluster.kinds.refs import CONFIG_MAPS, NAMESPACES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object
from tests.api.conftest import Http, config_map, labelled

MAPS = "/api/v1/namespaces/shop/configmaps"


class Watcher:
    """An open watch, read event by event."""

    def __init__(self, api: Api, path: str = MAPS, accept: str = "", **query: str) -> None:
        response = api.handle("GET", path, {"watch": "true", **query}, {"accept": accept})
        assert response.stream is not None
        self.stream = response.stream
        self._clock = api.clock

    def events(self) -> list[Object]:
        return [orjson.loads(line) for line in self.stream.poll(self._clock.now())]

    def heard(self) -> list[tuple[str, str]]:
        return [(event["type"], event["object"]["metadata"].get("name", "")) for event in self.events()]


def test_a_watch_begins_with_what_exists_and_goes_on_with_what_changes(
    api: Api, client: DirectClient
) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    watcher = Watcher(api)
    client.patch(CONFIG_MAPS, "a", {"data": {"n": "1"}}, "shop")
    client.create(CONFIG_MAPS, config_map("b"))
    client.delete(CONFIG_MAPS, "a", "shop")
    assert watcher.heard() == [("ADDED", "a"), ("MODIFIED", "a"), ("ADDED", "b"), ("DELETED", "a")]
    assert watcher.heard() == []


def test_a_watch_from_a_version_replays_what_came_after(api: Api, client: DirectClient, http: Http) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    version = http("GET", MAPS)[1]["metadata"]["resourceVersion"]
    client.create(CONFIG_MAPS, config_map("b"))
    client.delete(CONFIG_MAPS, "a", "shop")
    assert Watcher(api, resourceVersion=version).heard() == [("ADDED", "b"), ("DELETED", "a")]


def test_a_watch_hears_of_its_namespace_only(api: Api, client: DirectClient) -> None:
    client.create(NAMESPACES, {"metadata": {"name": "other"}})
    here, everywhere = Watcher(api), Watcher(api, "/api/v1/configmaps")
    client.create(CONFIG_MAPS, {"metadata": {"name": "x", "namespace": "other"}})
    assert (here.heard(), everywhere.heard()) == ([], [("ADDED", "x")])


def test_entering_and_leaving_a_selector_looks_like_coming_and_going(api: Api, client: DirectClient) -> None:
    watcher = Watcher(api, labelSelector="stage=live")
    client.create(CONFIG_MAPS, labelled("a", stage="draft"))
    client.patch(CONFIG_MAPS, "a", {"metadata": {"labels": {"stage": "live"}}}, "shop")
    client.patch(CONFIG_MAPS, "a", {"data": {"n": "1"}}, "shop")
    left = client.patch(CONFIG_MAPS, "a", {"metadata": {"labels": {"stage": "gone"}}}, "shop")
    client.delete(CONFIG_MAPS, "a", "shop")
    events = watcher.events()
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    last = events[-1]["object"]["metadata"]
    assert last["labels"] == {"stage": "live"}
    assert last["resourceVersion"] == left["metadata"]["resourceVersion"]


def test_one_object_is_watched_by_its_name(api: Api, client: DirectClient) -> None:
    watcher = Watcher(api, f"{MAPS}/a")
    client.create(CONFIG_MAPS, config_map("a"))
    client.create(CONFIG_MAPS, config_map("b"))
    assert watcher.heard() == [("ADDED", "a")]


def test_a_forgotten_version_is_an_error_event_and_the_end(api: Api, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    client.create(CONFIG_MAPS, config_map("b"))
    api.store.compact()
    watcher = Watcher(api, resourceVersion="2")
    (event,) = watcher.events()
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert watcher.stream.closed


def test_a_bookmark_comes_each_minute_and_before_the_end(api: Api, clock: VirtualClock) -> None:
    watcher = Watcher(api, allowWatchBookmarks="true", timeoutSeconds="90")
    assert watcher.events() == []
    start = clock.now()
    assert watcher.stream.next_moment == start + 60
    clock.advance_to(start + 60)
    (event,) = watcher.events()
    assert event["type"] == "BOOKMARK"
    assert event["object"]["kind"] == "ConfigMap"
    assert event["object"]["metadata"]["resourceVersion"] == str(api.store.revision)
    clock.advance_to(start + 90)
    assert [event["type"] for event in watcher.events()] == ["BOOKMARK"]
    assert watcher.stream.closed


def test_a_watch_without_bookmarks_ends_in_silence(
    api: Api, clock: VirtualClock, client: DirectClient
) -> None:
    watcher = Watcher(api, timeoutSeconds="5")
    clock.advance_to(clock.now() + 5)
    assert watcher.events() == []
    client.create(CONFIG_MAPS, config_map("a"))
    assert watcher.events() == []


def test_the_end_of_the_beginning_is_marked_on_request(api: Api, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    watcher = Watcher(
        api, sendInitialEvents="true", resourceVersionMatch="NotOlderThan", allowWatchBookmarks="true"
    )
    added, mark = watcher.events()
    assert (added["type"], mark["type"]) == ("ADDED", "BOOKMARK")
    assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


@pytest.mark.parametrize("query", [{"sendInitialEvents": "true"}, {"resourceVersionMatch": "NotOlderThan"}])
def test_initial_events_need_a_version_match_and_it_needs_them(http: Http, query: dict[str, str]) -> None:
    code, status = http("GET", MAPS, watch="true", **query)
    assert (code, status["details"]["causes"][0]["field"]) == (422, "resourceVersionMatch")


def test_a_closed_watch_hears_no_more(api: Api, client: DirectClient) -> None:
    watcher = Watcher(api)
    watcher.stream.close()
    client.create(CONFIG_MAPS, config_map("a"))
    assert watcher.events() == []


def test_a_reader_can_be_woken(api: Api, client: DirectClient) -> None:
    watcher = Watcher(api, labelSelector="stage=live")
    woken: list[int] = []
    watcher.stream.on_ready = lambda: woken.append(1)
    client.create(CONFIG_MAPS, labelled("a", stage="draft"))
    assert woken == []
    client.create(CONFIG_MAPS, labelled("b", stage="live"))
    assert woken == [1]


def test_metadata_can_be_watched_alone(api: Api, client: DirectClient) -> None:
    watcher = Watcher(api, accept="application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    (event,) = watcher.events()
    assert (event["object"]["kind"], "data" in event["object"]) == ("PartialObjectMetadata", False)


def test_sinks_in_process_are_called_right_after_the_write(client: DirectClient) -> None:
    heard: list[tuple[str, Any]] = []
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    client.watch(CONFIG_MAPS, lambda event: heard.append((event.type, event.old and event.old.get("data"))))
    client.patch(CONFIG_MAPS, "a", {"data": {"n": "2"}}, "shop")
    assert heard == [("ADDED", None), ("MODIFIED", {"n": "1"})]


def test_a_sink_that_writes_does_not_turn_the_order_around(client: DirectClient) -> None:
    orders: dict[str, list[str]] = {"writer": [], "reader": []}

    def writer(event: Event) -> None:
        orders["writer"].append(event.obj["metadata"]["name"])
        if event.obj["metadata"]["name"] == "a":
            client.create(CONFIG_MAPS, config_map("b"))

    client.watch(CONFIG_MAPS, writer)
    client.watch(CONFIG_MAPS, lambda event: orders["reader"].append(event.obj["metadata"]["name"]))
    client.create(CONFIG_MAPS, config_map("a"))
    assert orders == {"writer": ["a", "b"], "reader": ["a", "b"]}
