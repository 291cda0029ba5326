"""lightkube: typed objects, and server-side apply as a habit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.conftest import Served

lightkube = pytest.importorskip("lightkube", reason="lightkube is not installed")

from lightkube import codecs  # noqa: E402 - only where it is installed, as what follows
from lightkube.config.kubeconfig import KubeConfig  # noqa: E402
from lightkube.core.exceptions import ApiError  # noqa: E402
from lightkube.generic_resource import create_namespaced_resource, load_in_cluster_generic_resources  # noqa: E402
from lightkube.models.meta_v1 import ObjectMeta  # noqa: E402
from lightkube.resources.apiextensions_v1 import CustomResourceDefinition  # noqa: E402
from lightkube.resources.apps_v1 import Deployment  # noqa: E402
from lightkube.resources.core_v1 import ConfigMap, Pod  # noqa: E402
from lightkube.types import CascadeType, PatchType  # noqa: E402

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx}
"""
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
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        },
                    }
                },
            }
        ],
    },
}


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[Any]:
    client = lightkube.Client(config=KubeConfig.from_file(str(served.path)), field_manager="lab")
    yield client
    client._client._client.close()


def config_map(name: str, **data: str) -> Any:
    return ConfigMap(metadata=ObjectMeta(name=name, labels={"made-by": "lightkube"}), data=data)


def test_objects_are_created_read_replaced_and_deleted(client: Any) -> None:
    made = client.create(config_map("a", colour="blue"))
    assert client.get(ConfigMap, name="a").metadata.uid == made.metadata.uid
    made.data["colour"] = "red"
    assert client.replace(made).data == {"colour": "red"}
    made.data["colour"] = "green"
    with pytest.raises(ApiError) as caught:
        client.replace(made)
    assert (caught.value.status.code, caught.value.status.reason) == (409, "Conflict")
    with pytest.raises(ApiError, match='configmaps "a" already exists'):
        client.create(config_map("a"))
    client.delete(ConfigMap, "a")
    with pytest.raises(ApiError, match='configmaps "a" not found'):
        client.get(ConfigMap, name="a")


def test_patches_are_of_the_type_that_is_chosen(client: Any) -> None:
    client.create(config_map("patched", a="1"))
    client.patch(ConfigMap, "patched", {"data": {"b": "2"}})
    operations = [{"op": "remove", "path": "/data/a"}]
    assert client.patch(ConfigMap, "patched", operations, patch_type=PatchType.JSON).data == {"b": "2"}


def test_applied_objects_have_an_owner(client: Any) -> None:
    client.apply(ConfigMap(metadata=ObjectMeta(name="owned"), data={"a": "1"}))
    other = ConfigMap(metadata=ObjectMeta(name="owned"), data={"a": "2"})
    with pytest.raises(ApiError, match=r'conflict with "lab": \.data\.a'):
        client.apply(other, field_manager="other")
    taken = client.apply(other, field_manager="other", force=True)
    assert [entry.manager for entry in taken.metadata.managedFields] == ["other"]


def test_a_workload_is_loaded_waited_for_and_scaled(client: Any) -> None:
    (web,) = codecs.load_all_yaml(WEB)
    client.create(web)
    ready = client.wait(Deployment, "web", for_conditions=["Available"])
    assert ready.status.availableReplicas == 2
    assert len(list(client.list(Pod, labels={"app": "web"}))) == 2
    scale = client.get(Deployment.Scale, name="web")
    scale.spec.replicas = 1
    assert client.replace(scale, "web").spec.replicas == 1
    client.delete(Deployment, "web", cascade=CascadeType.FOREGROUND)


def test_pages_are_followed_to_the_end(client: Any) -> None:
    for number in range(7):
        client.create(config_map(f"page-{number}"))
    listed = client.list(ConfigMap, labels={"made-by": "lightkube"}, chunk_size=3)
    names = [item.metadata.name for item in listed]
    assert [name for name in names if name.startswith("page-")] == [f"page-{number}" for number in range(7)]
    assert listed.resourceVersion
    client.deletecollection(ConfigMap)


def test_a_watch_begins_at_a_version(client: Any) -> None:
    listed = client.list(ConfigMap)
    assert list(listed)
    version = listed.resourceVersion
    client.create(config_map("watched"))
    kind, seen = next(client.watch(ConfigMap, resource_version=version))
    assert (kind, seen.metadata.name) == ("ADDED", "watched")


def test_logs_are_followed(client: Any) -> None:
    container = {"name": "c", "image": "busybox", "command": ["sh", "-c", "echo one; echo two"]}
    body = {"metadata": {"name": "teller"}, "spec": {"restartPolicy": "Never", "containers": [container]}}
    client.create(Pod.from_dict(body))
    client.wait(Pod, "teller", for_conditions=["PodReadyToStartContainers"])
    events = client.watch(Pod, fields={"metadata.name": "teller"})
    next(seen for _, seen in events if seen.status.phase in ("Running", "Succeeded"))
    assert list(client.log("teller", follow=True)) == ["one\n", "two\n"]


def test_custom_resources_have_a_status_of_their_own(client: Any) -> None:
    client.create(CustomResourceDefinition.from_dict(TOYS))
    client.wait(CustomResourceDefinition, "toys.example.com", for_conditions=["Established"])
    load_in_cluster_generic_resources(client)
    toys = create_namespaced_resource("example.com", "v1", "Toy", "toys")
    car = toys(metadata=ObjectMeta(name="car"), spec={"wheels": 4}, status={"driven": True})
    client.create(car)
    assert client.get(toys, "car").get("status") is None
    client.patch(toys.Status, "car", {"status": {"driven": True}}, patch_type=PatchType.MERGE)
    assert client.get(toys, "car")["status"] == {"driven": True}
