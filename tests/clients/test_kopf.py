"""An operator written with kopf: handlers, a status, finalizers, events and children."""

# mypy: disable-error-code="untyped-decorator"
# The module that has the decorators is imported only where it is there, so it is Any.

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest

from tests.clients.conftest import TOKEN, Served

kopf = pytest.importorskip("kopf", reason="kopf is not installed")

PATIENCE = 30.0
PRESERVE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
SCHEMA = {"type": "object", "properties": {"spec": PRESERVE, "status": PRESERVE}}
TOYS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "toys.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "toys", "kind": "Toy"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": SCHEMA},
            }
        ],
    },
}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PATH = "/apis/example.com/v1/namespaces/default/toys"


class Api:
    """The API over HTTP, as a handler or a user would call it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url + path, data, {"Content-Type": kind, "User-Agent": "toyshop"}, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def api(served: Served) -> Api:
    api = Api(served.url)
    api("POST", DEFINITIONS, TOYS)
    return api


@pytest.fixture(scope="module")
def told(api: Api, served: Served) -> Iterator[Queue[tuple[str, str]]]:
    """What the handlers of an operator have seen, while it runs."""
    seen: Queue[tuple[str, str]] = Queue()
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def login(**_: Any) -> Any:
        return kopf.ConnectionInfo(server=served.url, token=TOKEN)

    @kopf.on.create("example.com", "v1", "toys", id="create", registry=registry)
    def create(body: Any, name: str, **_: Any) -> dict[str, str]:
        child = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"box-of-{name}"}}
        kopf.adopt(child, owner=body)
        api("POST", "/api/v1/namespaces/default/configmaps", child)
        kopf.info(body, reason="Packed", message="it is in its box")
        seen.put(("create", name))
        return {"box": f"box-of-{name}"}

    @kopf.on.update("example.com", "v1", "toys", field="spec.wheels", registry=registry)
    def update(old: Any, new: Any, **_: Any) -> None:
        seen.put(("update", f"{old} to {new}"))

    @kopf.on.delete("example.com", "v1", "toys", registry=registry)
    def delete(name: str, **_: Any) -> None:
        seen.put(("delete", name))

    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=_operate, args=(registry, ready, stop), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    yield seen
    stop.set()
    thread.join(PATIENCE)


def _operate(registry: Any, ready: threading.Event, stop: threading.Event) -> None:
    settings = kopf.OperatorSettings()
    settings.process.ultimate_exiting_timeout = PATIENCE
    asyncio.run(
        kopf.operator(
            registry=registry,
            settings=settings,
            namespaces=["default"],
            standalone=True,
            ready_flag=ready,
            stop_flag=stop,
        )
    )


def watched_until(served: Served, path: str, name: str, last: Any, since: str = "") -> Any:
    """The object, once a watch has shown it in a state for which `last` holds."""
    query = f"?watch=1&timeoutSeconds=900&fieldSelector=metadata.name%3D{name}&resourceVersion={since}"
    with urllib.request.urlopen(served.url + path + query, timeout=PATIENCE) as answer:
        for line in answer:
            event = json.loads(line)
            if last(event):
                return event["object"]
    raise AssertionError("the watch has ended")


def test_an_operator_cares_for_its_objects_from_beginning_to_end(
    api: Api, served: Served, told: Queue[tuple[str, str]]
) -> None:
    toy = {"apiVersion": "example.com/v1", "kind": "Toy", "metadata": {"name": "car"}, "spec": {"wheels": 3}}
    api("POST", PATH, toy)
    assert told.get(timeout=PATIENCE) == ("create", "car")
    car = watched_until(served, PATH, "car", lambda event: "create" in event["object"].get("status", {}))
    assert car["status"]["create"] == {"box": "box-of-car"}
    assert car["metadata"]["finalizers"] == ["kopf.zalando.org/KopfFinalizerMarker"]
    box = api("GET", "/api/v1/namespaces/default/configmaps/box-of-car")
    assert box["metadata"]["ownerReferences"][0]["uid"] == car["metadata"]["uid"]

    api("PATCH", f"{PATH}/car", {"spec": {"wheels": 4}}, "application/merge-patch+json")
    assert told.get(timeout=PATIENCE) == ("update", "3 to 4")

    answer = api("DELETE", f"{PATH}/car")
    assert answer["metadata"]["deletionTimestamp"]
    assert told.get(timeout=PATIENCE) == ("delete", "car")
    boxes = "/api/v1/namespaces/default/configmaps"
    listed = api("GET", boxes)
    version = listed["metadata"]["resourceVersion"]
    if any(item["metadata"]["name"] == "box-of-car" for item in listed["items"]):
        watched_until(served, boxes, "box-of-car", lambda event: event["type"] == "DELETED", version)
    events = api("GET", "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dcar")["items"]
    assert "Packed" in {event["reason"] for event in events}
