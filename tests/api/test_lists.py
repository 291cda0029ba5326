"""Lists: selectors, pages, and which moment they show."""

from __future__ import annotations

import base64

import orjson
import pytest

from fake_cluster.api import Api
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, NODES, PODS
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object
from tests.api.conftest import Http, config_map, labelled, pod

MAPS = "/api/v1/namespaces/shop/configmaps"


def _names(items: list[Object]) -> list[str]:
    return [item["metadata"]["name"] for item in items]


@pytest.fixture
def shelf(client: DirectClient) -> DirectClient:
    client.create(CONFIG_MAPS, labelled("apple", colour="red", size="2"))
    client.create(CONFIG_MAPS, labelled("berry", colour="blue"))
    client.create(CONFIG_MAPS, labelled("cherry", colour="red", kind=""))
    client.create(CONFIG_MAPS, labelled("plain"))
    return client


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("colour=red", "apple cherry"),
        ("colour==red", "apple cherry"),
        ("colour!=red", "berry plain"),
        ("colour in (red,blue)", "apple berry cherry"),
        ("colour notin (red)", "berry plain"),
        ("colour", "apple berry cherry"),
        ("!colour", "plain"),
        ("colour=red,size", "apple"),
        ("colour in (red), !size", "cherry"),
        ("kind=", "cherry"),
        ("size>1", "apple"),
        ("size<2", ""),
        ("", "apple berry cherry plain"),
    ],
)
def test_label_selectors(shelf: DirectClient, selector: str, found: str) -> None:
    assert _names(list(shelf.list(CONFIG_MAPS, "shop", labels=selector))) == found.split()


@pytest.mark.parametrize(
    "selector", ["colour=", "a in", "a in b", "=x", "a=b=c", "-a=b", "a in (b", "x<y", "a=b!"]
)
def test_label_selectors_that_make_no_sense_are_refused(http: Http, selector: str) -> None:
    code, status = http("GET", MAPS, labelSelector=selector)
    if selector == "colour=":
        assert code == 200
    else:
        assert (code, status["reason"]) == (400, "BadRequest")


def test_field_selectors_know_names_everywhere_and_more_for_some_kinds(shelf: DirectClient) -> None:
    assert _names(list(shelf.list(CONFIG_MAPS, fields="metadata.name=berry"))) == ["berry"]
    assert len(shelf.list(CONFIG_MAPS, fields="metadata.namespace!=shop")) == 0
    shelf.create(PODS, pod("one"))
    shelf.create(PODS, pod("two"))
    binding = {"metadata": {"name": "two", "namespace": "shop"}, "target": {"name": "node-1"}}
    shelf.create(PODS, binding, subresource="binding", name="two")
    assert _names(list(shelf.list(PODS, fields="spec.nodeName=node-1"))) == ["two"]
    assert _names(list(shelf.list(PODS, fields="spec.nodeName="))) == ["one"]
    shelf.create(NODES, {"metadata": {"name": "node-1"}})
    assert _names(list(shelf.list(NODES, fields="spec.unschedulable=false"))) == ["node-1"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/api/v1/pods", "field label not supported: spec.colour"),
        (
            "/api/v1/configmaps",
            '"spec.colour" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
    ],
)
def test_unknown_fields_are_refused_and_never_ignored(http: Http, path: str, message: str) -> None:
    code, status = http("GET", path, fieldSelector="spec.colour=red")
    assert (code, status["message"]) == (400, message)


def test_items_of_built_in_lists_carry_no_kind(shelf: DirectClient, http: Http) -> None:
    _, found = http("GET", MAPS)
    assert (found["kind"], found["apiVersion"]) == ("ConfigMapList", "v1")
    assert all("kind" not in item and "apiVersion" not in item for item in found["items"])
    assert shelf.list(CONFIG_MAPS, "shop")[0]["kind"] == "ConfigMap"


def test_lists_are_ordered_by_namespace_and_name(client: DirectClient) -> None:
    for name in ("b", "a", "c"):
        client.create(CONFIG_MAPS, config_map(name))
    client.delete(CONFIG_MAPS, "b", "shop")
    client.create(CONFIG_MAPS, config_map("aa"))
    assert _names(list(client.list(CONFIG_MAPS))) == ["a", "aa", "c"]


def test_pages_are_a_snapshot(shelf: DirectClient, http: Http) -> None:
    _, first = http("GET", MAPS, limit="2")
    assert (_names(first["items"]), first["metadata"]["remainingItemCount"]) == (["apple", "berry"], 2)
    shelf.create(CONFIG_MAPS, config_map("dill"))
    shelf.delete(CONFIG_MAPS, "plain", "shop")
    shelf.patch(CONFIG_MAPS, "cherry", {"data": {"late": "yes"}}, "shop")
    _, second = http("GET", MAPS, limit="2", **{"continue": first["metadata"]["continue"]})
    assert _names(second["items"]) == ["cherry", "plain"]
    assert "data" not in second["items"][0]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert "continue" not in second["metadata"]


