"""Gets, lists, watches, discovery, and what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conformance.probes import (
    ABSENT,
    MERGE,
    Ask,
    Probe,
    Server,
    at,
    check,
    contains,
    has_keys,
    present,
)
from tests.api.conformance.test_writes import MAP, MAPS, PODS, named, pod, post

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def get(path: str, accept: str = "", **query: str) -> Ask:
    return Ask("GET", path, query=query, accept=accept)


def labelled(name: str, **labels: str) -> Ask:
    return post(MAPS, {"metadata": {"name": name, "labels": labels}})


def names(*wanted: str) -> Any:
    return lambda items: (
        [item["metadata"]["name"] for item in items if item["metadata"]["name"] != "kube-root-ca.crt"]
        == list(wanted)
    )


THREE = (labelled("a", tier="web"), labelled("b", tier="db"), labelled("c"))

PROBES = (
    Probe("items of a list carry no kind", get(MAPS), 200,
          {"kind": "ConfigMapList", "apiVersion": "v1", "items.0.kind": ABSENT, "items.0.apiVersion": ABSENT}, (MAP,)),
    # 8: what is not there
    Probe("an unknown resource of a known group is a Status", get("/api/v1/gadgets"), 404,
          {"kind": "Status", "reason": "NotFound", "message": "the server could not find the requested resource"}),
    Probe("an unknown group is plain text", get("/apis/nobody.example.com/v1/gadgets"), 404, text="404 page not found\n"),
    Probe("a list in no namespace is empty", get("/api/v1/namespaces/nowhere/configmaps"), 200, {"items": []}),
    Probe("a missing object is 404", get(f"{MAPS}/none"), 404,
          {"status": "Failure", "reason": "NotFound", "code": 404, "message": 'configmaps "none" not found'}),
    Probe("a group names itself", get("/apis/apps/v1/namespaces/{ns}/deployments/none"), 404,
          {"message": 'deployments.apps "none" not found', "details": {"name": "none", "group": "apps", "kind": "deployments"}}),
    Probe("a collection takes no PUT", Ask("PUT", MAPS, named("a")), 405, {"reason": "MethodNotAllowed"}),
    Probe("an object takes no POST", Ask("POST", f"{MAPS}/a", named("a")), 405),
    # 9: paging
    Probe("a page says what remains", get(MAPS, limit="1"), 200,
          {"metadata.continue": present, "metadata.remainingItemCount": lambda n: n >= 2}, THREE),
    Probe("with a selector it does not", get(MAPS, limit="1", labelSelector="!none"), 200,
          {"metadata.continue": present, "metadata.remainingItemCount": ABSENT}, THREE),
    Probe("a bad token is refused", get(MAPS, **{"continue": "x"}), 400, {"reason": "BadRequest"}),
    Probe("the future times out", get(MAPS, resourceVersion="99999999999"), 504,
          {"reason": "Timeout", "details.causes.0.reason": "ResourceVersionTooLarge", "details.retryAfterSeconds": 1,
           "message": contains("Timeout: Too large resource version: 99999999999, current: ")}),
    Probe("a version is a number", get(MAPS, resourceVersion="x"), 400, {"reason": "BadRequest"}),
    Probe("a match needs a version", get(MAPS, resourceVersionMatch="Exact"), 422,
          {"message": contains("resourceVersionMatch is forbidden unless resourceVersion is provided")}),
    # 10: selectors
    Probe("a label selects", get(MAPS, labelSelector="tier=web"), 200, {"items": names("a")}, THREE),
    Probe("!= matches what has no label", get(MAPS, labelSelector="tier!=web"), 200, {"items": names("b", "c")}, THREE),
    Probe("notin does too", get(MAPS, labelSelector="tier notin (web,db)"), 200, {"items": names("c")}, THREE),
    Probe("in is a set", get(MAPS, labelSelector="tier in (web,db)"), 200, {"items": names("a", "b")}, THREE),
    Probe("a key alone means that it is there", get(MAPS, labelSelector="tier"), 200, {"items": names("a", "b")}, THREE),
    Probe("! means that it is not", get(MAPS, labelSelector="!tier"), 200, {"items": names("c")}, THREE),
    Probe("nonsense is refused", get(MAPS, labelSelector="a in"), 400, {"message": contains("unable to parse requirement")}),
    Probe("a name selects", get(MAPS, fieldSelector="metadata.name=b"), 200, {"items": names("b")}, THREE),
    Probe("another field is refused", get(MAPS, fieldSelector="data.k=v"), 400,
          {"message": contains("data.k", "not a known field selector: only", "metadata.name")}),
    Probe("Pods know more fields", get(PODS, fieldSelector="spec.nodeName=,status.phase=Pending"), 200,
          {"items.0.metadata.name": "a"}, (post(PODS, pod("a", nodeSelector={"no": "where"})),)),
    # forms
    Probe("a table has columns and rows", get(f"{PODS}/a", TABLE), 200,
          {"kind": "Table", "columnDefinitions.0.name": "Name", "rows.0.cells.0": "a",
           "rows.0.object.kind": "PartialObjectMetadata"}, (post(PODS, pod("a", nodeSelector={"no": "where"})),)),
    Probe("metadata alone can be had", get(f"{MAPS}/a", PARTIAL), 200,
          {"": has_keys("kind", "apiVersion", "metadata"), "kind": "PartialObjectMetadata"}, (MAP,)),
    Probe("an unknown form is not acceptable", get(MAPS, "text/csv"), 406, {"reason": "NotAcceptable"}),
    # 14: logs
    Probe("an unbound Pod has no log", get(f"{PODS}/a/log"), 204, before=(post(PODS, pod("a", nodeSelector={"no": "where"})),)),
    Probe("of two containers one must be named", get(f"{PODS}/a/log"), 400,
          {"message": "a container name must be specified for pod a, choose one of: [main side]"},
          (post(PODS, pod("a", nodeSelector={"no": "where"},
                          containers=[{"name": "main", "image": "x"}, {"name": "side", "image": "x"}])),)),
    # discovery
    Probe("the version is told", get("/version"), 200, {"major": "1", "gitVersion": contains("v1.")}),
    Probe("the groups are told", get("/apis"), 200, {"kind": "APIGroupList", "groups.0.preferredVersion.version": present}),
    Probe("a group is told", get("/apis/apps"), 200, {"kind": "APIGroup", "preferredVersion.groupVersion": "apps/v1"}),
    Probe("its resources are told", get("/apis/apps/v1"), 200,
          {"kind": "APIResourceList",
           "resources": lambda found: {"deployments", "deployments/scale", "deployments/status"} <= {r["name"] for r in found}}),
    Probe("all at once, too", get("/apis", AGGREGATED), 200,
          {"kind": "APIGroupDiscoveryList", "items.0.versions.0.resources.0.responseKind.kind": present}),
    Probe("schemas are published", get("/openapi/v3"), 200, {"paths.apis/apps/v1.serverRelativeURL": present}),
    Probe("it is well", get("/readyz"), 200, text="ok"),
    Probe("a review of oneself answers", post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
           "spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}), 201, {"status.allowed": True}),
)  # fmt: skip


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.says)
def test_reads(probe: Probe, server: Server, namespace: str) -> None:
    check(probe, server, namespace)


def test_pages_are_a_snapshot(server: Server, namespace: str) -> None:
    for ask in THREE:
        server.send(ask, namespace)
    server.pause()
    first = server.send(get(MAPS, limit="1"), namespace).body
    server.send(labelled("bb"), namespace)
    token = at(first, "metadata.continue")
    rest = server.send(get(MAPS, limit="100", **{"continue": token}), namespace).body
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert "bb" not in [item["metadata"]["name"] for item in rest["items"]]


def test_an_exact_version_shows_the_old_state(server: Server, namespace: str) -> None:
    made = server.send(MAP, namespace).body
    server.send(Ask("PATCH", f"{MAPS}/a", {"data": {"k": "w"}}, type=MERGE), namespace)
    version = made["metadata"]["resourceVersion"]
    ask = get(MAPS, resourceVersion=version, resourceVersionMatch="Exact", fieldSelector="metadata.name=a")
    old = server.send(ask, namespace).body
    assert old["items"][0]["data"] == {"k": "v"}


def _watched(server: Server, namespace: str, **query: str) -> list[Any]:
    return server.watch(MAPS.replace("{ns}", namespace), query)


def test_a_watch_replays_what_has_happened_since(server: Server, namespace: str) -> None:
    made = server.send(MAP, namespace).body
    server.send(Ask("PATCH", f"{MAPS}/a", {"data": {"k": "w"}}, type=MERGE), namespace)
    server.send(Ask("PATCH", f"{MAPS}/a", {"data": {"k": "w"}}, type=MERGE), namespace)
    server.send(Ask("DELETE", f"{MAPS}/a"), namespace)
    events = _watched(server, namespace, resourceVersion=made["metadata"]["resourceVersion"])
    mine = [event for event in events if event["object"]["metadata"].get("name") == "a"]
    assert [event["type"] for event in mine] == ["MODIFIED", "DELETED"]


def test_leaving_a_selector_is_a_deletion_in_the_previous_state(server: Server, namespace: str) -> None:
    made = server.send(labelled("a", tier="web"), namespace).body
    left = server.send(
        Ask("PATCH", f"{MAPS}/a", {"metadata": {"labels": {"tier": "db"}}}, type=MERGE), namespace
    ).body
    version = made["metadata"]["resourceVersion"]
    (event,) = _watched(server, namespace, resourceVersion=version, labelSelector="tier=web")
    assert event["type"] == "DELETED"
    assert event["object"]["metadata"]["labels"] == {"tier": "web"}
    assert event["object"]["metadata"]["resourceVersion"] == left["metadata"]["resourceVersion"]


def test_a_watch_ends_with_a_bookmark(server: Server, namespace: str) -> None:
    events = _watched(server, namespace, allowWatchBookmarks="true", resourceVersion="0")
    assert events[-1]["type"] == "BOOKMARK"
    assert events[-1]["object"]["kind"] == "ConfigMap"


def test_the_beginning_of_a_watch_can_be_marked(server: Server, namespace: str) -> None:
    server.send(MAP, namespace)
    options = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    events = _watched(server, namespace, **options)
    marks = [at(event, "object.metadata.annotations.k8s~io/initial-events-end") for event in events]
    assert "true" in marks
    assert all(event["type"] == "ADDED" for event in events[: marks.index("true")])


def test_a_version_long_gone_is_expired(server: Server, namespace: str) -> None:
    if hasattr(server, "cluster"):
        server.cluster.api.store.compact()
    (event,) = _watched(server, namespace, resourceVersion="1")
    assert event["type"] == "ERROR"
    assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")
