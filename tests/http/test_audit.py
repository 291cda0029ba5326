"""The audit log of a served cluster."""

from __future__ import annotations

import io

import orjson
import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.http.audit import audited, object_of

NAMESPACES, SECRETS = "/api/v1/namespaces", "/api/v1/namespaces/default/secrets"


def asked(
    method: str, path: str, query: dict[str, str] | None = None, body: object = None
) -> dict[str, object]:
    cluster, file = FakeCluster(), io.BytesIO()
    handle = audited(cluster.api.handle, file, cluster.clock.now)
    handle(method, path, query, {"user-agent": "me"}, orjson.dumps(body) if body else b"")
    (line,) = file.getvalue().splitlines()
    event: dict[str, object] = orjson.loads(line)
    return event


@pytest.mark.parametrize(
    ("method", "path", "verb"),
    [
        ("GET", NAMESPACES, "list"),
        ("GET", f"{NAMESPACES}/default", "get"),
        ("DELETE", f"{NAMESPACES}/default", "delete"),
        ("DELETE", SECRETS, "deletecollection"),
        ("GET", "/version", "get"),
    ],
)
def test_each_request_is_a_line_with_its_verb_and_answer(method: str, path: str, verb: str) -> None:
    event = asked(method, path)
    assert event["verb"] == verb
    assert event["requestURI"] == path
    assert event["userAgent"] == "me"
    assert isinstance(event["responseStatus"], dict)


def test_a_new_object_is_named_as_it_is_called() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"generateName": "a-"},
        "stringData": {"k": "hidden"},
    }
    event = asked("POST", SECRETS, body=secret)
    about = event["objectRef"]
    assert isinstance(about, dict)
    assert about["name"].startswith("a-")
    assert b"hidden" not in orjson.dumps(event)


def test_a_watch_is_a_verb_of_its_own() -> None:
    event = asked("GET", NAMESPACES, {"watch": "1"})
    assert (event["verb"], event["stage"]) == ("watch", "ResponseStarted")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/v1/namespaces/a", {"apiVersion": "v1", "resource": "namespaces", "name": "a"}),
        (
            "/api/v1/namespaces/a/finalize",
            {"apiVersion": "v1", "resource": "namespaces", "name": "a", "subresource": "finalize"},
        ),
        (
            "/apis/apps/v1/namespaces/a/deployments/b/scale",
            {
                "apiGroup": "apps",
                "apiVersion": "v1",
                "namespace": "a",
                "resource": "deployments",
                "name": "b",
                "subresource": "scale",
            },
        ),
        ("/apis/apps/v1", {}),
        ("/healthz", {}),
    ],
)
def test_a_path_says_what_it_is_about(path: str, found: dict[str, str]) -> None:
    assert object_of(path) == found