def test_a_selector_hides_how_much_remains(shelf: DirectClient, http: Http) -> None:
    assert shelf
    _, page = http("GET", MAPS, limit="1", labelSelector="colour=red")
    assert _names(page["items"]) == ["apple"]
    assert page["metadata"]["continue"]
    assert "remainingItemCount" not in page["metadata"]


def test_a_page_of_a_forgotten_moment_is_410_with_a_way_to_go_on(
    api: Api, shelf: DirectClient, http: Http
) -> None:
    _, first = http("GET", MAPS, limit="2")
    shelf.create(CONFIG_MAPS, config_map("dill"))
    api.store.compact()
    code, status = http("GET", MAPS, limit="2", **{"continue": first["metadata"]["continue"]})
    assert (code, status["reason"]) == (410, "Expired")
    token = status["metadata"]["continue"]
    _, rest = http("GET", MAPS, **{"continue": token})
    assert _names(rest["items"]) == ["cherry", "dill", "plain"]


@pytest.mark.parametrize(
    "token", ["x", "!!!", base64.urlsafe_b64encode(orjson.dumps([1])).decode(), "bnVsbA"]
)
def test_continue_tokens_that_are_none_are_refused(http: Http, token: str) -> None:
    code, status = http("GET", MAPS, **{"continue": token})
    assert (code, status["reason"]) == (400, "BadRequest")


def test_an_exact_version_shows_the_old_state(shelf: DirectClient, http: Http) -> None:
    _, before = http("GET", MAPS)
    version = before["metadata"]["resourceVersion"]
    shelf.delete(CONFIG_MAPS, "apple", "shop")
    _, exact = http("GET", MAPS, resourceVersion=version, resourceVersionMatch="Exact")
    _, recent = http("GET", MAPS, resourceVersion=version, resourceVersionMatch="NotOlderThan")
    assert (len(exact["items"]), len(recent["items"])) == (4, 3)
    assert exact["metadata"]["resourceVersion"] == version


def test_a_version_from_the_future_times_out(http: Http) -> None:
    code, status = http("GET", MAPS, resourceVersion="999999")
    assert (code, status["reason"]) == (504, "Timeout")
    assert status["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"resourceVersionMatch": "Exact"}, 422),
        ({"resourceVersionMatch": "Exact", "resourceVersion": "0"}, 422),
        ({"resourceVersionMatch": "Sometimes", "resourceVersion": "1"}, 422),
        ({"resourceVersion": "abc"}, 400),
        ({"limit": "many"}, 400),
        ({"sendInitialEvents": "true"}, 422),
    ],
)
def test_options_that_contradict_each_other_are_refused(http: Http, query: dict[str, str], code: int) -> None:
    assert http("GET", MAPS, **query)[0] == code


def test_lists_in_process_share_what_is_stored(shelf: DirectClient) -> None:
    first, again = shelf.list(CONFIG_MAPS, "shop"), shelf.list(CONFIG_MAPS, "shop")
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert shelf.get(CONFIG_MAPS, "apple", "shop") is first[0]


def test_what_is_not_there_is_found_as_none_and_got_as_an_error(client: DirectClient) -> None:
    assert client.find(CONFIG_MAPS, "missing", "shop") is None
    with pytest.raises(ApiError) as caught:
        client.get(CONFIG_MAPS, "missing", "shop")
    assert caught.value.details == {"name": "missing", "kind": "configmaps"}


def test_the_parts_of_the_control_plane_are_well(http: Http) -> None:
    code, found = http("GET", "/api/v1/componentstatuses")
    assert (code, found["kind"]) == (200, "ComponentStatusList")
    assert "ComponentStatus is deprecated" in http.headers["Warning"]
    assert [item["metadata"]["name"] for item in found["items"]] == [
        "controller-manager",
        "etcd-0",
        "scheduler",
    ]
    assert http("GET", "/api/v1/componentstatuses/etcd-0")[1]["conditions"][0]["status"] == "True"
    assert http("GET", "/api/v1/componentstatuses/etcd-9")[0] == 404


def test_the_future_is_waited_for_in_vain(http: Http) -> None:
    code, status = http("GET", "/api/v1/configmaps", resourceVersion="999999")
    assert (code, status["reason"]) == (504, "Timeout")
    assert status["message"].startswith("Timeout: Too large resource version: 999999, current: ")
    assert status["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"
    assert http.headers["Retry-After"] == "1"
