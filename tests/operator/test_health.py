"""What the status controller says of components that are not well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_cluster.kinds.refs import DEPLOYMENTS, HORIZONTAL_POD_AUTOSCALERS, SECRETS
from fake_cluster.objects import ResourceRef
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, PROMETHEUS_RULES, ROUTES, SERVICE_MONITORS
from tests.operator.examples import bundle, components
from tests.operator.lab import NAMESPACE, Lab

Trouble = Callable[[Lab], None]


def gone(ref: ResourceRef, base: str) -> Trouble:
    return lambda lab: lab.client.delete(ref, f"skynet-{base}", NAMESPACE)


def disowned(ref: ResourceRef, base: str) -> Trouble:
    def trouble(lab: Lab) -> None:
        lab.client.patch(ref, f"skynet-{base}", {"metadata": {"ownerReferences": None}}, NAMESPACE)

    return trouble


def with_status(ref: ResourceRef, base: str, **status: Any) -> Trouble:
    def trouble(lab: Lab) -> None:
        obj = lab.get(ref, base)
        lab.client.replace(ref, obj | {"status": status}, subresource="status")

    return trouble


def no_routes(lab: Lab) -> None:
    for base in ("quay", "quay-builder", "quay-config-editor"):
        gone(ROUTES, base)(lab)


def not_owned(ref: ResourceRef, base: str, condition: str, message: str) -> tuple[Trouble, str, str]:
    return disowned(ref, base), condition, f"{message} not owned by QuayRegistry"


NOT_WELL: list[tuple[Trouble, str, str]] = [
    (gone(HORIZONTAL_POD_AUTOSCALERS, "clair-app"), "ComponentHPAReady", "Horizontal pod autoscaler not found"),
    not_owned(HORIZONTAL_POD_AUTOSCALERS, "quay-app", "ComponentHPAReady", "Horizontal pod autoscaler"),
    (no_routes, "ComponentRouteReady", "Route not found"),
    (gone(PROMETHEUS_RULES, "quay-prometheus-rules"), "ComponentMonitoringReady",
     "PrometheusRule skynet-quay-prometheus-rules not found"),
    not_owned(PROMETHEUS_RULES, "quay-prometheus-rules", "ComponentMonitoringReady",
              "PrometheusRule skynet-quay-prometheus-rules"),
    (gone(SERVICE_MONITORS, "quay-metrics-monitor"), "ComponentMonitoringReady",
     "ServiceMonitor skynet-quay-metrics-monitor not found"),
    not_owned(SERVICE_MONITORS, "quay-metrics-monitor", "ComponentMonitoringReady",
              "ServiceMonitor skynet-quay-metrics-monitor"),
    (gone(DEPLOYMENTS, "quay-database"), "ComponentPostgresReady", "Postgres deployment not found"),
    not_owned(DEPLOYMENTS, "quay-database", "ComponentPostgresReady", "Postgres deployment"),
    (gone(OBJECT_BUCKET_CLAIMS, "quay-datastore"), "ComponentObjectStorageReady",
     "Unable to locate object bucket claim"),
    (gone(DEPLOYMENTS, "clair-app"), "ComponentClairReady", "Deployment skynet-clair-app not found"),
    not_owned(DEPLOYMENTS, "clair-app", "ComponentClairReady", "Deployment skynet-clair-app"),
    (gone(DEPLOYMENTS, "clair-postgres"), "ComponentClairPostgresReady",
     "Deployment skynet-clair-postgres not found"),
    (gone(DEPLOYMENTS, "quay-redis"), "ComponentRedisReady", "Redis deployment not found"),
    not_owned(DEPLOYMENTS, "quay-redis", "ComponentRedisReady", "Redis deployment"),
    (gone(DEPLOYMENTS, "quay-app"), "ComponentQuayReady", "Deployment skynet-quay-app not found"),
    (gone(DEPLOYMENTS, "quay-config-editor"), "ComponentQuayReady",
     "Deployment skynet-quay-config-editor not found"),
    (gone(DEPLOYMENTS, "quay-mirror"), "ComponentMirrorReady", "Mirror deployment not found"),
    not_owned(DEPLOYMENTS, "quay-mirror", "ComponentMirrorReady", "Mirror deployment"),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "kind", "message"), NOT_WELL, ids=[case[2] for case in NOT_WELL])
def test_what_is_missing_is_named(lab: Lab, trouble: Trouble, kind: str, message: str) -> None:
    lab.create_registry()
    lab.until_available()
    _stop_main_controller(lab)
    trouble(lab)
    lab.cluster.advance(61)
    said = lab.condition(kind)
    assert (said["status"], said["reason"], said["message"]) == ("False", "ComponentNotReady", message)
    assert lab.message("Available") == "Some components are not ready"


def _stop_main_controller(lab: Lab) -> None:
    """Otherwise it would put things in order again."""
    main = next(controller for controller in lab.operator if controller.name == "quayregistry")
    lab.cluster.manager.remove(main)


def test_quay_names_those_that_it_waits_for(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    _stop_main_controller(lab)
    for base in ("quay-redis", "quay-database", "clair-app"):
        gone(DEPLOYMENTS, base)(lab)
    lab.cluster.advance(61)
    assert lab.message("ComponentQuayReady") == (
        "Awaiting for component postgres,clair,redis to become available"
    )
    assert lab.message("ComponentMirrorReady") == "Awaiting for component quay to become available"
    assert "lastUpdateTime" in lab.condition("ComponentMirrorReady")


def test_an_unmanaged_mirror_waits_for_quay_all_the_same(lab: Lab) -> None:
    lab.create_registry(components(["mirror"]))
    lab.until_available()
    assert lab.message("ComponentMirrorReady") == "Mirror not managed by the operator"
    _stop_main_controller(lab)
    gone(DEPLOYMENTS, "quay-config-editor")(lab)
    lab.cluster.advance(61)
    waiting = lab.condition("ComponentMirrorReady")
    assert (waiting["status"], waiting["message"]) == (
        "False",
        "Awaiting for component quay to become available",
    )
    assert "lastUpdateTime" not in waiting


@pytest.mark.parametrize(
    ("managed", "files", "message"),
    [
        (True, bundle(ssl_cert="c"), "TLS managed but config bundle contain certs"),
        (True, bundle(), "Using cluster wildcard certs"),
        (False, bundle(ssl_cert="c"), "TLS unmanaged but config bundle does not contain certs"),
        (False, bundle(ssl_cert="c", ssl_key="k"), "Config bundle contains certs"),
    ],
)
def test_what_is_said_of_certificates(lab: Lab, files: Any, message: str, *, managed: bool) -> None:
    lab.create_registry([{"kind": "tls", "managed": managed}], files)
    lab.cluster.advance(0.5)
    assert lab.message("ComponentTLSReady") == message


def test_a_bundle_that_goes_later_is_missed(lab: Lab) -> None:
    lab.create_registry(given=bundle())
    lab.until_available()
    lab.client.delete(SECRETS, "bundle", NAMESPACE)
    lab.cluster.advance(61)
    assert lab.message("ComponentTLSReady") == "Config bundle does not exist"


def test_pods_that_do_not_start_make_their_component_not_ready(lab: Lab) -> None:
    lab.cluster.images.fail("*redis*")
    lab.create_registry()
    lab.cluster.advance(130)
    assert lab.message("ComponentRedisReady") == "Deployment skynet-quay-redis has zero replicas available"
    assert lab.reason("Available") == "ComponentNotReady"


def test_with_the_autoscaler_zero_replicas_never_come_about(lab: Lab) -> None:
    lab.create_registry(components(overrides={"mirror": {"replicas": 0}}))
    lab.cluster.advance(130)
    assert lab.get(DEPLOYMENTS, "quay-mirror")["spec"]["replicas"] == 2
    assert lab.message("ComponentMirrorReady") == "Mirror component is being scaled down"
    assert lab.reason("Available") == "ComponentNotReady"
