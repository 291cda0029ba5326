"""Requests as bytes: paths, methods, types of content, and everything that can be wrong with them."""

from __future__ import annotations

import pytest

from fake_cluster.api import Api
from fake_cluster.kinds.refs import CONFIG_MAPS
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from tests.api.conftest import Http, config_map

MAPS = "/api/v1/namespaces/shop/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/colours",
        "/api/v1/namespaces/shop/colours/red",
        "/api/v2/pods",
        "/apis/apps/v1/colours",
        "/apis/apps/v99/deployments",
        "/api/v1/configmaps/a",
        "/api/v1/namespaces/shop/nodes",
        "/api/v1/namespaces/shop/configmaps/a/colour",
        "/api/v1/namespaces//configmaps",
    ],
)
def test_unknown_places_of_known_groups_are_a_status(http: Http, path: str) -> None:
    code, status = http("GET", path)
    assert (code, status["kind"]) == (404, "Status")
    assert status["message"] == "the server could not find the requested resource"


@pytest.mark.parametrize(
    "path", ["/apis/colours.example.com/v1/reds", "/nowhere", "/", "/apis/colours", "//"]
)
def test_unknown_groups_and_other_paths_are_plain_text(http: Http, path: str) -> None:
    code, text = http("GET", path)
    assert (code, text) == (404, "404 page not found\n")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", MAPS),
        ("PATCH", MAPS),
        ("POST", f"{MAPS}/a"),
        ("POST", "/api/v1/configmaps"),
        ("BREW", MAPS),
        ("GET", "/apis/authentication.k8s.io/v1/tokenreviews"),
        ("DELETE", "/api/v1/namespaces"),
        ("DELETE", "/version"),
        ("DELETE", "/api/v1/namespaces/shop/pods/x/log"),
    ],
)
def test_methods_that_a_path_does_not_know_are_405(http: Http, method: str, path: str) -> None:
    code, status = http(method, path, {})
    assert (code, status["reason"]) == (405, "MethodNotAllowed")


@pytest.mark.parametrize(
    ("body", "type_", "code"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"nonsense", "", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"3", "application/json", 400),
        (b"null", "application/json", 400),
        (b"a: [", "application/yaml", 400),
        (b"? [1]\n: 2", "application/yaml", 400),
        (b"\xd9\xd9\xf7\xa0", "application/cbor", 415),
        (b"<xml/>", "text/xml", 415),
        (b'{"metadata": []}', "application/json", 400),
        (b'{"metadata": {"name": 7}}', "application/json", 400),
        (b'{"data": {"a": 1}, "metadata": {"name": "a"}}', "application/json", 400),
        (b"[" * 100000, "application/json", 400),
        (b"x" * (3 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_bodies_that_cannot_be_read_cost_a_4xx(http: Http, body: bytes, type_: str, code: int) -> None:
    assert http("POST", MAPS, body, type_=type_)[0] == code


@pytest.mark.parametrize(
    ("body", "type_", "code"),
    [
        (b"{}", "application/json", 415),
        (b"{}", "", 415),
        (b"{", "application/merge-patch+json", 400),
        (b"[]", "application/merge-patch+json", 400),
        (b'"x"', "application/strategic-merge-patch+json", 400),
        (b'{"metadata": null}', "application/merge-patch+json", 400),
        (b"{}", "application/json-patch+json", 400),
        (b"a: [", "application/apply-patch+yaml", 400),
        (b"[]", "application/apply-patch+yaml", 400),
    ],
)
def test_patches_that_cannot_be_read_cost_a_4xx(
    http: Http, client: DirectClient, body: bytes, type_: str, code: int
) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    assert http("PATCH", f"{MAPS}/a", body, type_=type_, fieldManager="me")[0] == code


def test_yaml_is_read_as_go_reads_it(http: Http) -> None:
    text = b"metadata: {name: dates}\ndata: {day: 2026-01-01, time: '1:30', clock: 12:30}\n"
    code, made = http("POST", MAPS, text, type_="application/yaml")
    assert (code, made["data"]) == (201, {"day": "2026-01-01", "time": "1:30", "clock": "12:30"})
    code, _ = http("POST", MAPS, b"metadata: {name: y}", type_="application/yaml")
    assert code == 400


def test_answers_come_as_yaml_where_asked(api: Api, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    response = api.handle("GET", f"{MAPS}/a", {}, {"accept": "application/yaml"})
    assert response.content_type == "application/yaml"
    assert b"kind: ConfigMap\n" in response.body


def test_protobuf_is_refused_alone_and_passed_over_in_company(http: Http) -> None:
    code, status = http("GET", MAPS, accept="application/vnd.kubernetes.protobuf")
    assert (code, status["reason"]) == (406, "NotAcceptable")
    code, _ = http("GET", MAPS, accept="application/vnd.kubernetes.protobuf,application/json")
    assert (code, http.headers["Content-Type"]) == (200, "application/json")


def test_objects_come_as_tables_where_asked(http: Http, client: DirectClient, clock: VirtualClock) -> None:
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    clock.advance_to(clock.now() + 125)
    _, table = http("GET", MAPS, accept=TABLE)
    assert table["kind"] == "Table"
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert table["rows"][0]["cells"] == ["a", 1, "2m5s"]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    _, table = http("GET", f"{MAPS}/a", accept=TABLE, includeObject="None")
    assert table["rows"][0]["object"] is None
    assert http("GET", MAPS, accept=TABLE, includeObject="Half")[0] == 400


def test_objects_come_as_their_metadata_where_asked(http: Http, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    _, found = http("GET", MAPS, accept=accept)
    assert found["kind"] == "PartialObjectMetadataList"
    assert found["items"][0]["metadata"]["name"] == "a"
    assert "data" not in found["items"][0]


def test_the_date_is_the_clusters(http: Http, clock: VirtualClock) -> None:
    clock.advance_to(clock.now() + 3600)
    http("GET", "/version")
    assert http.headers["Date"] == "Thu, 01 Jan 2026 01:00:00 GMT"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"dryRun": "Some"}, 422),
        ({"fieldValidation": "Maybe"}, 422),
        ({"fieldManager": "x" * 129}, 422),
        ({"fieldManager": "tab\there"}, 422),
    ],
)
def test_options_of_writes_are_checked(http: Http, query: dict[str, str], code: int) -> None:
    got, status = http("POST", MAPS, config_map("a"), **query)
    assert (got, status["details"]["kind"]) == (code, "CreateOptions")


def test_a_fault_of_ours_is_an_answer_too(
    api: Api, http: Http, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(api.front, "_dispatch", broken)
    code, status = http("GET", MAPS)
    assert (code, status["reason"]) == (500, "InternalError")
    assert "ZeroDivisionError" in caplog.text
