"""What the status controller says of components that are not well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_cluster.kinds.refs import DEPLOYMENTS, HORIZONTAL_POD_AUTOSCALERS, JOBS, SECRETS
from fake_cluster.objects import ResourceRef
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, PROMETHEUS_RULES, ROUTES, SERVICE_MONITORS
from quaysim.operator.health import not_ready
from tests.operator.examples import bundle, components
from tests.operator.lab import NAMESPACE, Lab
from tests.operator.shelf import Shelf

Trouble = Callable[[Shelf], None]


def gone(ref: ResourceRef, base: str) -> Trouble:
    return lambda shelf: shelf.remove(ref, base)


def disowned(ref: ResourceRef, base: str) -> Trouble:
    return lambda shelf: shelf.disown(ref, base)


def reporting(ref: ResourceRef, base: str, **status: Any) -> Trouble:
    return lambda shelf: shelf.report(ref, base, **status)


def no_routes(shelf: Shelf) -> None:
    for base in ("quay", "quay-builder", "quay-config-editor"):
        shelf.remove(ROUTES, base)


def test_a_healthy_registry_has_nothing_to_complain_of() -> None:
    verdicts = Shelf().verdicts()
    assert all(verdict.ready for verdict in verdicts.values())
    assert verdicts["Available"].message == "All components reporting as healthy"


CLAIM, AUTOSCALER, RULES = OBJECT_BUCKET_CLAIMS, HORIZONTAL_POD_AUTOSCALERS, "quay-prometheus-rules"
UNAVAILABLE = [{"type": "Available", "status": "False", "message": "no quorum"}]
NOT_WELL: list[tuple[Trouble, str, str]] = [
    (gone(AUTOSCALER, "clair-app"), "HPA", "Horizontal pod autoscaler not found"),
    (disowned(AUTOSCALER, "quay-app"), "HPA", "Horizontal pod autoscaler not owned by QuayRegistry"),
    (no_routes, "Route", "Route not found"),
    (reporting(ROUTES, "quay"), "Route", "Route found but no ingress"),
    (reporting(ROUTES, "quay", ingress=[{"host": "h"}]), "Route", "Route not fully admitted"),
    (gone(PROMETHEUS_RULES, RULES), "Monitoring", f"PrometheusRule skynet-{RULES} not found"),
    (disowned(PROMETHEUS_RULES, RULES), "Monitoring",
     f"PrometheusRule skynet-{RULES} not owned by QuayRegistry"),
    (gone(SERVICE_MONITORS, "quay-metrics-monitor"), "Monitoring",
     "ServiceMonitor skynet-quay-metrics-monitor not found"),
    (disowned(SERVICE_MONITORS, "quay-metrics-monitor"), "Monitoring",
     "ServiceMonitor skynet-quay-metrics-monitor not owned by QuayRegistry"),
    (gone(DEPLOYMENTS, "quay-database"), "Postgres", "Postgres deployment not found"),
    (disowned(DEPLOYMENTS, "quay-database"), "Postgres", "Postgres deployment not owned by QuayRegistry"),
    (reporting(DEPLOYMENTS, "quay-database", availableReplicas=1), "Postgres",
     "Available condition not found for skynet-quay-database"),
    (reporting(DEPLOYMENTS, "quay-database", availableReplicas=1, conditions=UNAVAILABLE), "Postgres",
     "Deployment skynet-quay-database: no quorum"),
    (reporting(DEPLOYMENTS, "quay-database", conditions=UNAVAILABLE), "Postgres",
     "Deployment skynet-quay-database has zero replicas available"),
    (gone(CLAIM, "quay-datastore"), "ObjectStorage", "Unable to locate object bucket claim"),
    (disowned(CLAIM, "quay-datastore"), "ObjectStorage", "Unable to locate object bucket claim"),
    (reporting(CLAIM, "quay-datastore", phase="Pending"), "ObjectStorage", "Object bucket claim not bound"),
    (gone(DEPLOYMENTS, "clair-app"), "Clair", "Deployment skynet-clair-app not found"),
    (disowned(DEPLOYMENTS, "clair-app"), "Clair", "Deployment skynet-clair-app not owned by QuayRegistry"),
    (gone(DEPLOYMENTS, "clair-postgres"), "ClairPostgres", "Deployment skynet-clair-postgres not found"),
    (gone(DEPLOYMENTS, "quay-redis"), "Redis", "Redis deployment not found"),
    (disowned(DEPLOYMENTS, "quay-redis"), "Redis", "Redis deployment not owned by QuayRegistry"),
    (gone(JOBS, "quay-app-upgrade"), "Quay", "Job skynet-quay-app-upgrade not found"),
    (reporting(JOBS, "quay-app-upgrade", active=1), "Quay", "Job skynet-quay-app-upgrade not finished"),
    (gone(DEPLOYMENTS, "quay-app"), "Quay", "Deployment skynet-quay-app not found"),
    (gone(DEPLOYMENTS, "quay-config-editor"), "Quay", "Deployment skynet-quay-config-editor not found"),
    (gone(DEPLOYMENTS, "quay-mirror"), "Mirror", "Mirror deployment not found"),
    (disowned(DEPLOYMENTS, "quay-mirror"), "Mirror", "Mirror deployment not owned by QuayRegistry"),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "component", "message"), NOT_WELL)
def test_what_is_wrong_is_named(trouble: Trouble, component: str, message: str) -> None:
    shelf = Shelf()
    trouble(shelf)
    verdicts = shelf.verdicts()
    assert verdicts[f"Component{component}Ready"] == not_ready(message)
    assert verdicts["Available"] == not_ready("Some components are not ready")


def _stop_main_controller(lab: Lab) -> None:
    """Otherwise it would put things in order again."""
    main = next(controller for controller in lab.operator if controller.name == "quayregistry")
    lab.cluster.manager.remove(main)


def test_quay_names_those_that_it_waits_for(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    _stop_main_controller(lab)
    for base in ("quay-redis", "quay-database", "clair-app"):
        lab.client.delete(DEPLOYMENTS, f"skynet-{base}", NAMESPACE)
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
    lab.client.delete(DEPLOYMENTS, "skynet-quay-config-editor", NAMESPACE)
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
        (False, bundle(ssl_cert="", ssl_key=""), "Config bundle contains certs"),
        (True, bundle(ssl_key=""), "TLS managed but config bundle contain certs"),
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
