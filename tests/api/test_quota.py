"""ResourceQuota: a namespace takes no more than it may."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    RESOURCE_QUOTAS,
    SERVICES,
)
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, ResourceRef
from tests.api.conftest import config_map, deployment, pod


def quota(client: DirectClient, hard: Object, **spec: Any) -> None:
    client.create(
        RESOURCE_QUOTAS, {"metadata": {"name": "q", "namespace": "shop"}, "spec": {"hard": hard} | spec}
    )


def sized(name: str, **requests: str) -> Object:
    container = {"name": "main", "image": "x", "resources": {"requests": requests}}
    return pod(name, containers=[container])


def refusal(client: DirectClient, ref: ResourceRef, obj: Object) -> str:
    with pytest.raises(ApiError) as caught:
        client.create(ref, obj)
    assert (caught.value.code, caught.value.reason) == (403, "Forbidden")
    return caught.value.message


def test_the_last_one_is_refused(client: DirectClient) -> None:
    quota(client, {"pods": "2"})
    for name in ("a", "b"):
        client.create(PODS, pod(name))
    assert refusal(client, PODS, pod("c")) == (
        'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
    )
    client.delete(PODS, "a", "shop")
    assert client.create(PODS, pod("c"))


def test_amounts_add_up(client: DirectClient) -> None:
    quota(client, {"requests.cpu": "1", "requests.memory": "1Gi"})
    client.create(PODS, sized("a", cpu="600m", memory="512Mi"))
    assert refusal(client, PODS, sized("b", cpu="0.5", memory="768Mi")) == (
        'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=500m,requests.memory=768Mi, '
        "used: requests.cpu=600m,requests.memory=512Mi, limited: requests.cpu=1,requests.memory=1Gi"
    )


def test_where_something_is_limited_it_must_be_said(client: DirectClient) -> None:
    quota(client, {"requests.cpu": "1", "limits.memory": "1Gi"})
    assert refusal(client, PODS, sized("a", cpu="1")) == (
        'pods "a" is forbidden: failed quota: q: must specify limits.memory for: main'
    )


def test_a_pod_that_has_finished_takes_nothing(client: DirectClient) -> None:
    quota(client, {"pods": "1"})
    client.create(PODS, pod("a"))
    client.patch(PODS, "a", {"status": {"phase": "Succeeded"}}, "shop", subresource="status")
    assert client.create(PODS, pod("b"))


def test_scopes_choose_pods(client: DirectClient) -> None:
    quota(client, {"pods": "0"}, scopes=["BestEffort"])
    assert client.create(PODS, sized("a", cpu="1"))
    assert "exceeded quota: q" in refusal(client, PODS, pod("b"))


def _claim(name: str, size: str) -> Object:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def _service(kind: str) -> Object:
    return {"metadata": {"name": "a", "namespace": "shop"}, "spec": {"type": kind, "ports": [{"port": 80}]}}


@pytest.mark.parametrize(
    ("hard", "ref", "obj"),
    [
        ({"count/deployments.apps": "0"}, DEPLOYMENTS, deployment("web")),
        ({"configmaps": "0"}, CONFIG_MAPS, config_map("a")),
        ({"requests.storage": "1Gi"}, PERSISTENT_VOLUME_CLAIMS, _claim("a", "2Gi")),
        ({"services.nodeports": "0"}, SERVICES, _service("NodePort")),
        ({"services.loadbalancers": "0"}, SERVICES, _service("LoadBalancer")),
    ],
)
def test_everything_can_be_counted(client: DirectClient, hard: Object, ref: ResourceRef, obj: Object) -> None:
    quota(client, hard)
    assert "exceeded quota: q" in refusal(client, ref, obj)


def test_other_kinds_and_namespaces_are_free(client: DirectClient) -> None:
    quota(client, {"pods": "0", "services.loadbalancers": "0"})
    assert client.create(CONFIG_MAPS, config_map("a"))
    assert client.create(SERVICES, _service("ClusterIP"))
