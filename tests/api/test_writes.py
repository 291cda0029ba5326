"""Create, update, and who gets in whose way."""

from __future__ import annotations

from random import Random

import pytest

from fake_cluster.api import Api
from fake_cluster.errors import ApiError
from fake_cluster.kinds import Kinds
from fake_cluster.kinds.refs import CONFIG_MAPS, DEPLOYMENTS, LEASES, NAMESPACES, SECRETS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import copy_of
from fake_cluster.store import Store
from tests.api.conftest import Http, config_map, deployment

MAPS = "/api/v1/namespaces/shop/configmaps"


def test_a_created_object_has_uid_time_and_version(client: DirectClient, clock: VirtualClock) -> None:
    clock.advance_to(clock.now() + 61)
    metadata = client.create(CONFIG_MAPS, config_map("a", key="value"))["metadata"]
    assert len(metadata["uid"]) == 36
    assert metadata["creationTimestamp"] == "2026-01-01T00:01:01Z"
    assert metadata["resourceVersion"].isdecimal()
    assert "generation" not in metadata


def test_create_answers_201_and_update_200(http: Http) -> None:
    assert http("POST", MAPS, config_map("a"))[0] == 201
    assert http("PUT", f"{MAPS}/a", config_map("a", key="new"))[0] == 200


def test_what_a_client_passes_in_is_neither_changed_nor_kept(client: DirectClient) -> None:
    body = config_map("a", key="value")
    before = copy_of(body)
    client.create(CONFIG_MAPS, body)
    assert body == before
    body["data"]["key"] = "another"
    assert client.get(CONFIG_MAPS, "a", "shop")["data"] == {"key": "value"}


def test_a_second_create_of_a_name_is_refused(client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    with pytest.raises(ApiError, match='configmaps "a" already exists') as caught:
        client.create(CONFIG_MAPS, config_map("a"))
    assert (caught.value.code, caught.value.reason) == (409, "AlreadyExists")


def test_generated_names_differ_and_begin_as_asked(client: DirectClient) -> None:
    body = {"metadata": {"generateName": "job-", "namespace": "shop"}}
    names = {client.create(CONFIG_MAPS, body)["metadata"]["name"] for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith("job-") and len(name) == 9 for name in names)


def test_the_same_seed_gives_the_same_uids_and_names() -> None:
    def run() -> list[str]:
        client = DirectClient(Api(Kinds(), Store(), VirtualClock(), Random(3)))
        space = client.create(NAMESPACES, {"metadata": {"generateName": "ns-"}})["metadata"]
        return [space["name"], space["uid"]]

    assert run() == run()


def test_a_name_is_needed(client: DirectClient) -> None:
    with pytest.raises(ApiError, match="name or generateName is required") as caught:
        client.create(CONFIG_MAPS, {"metadata": {"namespace": "shop"}})
    assert caught.value.code == 422


def test_a_namespace_that_is_missing_is_404_on_create_and_empty_on_list(http: Http) -> None:
    code, status = http("POST", "/api/v1/namespaces/nowhere/configmaps", {"metadata": {"name": "a"}})
    assert (code, status["message"]) == (404, 'namespaces "nowhere" not found')
    code, found = http("GET", "/api/v1/namespaces/nowhere/configmaps")
    assert (code, found["items"]) == (200, [])


def test_nothing_is_created_in_a_terminating_namespace(client: DirectClient) -> None:
    client.delete(NAMESPACES, "shop")
    with pytest.raises(ApiError, match="because it is being terminated") as caught:
        client.create(CONFIG_MAPS, config_map("a"))
    assert caught.value.code == 403
    assert caught.value.details["causes"][0]["reason"] == "NamespaceTerminating"


def test_a_resource_version_on_create_is_refused(client: DirectClient) -> None:
    body = config_map("a")
    body["metadata"]["resourceVersion"] = "1"
    with pytest.raises(
        ApiError, match="resourceVersion should not be set on objects to be created"
    ) as caught:
        client.create(CONFIG_MAPS, body)
    assert caught.value.code == 500


def test_a_stale_writer_conflicts(client: DirectClient) -> None:
    read = client.create(CONFIG_MAPS, config_map("a", n="1"))
    client.replace(CONFIG_MAPS, read | {"data": {"n": "2"}})
    with pytest.raises(ApiError, match="the object has been modified") as caught:
        client.replace(CONFIG_MAPS, read | {"data": {"n": "3"}})
    assert (caught.value.code, caught.value.reason) == (409, "Conflict")


def test_another_uid_conflicts(client: DirectClient) -> None:
    read = copy_of(client.create(CONFIG_MAPS, config_map("a")))
    read["metadata"]["uid"] = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(ApiError, match="Precondition failed: UID in precondition"):
        client.replace(CONFIG_MAPS, read)


def test_an_update_without_version_wins_for_most_kinds_but_not_for_leases(client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a", n="1"))
    assert client.replace(CONFIG_MAPS, config_map("a", n="2"))["data"] == {"n": "2"}
    lease = {"metadata": {"name": "leader", "namespace": "shop"}, "spec": {"holderIdentity": "a"}}
    client.create(LEASES, lease)
    with pytest.raises(
        ApiError, match=r"metadata\.resourceVersion: Invalid value: 0x0: must be specified"
    ) as caught:
        client.replace(LEASES, lease)
    assert caught.value.code == 422


def test_an_update_of_a_missing_name_creates_leases_and_nothing_else_of_ours(client: DirectClient) -> None:
    lease = {"metadata": {"name": "leader", "namespace": "shop"}, "spec": {"holderIdentity": "a"}}
    assert client.replace(LEASES, lease)["metadata"]["uid"]
    with pytest.raises(ApiError, match='configmaps "missing" not found'):
        client.replace(CONFIG_MAPS, config_map("missing"))


def test_a_write_that_changes_nothing_keeps_the_version_and_tells_nobody(client: DirectClient) -> None:
    read = client.create(CONFIG_MAPS, config_map("a", n="1"))
    heard: list[Event] = []
    client.watch(CONFIG_MAPS, heard.append)
    heard.clear()
    same = client.replace(CONFIG_MAPS, read)
    patched = client.patch(CONFIG_MAPS, "a", {"data": {"n": "1"}}, "shop")
    version = read["metadata"]["resourceVersion"]
    assert (same["metadata"]["resourceVersion"], patched["metadata"]["resourceVersion"]) == (version, version)
    assert heard == []


def test_server_side_metadata_survives_updates(client: DirectClient) -> None:
    read = copy_of(client.create(CONFIG_MAPS, config_map("a")))
    uid = read["metadata"].pop("uid")
    read["metadata"] |= {"creationTimestamp": "2001-01-01T00:00:00Z", "labels": {"new": "yes"}}
    written = client.replace(CONFIG_MAPS, read)["metadata"]
    assert (written["uid"], written["creationTimestamp"]) == (uid, "2026-01-01T00:00:00Z")
    assert written["labels"] == {"new": "yes"}


def test_the_generation_moves_with_the_spec_only(client: DirectClient) -> None:
    made = client.create(DEPLOYMENTS, deployment("web"))
    assert made["metadata"]["generation"] == 1
    labels = client.patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"x": "y"}}}, "shop")
    assert labels["metadata"]["generation"] == 1
    scaled = client.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 3}}, "shop")
    assert scaled["metadata"]["generation"] == 2
    status = client.patch(
        DEPLOYMENTS, "web", {"status": {"replicas": 3}, "spec": {"replicas": 9}}, "shop", subresource="status"
    )
    assert status["metadata"]["generation"] == 2
    assert (status["spec"]["replicas"], status["status"]["replicas"]) == (3, 3)


