"""Requests that the API server passes on to Pods and Services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import PODS, SERVICES
from fake_cluster.node import Peer, Program

ROOT = "/api/v1/namespaces/default"


class Echo(Peer):
    """Answers with the first line of the request, as a page."""

    def received(self, data: bytes) -> bytes:
        line = data.split(b"\r\n")[0]
        head = b"HTTP/1.1 418 I'm a teapot\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
        return head % len(line) + line


class Server(Program):
    """Listens on port 9000."""

    def connect(self, port: int) -> Peer | None:
        return Echo() if port == 9000 else None


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with FakeCluster() as cluster:
        client = cluster.client()
        cluster.programs.add("echo:*", Server)
        for name, image, port in (("web", "web:1", 8080), ("echo", "echo:1", 9000)):
            container = {"name": "main", "image": image, "ports": [{"containerPort": port}]}
            metadata = {"name": name, "namespace": "default", "labels": {"app": name}}
            client.create(PODS, {"metadata": metadata, "spec": {"containers": [container]}})
            ports = [{"name": "http", "port": 80, "targetPort": port}]
            spec = {"selector": {"app": name}, "ports": ports}
            client.create(SERVICES, {"metadata": {"name": name, "namespace": "default"}, "spec": spec})
        cluster.advance(10)
        yield cluster


def get(cluster: FakeCluster, path: str, **query: str) -> tuple[int, str, str]:
    answer = cluster.api.handle("GET", ROOT + path, query, {"accept": "text/html"})
    return answer.code, answer.content_type, answer.body.decode()


def refused(cluster: FakeCluster, path: str, method: str = "GET") -> tuple[int, Any]:
    answer = cluster.api.handle(method, ROOT + path)
    return answer.code, json.loads(answer.body)["message"]


@pytest.mark.parametrize(
    "place",
    ["/pods/web", "/pods/web:8080", "/services/web", "/services/web:80", "/services/http:web:http"],
)
def test_a_pod_is_reached_by_its_name_or_through_its_service(cluster: FakeCluster, place: str) -> None:
    assert get(cluster, f"{place}/proxy/") == (200, "text/plain", "web:8080\n")


def test_path_query_code_and_content_type_are_passed_on(cluster: FakeCluster) -> None:
    answer = get(cluster, "/services/echo/proxy/a%20b/c/", limit="x", watch="true")
    assert answer == (418, "text/html", "GET /a%20b/c/?limit=x&watch=true HTTP/1.1")


def test_where_nobody_listens_the_service_is_unavailable(cluster: FakeCluster) -> None:
    address = cluster.client().get(PODS, "web", "default")["status"]["podIP"]
    dialled = f"error trying to reach service: dial tcp {address}:1: connect: connection refused"
    assert refused(cluster, "/pods/web:1/proxy") == (503, dialled)


def test_a_service_without_that_port_or_without_pods_is_unavailable(cluster: FakeCluster) -> None:
    assert refused(cluster, "/services/web:81/proxy") == (503, 'no service port "81" found for service "web"')
    cluster.client().delete(PODS, "web", "default")
    cluster.advance(60)
    assert refused(cluster, "/services/web/proxy") == (503, 'no endpoints available for service "web"')


def test_what_is_not_there_is_not_found(cluster: FakeCluster) -> None:
    assert refused(cluster, "/pods/other/proxy/x") == (404, 'pods "other" not found')
    assert refused(cluster, "/services/other:80/proxy/x") == (404, 'services "other" not found')


@pytest.mark.parametrize("name", [":web:", "a:b:c:d", "web:x", "web:99999", "web:\u0663"])
def test_a_name_that_means_nothing_is_refused(cluster: FakeCluster, name: str) -> None:
    assert refused(cluster, f"/pods/{name}/proxy")[0] in (400, 404)


def test_other_methods_are_not_passed_on(cluster: FakeCluster) -> None:
    assert refused(cluster, "/pods/web/proxy/x", "POST")[0] == 405
