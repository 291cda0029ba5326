"""What happens to objects on their way in."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.api import Api
from fake_cluster.errors import ApiError, forbidden
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    LIMIT_RANGES,
    NAMESPACES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    PRIORITY_CLASSES,
    SERVICE_ACCOUNTS,
    SERVICES,
    STORAGE_CLASSES,
)
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, copy_of
from tests.api.conftest import config_map, pod

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


def _service(name: str, **spec: Any) -> Object:
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": {"ports": [{"port": 80}]} | spec}


def _claim(name: str, **spec: Any) -> Object:
    needs = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": needs | spec}


class TestPods:
    def test_they_get_an_account_with_a_token(self, client: DirectClient) -> None:
        spec = client.create(PODS, pod("web"))["spec"]
        assert spec["serviceAccountName"] == "default"
        (volume,) = spec["volumes"]
        assert volume["name"].startswith("kube-api-access-")
        (mount,) = spec["containers"][0]["volumeMounts"]
        assert mount == {"name": volume["name"], "readOnly": True, "mountPath": TOKEN_PATH}

    def test_the_token_can_be_declined(self, client: DirectClient) -> None:
        assert "volumes" not in client.create(PODS, pod("web", automountServiceAccountToken=False))["spec"]
        account = {"metadata": {"name": "shy", "namespace": "shop"}, "automountServiceAccountToken": False}
        client.create(SERVICE_ACCOUNTS, account)
        assert "volumes" not in client.create(PODS, pod("shy", serviceAccountName="shy"))["spec"]

    def test_a_missing_account_is_forbidden(self, client: DirectClient) -> None:
        with pytest.raises(ApiError) as caught:
            client.create(PODS, pod("web", serviceAccountName="ghost"))
        assert caught.value.code == 403
        assert caught.value.message == (
            'pods "web" is forbidden: error looking up service account shop/ghost: '
            'serviceaccount "ghost" not found'
        )

    def test_pull_secrets_come_from_the_account(self, client: DirectClient) -> None:
        account = {"metadata": {"name": "puller", "namespace": "shop"}, "imagePullSecrets": [{"name": "key"}]}
        client.create(SERVICE_ACCOUNTS, account)
        made = client.create(PODS, pod("web", serviceAccountName="puller"))
        assert made["spec"]["imagePullSecrets"] == [{"name": "key"}]

    def test_they_bear_with_troubled_nodes_for_five_minutes(self, client: DirectClient) -> None:
        own = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
        made = client.create(PODS, pod("web", tolerations=[own | {"tolerationSeconds": 5}]))
        seconds = {item["key"]: item["tolerationSeconds"] for item in made["spec"]["tolerations"]}
        assert seconds == {"node.kubernetes.io/not-ready": 5, "node.kubernetes.io/unreachable": 300}

    def test_their_priority_is_that_of_their_class(self, client: DirectClient) -> None:
        client.create(PRIORITY_CLASSES, {"metadata": {"name": "high"}, "value": 1000})
        assert client.create(PODS, pod("a"))["spec"]["priority"] == 0
        assert client.create(PODS, pod("b", priorityClassName="high"))["spec"]["priority"] == 1000
        with pytest.raises(ApiError, match="no PriorityClass with name low was found"):
            client.create(PODS, pod("c", priorityClassName="low"))

    def test_nobody_owns_what_the_server_fills_in(self, client: DirectClient) -> None:
        (entry,) = client.create(PODS, pod("web"))["metadata"]["managedFields"]
        assert "f:tolerations" not in entry["fieldsV1"]["f:spec"]
        assert "f:volumes" not in entry["fieldsV1"]["f:spec"]


class TestLimits:
    def _limit(self, client: DirectClient, **limit: Any) -> None:
        spec = {"limits": [{"type": "Container"} | limit]}
        client.create(LIMIT_RANGES, {"metadata": {"name": "limits", "namespace": "shop"}, "spec": spec})

    def test_containers_get_what_they_have_not_said(self, client: DirectClient) -> None:
        self._limit(client, default={"memory": "512Mi"}, defaultRequest={"memory": "256Mi"})
        (container,) = client.create(PODS, pod("web"))["spec"]["containers"]
        assert container["resources"] == {"limits": {"memory": "512Mi"}, "requests": {"memory": "256Mi"}}

    def test_containers_that_want_too_much_are_forbidden(self, client: DirectClient) -> None:
        self._limit(client, max={"memory": "1Gi"})
        containers = [{"name": "main", "image": "x", "resources": {"limits": {"memory": "2Gi"}}}]
        with pytest.raises(
            ApiError, match="maximum memory usage per Container is 1Gi, but limit is 2Gi"
        ) as caught:
            client.create(PODS, pod("web", containers=containers))
        assert caught.value.code == 403


class TestServices:
    def test_each_gets_an_address_of_its_own(self, client: DirectClient) -> None:
        addresses = [client.create(SERVICES, _service(f"s{n}"))["spec"]["clusterIP"] for n in range(20)]
        assert len(set(addresses)) == 20
        assert all(int(text.split(".")[0]) == 10 for text in addresses)

    def test_headless_ones_get_none(self, client: DirectClient) -> None:
        spec = client.create(SERVICES, _service("web", clusterIP="None", selector={"app": "web"}))["spec"]
        assert (spec["clusterIP"], spec["clusterIPs"]) == ("None", ["None"])

    def test_an_address_is_given_once(self, client: DirectClient) -> None:
        client.create(SERVICES, _service("a", clusterIP="10.96.7.7"))
        with pytest.raises(ApiError, match="provided IP is already allocated") as caught:
            client.create(SERVICES, _service("b", clusterIP="10.96.7.7"))
        assert caught.value.code == 422
        client.delete(SERVICES, "a", "shop")
        client.create(SERVICES, _service("b", clusterIP="10.96.7.7"))
        with pytest.raises(ApiError, match="is not in the valid range"):
            client.create(SERVICES, _service("c", clusterIP="192.168.1.1"))

    def test_an_update_keeps_the_address(self, client: DirectClient) -> None:
        made = client.create(SERVICES, _service("web"))
        changed = client.replace(SERVICES, _service("web", ports=[{"port": 81}]))
        assert changed["spec"]["clusterIP"] == made["spec"]["clusterIP"]

    def test_node_ports_come_and_go_with_the_type(self, client: DirectClient) -> None:
        (port,) = client.create(SERVICES, _service("web", type="NodePort"))["spec"]["ports"]
        assert 30000 <= port["nodePort"] <= 32767
        kept = client.patch(SERVICES, "web", {"spec": {"ports": [{"port": 81}]}}, "shop")
        assert kept["spec"]["ports"][0]["nodePort"] == port["nodePort"]
        plain = client.patch(SERVICES, "web", {"spec": {"type": "ClusterIP"}}, "shop")
        assert "nodePort" not in plain["spec"]["ports"][0]

    def test_a_node_port_is_given_once(self, client: DirectClient) -> None:
        ports = [{"port": 80, "nodePort": 30080}]
        client.create(SERVICES, _service("a", type="NodePort", ports=ports))
        with pytest.raises(ApiError, match="provided port is already allocated"):
            client.create(SERVICES, _service("b", type="NodePort", ports=ports))
        with pytest.raises(ApiError, match="provided port is not in the valid range"):
            client.create(SERVICES, _service("c", type="NodePort", ports=[{"port": 80, "nodePort": 80}]))

    def test_nobody_owns_the_address(self, client: DirectClient) -> None:
        (entry,) = client.create(SERVICES, _service("web"))["metadata"]["managedFields"]
        assert "f:clusterIP" not in entry["fieldsV1"]["f:spec"]


class TestClaims:
    def test_they_are_protected(self, client: DirectClient) -> None:
        made = client.create(PERSISTENT_VOLUME_CLAIMS, _claim("data"))
        assert made["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]

    def test_they_get_the_default_class_unless_they_name_one(self, client: DirectClient) -> None:
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        for name, notes in (("slow", {}), ("fast", default)):
            metadata = {"name": name, "annotations": notes}
            client.create(STORAGE_CLASSES, {"metadata": metadata, "provisioner": "example.com/disk"})
        classes = [
            client.create(PERSISTENT_VOLUME_CLAIMS, body)["spec"]["storageClassName"]
            for body in (_claim("a"), _claim("b", storageClassName="slow"), _claim("c", storageClassName=""))
        ]
        assert classes == ["fast", "slow", ""]


def test_namespaces_carry_their_name_and_a_finalizer(client: DirectClient) -> None:
    made = client.create(NAMESPACES, {"metadata": {"name": "other"}})
    assert made["metadata"]["labels"] == {"kubernetes.io/metadata.name": "other"}
    assert (made["spec"], made["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_a_cluster_may_add_plugins_of_its_own(api: Api, client: DirectClient) -> None:
    def no_secrets_in_config(_core: object, call: Any, obj: Object) -> None:
        if "password" in obj.get("data", {}):
            raise forbidden(call.resource.ref, obj["metadata"]["name"], "keep passwords in Secrets")

    api.core.admission.create["", "configmaps"] = (no_secrets_in_config,)
    client.create(CONFIG_MAPS, config_map("a", user="x"))
    with pytest.raises(ApiError, match="keep passwords in Secrets"):
        client.create(CONFIG_MAPS, config_map("b", password="x"))


def test_what_is_admitted_is_not_what_was_passed_in(client: DirectClient) -> None:
    body = pod("web")
    before = copy_of(body)
    client.create(PODS, body)
    assert body == before
