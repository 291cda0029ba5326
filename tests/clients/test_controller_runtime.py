"""The traffic of a Go manager made with controller-runtime, replayed by hand over HTTP.

Source: client-go's reflector, leader election and event recorder, and controller-runtime's client, as they
appear on the wire: a watch with initial events, lists in chunks as the way back, protobuf asked for first.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.clients.conftest import Served

PATIENCE = 20.0
AGENT = "manager/v0.0.0 (linux/amd64) kubernetes/$Format"
PROTOBUF_FIRST = "application/vnd.kubernetes.protobuf,application/json"
AGGREGATED = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
    for version in ("v2", "v2beta1")
)
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
JSON, APPLY = "application/json", "application/apply-patch+yaml"
MERGE, JSON_PATCH = "application/merge-patch+json", "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
MAPS = "/api/v1/namespaces/default/configmaps"
EVENTS = "/api/v1/namespaces/default/events"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SHOPS = "/apis/example.com/v1/namespaces/default/shops"
FINALIZER = "example.com/shop"
INITIAL_EVENTS = "?allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true"
SHOP_SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 1}}},
        "status": {
            "type": "object",
            "properties": {
                "ready": {"type": "boolean"},
                "conditions": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["type"],
                    "items": {
                        "type": "object",
                        "required": ["type"],
                        "properties": {"type": {"type": "string"}, "status": {"type": "string"}},
                    },
                },
            },
        },
    },
}
SHOP_DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "shops.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "shops", "singular": "shop", "kind": "Shop", "listKind": "ShopList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": SHOP_SCHEMA},
            }
        ],
    },
}


class Manager:
    """The client of a manager: one connection for requests, one for each watch."""

    def __init__(self, served: Served) -> None:
        self._port = served.port
        self._connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)

    def __call__(
        self, method: str, path: str, body: Any = None, kind: str = JSON, accept: str = PROTOBUF_FIRST
    ) -> tuple[int, Any]:
        """The status code and the answer."""
        headers = {"Accept": accept, "User-Agent": AGENT, "Content-Type": kind}
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._connection.getresponse()
        assert answer.getheader("Content-Type", "").startswith("application/json")
        return answer.status, json.loads(answer.read())

    @contextmanager
    def watching(self, path: str, accept: str = PROTOBUF_FIRST) -> Iterator[Iterator[Any]]:
        """The events of a watch, as they come."""
        connection = self._connect()
        connection.request("GET", f"{path}&watch=true&timeoutSeconds=3000", headers={"Accept": accept})
        answer = connection.getresponse()
        assert answer.status == 200
        try:
            yield (json.loads(line) for line in answer)
        finally:
            answer.close()
            connection.close()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def manager(served: Served) -> Iterator[Manager]:
    manager = Manager(served)
    yield manager
    manager.close()


@pytest.fixture(scope="module")
def shops(manager: Manager) -> Manager:
    """A manager that has installed its definition, and has seen it served."""
    assert manager("POST", DEFINITIONS, SHOP_DEFINITION)[0] == 201
    with manager.watching(f"{DEFINITIONS}?fieldSelector=metadata.name%3Dshops.example.com") as events:
        next(event for event in events if _is_true(event["object"], "Established"))
    return manager


def _is_true(obj: Any, kind: str) -> bool:
    found = {item["type"]: item["status"] for item in obj.get("status", {}).get("conditions") or ()}
    return found.get(kind) == "True"


def shop(name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": name}, "spec": spec}


def config_map(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}


def test_its_mapper_learns_all_resources_from_two_requests(shops: Manager) -> None:
    found = {}
    for path in ("/api", "/apis"):
        code, groups = shops("GET", path, accept=f"{AGGREGATED},{JSON}")
        assert (code, groups["kind"]) == (200, "APIGroupDiscoveryList")
        for group in groups["items"]:
            for version in group["versions"]:
                name = f"{group['metadata'].get('name', '')}/{version['version']}"
                found[name] = {item["resource"] for item in version["resources"]}
    assert "pods" in found["/v1"]
    assert "deployments" in found["apps/v1"]
    assert found["example.com/v1"] == {"shops"}


def test_one_candidate_leads_and_the_other_meets_a_conflict(manager: Manager) -> None:
    def lease(holder: str, **metadata: str) -> dict[str, Any]:
        moment = "2026-11-23T12:00:00.000000Z"
        spec = {
            "holderIdentity": holder,
            "leaseDurationSeconds": 15,
            "acquireTime": moment,
            "renewTime": moment,
        }
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": "shop.example.com", "namespace": "default", **metadata},
            "spec": spec | {"leaseTransitions": 0},
        }

    path = f"{LEASES}/shop.example.com"
    assert manager("GET", path)[0] == 404
    code, mine = manager("POST", LEASES, lease("one"))
    assert (code, mine["spec"]["renewTime"]) == (201, "2026-11-23T12:00:00.000000Z")
    assert manager("POST", LEASES, lease("two"))[1]["reason"] == "AlreadyExists"
    version = mine["metadata"]["resourceVersion"]
    code, renewed = manager(
        "PUT", path, lease("one", resourceVersion=version) | {"spec": mine["spec"] | {"leaseTransitions": 1}}
    )
    assert (code, renewed["spec"]["leaseTransitions"]) == (200, 1)
    code, refused = manager("PUT", path, lease("two", resourceVersion=version))
    assert (code, refused["reason"]) == (409, "Conflict")
    code, refused = manager("PUT", path, lease("two"))
    assert (code, refused["details"]["causes"][0]["field"]) == (422, "metadata.resourceVersion")


class TestInformers:
    def test_a_watch_with_initial_events_says_where_they_end(self, manager: Manager) -> None:
        for name in ("a", "b"):
            manager("POST", MAPS, config_map(name, informed="yes"))
        with manager.watching(f"{MAPS}{INITIAL_EVENTS}&labelSelector=informed%3Dyes") as events:
            first = [next(events) for _ in range(3)]
            assert [event["type"] for event in first] == ["ADDED", "ADDED", "BOOKMARK"]
            end = first[-1]["object"]
            assert end["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
            assert int(end["metadata"]["resourceVersion"]) > 0
            manager("DELETE", f"{MAPS}/a")
            gone = next(events)
            assert (gone["type"], gone["object"]["metadata"]["name"]) == ("DELETED", "a")
            assert int(gone["object"]["metadata"]["resourceVersion"]) > int(
                end["metadata"]["resourceVersion"]
            )

    def test_a_list_from_the_cache_leads_into_a_watch(self, manager: Manager) -> None:
        code, listed = manager("GET", f"{MAPS}?limit=500&resourceVersion=0")
        assert code == 200
        assert "continue" not in listed["metadata"]
        version = listed["metadata"]["resourceVersion"]
        manager("POST", MAPS, config_map("later"))
        with manager.watching(f"{MAPS}?allowWatchBookmarks=true&resourceVersion={version}") as events:
            added = next(events)
        assert (added["type"], added["object"]["metadata"]["name"]) == ("ADDED", "later")

    def test_chunks_are_of_one_moment(self, manager: Manager) -> None:
        for number in range(5):
            manager("POST", MAPS, config_map(f"chunk-{number}", chunk="yes"))
        query = "?limit=2&labelSelector=chunk%3Dyes"
        pages, token = [], ""
        while True:
            _, page = manager("GET", f"{MAPS}{query}&continue={token}")
            pages.append(page)
            token = page["metadata"].get("continue", "")
            if not token:
                break
            manager("POST", MAPS, config_map(f"chunk-9{len(pages)}", chunk="yes"))
        assert [len(page["items"]) for page in pages] == [2, 2, 1]
        assert len({page["metadata"]["resourceVersion"] for page in pages}) == 1

    def test_a_metadata_informer_gets_nothing_else(self, manager: Manager) -> None:
        manager("POST", MAPS, config_map("partial", partial="yes") | {"data": {"a": "1"}})
        path = f"{MAPS}?labelSelector=partial%3Dyes"
        _, listed = manager("GET", path, accept=f"{METADATA_ONLY},{JSON}")
        assert listed["kind"] == "PartialObjectMetadataList"
        assert set(listed["items"][0]) <= {"kind", "apiVersion", "metadata"}
        with manager.watching(path, METADATA_ONLY.replace("MetadataList", "Metadata")) as events:
            seen = next(events)["object"]
        assert (seen["kind"], "data" in seen) == ("PartialObjectMetadata", False)


class TestReconciling:
    def test_a_finalizer_holds_an_object_until_it_is_taken_away(self, shops: Manager) -> None:
        code, made = shops("POST", SHOPS, shop("held"))
        assert (code, made["spec"]) == (201, {"size": 1})
        path = f"{SHOPS}/held"
        body = {
            "metadata": {"finalizers": [FINALIZER], "resourceVersion": made["metadata"]["resourceVersion"]}
        }
        assert shops("PATCH", path, body, MERGE)[0] == 200
        assert shops("PATCH", path, body, MERGE)[0] == 409
        with shops.watching(f"{SHOPS}?fieldSelector=metadata.name%3Dheld") as events:
            assert next(events)["type"] == "ADDED"
            _, held = shops("DELETE", path)
            assert held["metadata"]["deletionTimestamp"]
            assert held["metadata"]["generation"] == 2
            assert next(events)["type"] == "MODIFIED"
            operations = [
                {"op": "test", "path": "/metadata/finalizers", "value": [FINALIZER]},
                {"op": "remove", "path": "/metadata/finalizers/0"},
            ]
            assert shops("PATCH", path, operations, JSON_PATCH)[0] == 200
            assert next(events)["type"] == "DELETED"
        assert shops("GET", path)[0] == 404

    def test_a_status_is_applied_without_touching_the_spec(self, shops: Manager) -> None:
        _, made = shops("POST", SHOPS, shop("applied", size=2))
        status = {"ready": True, "conditions": [{"type": "Ready", "status": "True"}]}
        body = {key: made[key] for key in ("apiVersion", "kind")} | {"metadata": {"name": "applied"}}
        path = f"{SHOPS}/applied/status?fieldManager=shop-controller&force=true"
        code, applied = shops("PATCH", path, body | {"status": status}, APPLY)
        assert (code, applied["status"], applied["spec"]) == (200, status, {"size": 2})
        assert applied["metadata"]["generation"] == 1
        entry = next(e for e in applied["metadata"]["managedFields"] if e["manager"] == "shop-controller")
        assert (entry["operation"], entry["subresource"]) == ("Apply", "status")
        code, again = shops("PATCH", path, body | {"status": status}, APPLY)
        assert again["metadata"]["resourceVersion"] == applied["metadata"]["resourceVersion"]
        other = {"conditions": [{"type": "Open", "status": "False"}]}
        _, both = shops("PATCH", path.replace("shop-c", "door-c"), body | {"status": other}, APPLY)
        assert [item["type"] for item in both["status"]["conditions"]] == ["Ready", "Open"]
        _, less = shops("PATCH", path, body | {"status": {"ready": True}}, APPLY)
        assert [item["type"] for item in less["status"]["conditions"]] == ["Open"]

    def test_a_stale_status_update_is_a_conflict_and_is_done_again(self, shops: Manager) -> None:
        _, stale = shops("POST", SHOPS, shop("stale"))
        path = f"{SHOPS}/stale"
        shops("PATCH", path, {"spec": {"size": 5}}, MERGE)
        code, refused = shops("PUT", f"{path}/status", stale | {"status": {"ready": True}})
        assert (code, refused["reason"]) == (409, "Conflict")
        assert "the object has been modified; please apply your changes" in refused["message"]
        _, fresh = shops("GET", path)
        code, done = shops("PUT", f"{path}/status", fresh | {"status": {"ready": True}, "spec": {"size": 9}})
        assert (code, done["status"], done["spec"]) == (200, {"ready": True}, {"size": 5})

    def test_its_children_are_applied_owned_and_collected(self, shops: Manager) -> None:
        _, owner = shops("POST", SHOPS, shop("parent"))
        reference = {
            "apiVersion": "example.com/v1",
            "kind": "Shop",
            "name": "parent",
            "uid": owner["metadata"]["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }
        labels = {"app": "parent"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
        child = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "parent", "ownerReferences": [reference]},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        }
        path = f"{DEPLOYMENTS}/parent"
        code, made = shops("PATCH", f"{path}?fieldManager=shop-controller&force=true", child, APPLY)
        assert (code, made["spec"]["replicas"]) == (201, 1)
        with shops.watching(f"{DEPLOYMENTS}?fieldSelector=metadata.name%3Dparent") as events:
            next(event for event in events if _is_true(event["object"], "Available"))
            code, deleted = shops("DELETE", f"{SHOPS}/parent", {"propagationPolicy": "Background"})
            assert (code, deleted["status"]) == (200, "Success")
            next(event for event in events if event["type"] == "DELETED")

    def test_an_event_is_recorded_and_counted(self, shops: Manager) -> None:
        _, about = shops("POST", SHOPS, shop("evented"))
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": "evented.17f0", "namespace": "default"},
            "involvedObject": {
                "kind": "Shop",
                "namespace": "default",
                "name": "evented",
                "uid": about["metadata"]["uid"],
                "apiVersion": "example.com/v1",
            },
            "reason": "Opened",
            "message": "the shop is open",
            "source": {"component": "shop-controller"},
            "firstTimestamp": "2026-11-23T12:00:00Z",
            "lastTimestamp": "2026-11-23T12:00:00Z",
            "count": 1,
            "type": "Normal",
            "eventTime": None,
            "reportingComponent": "shop-controller",
            "reportingInstance": "",
        }
        assert shops("POST", EVENTS, event)[0] == 201
        body = {"count": 2, "lastTimestamp": "2026-11-23T12:00:05Z"}
        code, counted = shops("PATCH", f"{EVENTS}/evented.17f0", body, STRATEGIC)
        assert (code, counted["count"], counted["firstTimestamp"]) == (200, 2, "2026-11-23T12:00:00Z")
        _, found = shops("GET", f"{EVENTS}?fieldSelector=involvedObject.name%3Devented,reason%3DOpened")
        assert [item["count"] for item in found["items"]] == [2]
