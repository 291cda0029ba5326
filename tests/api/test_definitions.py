"""CustomResourceDefinitions: what they define is served, until they go."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from fake_cluster.api import Api
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, ResourceRef, condition_is_true, copy_of
from tests.api.conftest import Http

KITES = ResourceRef("toys.example.com", "v1", "kites", "Kite")
PATH = "/apis/toys.example.com/v1/namespaces/shop/kites"


def _version(name: str, *, storage: bool, **spec: Any) -> Object:
    properties: Object = {"spec": {"type": "object", "properties": {"tail": {"type": "integer"}} | spec}}
    properties["status"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "name": name,
        "served": True,
        "storage": storage,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.tail", "statusReplicasPath": ".status.tail"},
        },
    }


def definition(*versions: Object) -> Object:
    names = {
        "plural": "kites",
        "singular": "kite",
        "kind": "Kite",
        "listKind": "KiteList",
        "shortNames": ["kt"],
    }
    spec = {"group": "toys.example.com", "scope": "Namespaced", "names": names}
    return {
        "metadata": {"name": "kites.toys.example.com"},
        "spec": spec | {"versions": list(versions or (_version("v1", storage=True),))},
    }


def kite(name: str, version: str = "v1", **spec: Any) -> Object:
    head = {"apiVersion": f"toys.example.com/{version}", "kind": "Kite"}
    return head | {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}


@pytest.fixture
def toys(client: DirectClient) -> DirectClient:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    return client


def test_a_definition_becomes_established_after_it_is_created(client: DirectClient) -> None:
    heard: list[Event] = []
    client.watch(CUSTOM_RESOURCE_DEFINITIONS, heard.append)
    made = client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    assert not condition_is_true(made, "Established")
    assert [event.type for event in heard] == ["ADDED", "MODIFIED"]
    assert condition_is_true(heard[-1].obj, "NamesAccepted")
    assert condition_is_true(heard[-1].obj, "Established")
    assert heard[-1].obj["status"]["storedVersions"] == ["v1"]
    assert client.serves(KITES)


def test_what_is_not_defined_is_not_served(client: DirectClient, http: Http) -> None:
    assert not client.serves(KITES)
    with pytest.raises(ApiError, match="the server could not find the requested resource"):
        client.list(KITES)
    assert http("GET", PATH) == (404, "404 page not found\n")


def test_custom_objects_are_objects(toys: DirectClient, http: Http) -> None:
    made = toys.create(KITES, kite("red", tail=3, colour="red"))
    assert made["spec"] == {"tail": 3}
    assert made["metadata"]["generation"] == 1
    changed = toys.patch(KITES, "red", {"spec": {"tail": 4}}, "shop")
    assert changed["metadata"]["generation"] == 2
    toys.patch(KITES, "red", {"status": {"tail": 4}}, "shop", subresource="status")
    assert toys.get(KITES, "red", "shop")["status"] == {"tail": 4}
    _, found = http("GET", PATH)
    assert [(item["kind"], item["apiVersion"]) for item in found["items"]] == [
        ("Kite", "toys.example.com/v1")
    ]


def test_custom_objects_scale(toys: DirectClient, http: Http) -> None:
    toys.create(KITES, kite("red", tail=3))
    assert http("GET", f"{PATH}/red/scale")[1]["spec"] == {"replicas": 3}
    toys.patch(KITES, "red", {"spec": {"replicas": 5}}, "shop", subresource="scale")
    assert toys.get(KITES, "red", "shop")["spec"]["tail"] == 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"metadata": {"name": "a"}}, 400),
        ({"kind": "Bike", "apiVersion": "toys.example.com/v1", "metadata": {"name": "a"}}, 422),
        ({"kind": "Kite", "apiVersion": "toys.example.com/v9", "metadata": {"name": "a"}}, 400),
        (kite("a", tail="long"), 422),
    ],
)
def test_custom_objects_must_say_what_they_are(
    toys: DirectClient, http: Http, body: Object, code: int
) -> None:
    assert toys
    assert http("POST", PATH, body)[0] == code


def test_an_update_of_a_custom_object_needs_its_version(toys: DirectClient) -> None:
    toys.create(KITES, kite("red"))
    with pytest.raises(ApiError, match=r"metadata\.resourceVersion: Invalid value: 0x0") as caught:
        toys.replace(KITES, kite("red", tail=1))
    assert caught.value.code == 422


def test_custom_objects_know_no_strategic_merge(toys: DirectClient, http: Http) -> None:
    toys.create(KITES, kite("red"))
    type_ = "application/strategic-merge-patch+json"
    assert http("PATCH", f"{PATH}/red", {}, type_=type_)[0] == 415


def test_new_defaults_show_in_old_objects(toys: DirectClient) -> None:
    toys.create(KITES, kite("red", tail=3))
    crd = copy_of(toys.get(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com"))
    crd["spec"]["versions"] = [_version("v1", storage=True, colour={"type": "string", "default": "white"})]
    toys.replace(CUSTOM_RESOURCE_DEFINITIONS, crd)
    assert toys.get(KITES, "red", "shop")["spec"] == {"tail": 3, "colour": "white"}
    assert toys.list(KITES)[0] is toys.get(KITES, "red", "shop")


def test_an_object_is_served_in_every_version(client: DirectClient) -> None:
    client.create(
        CUSTOM_RESOURCE_DEFINITIONS, definition(_version("v1", storage=True), _version("v2", storage=False))
    )
    newer = KITES._replace(version="v2")
    client.create(newer, kite("red", "v2", tail=3))
    assert client.get(KITES, "red", "shop")["apiVersion"] == "toys.example.com/v1"
    assert client.get(newer, "red", "shop")["apiVersion"] == "toys.example.com/v2"
    heard: list[Event] = []
    client.watch(newer, heard.append)
    client.patch(KITES, "red", {"spec": {"tail": 4}}, "shop")
    assert [event.obj["apiVersion"] for event in heard] == ["toys.example.com/v2"] * 2


def test_two_definitions_cannot_have_one_name(toys: DirectClient) -> None:
    other = definition()
    other["metadata"]["name"] = "gliders.toys.example.com"
    other["spec"]["names"] |= {"plural": "gliders", "singular": "glider", "listKind": "GliderList"}
    toys.create(CUSTOM_RESOURCE_DEFINITIONS, other)
    refused = toys.get(CUSTOM_RESOURCE_DEFINITIONS, "gliders.toys.example.com")
    assert not condition_is_true(refused, "NamesAccepted")
    assert not toys.serves(KITES._replace(plural="gliders", kind="Kite"))


def test_objects_go_with_their_definition(toys: DirectClient) -> None:
    toys.create(KITES, kite("red"))
    heard: list[Event] = []
    toys.watch(KITES, heard.append)
    toys.delete(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com")
    assert [event.type for event in heard] == ["ADDED", "DELETED"]
    assert toys.find(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com") is None
    assert not toys.serves(KITES)


def test_a_definition_waits_for_the_finalizers_of_its_objects(toys: DirectClient) -> None:
    body = kite("red")
    body["metadata"]["finalizers"] = ["toys.example.com/wait"]
    toys.create(KITES, body)
    toys.delete(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com")
    assert "deletionTimestamp" in toys.get(KITES, "red", "shop")["metadata"]
    toys.patch(KITES, "red", {"metadata": {"finalizers": None}}, "shop")
    assert toys.find(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com") is None


def test_a_definition_can_come_back(toys: DirectClient) -> None:
    toys.create(KITES, kite("red"))
    toys.delete(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com")
    toys.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    assert list(toys.list(KITES)) == []
    assert list(toys.list(DEPLOYMENTS)) == []


def test_watches_end_with_the_definition(
    toys: DirectClient, api: Api, http: Http, clock: VirtualClock
) -> None:
    toys.create(KITES, kite("red"))
    stream = api.handle("GET", PATH, {"watch": "true"}).stream
    assert stream is not None
    toys.delete(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com")
    events = [orjson.loads(line) for line in stream.poll(clock.now())]
    assert [event["type"] for event in events] == ["ADDED", "DELETED"]
    assert stream.closed
    assert http("GET", PATH)[0] == 404


def test_finalizers_of_custom_objects_need_no_domain(toys: DirectClient) -> None:
    body = kite("red")
    body["metadata"]["finalizers"] = ["wait"]
    assert toys.create(KITES, body)["metadata"]["finalizers"] == ["wait"]
    named = {"name": "a", "namespace": "shop", "finalizers": ["example.com/a", "wait"]}
    with pytest.raises(ApiError) as caught:
        toys.create(CONFIG_MAPS, {"metadata": named})
    (cause,) = caught.value.details["causes"]
    assert cause["field"] == "metadata.finalizers[1]"
    assert cause["message"] == (
        'Invalid value: "wait": name is neither a standard finalizer name nor is it fully qualified'
    )
