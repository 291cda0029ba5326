"""Patches of all kinds, and server-side apply."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.objects import Object
from tests.api.conformance.probes import (
    ABSENT,
    APPLY,
    JSON_PATCH,
    MERGE,
    STRATEGIC,
    Ask,
    Probe,
    Server,
    check,
    contains,
)
from tests.api.conformance.test_writes import ASIDE, DEPLOYMENTS, MAP, MAPS, SERVICES, deployment, named, post


def patch(path: str, body: Any, kind: str = MERGE, **query: str) -> Ask:
    return Ask("PATCH", path, body, query, kind)


def apply(path: str, body: Object, manager: str = "first", **query: str) -> Ask:
    return patch(path, body, APPLY, fieldManager=manager, **query)


def config(name: str = "a", **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def service(**port: Any) -> Object:
    head = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}
    return head | {"spec": {"ports": [{"port": 80} | port]}}


WEB = post(DEPLOYMENTS, ASIDE)
A = f"{MAPS}/a"
D = f"{DEPLOYMENTS}/a"
SIDECAR = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "example.com/side"}]}}}}

PROBES = (
    # 3 and 13
    Probe("a merge patch removes with null", patch(A, {"data": {"k": None, "l": "w"}}), 200, {"data": {"l": "w"}}, (MAP,)),
    Probe("a failing test is invalid",
          patch(A, [{"op": "test", "path": "/data/k", "value": "x"}], JSON_PATCH), 422, {"reason": "Invalid"}, (MAP,)),
    Probe("a missing path is invalid", patch(A, [{"op": "remove", "path": "/data/none"}], JSON_PATCH), 422, before=(MAP,)),
    Probe("an absent key of a map can be replaced",
          patch(A, [{"op": "replace", "path": "/data/new", "value": "x"}], JSON_PATCH), 200, {"data.new": "x"}, (MAP,)),
    Probe("a patch does not rename", patch(A, {"metadata": {"name": "b"}}), 400, {"reason": "BadRequest"}, (MAP,)),
    Probe("a patch of nothing is 404", patch(A, {"data": {}}), 404),
    Probe("a patch with an old version is a conflict", patch(A, {"metadata": {"resourceVersion": "1"}}), 409, before=(MAP,)),
    Probe("a patch that cannot be decoded is 422 on patch",
          patch(A, {"colour": "red"}, fieldValidation="Strict"), 422, {"details.causes.0.field": "patch"}, (MAP,)),
    Probe("a patch of an unknown kind is refused", patch(A, {}, "application/json"), 415,
          {"message": contains("application/json-patch+json", "application/merge-patch+json")}, (MAP,)),
    Probe("a patch that is no JSON is refused", patch(A, b"{"), 400, before=(MAP,)),
    Probe("a merge patch replaces lists", patch(D, SIDECAR), 200,
          {"spec.template.spec.containers": lambda found: [item["name"] for item in found] == ["side"]}, (WEB,)),
    Probe("a strategic one merges them by name", patch(D, SIDECAR, STRATEGIC), 200,
          {"spec.template.spec.containers": lambda found: {item["name"] for item in found} == {"main", "side"}}, (WEB,)),
    Probe("a strategic one deletes from them",
          patch(D, {"spec": {"template": {"spec": {"containers": [{"$patch": "delete", "name": "side"}]}}}}, STRATEGIC), 200,
          {"spec.template.spec.containers.1": ABSENT}, (WEB, patch(D, SIDECAR, STRATEGIC))),
    Probe("a strategic one replaces", patch(A, {"data": {"$patch": "replace", "z": "1"}}, STRATEGIC), 200,
          {"data": {"z": "1"}}, (MAP,)),
    Probe("labels do not count as a generation", patch(D, {"metadata": {"labels": {"a": "b"}}}), 200,
          {"metadata.generation": 1}, (WEB,)),
    Probe("the spec does", patch(D, {"spec": {"paused": True}}), 200, {"metadata.generation": 2}, (WEB,)),
    Probe("the status changes through its subresource only", patch(D, {"status": {"replicas": 9}}), 200,
          {"status.replicas": ABSENT}, (WEB,)),
    Probe("force is for apply", patch(A, {}, force="true"), 422, {"details.causes.0.field": "force"}, (MAP,)),
    # 5: server-side apply
    Probe("an apply needs a manager", patch(A, config(k="v"), APPLY), 422,
          {"message": contains("fieldManager: Required value: is required for apply patch")}),
    Probe("an apply creates", apply(A, config(k="v")), 201, {"data.k": "v", "metadata.managedFields.0.operation": "Apply"}),
    Probe("an apply of an unknown field is a fault", apply(A, config(k="v") | {"colour": "red"}), 500,
          {"message": contains("failed to create typed patch object", ".colour: field not declared in schema")}),
    Probe("ports are known by port and protocol", apply(f"{SERVICES}/a", service()), 201,
          {"metadata.managedFields.0.fieldsV1.f:spec.f:ports":
           lambda ports: list(ports) == ['k:{"port":80,"protocol":"TCP"}']}),
    Probe("another value is a conflict", apply(A, config(k="w"), "second"), 409,
          {"message": 'Apply failed with 1 conflict: conflict with "first": .data.k',
           "details.causes.0.reason": "FieldManagerConflict", "details.causes.0.field": ".data.k"},
          (apply(A, config(k="v")),)),
    Probe("force takes the field", apply(A, config(k="w"), "second", force="true"), 200,
          {"data.k": "w", "metadata.managedFields": lambda entries: len(entries) == 1}, (apply(A, config(k="v")),)),
    Probe("an equal value is shared", apply(A, config(k="v"), "second"), 200,
          {"metadata.managedFields": lambda entries: len(entries) == 2}, (apply(A, config(k="v")),)),
    Probe("a shared field stays until the last owner lets go", apply(A, config(), "first"), 200, {"data.k": "v"},
          (apply(A, config(k="v")), apply(A, config(k="v"), "second"))),
    Probe("and goes with the last", apply(A, config(l="w")), 200, {"data": {"l": "w"}}, (apply(A, config(k="v")),)),
    Probe("an empty map in two appliers is a conflict",
          apply(A, config(), "second"), 409, {"details.causes.0.field": ".data"}, (apply(A, config(k="v") | {"data": {}}),)),
    Probe("a patch by another manager takes the field", patch(A, {"data": {"k": "w"}}), 200,
          {"metadata.managedFields": lambda entries: [entry["manager"] for entry in entries] == ["prober"]},
          (apply(A, config(k="v")),)),
    Probe("managedFields in a configuration are refused",
          apply(A, config(k="v") | {"metadata": {"name": "a", "managedFields": [{}]}}), 400,
          {"message": contains("metadata.managedFields must be nil")}),
    Probe("an apply of a Scale owns the object's field",
          apply(f"{D}/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"},
                               "spec": {"replicas": 1}}, force="true"), 200, {"kind": "Scale", "spec": {"replicas": 1}}, (WEB,)),
    Probe("writes to the Scale are owned under it", Ask("GET", D), 200,
          {"metadata.managedFields": lambda entries: [e["fieldsV1"] for e in entries if e.get("subresource") == "scale"]
           == [{"f:spec": {"f:replicas": {}}}]},
          (post(DEPLOYMENTS, deployment("a", replicas=0, paused=True)), patch(f"{D}/scale", {"spec": {"replicas": 1}}))),
    Probe("a dry run applies nothing", Ask("GET", A), 404, before=(apply(A, config(k="v"), dryRun="All"),)),
    Probe("another API version is refused", apply(A, config() | {"apiVersion": "v2"}), 400),
)  # fmt: skip


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.says)
def test_patches(probe: Probe, server: Server, namespace: str) -> None:
    check(probe, server, namespace)


def test_a_write_that_changes_nothing_keeps_the_version(server: Server, namespace: str) -> None:
    first = server.send(MAP, namespace).body
    for ask in (patch(A, {"data": {"k": "v"}}), Ask("PUT", A, first), apply(A, config(k="v"), "prober")):
        again = server.send(ask, namespace)
        if ask.type != APPLY:
            assert again.body["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    twice = [server.send(apply(A, config(k="v"), "prober"), namespace).body for _ in range(2)]
    assert twice[0]["metadata"] == twice[1]["metadata"]
    assert named("a")["metadata"]["name"] == first["metadata"]["name"]
