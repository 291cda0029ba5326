"""A registry from its creation to the quiet afterwards."""

from __future__ import annotations

from base64 import b64decode

import pytest
import yaml

from fake_cluster.kinds.refs import (
    DEPLOYMENTS,
    HORIZONTAL_POD_AUTOSCALERS,
    JOBS,
    NAMESPACES,
    PERSISTENT_VOLUME_CLAIMS,
    SECRETS,
)
from fake_cluster.objects import is_owned_by
from fake_cluster.platform.refs import ROUTES
from quaysim.operator import Settings
from tests.operator.examples import KINDS, bundle, components, with_pair
from tests.operator.lab import NAME, NAMESPACE, Lab

HOST = "skynet-quay-quay.apps.example.com"
CREATED = "All objects created/updated successfully"


def transitions(lab: Lab, kind: str) -> list[str]:
    """The messages that a condition has had, one after the other."""
    messages: list[str] = []
    for _, registry in lab.history:
        conditions = (registry.get("status") or {}).get("conditions") or []
        for item in conditions:
            if item["type"] == kind and item["message"] not in messages[-1:]:
                messages.append(item["message"])
    return messages


def test_a_default_registry_becomes_available_with_everything_managed(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    assert lab.registry["spec"]["components"] == components()
    assert lab.registry["spec"]["configBundleSecret"].startswith("skynet-config-bundle-")
    assert lab.registry["metadata"]["finalizers"] == ["quay-operator/finalizer"]
    assert lab.registry["metadata"]["generation"] == 3
    status = {key: value for key, value in lab.status.items() if key != "conditions"}
    assert status.pop("configEditorCredentialsSecret").startswith("skynet-quay-config-editor-credentials-")
    assert status.pop("lastUpdated").endswith(" +0000 UTC")
    assert status == {
        "currentVersion": "3.7.10",
        "registryEndpoint": f"https://{HOST}",
        "configEditorEndpoint": "https://skynet-quay-config-editor-quay.apps.example.com",
    }


def test_its_conditions_come_in_the_order_of_the_real_one(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    said = [(item["type"], item["status"], item["message"]) for item in lab.status["conditions"]]
    assert said == [
        ("ComponentHPAReady", "True", "Horizontal pod autoscaler found"),
        ("ComponentRouteReady", "True", "Route admitted"),
        ("ComponentMonitoringReady", "True", "ServiceMonitor and PrometheusRules created"),
        ("ComponentPostgresReady", "True", "Deployment skynet-quay-database healthy"),
        ("ComponentObjectStorageReady", "True", "Object bucket claim bound"),
        ("ComponentClairReady", "True", "Clair component healthy"),
        ("ComponentClairPostgresReady", "True", "ClairPostgres component healthy"),
        ("ComponentTLSReady", "True", "Using cluster wildcard certs"),
        ("ComponentRedisReady", "True", "Deployment skynet-quay-redis healthy"),
        ("ComponentQuayReady", "True", "Quay component healthy"),
        ("ComponentMirrorReady", "True", "Deployment skynet-quay-mirror healthy"),
        ("Available", "True", "All components reporting as healthy"),
        ("ComponentsCreated", "True", "All registry components created"),
        ("RolloutBlocked", "False", CREATED),
    ]


def test_the_way_there_is_told_step_by_step(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    assert transitions(lab, "ComponentsCreated") == [
        "running database migrations",
        "All registry components created",
    ]
    assert transitions(lab, "Available") == [
        "Some components are not ready",
        "All components reporting as healthy",
    ]
    assert transitions(lab, "ComponentTLSReady")[0] == "Config bundle secret not populated"
    quay = transitions(lab, "ComponentQuayReady")
    assert quay[0] == "Awaiting for component tls to become available"
    assert "Deployment skynet-quay-app has zero replicas available" in quay
    assert quay[-1] == "Quay component healthy"


def test_it_takes_about_a_minute_as_the_real_one_does(lab: Lab) -> None:
    lab.create_registry()
    lab.until("RolloutBlocked", "ComponentsCreationSuccess")
    assert 3 <= lab.now <= 7
    lab.until("ComponentsCreated", "MigrationsInProgress")
    assert 12 <= lab.now <= 16
    lab.until("ComponentsCreated", "ComponentsCreationSuccess")
    assert 22 <= lab.now <= 26
    lab.until_available()
    assert lab.now == pytest.approx(60, abs=2)


def test_the_configuration_knows_the_bucket_only_the_second_time(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    secrets = [
        secret
        for secret in lab.client.list(SECRETS, NAMESPACE)
        if secret["metadata"]["name"].startswith("skynet-quay-config-secret-")
    ]
    configs = [yaml.safe_load(b64decode(secret["data"]["config.yaml"])) for secret in secrets]
    stores = [config["DISTRIBUTED_STORAGE_CONFIG"]["local_us"][1] for config in configs]
    assert sorted("bucket_name" in store for store in stores) == [False, True]


def test_the_autoscaler_gives_quay_clair_and_mirror_two_pods(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    replicas = {
        obj["metadata"]["name"].removeprefix("skynet-"): obj["spec"]["replicas"]
        for obj in lab.client.list(DEPLOYMENTS, NAMESPACE)
    }
    assert replicas == {
        "quay-app": 2,
        "clair-app": 2,
        "quay-mirror": 2,
        "quay-config-editor": 1,
        "quay-database": 1,
        "clair-postgres": 1,
        "quay-redis": 1,
    }


def test_everything_in_the_namespace_belongs_to_the_registry(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    owned = [DEPLOYMENTS, JOBS, PERSISTENT_VOLUME_CLAIMS, HORIZONTAL_POD_AUTOSCALERS, ROUTES]
    for ref in owned:
        listed = lab.client.list(ref, NAMESPACE)
        assert listed
        assert all(is_owned_by(obj, lab.registry) for obj in listed)


def test_no_trace_of_the_test_route_is_left(lab: Lab) -> None:
    lab.create_registry()
    lab.cluster.advance(0.5)
    assert lab.find(ROUTES, "test-route") is not None
    lab.until_available()
    lab.cluster.advance(0.5)
    assert lab.find(ROUTES, "test-route") is None


def test_the_namespace_is_monitored(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    labels = lab.client.get(NAMESPACES, NAMESPACE)["metadata"]["labels"]
    assert labels["openshift.io/cluster-monitoring"] == "true"
    assert labels["quay-operator/managed-label"] == "true"


def test_a_registry_at_rest_changes_nothing_but_tells_its_success_every_minute(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    lab.cluster.advance(5)
    before = {obj["metadata"]["uid"]: obj for obj in lab.client.list(DEPLOYMENTS, NAMESPACE)}
    count = lab.events()["Normal", "ComponentsCreationSuccess", CREATED]
    lab.cluster.advance(185)
    assert {obj["metadata"]["uid"]: obj for obj in lab.client.list(DEPLOYMENTS, NAMESPACE)} == before
    assert lab.events()["Normal", "ComponentsCreationSuccess", CREATED] == count + 3


def test_its_events_have_source_type_and_count(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    assert lab.events() == {
        ("Normal", "ComponentsCreationSuccess", CREATED): 3,
        ("Normal", "MigrationsInProgress", "running database migrations"): 1,
    }


def test_an_edited_bundle_is_noticed_within_a_minute(lab: Lab) -> None:
    lab.create_registry(given=bundle())
    lab.until_available()
    before = lab.get(DEPLOYMENTS, "quay-app")["spec"]["template"]
    lab.create_bundle(bundle("FEATURE_BUILD_SUPPORT: true\n"))
    lab.cluster.advance(70)
    assert lab.get(DEPLOYMENTS, "quay-app")["spec"]["template"] != before


def test_a_component_that_is_given_up_keeps_its_objects(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    lab.edit(components=components(["mirror"]))
    lab.cluster.advance(5)
    assert "quay-mirror" in lab.deployments()
    assert lab.reason("ComponentMirrorReady") == "ComponentNotManaged"


def test_own_certificates_make_tls_unmanaged_and_quay_answers_https_itself(lab: Lab) -> None:
    lab.create_registry(given=with_pair(HOST))
    lab.until_available()
    assert lab.message("ComponentTLSReady") == "Config bundle contains certs"
    assert lab.get(ROUTES, "quay")["spec"]["tls"]["termination"] == "passthrough"
    (container,) = lab.get(DEPLOYMENTS, "quay-app")["spec"]["template"]["spec"]["containers"]
    assert container["livenessProbe"]["httpGet"]["scheme"] == "HTTPS"


def test_nothing_is_scaled_down_by_accident_when_the_autoscaler_is_unmanaged(lab: Lab) -> None:
    lab.create_registry([{"kind": "horizontalpodautoscaler", "managed": False}])
    lab.until_available()
    assert [lab.get(DEPLOYMENTS, base)["spec"]["replicas"] for base in ("quay-app", "clair-app")] == [2, 2]
    assert lab.client.list(HORIZONTAL_POD_AUTOSCALERS, NAMESPACE) == []


def test_zero_replicas_stay_available(lab: Lab) -> None:
    zero = {kind: {"replicas": 0} for kind in ("quay", "clair", "mirror")}
    lab.create_registry(components(["horizontalpodautoscaler"], zero))
    lab.until_available()
    assert lab.message("ComponentClairReady") == "Clair manually scaled down"
    assert lab.message("ComponentMirrorReady") == "Mirror manually scaled down"


def test_an_operator_for_one_namespace_manages_no_monitoring() -> None:
    lab = Lab(settings=Settings(watch_namespace=NAMESPACE))
    lab.create_registry()
    lab.until_available()
    managed = {entry["kind"]: entry["managed"] for entry in lab.registry["spec"]["components"]}
    assert managed == dict.fromkeys(KINDS, True) | {"monitoring": False}
    lab.cluster.close()


def test_an_operator_for_another_namespace_does_nothing() -> None:
    lab = Lab(settings=Settings(watch_namespace="elsewhere"))
    lab.create_registry()
    lab.cluster.advance(120)
    assert lab.status == {}
    assert lab.client.list(SECRETS, NAMESPACE, fields=f"metadata.name={NAME}") == []
    lab.cluster.close()
