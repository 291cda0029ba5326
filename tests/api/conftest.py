"""An API with one namespace, and clients of it."""

from __future__ import annotations

from random import Random
from typing import Any

import orjson
import pytest
from kubernetes.client import ApiClient

from fake_cluster.api import Api
from fake_cluster.kinds import Kinds
from fake_cluster.kinds.refs import NAMESPACES, SERVICE_ACCOUNTS
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object
from fake_cluster.store import Store
from fake_cluster.transport import kube_client


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def api(clock: VirtualClock) -> Api:
    made = Api(Kinds(), Store(), clock, Random(7))
    client = DirectClient(made)
    client.create(NAMESPACES, {"metadata": {"name": "shop"}})
    client.create(SERVICE_ACCOUNTS, {"metadata": {"name": "default", "namespace": "shop"}})
    return made


@pytest.fixture
def client(api: Api) -> DirectClient:
    return DirectClient(api, "tester/1.0")


@pytest.fixture
def kube(api: Api) -> ApiClient:
    return kube_client(api)


class Http:
    """Requests as bytes, answers as (code, body)."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.headers: dict[str, str] = {}

    def __call__(
        self, method: str, path: str, body: Any = None, /, accept: str = "", type_: str = "", **query: str
    ) -> tuple[int, Any]:
        headers = {"accept": accept, "content-type": type_, "user-agent": "tester/1.0"}
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        response = self.api.handle(method, path, query, headers, data)
        self.headers = dict(response.headers) | {"Content-Type": response.content_type}
        if response.content_type.startswith("text/plain"):
            return response.code, response.body.decode()
        return response.code, orjson.loads(response.body) if response.body else None


@pytest.fixture
def http(api: Api) -> Http:
    return Http(api)


def config_map(name: str, **data: str) -> Object:
    """A ConfigMap of the namespace `shop`."""
    return {"metadata": {"name": name, "namespace": "shop"}, "data": data}


def labelled(name: str, **labels: str) -> Object:
    """A ConfigMap with labels."""
    return {"metadata": {"name": name, "namespace": "shop", "labels": labels}}


def pod(name: str, **spec: Any) -> Object:
    """A Pod with one container."""
    containers = [{"name": "main", "image": "example.com/app:1"}]
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": {"containers": containers} | spec}


def deployment(name: str, replicas: int = 1) -> Object:
    """A Deployment."""
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "example.com/app:1"}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}
