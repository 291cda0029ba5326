"""The official Python client over HTTP: typed, dynamic, watches, informers, streams, leader election.

What it does in process is tested with the API.
"""

# mypy: disable-error-code="no-untyped-call"
# Half of the client is typed, and that half says of every field that it may be missing: it is used as Any.

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from kubernetes import client as official
from kubernetes import config, dynamic, utils, watch
from kubernetes.leaderelection.electionconfig import Config
from kubernetes.leaderelection.leaderelection import LeaderElection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock
from kubernetes.stream import portforward, stream

from tests.clients.conftest import Served

pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket"  # its streams leave sockets to the garbage collector
)
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture(scope="module")
def kube(served: Served) -> Iterator[Any]:
    kube = config.new_client_from_config(str(served.path))
    yield kube
    kube.rest_client.pool_manager.clear()
    kube.close()
    gc.collect()


@pytest.fixture(scope="module")
def core(kube: Any) -> Any:
    return official.CoreV1Api(kube)


@pytest.fixture(scope="module")
def pod(kube: Any, core: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Pod that runs: made from a file, and waited for with a watch."""
    path = tmp_path_factory.mktemp("manifests") / "web.yaml"
    path.write_text(WEB)
    utils.create_from_yaml(kube, str(path))
    events = watch.Watch()
    for event in events.stream(
        core.list_namespaced_pod, "default", label_selector="app=web", timeout_seconds=30
    ):
        ready = {item.type: item.status for item in event["object"].status.conditions or ()}.get("Ready")
        if ready == "True":
            return str(event["object"].metadata.name)
    raise AssertionError("no Pod has become ready")


def test_typed_objects_make_the_round_trip(kube: Any, pod: str) -> None:
    found: Any = official.AppsV1Api(kube).read_namespaced_deployment("web", "default")
    assert found.status.ready_replicas == 1
    assert found.spec.strategy.rolling_update.max_surge == "25%"
    assert found.metadata.creation_timestamp.tzinfo is not None
    assert pod.startswith("web-")


def test_a_page_leads_to_the_next(core: Any) -> None:
    for number in range(5):
        core.create_namespaced_config_map(
            "default", {"metadata": {"name": f"page-{number}", "labels": {"p": "1"}}}
        )
    first = core.list_namespaced_config_map("default", label_selector="p=1", limit=3)
    assert len(first.items) == 3
    rest = core.list_namespaced_config_map(
        "default", label_selector="p=1", limit=3, _continue=first.metadata._continue
    )
    assert [item.metadata.name for item in rest.items] == ["page-3", "page-4"]
    core.delete_collection_namespaced_config_map("default", label_selector="p=1")
    assert core.list_namespaced_config_map("default", label_selector="p=1").items == []


def test_a_watch_goes_on_where_it_has_ended(core: Any) -> None:
    version = core.list_namespaced_config_map("default").metadata.resource_version
    for name in ("first", "second"):
        core.create_namespaced_config_map("default", {"metadata": {"name": name}})
    events = watch.Watch()
    seen = events.stream(
        core.list_namespaced_config_map, "default", resource_version=version, timeout_seconds=30
    )
    assert next(seen)["object"].metadata.name == "first"
    events.stop()
    assert next(seen, None) is None
    again = watch.Watch()
    later = again.stream(
        core.list_namespaced_config_map,
        "default",
        resource_version=events.resource_version,
        timeout_seconds=30,
    )
    assert next(later)["object"].metadata.name == "second"
    again.stop()
    later.close()


@pytest.fixture(scope="module")
def dynamic_client(kube: Any) -> Any:
    return dynamic.DynamicClient(kube)


class TestDynamic:
    def test_it_discovers_reads_and_applies(self, dynamic_client: Any) -> None:
        maps = dynamic_client.resources.get(api_version="v1", kind="ConfigMap")
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"a": "1"}}
        made = maps.server_side_apply(body=body, namespace="default", field_manager="me")
        assert made.metadata.managedFields[0].manager == "me"
        assert maps.get(name="applied", namespace="default").data.a == "1"
        maps.delete(name="applied", namespace="default")
        with pytest.raises(dynamic.exceptions.NotFoundError):
            maps.get(name="applied", namespace="default")

    def test_it_scales_through_the_subresource(self, dynamic_client: Any, pod: str) -> None:
        deployments = dynamic_client.resources.get(api_version="apps/v1", kind="Deployment")
        scaled = deployments.scale.patch(
            name="web",
            namespace="default",
            body={"spec": {"replicas": 1}},
            content_type="application/merge-patch+json",
        )
        assert (scaled.kind, scaled.spec.replicas) == ("Scale", 1)
        assert pod

    def test_it_takes_to_new_kinds(self, kube: Any) -> None:
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        body = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "toys.example.com"},
            "spec": {
                "group": "example.com",
                "scope": "Namespaced",
                "names": {"plural": "toys", "singular": "toy", "kind": "Toy", "listKind": "ToyList"},
                "versions": [
                    {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
                ],
            },
        }
        definitions = cast("Any", official.ApiextensionsV1Api(kube))
        definitions.create_custom_resource_definition(body)
        events = watch.Watch()
        for event in events.stream(definitions.list_custom_resource_definition, timeout_seconds=30):
            if any(item.type == "Established" for item in event["object"].status.conditions or ()):
                events.stop()
        toys = dynamic.DynamicClient(kube).resources.get(api_version="example.com/v1", kind="Toy")
        toy = {"apiVersion": "example.com/v1", "kind": "Toy", "metadata": {"name": "car"}, "wheels": 4}
        assert toys.create(body=toy, namespace="default").wheels == 4


class TestStreams:
    def test_a_command_says_what_it_has_to_say(self, core: Any, pod: str) -> None:
        said = stream(
            core.connect_get_namespaced_pod_exec,
            pod,
            "default",
            command=["sh", "-c", "echo $HOSTNAME"],
            stdin=False,
            stdout=True,
            stderr=True,
            tty=False,
        )
        assert said == f"{pod}\n"

    def test_a_shell_is_spoken_with(self, core: Any, pod: str) -> None:
        shell = stream(
            core.connect_get_namespaced_pod_exec,
            pod,
            "default",
            command=["sh"],
            stdin=True,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
        shell.write_stdin("echo 1\n")
        assert shell.readline_stdout(timeout=10) == "1"
        shell.write_stdin("cat /nothing\n")
        assert shell.readline_stderr(timeout=10) == "cat: /nothing: No such file or directory"
        shell.write_stdin("exit 3\n")
        shell.run_forever(timeout=10)
        assert shell.returncode == 3
        shell.close()

    def test_a_missing_pod_is_an_exception(self, core: Any) -> None:
        with pytest.raises(official.ApiException) as caught:
            stream(core.connect_get_namespaced_pod_exec, "nobody", "default", command=["ls"], stdout=True)
        assert "404" in str(caught.value)

    def test_a_port_is_forwarded(self, core: Any, pod: str) -> None:
        with forwarded(core, pod, 80) as forward:
            connection = forward.socket(80)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: web\r\n\r\n")
            assert connection.recv(4096).endswith(f"{pod}:80\n".encode())
            assert forward.error(80) is None

    def test_a_closed_port_is_an_error(self, core: Any, pod: str) -> None:
        with forwarded(core, pod, 81) as forward:
            assert forward.socket(81).recv(1) == b""
            assert "connection refused" in forward.error(81)


@contextmanager
def forwarded(core: Any, pod: str, port: int) -> Iterator[Any]:
    before = set(threading.enumerate())
    forward = portforward(core.connect_get_namespaced_pod_portforward, pod, "default", ports=str(port))
    forward.socket(port).settimeout(10)
    try:
        yield forward
    finally:
        forward.close()
        for thread in set(threading.enumerate()) - before:
            thread.join(10)


def test_the_first_candidate_leads_until_it_lets_go(kube: Any) -> None:
    def candidate(name: str) -> LeaderElection:
        lock = LeaseLock("leader", "default", name)
        lock.api_instance = official.CoordinationV1Api(kube)
        started = threading.Event().set
        return LeaderElection(Config(lock, 17, 15, 5, onstarted_leading=started, onstopped_leading=None))

    one, two = candidate("one"), candidate("two")
    assert one.try_acquire_or_renew() is True
    assert two.try_acquire_or_renew() is False
    assert one.try_acquire_or_renew() is True
    leases = cast("Any", official.CoordinationV1Api(kube))
    lease = leases.read_namespaced_lease("leader", "default")
    assert lease.spec.holder_identity == "one"
    leases.delete_namespaced_lease("leader", "default")
    assert two.try_acquire_or_renew() is True
    assert leases.read_namespaced_lease("leader", "default").spec.holder_identity == "two"
