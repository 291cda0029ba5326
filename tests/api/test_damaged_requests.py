"""Requests that something has happened to: whatever it was, the answer is one that the real server could give."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fake_cluster.api import Api
from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    CUSTOM_RESOURCE_DEFINITIONS,
    DEPLOYMENTS,
    LIMIT_RANGES,
    PODS,
    RESOURCE_QUOTAS,
    SERVICES,
    VALIDATING_WEBHOOK_CONFIGURATIONS,
)
from fake_cluster.objects import Object, copy_of
from tests.api.conftest import config_map, deployment, pod
from tests.api.test_validation_rules import rule, ruled
from tests.api.test_webhooks import ALL

ALLOWED = (
    r"resourceVersion should not be set on objects to be created",
    r"failed to create typed patch object",
    r"Timeout: Too large resource version",
    r"failed calling webhook",
    r"without impersonating a user",
)
"""What the real server, too, answers with a 5xx."""


class Request(NamedTuple):
    """A request that is still whole."""

    method: str
    path: str
    body: Any = None
    type: str = "application/json"
    query: Mapping[str, str] = MappingProxyType({})


APPS, CORE = "/apis/apps/v1/namespaces/default", "/api/v1/namespaces/default"
MERGE, JSON_PATCH = "application/merge-patch+json", "application/json-patch+json"
STRATEGIC, APPLY = "application/strategic-merge-patch+json", "application/apply-patch+yaml"
TOYS = "/apis/toys.example.com/v1/namespaces/default/kites"
KITE = {"apiVersion": "toys.example.com/v1", "kind": "Kite", "metadata": {"name": "k"}}
SERVICE: Object = {
    "metadata": {"name": "s"},
    "spec": {"type": "NodePort", "ports": [{"port": 80, "name": "a"}]},
}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
ROLE = {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["a"]}]}
SUBJECT = {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"}
BINDING = {
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"},
    "subjects": [SUBJECT],
}
WEBHOOK = {
    "name": "guard.example.com",
    "admissionReviewVersions": ["v1"],
    "sideEffects": "None",
    "rules": [ALL],
    "clientConfig": {"service": {"namespace": "shop", "name": "guard", "path": "/ask"}},
    "matchConditions": [{"name": "a", "expression": "has(object.spec)"}],
    "failurePolicy": "Ignore",
    "objectSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]},
}
HPA = {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}}
JOB = {"spec": {"template": pod("a", restartPolicy="Never")}}


SCALED = Request("PATCH", f"{APPS}/deployments/web/scale", None, APPLY, {"fieldManager": "m"})
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
REVIEW = orjson.dumps({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}})


def _free(obj: Object) -> Object:
    return obj | {"metadata": {name: value for name, value in obj["metadata"].items() if name != "namespace"}}


def _applied(obj: Object, kind: str, api_version: str) -> Object:
    return {"apiVersion": api_version, "kind": kind} | _free(obj)


WHOLE = (
    Request("POST", f"{CORE}/configmaps", _free(config_map("new", k="v"))),
    Request("POST", f"{CORE}/pods", _free(pod("new", volumes=[{"name": "v", "emptyDir": {}}], tolerations=[{"operator": "Exists"}]))),
    Request("POST", f"{APPS}/deployments", _free(deployment("new"))),
    Request("POST", f"{CORE}/services", SERVICE | {"metadata": {"name": "new"}}),
    Request("POST", f"{CORE}/secrets", {"metadata": {"name": "new"}, "stringData": {"a": "b"}, "data": {"c": "ZA=="}}),
    Request("POST", f"{CORE}/persistentvolumeclaims", {"metadata": {"name": "new"}, "spec": CLAIM}),
    Request("POST", "/apis/batch/v1/namespaces/default/jobs", {"metadata": {"name": "new"}} | JOB),
    Request("POST", "/apis/batch/v1/namespaces/default/cronjobs",
            {"metadata": {"name": "new"}, "spec": {"schedule": "* * * * *", "jobTemplate": JOB}}),
    Request("POST", "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
            {"metadata": {"name": "new"}, "spec": HPA | {"targetCPUUtilizationPercentage": 50}}),
    Request("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", {"metadata": {"name": "new"}} | ROLE),
    Request("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", {"metadata": {"name": "new"}} | BINDING),
    Request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            ruled(rule("self.replicas > 0", messageExpression="'no'", fieldPath=".replicas"))),
    Request("POST", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            {"metadata": {"name": "new"}, "webhooks": [WEBHOOK]}, query={"dryRun": "All"}),
    Request("POST", TOYS, KITE | {"spec": {"replicas": 2, "text": "a", "tails": [1], "words": {"a": "b"}, "since": "2026-01-01T00:00:00Z"}}),
    Request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}),
    Request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            {"spec": {"user": "jane", "groups": ["a"], "nonResourceAttributes": {"verb": "get", "path": "/"}}}),
    Request("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {"token": "a.b.c", "audiences": ["a"]}}),
    Request("POST", f"{CORE}/serviceaccounts/default/token", {"spec": {"expirationSeconds": 600, "audiences": ["a"]}}),
    Request("POST", f"{CORE}/pods/a/binding", {"metadata": {"name": "a"}, "target": {"name": "node-1"}}),
    Request("POST", f"{CORE}/pods/a/eviction", {"metadata": {"name": "a"}, "deleteOptions": {"gracePeriodSeconds": 1}}),
    Request("PUT", f"{CORE}/configmaps/a", _free(config_map("a", k="w"))),
    Request("PUT", f"{APPS}/deployments/web/scale", {"metadata": {"name": "web"}, "spec": {"replicas": 2}}),
    Request("PUT", f"{APPS}/deployments/web/status", _free(deployment("web")) | {"status": {"replicas": 1, "conditions": []}}),
    Request("PUT", "/api/v1/namespaces/default/finalize", {"metadata": {"name": "default"}, "spec": {"finalizers": []}}),
    Request("PATCH", f"{CORE}/configmaps/a", {"data": {"k": None}, "metadata": {"labels": {"a": "b"}}}, MERGE),
    Request("PATCH", f"{CORE}/configmaps/a", [{"op": "replace", "path": "/data/k", "value": "x"}, {"op": "test", "path": "/data/k", "value": "x"}], JSON_PATCH),
    Request("PATCH", f"{APPS}/deployments/web", {"spec": {"template": {"spec": {"containers": [{"name": "a", "$patch": "delete"}], "$setElementOrder/containers": [{"name": "main"}]}}}}, STRATEGIC),
    Request("PATCH", f"{APPS}/deployments/web", _applied(deployment("web"), "Deployment", "apps/v1"), APPLY, {"fieldManager": "m", "force": "true"}),
    Request("PATCH", f"{APPS}/deployments/web/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web"}, "spec": {"replicas": 1}}, APPLY, {"fieldManager": "m"}),
    Request("PATCH", f"{CORE}/services/s", _applied(SERVICE, "Service", "v1"), APPLY, {"fieldManager": "m"}),
    Request("PATCH", f"{CORE}/pods/a/ephemeralcontainers", {"spec": {"ephemeralContainers": [{"name": "d", "image": "x"}]}}, STRATEGIC),
    Request("PATCH", f"{TOYS}/red", {"spec": {"replicas": 3}}, MERGE),
    Request("DELETE", f"{CORE}/configmaps/a", {"propagationPolicy": "Foreground", "preconditions": {"uid": "x"}, "gracePeriodSeconds": 1}),
    Request("DELETE", f"{CORE}/configmaps", {"dryRun": ["All"]}, query={"labelSelector": "a in (b,c)", "fieldSelector": "metadata.name=a"}),
    Request("GET", f"{CORE}/pods", query={"labelSelector": "a!=b", "limit": "2", "resourceVersion": "3", "resourceVersionMatch": "Exact"}),
    Request("GET", f"{CORE}/pods", query={"continue": base64.b64encode(b'{"v":"meta.k8s.io/v1","rv":3,"start":"default/a"}').decode()}),
    Request("GET", f"{CORE}/pods", query={"watch": "true", "timeoutSeconds": "1", "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}),
    Request("GET", f"{CORE}/pods/a/log", query={"tailLines": "3", "sinceSeconds": "2", "container": "main"}),
    Request("GET", "/openapi/v3/apis/apps/v1", query={"hash": "x"}),
)  # fmt: skip

_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31, 2**53, 2**63 - 1, 1.5, -0.0, 1e300]),
    st.sampled_from(["", " ", "a", "A_b", "1Gi", "-", "a/b", "..", "é", "\x00", "x" * 300, "0", "null", "2026-01-01T00:00:00Z"]),
    st.sampled_from([[], {}, [[]], [None], {"": None}, {"a": {"b": []}}, [{"name": "a"}, {"name": "a"}], [1, "a", {}]]),
)  # fmt: skip
_TEXT = st.sampled_from(
    [
        "",
        "x",
        "-1",
        "0",
        "99999999999999999999",
        "true",
        "a,b",
        "a in",
        "metadata.name=",
        "%",
        "\x00",
        "é",
        "All",
        "=,!=",
    ]
)
_PARAMETERS = st.sampled_from(
    ["dryRun", "fieldManager", "fieldValidation", "force", "limit", "continue", "resourceVersion", "watch", "labelSelector",
     "fieldSelector", "resourceVersionMatch", "timeoutSeconds", "sendInitialEvents", "propagationPolicy", "orphanDependents",
     "gracePeriodSeconds", "allowWatchBookmarks", "includeObject", "container", "tailLines"]
)  # fmt: skip
_HEADERS = st.sampled_from(
    [
        ("accept", TABLE),
        ("accept", "application/yaml"),
        ("accept", "text/html, x/y;q=1"),
        ("accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"),
        ("accept", ";;,,="),
        ("authorization", "Bearer é.b.c"),
        ("authorization", "Basic"),
        ("authorization", "Bearer a.b." + "x" * 300),
        ("impersonate-user", "a:b"),
        ("impersonate-group", "x"),
        ("content-type", "text/plain"),
        ("content-type", ";"),
        ("content-type", "application/yaml"),
        ("content-type", "application/vnd.kubernetes.protobuf"),
        ("user-agent", "\x00" * 200),
    ]
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything in a value."""
    found = [at]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += places(item, (*at, key))
    return found