def test_the_status_is_not_written_with_the_object(client: DirectClient) -> None:
    made = client.create(DEPLOYMENTS, deployment("web") | {"status": {"replicas": 7}})
    assert "replicas" not in made.get("status", {})
    client.patch(DEPLOYMENTS, "web", {"status": {"replicas": 7}}, "shop")
    assert "replicas" not in client.get(DEPLOYMENTS, "web", "shop").get("status", {})


def test_a_dry_run_answers_as_a_write_would_and_stores_nothing(http: Http, client: DirectClient) -> None:
    code, made = http("POST", MAPS, config_map("a"), dryRun="All")
    assert (code, bool(made["metadata"]["uid"])) == (201, True)
    assert client.find(CONFIG_MAPS, "a", "shop") is None
    client.create(CONFIG_MAPS, config_map("b", n="1"))
    code, changed = http("PUT", f"{MAPS}/b", config_map("b", n="2"), dryRun="All")
    assert (code, changed["data"]) == (200, {"n": "2"})
    assert client.get(CONFIG_MAPS, "b", "shop")["data"] == {"n": "1"}


def test_names_and_namespaces_must_be_those_of_the_url(http: Http) -> None:
    http("POST", MAPS, config_map("a"))
    code, status = http("PUT", f"{MAPS}/a", config_map("b"))
    assert (code, status["message"]) == (
        400,
        "the name of the object (b) does not match the name on the URL (a)",
    )
    code, status = http("POST", MAPS, {"metadata": {"name": "a", "namespace": "other"}})
    assert code == 400
    assert "does not match the namespace sent on the request" in status["message"]


def test_a_body_of_another_kind_is_refused(http: Http) -> None:
    code, _ = http("POST", MAPS, {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}})
    assert code == 400
    code, _ = http("POST", MAPS, {"metadata": {"name": "a"}})
    assert code == 201


def test_the_writer_is_named_after_its_user_agent_unless_it_says_otherwise(http: Http) -> None:
    _, made = http("POST", MAPS, config_map("a", n="1"))
    assert [entry["manager"] for entry in made["metadata"]["managedFields"]] == ["tester"]
    _, made = http("PUT", f"{MAPS}/a", config_map("a", n="2"), fieldManager="mine")
    assert {entry["manager"] for entry in made["metadata"]["managedFields"]} == {"tester", "mine"}


def test_unknown_fields_are_dropped_with_a_warning_or_refused(http: Http) -> None:
    body = config_map("a") | {"colour": "red"}
    code, made = http("POST", MAPS, body)
    assert (code, "colour" in made) == (201, False)
    assert http.headers["Warning"] == '299 - "unknown field \\"colour\\""'
    code, status = http("POST", MAPS, body | config_map("b") | {"colour": "red"}, fieldValidation="Strict")
    assert (code, status["reason"]) == (400, "BadRequest")
    code, status = http(
        "PATCH",
        f"{MAPS}/a",
        {"colour": "red"},
        type_="application/merge-patch+json",
        fieldValidation="Strict",
    )
    assert (code, status["details"]["causes"][0]["field"]) == (422, "patch")


def test_the_official_verbs_of_a_secret_keep_its_type(client: DirectClient) -> None:
    made = client.create(SECRETS, {"metadata": {"name": "s", "namespace": "shop"}, "stringData": {"a": "b"}})
    assert (made["type"], made["data"]) == ("Opaque", {"a": "Yg=="})
