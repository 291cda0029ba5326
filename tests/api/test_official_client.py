"""The official Python client, in process: typed, dynamic and watching."""

from __future__ import annotations

from typing import Any

import pytest
from kubernetes import client as official
from kubernetes import watch
from kubernetes.dynamic.exceptions import ResourceNotFoundError

from fake_cluster.api import Api
from fake_cluster.kinds.refs import CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.transport import dynamic_client, kube_client
from tests.api.conftest import config_map, deployment
from tests.api.test_definitions import definition, kite

WATCH: Any = watch.Watch


@pytest.fixture
def core(kube: official.ApiClient) -> Any:
    return official.CoreV1Api(kube)


def test_typed_models_go_in_and_come_out(core: Any, kube: official.ApiClient) -> None:
    metadata = official.V1ObjectMeta(name="a")
    made = core.create_namespaced_config_map("shop", official.V1ConfigMap(metadata=metadata, data={"n": "1"}))
    assert made.metadata.creation_timestamp.year == 2026
    assert core.read_namespaced_config_map("a", "shop").data == {"n": "1"}
    made.data["n"] = "2"
    core.replace_namespaced_config_map("a", "shop", made)
    assert [item.data for item in core.list_namespaced_config_map("shop").items] == [{"n": "2"}]
    core.delete_namespaced_config_map("a", "shop")
    apps: Any = official.AppsV1Api(kube)
    web = apps.create_namespaced_deployment("shop", deployment("web"))
    assert web.spec.progress_deadline_seconds == 600


def test_refusals_are_its_exceptions(core: Any) -> None:
    with pytest.raises(official.ApiException) as caught:
        core.read_namespaced_config_map("missing", "shop")
    assert (caught.value.status, caught.value.reason) == (404, "Not Found")
    assert '"reason":"NotFound"' in str(caught.value.body)


def test_patches_have_the_type_that_it_chooses(core: Any, kube: official.ApiClient) -> None:
    core.create_namespaced_config_map("shop", config_map("a", n="1"))
    operations: Any = [{"op": "add", "path": "/data/m", "value": "2"}]
    assert core.patch_namespaced_config_map("a", "shop", operations).data == {"n": "1", "m": "2"}
    apps: Any = official.AppsV1Api(kube)
    apps.create_namespaced_deployment("shop", deployment("web"))
    sidecar = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "x"}]}}}}
    patched = apps.patch_namespaced_deployment("web", "shop", sidecar)
    assert sorted(item.name for item in patched.spec.template.spec.containers) == ["main", "side"]


def test_custom_objects(kube: official.ApiClient, client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    custom: Any = official.CustomObjectsApi(kube)
    place = ("toys.example.com", "v1", "shop", "kites")
    custom.create_namespaced_custom_object(*place, kite("red", tail=1))
    found = custom.list_namespaced_custom_object(*place)
    assert [item["spec"] for item in found["items"]] == [{"tail": 1}]


def test_the_dynamic_client_discovers(kube: official.ApiClient, client: DirectClient) -> None:
    dynamic = dynamic_client(kube)
    with pytest.raises(ResourceNotFoundError):
        dynamic.resources.get(api_version="toys.example.com/v1", kind="Kite")
    client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    kites = dynamic.resources.get(api_version="toys.example.com/v1", kind="Kite")
    kites.create(body=kite("red", tail=1), namespace="shop")
    assert kites.get(name="red", namespace="shop").spec.tail == 1
    maps = dynamic.resources.get(api_version="v1", kind="ConfigMap")
    applied = maps.server_side_apply(
        body={"apiVersion": "v1", "kind": "ConfigMap"} | config_map("a", n="1"),
        namespace="shop",
        field_manager="me",
    )
    assert applied.metadata.managedFields[0].manager == "me"


def test_a_watch_gives_what_exists_and_ends_where_nothing_more_can_come(core: Any) -> None:
    core.create_namespaced_config_map("shop", config_map("a"))
    core.create_namespaced_config_map("shop", config_map("b"))
    stream = WATCH().stream(core.list_namespaced_config_map, "shop", timeout_seconds=5)
    assert [(event["type"], event["object"].metadata.name) for event in stream] == [
        ("ADDED", "a"),
        ("ADDED", "b"),
    ]


def test_a_waiting_watch_lets_time_pass(api: Api, clock: VirtualClock, client: DirectClient) -> None:
    moments = iter([3.0, 7.0])
    start = clock.now()

    def idle(deadline: float) -> bool:
        moment = next(moments, None)
        clock.advance_to(deadline if moment is None else min(deadline, start + moment))
        if moment is not None:
            client.create(CONFIG_MAPS, config_map(f"at-{moment:.0f}"))
        return moment is not None

    core: Any = official.CoreV1Api(kube_client(api, idle=idle))
    stream = WATCH().stream(core.list_namespaced_config_map, "shop", timeout_seconds=20)
    seen = [(event["object"].metadata.name, clock.now() - start) for event in stream]
    assert seen == [("at-3", 3.0), ("at-7", 7.0)]
    assert clock.now() - start == 20.0


def test_a_stopped_watch_closes_its_stream(api: Api, core: Any) -> None:
    core.create_namespaced_config_map("shop", config_map("a"))
    watcher = WATCH()
    for _ in watcher.stream(core.list_namespaced_config_map, "shop"):
        watcher.stop()
    assert api.store.table("", "configmaps").subscribers == []


def test_clients_of_one_cluster_share_a_host_and_others_do_not(api: Api, kube: official.ApiClient) -> None:
    assert kube_client(api).configuration.host == kube.configuration.host
    assert (
        kube_client(Api(api.kinds, api.store, api.clock, api.core.rng)).configuration.host
        != kube.configuration.host
    )


def test_the_user_agent_names_the_field_manager(api: Api) -> None:
    core: Any = official.CoreV1Api(kube_client(api, user_agent="kubectl/v1.36"))
    made = core.create_namespaced_config_map("shop", config_map("a", n="1"))
    assert made.metadata.managed_fields[0].manager == "kubectl"