def changed(value: Any, at: tuple[Any, ...], how: str, odd: Any) -> Any:
    """A value with one place replaced, taken away, doubled or renamed."""
    odd = copy_of({"v": odd})["v"]
    if not at:
        return odd
    parent = value
    for key in at[:-1]:
        parent = parent[key]
    last = at[-1]
    if how == "take away":
        del parent[last]
    elif how == "double" and isinstance(parent, list):
        parent.insert(last, copy_of({"v": parent[last]})["v"])
    elif how == "rename" and isinstance(parent, dict):
        parent[str(odd)] = parent.pop(last)
    else:
        parent[last] = odd
    return value


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Request, dict[str, str], bytes]:
    whole = draw(st.sampled_from(WHOLE))
    body, query, headers, path = whole.body, dict(whole.query), {}, whole.path
    if body is not None:
        body = orjson.loads(orjson.dumps(body))
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.sampled_from(places(body)))
            body = changed(
                body, at, draw(st.sampled_from(["replace", "take away", "double", "rename"])), draw(_ODD)
            )
    if draw(st.booleans()):
        query[draw(_PARAMETERS)] = draw(_TEXT)
    if draw(st.integers(0, 3)) == 0:
        name, value = draw(_HEADERS)
        headers[name] = value
    if draw(st.integers(0, 5)) == 0:
        parts = path.split("/")
        parts[draw(st.integers(1, len(parts) - 1))] = draw(
            st.sampled_from(["", "watch", "..", "%2F", "é", "namespaces", "x/y"])
        )
        path = "/".join(parts)
    data = b"" if body is None else orjson.dumps(body)
    if data and draw(st.integers(0, 9)) == 0:
        cut = draw(st.integers(0, len(data)))
        data = data[:cut] + draw(st.sampled_from([b"", b"\x00", b"\xff", b"{" * 50, b'"'])) + data[cut + 1 :]
    method = (
        draw(st.sampled_from(["GET", "PUT", "PATCH", "DELETE", "POST", "OPTIONS"]))
        if draw(st.integers(0, 9)) == 0
        else whole.method
    )
    return Request(method, path, None, whole.type, query), headers, data


