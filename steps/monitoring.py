"""Monitoring: the dashboard in the console, metrics and alerts."""

from __future__ import annotations

import json
import re

from pytest_bdd import parsers, then

from quaysim.targets import Object
from quaysim.targets.resources import (
    CONFIG_MAPS,
    ENDPOINTS,
    NAMESPACES,
    PROMETHEUS_RULES,
    SERVICE_MONITORS,
    SERVICES,
)
from steps.support.expect import eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene

CONSOLE = "openshift-config-managed"
METRICS_PORT = 9091


def dashboard_title(registry: Registry) -> str:
    """The title of the dashboard under the registry's name; empty where there is none."""
    found = registry.target.client.find(CONFIG_MAPS, f"{registry.name}-grafana-dashboard-quay", CONSOLE)
    if found is None or found["metadata"].get("labels", {}).get("console.openshift.io/dashboard") != "true":
        return ""
    return str(json.loads(found["data"]["quay.json"])["title"])


@then("the console has a dashboard for it")
def _(scene: Scene) -> None:
    registry = scene.registry
    expected = f"Quay - {registry.namespace} - {registry.name}"
    eventually(scene.target, "the dashboard's title", lambda: dashboard_title(registry), expected)


@then("the console has no dashboard for it")
def _(scene: Scene) -> None:
    registry = scene.registry
    assert dashboard_title(registry) != f"Quay - {registry.namespace} - {registry.name}"


@then("its metrics Service is scraped by its ServiceMonitor")
def _(scene: Scene) -> None:
    registry = scene.registry
    service = registry.wait_for(SERVICES, "quay-metrics")
    monitor = registry.wait_for(SERVICE_MONITORS, "quay-metrics-monitor")["spec"]
    labels, selector = service["metadata"]["labels"], monitor["selector"]["matchLabels"]
    same("labels that the ServiceMonitor selects", {key: labels.get(key) for key in selector}, selector)
    ports = [(port["name"], port["port"]) for port in service["spec"]["ports"]]
    same("ports", ports, [(endpoint["port"], METRICS_PORT) for endpoint in monitor["endpoints"]])


@then(parsers.parse("its PrometheusRule has the alert {name:w}"))
def _(scene: Scene, name: str) -> None:
    same("the alerts", [rule["alert"] for rule in alerts(scene.registry)], [name])


def alerts(registry: Registry) -> list[Object]:
    """The alerting rules of a registry."""
    spec = registry.wait_for(PROMETHEUS_RULES, "quay-prometheus-rules")["spec"]
    return [rule for group in spec["groups"] for rule in group["rules"] if "alert" in rule]


@then(
    parsers.parse(
        "the alert is a {severity:w}, raised after {minutes:d} minutes with more than {restarts:d} restarts "
        "within the hour"
    )
)
def _(scene: Scene, severity: str, minutes: int, restarts: int) -> None:
    (rule,) = alerts(scene.registry)
    same("severity", rule["labels"]["severity"], severity)
    same("duration", rule["for"], f"{minutes}m")
    pattern = rf"increase\(kube_pod_container_status_restarts_total\{{.*\}}\[1h\]\)+\s*>\s*{restarts}"
    assert re.search(pattern, rule["expr"].replace("\n", " ")), rule["expr"]
    counted = re.search(r'pod=~"([^"]+)"', rule["expr"])
    assert counted, rule["expr"]
    pods = [pod["metadata"]["name"] for pod in scene.registry.pods("quay-app")]
    assert pods, "there are Quay Pods"
    same(
        "Quay Pods whose restarts are not counted",
        [name for name in pods if not re.fullmatch(counted[1], name)],
        [],
    )


@then("its namespace is watched by the cluster's monitoring")
def _(scene: Scene) -> None:
    eventually(scene.target, "the namespace's label", lambda: watched(scene.registry), "true")


@then("its namespace is no longer watched by the cluster's monitoring")
def _(scene: Scene) -> None:
    eventually(scene.target, "the namespace's label", lambda: watched(scene.registry), None)


@then("its namespace is left to the user workload monitoring")
def _(scene: Scene) -> None:
    same("the namespace's label for the cluster's own monitoring", watched(scene.registry), None)


def watched(registry: Registry) -> str | None:
    """The label that has a namespace monitored with the cluster's own workloads."""
    labels: dict[str, str] = registry.target.client.get(NAMESPACES, registry.namespace)["metadata"]["labels"]
    return labels.get("openshift.io/cluster-monitoring")


@then("the metrics Service has the Quay Pods as endpoints")
def _(scene: Scene) -> None:
    registry = scene.registry
    expected = sorted(pod["metadata"]["name"] for pod in registry.pods("quay-app"))

    def seen() -> list[str]:
        subsets = registry.wait_for(ENDPOINTS, "quay-metrics").get("subsets") or []
        addresses = [address for subset in subsets for address in subset.get("addresses") or []]
        return sorted(address["targetRef"]["name"] for address in addresses)

    assert expected, "there are Quay Pods"
    eventually(scene.target, "endpoints of the metrics Service", seen, expected)
