"""Custom resources, Pods on nodes and namespaces on their way out: what takes several requests to see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fake_cluster.objects import Object
from tests.api.conformance.probes import MERGE, STRATEGIC, Ask, Reply, Server, at
from tests.api.conformance.test_writes import MAPS, PODS, named, pod, post

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CRD = f"{CRDS}/kites.probe.example.com"
KITES = "/apis/probe.example.com/v1/namespaces/{ns}/kites"


def _definition(**fields: Object) -> Object:
    tail = {"type": "integer", "minimum": 0}
    spec = {"type": "object", "properties": {"tail": tail, "free": {"type": "integer"}} | fields}
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "kites", "singular": "kite", "kind": "Kite", "listKind": "KiteList"}
    described = {"group": "probe.example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "kites.probe.example.com"},
        "spec": described,
    }


def kite(name: str = "red", **spec: Any) -> Object:
    head = {"apiVersion": "probe.example.com/v1", "kind": "Kite", "metadata": {"name": name}}
    return head | {"spec": spec}


@pytest.fixture
def kites(server: Server, namespace: str) -> Iterator[str]:
    assert server.send(Ask("POST", CRDS, _definition()), namespace).code == 201
    for _ in range(20):
        conditions = at(server.send(Ask("GET", CRD), namespace).body, "status.conditions")
        if any(item["type"] == "Established" and item["status"] == "True" for item in conditions or ()):
            break
        server.pause()
    yield namespace
    server.send(Ask("DELETE", CRD), namespace)
    for _ in range(20):
        if server.send(Ask("GET", CRD), namespace).code == 404:
            break
        server.pause()


@pytest.mark.parametrize(
    ("ask", "code", "shown"),
    [
        (Ask("POST", KITES, {"metadata": {"name": "a"}}), 400, ("reason", "BadRequest")),
        (Ask("POST", KITES, kite() | {"kind": "Bike"}), 422, ("details.causes.0.field", "kind")),
        (Ask("POST", KITES, kite() | {"apiVersion": "probe.example.com/v9"}), 400, ("reason", "BadRequest")),
        (Ask("POST", KITES, kite(tail=-1)), 422, ("details.causes.0.field", "spec.tail")),
        (Ask("POST", KITES, kite(tail="long")), 422, ("details.causes.0.reason", "FieldValueTypeInvalid")),
        (Ask("POST", KITES, kite(tail=1)), 201, ("metadata.generation", 1)),
        (Ask("PATCH", f"{KITES}/x", {}, type=STRATEGIC), 415, ("reason", "UnsupportedMediaType")),
    ],
)
def test_custom_objects_say_what_they_are(
    server: Server, kites: str, ask: Ask, code: int, shown: tuple[str, Any]
) -> None:
    reply = server.send(ask, kites)
    path, value = shown
    assert (reply.code, at(reply.body, path)) == (code, value), reply.body


def test_custom_items_carry_their_kind_and_updates_need_a_version(server: Server, kites: str) -> None:
    server.send(Ask("POST", KITES, kite(tail=1)), kites)
    (item,) = server.send(Ask("GET", KITES), kites).body["items"]
    assert (item["kind"], item["apiVersion"]) == ("Kite", "probe.example.com/v1")
    reply = server.send(Ask("PUT", f"{KITES}/red", kite(tail=2)), kites)
    assert (reply.code, at(reply.body, "details.causes.0.field")) == (422, "metadata.resourceVersion")


def test_without_a_status_subresource_the_status_is_content(server: Server, kites: str) -> None:
    server.send(Ask("POST", KITES, kite(tail=1)), kites)
    reply = server.send(Ask("PATCH", f"{KITES}/red", {"spec": {"free": 5}}, type=MERGE), kites)
    assert reply.body["metadata"]["generation"] == 2
    assert server.send(Ask("GET", f"{KITES}/red/status"), kites).code == 404


def test_defaults_of_a_new_schema_show_in_old_objects_and_old_faults_stay(server: Server, kites: str) -> None:
    server.send(Ask("POST", KITES, kite(free=5)), kites)
    stricter = _definition(free={"type": "integer", "maximum": 1}, hue={"type": "string", "default": "red"})
    patch = {"spec": {"versions": stricter["spec"]["versions"]}}
    assert server.send(Ask("PATCH", CRD, patch, type=MERGE), kites).code == 200
    server.pause()
    assert server.send(Ask("GET", f"{KITES}/red"), kites).body["spec"] == {"free": 5, "hue": "red"}
    reply = server.send(Ask("PATCH", f"{KITES}/red", {"spec": {"tail": 1}}, type=MERGE), kites)
    assert reply.code == 200
    reply = server.send(Ask("PATCH", f"{KITES}/red", {"spec": {"free": 6}}, type=MERGE), kites)
    assert (reply.code, at(reply.body, "details.causes.0.field")) == (422, "spec.free")


def _bound(server: Server, namespace: str, **labels: str) -> Reply:
    body = pod("held", nodeSelector={"no": "where"})
    body["metadata"] |= {"finalizers": ["example.com/hold"], "labels": labels}
    server.send(post(PODS, body), namespace)
    target = {"apiVersion": "v1", "kind": "Node", "name": "no-such-node"}
    head = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "held"}}
    return server.send(post(f"{PODS}/held/binding", head | {"target": target}), namespace)


def _free(server: Server, namespace: str) -> None:
    server.send(Ask("PATCH", f"{PODS}/held", {"metadata": {"finalizers": None}}, type=MERGE), namespace)
    server.send(Ask("DELETE", f"{PODS}/held", {"gracePeriodSeconds": 0}), namespace)


def test_the_grace_of_a_bound_pod_is_shortened_and_never_lengthened(server: Server, namespace: str) -> None:
    assert _bound(server, namespace).code == 201
    first = server.send(Ask("DELETE", f"{PODS}/held"), namespace)
    assert (first.code, first.body["kind"]) == (200, "Pod")
    assert first.body["metadata"]["deletionGracePeriodSeconds"] == 30
    graces = []
    for seconds in (5, 20):
        server.send(Ask("DELETE", f"{PODS}/held", {"gracePeriodSeconds": seconds}), namespace)
        found = server.send(Ask("GET", f"{PODS}/held"), namespace).body
        graces.append(at(found, "metadata.deletionGracePeriodSeconds"))
    _free(server, namespace)
    assert graces == [5, 5]


def test_a_budget_without_room_refuses_evictions(server: Server, namespace: str) -> None:
    _bound(server, namespace, app="held")
    status = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
    server.send(Ask("PATCH", f"{PODS}/held/status", status, type=MERGE), namespace)
    selector = {"matchLabels": {"app": "held"}}
    budget = named("held", spec={"minAvailable": 1, "selector": selector})
    server.send(post("/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets", budget), namespace)
    server.pause()
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "held"}}
    reply = server.send(post(f"{PODS}/held/eviction", body), namespace)
    _free(server, namespace)
    assert (reply.code, reply.body["reason"]) == (429, "TooManyRequests")
    assert reply.body["details"]["causes"][0]["reason"] == "DisruptionBudget"


def test_nothing_is_created_where_everything_goes(server: Server, namespace: str) -> None:
    held = {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
    server.send(post(MAPS, held), namespace)
    gone = server.send(Ask("DELETE", "/api/v1/namespaces/{ns}"), namespace)
    assert gone.body["status"]["phase"] == "Terminating"
    reply = server.send(post(MAPS, named("late")), namespace)
    server.send(Ask("PATCH", f"{MAPS}/held", {"metadata": {"finalizers": None}}, type=MERGE), namespace)
    assert reply.code == 403
    assert reply.body["details"]["causes"][0]["reason"] == "NamespaceTerminating"
    assert reply.body["message"] == (
        f'configmaps "late" is forbidden: unable to create new content in namespace {namespace} '
        "because it is being terminated"
    )