def _api() -> Api:
    cluster = FakeCluster(nodes=1, seed=3)
    client = cluster.client("tester/1.0")
    for ref, obj in (
        (CONFIG_MAPS, config_map("a", k="v")),
        (PODS, pod("a")),
        (DEPLOYMENTS, deployment("web")),
        (SERVICES, SERVICE),
    ):
        client.create(ref, obj | {"metadata": obj["metadata"] | {"namespace": "default"}})
    client.create(
        CUSTOM_RESOURCE_DEFINITIONS,
        ruled(rule("self.replicas > 0", message="some"), rule("self.replicas >= oldSelf.replicas")),
    )
    limits = {
        "limits": [
            {
                "type": "Container",
                "max": {"cpu": "4"},
                "default": {"cpu": "1"},
                "defaultRequest": {"cpu": "1"},
            }
        ]
    }
    client.create(LIMIT_RANGES, {"metadata": {"name": "l", "namespace": "default"}, "spec": limits})
    client.create(
        RESOURCE_QUOTAS,
        {
            "metadata": {"name": "q", "namespace": "default"},
            "spec": {"hard": {"pods": "99", "requests.cpu": "99"}},
        },
    )
    client.create(VALIDATING_WEBHOOK_CONFIGURATIONS, {"metadata": {"name": "w"}, "webhooks": [WEBHOOK]})
    return cluster.api


@pytest.fixture(scope="module")
def api() -> Api:
    """One for all damaged requests: what one of them has left behind is there for the next."""
    return _api()


@pytest.fixture(scope="module")
def untouched() -> Api:
    """One that is asked for dry runs alone."""
    return _api()


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(damaged())
@example((WHOLE[0], {}, b"\xff\xfe"))
@example((Request("GET", f"{CORE}/pods", query={"limit": "-1", "labelSelector": "a=b"}), {}, b""))
@example((SCALED, {}, b'{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":true}'))
@example((Request("POST", TOYS), {}, orjson.dumps(KITE | {"spec": {"since": "2026-01-01T00:0000Z"}})))
@example(
    (Request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"), {"accept": TABLE}, REVIEW)
)
def test_a_damaged_request_gets_an_answer_of_the_api(
    api: Api, given_request: tuple[Request, dict[str, str], bytes]
) -> None:
    request, headers, data = given_request
    sent = {"content-type": request.type, "user-agent": "tester/1.0"} | headers
    response = api.handle(request.method, request.path, request.query, sent, data)
    if response.stream is not None:
        response.stream.poll(api.clock.now() + 1)
        response.stream.close()
    if response.code >= 500:
        status = orjson.loads(response.body)
        from_patch_code = request.method == "PATCH" and "reason" not in status  # passed on as it is
        assert from_patch_code or any(re.search(text, status["message"]) for text in ALLOWED), status


@pytest.mark.parametrize("whole", WHOLE, ids=lambda whole: f"{whole.method} {whole.path}")
def test_the_whole_ones_are_understood(untouched: Api, whole: Request) -> None:
    """Only what was good before it was damaged tests anything."""
    data = b"" if whole.body is None else orjson.dumps(whole.body)
    headers = {"content-type": whole.type, "user-agent": "tester/1.0"}
    response = untouched.handle(whole.method, whole.path, {**whole.query, "dryRun": "All"}, headers, data)
    assert response.code in {200, 201, 204, 404, 409, 410, 429}, response.body
    if response.stream is not None:
        response.stream.close()
