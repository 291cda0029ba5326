"""Monitoring of user workloads: how it is switched on, and how a registry becomes one of them."""

from __future__ import annotations

import re
from collections import Counter

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import CONFIG_MAPS, PODS, SERVICE_MONITORS, SERVICES
from steps.support.expect import becomes, eventually, same
from steps.support.pods import is_ready
from steps.support.registry import LABEL
from steps.support.scene import Scene
from steps.support.words import records

CLUSTER_MONITORING, CONFIGURATION = "openshift-monitoring", "cluster-monitoring-config"
USER_WORKLOADS = "openshift-user-workload-monitoring"
METRICS_PORT = 9091


# --- switching it on ----------------------------------------------------------------------------------


@when(parsers.parse('the ConfigMap "{name}" in "{namespace}" is asked for'))
def _(scene: Scene, name: str, namespace: str) -> None:
    scene.attempt(lambda: scene.target.client.get(CONFIG_MAPS, name, namespace))


@given(parsers.parse('the ConfigMap "{name}" with an empty config.yaml is applied in "{namespace}"'))
@when(parsers.parse('the ConfigMap "{name}" with an empty config.yaml is applied in "{namespace}"'))
def _(scene: Scene, name: str, namespace: str) -> None:
    apply_configuration(scene, name, namespace, "")


def apply_configuration(scene: Scene, name: str, namespace: str, text: str) -> None:
    """Apply a ConfigMap of OpenShift's monitoring, for as long as the scenario runs."""
    metadata = {"name": name, "namespace": namespace}
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": {"config.yaml": text},
    }
    scene.subject = scene.target.client.apply(CONFIG_MAPS, config_map, manager="kubectl")
    scene.undo.append(lambda: scene.target.client.delete(CONFIG_MAPS, name, namespace))


@when(parsers.parse('its config.yaml is changed to "{text}"'))
def _(scene: Scene, text: str) -> None:
    assert scene.subject is not None
    metadata = scene.subject["metadata"]
    patch = {"data": {"config.yaml": f"{text}\n"}}
    scene.target.client.patch(CONFIG_MAPS, metadata["name"], patch, metadata["namespace"])


@given("user workload monitoring is enabled")
def _(scene: Scene) -> None:
    apply_configuration(scene, CONFIGURATION, CLUSTER_MONITORING, "enableUserWorkload: true\n")
    becomes(
        scene.target,
        f"Pods in {USER_WORKLOADS}",
        lambda: scene.target.client.list(PODS, USER_WORKLOADS),
        lambda pods: bool(pods) and all(map(is_ready, pods)),
        "ready ones",
    )


@then(parsers.parse('the ConfigMap "{name}" in "{namespace}" has the key config.yaml and no other'))
def _(scene: Scene, name: str, namespace: str) -> None:
    same("its data", scene.target.client.get(CONFIG_MAPS, name, namespace)["data"], {"config.yaml": ""})


@then(parsers.parse('there are no Pods in the namespace "{namespace}"'))
def _(scene: Scene, namespace: str) -> None:
    same("Pods", list(scene.target.client.list(PODS, namespace)), [])


@then(parsers.parse('these Pods become ready in the namespace "{namespace}":'))
def _(scene: Scene, namespace: str, datatable: list[list[str]]) -> None:
    rows = records(datatable)
    patterns = {row["pattern"]: re.compile(row["pattern"]) for row in rows}
    expected = {(row["pattern"], int(row["containers"])): int(row["Pods"]) for row in rows}

    def kind(pod: Object) -> tuple[str, int]:
        name = pod["metadata"]["name"]
        found = next((text for text, pattern in patterns.items() if pattern.fullmatch(name)), name)
        return found, sum(item["ready"] for item in pod["status"].get("containerStatuses") or ())

    def seen() -> dict[tuple[str, int], int]:
        return dict(Counter(map(kind, scene.target.client.list(PODS, namespace))))

    eventually(scene.target, "Pods by name and number of ready containers", seen, expected)


# --- a registry that it monitors ----------------------------------------------------------------------


@given("the example metrics Service for it")
def _(scene: Scene) -> None:
    registry = scene.registry
    own = {LABEL: registry.name}
    metadata = {
        "name": f"{registry.name}-quay-metrics",
        "namespace": registry.namespace,
        "labels": {"quay-component": "monitoring"} | own,
    }
    port = {"name": "quay-metrics", "port": METRICS_PORT, "protocol": "TCP", "targetPort": METRICS_PORT}
    spec = {"ports": [port], "selector": {"quay-component": "quay-app"} | own, "type": "ClusterIP"}
    scene.target.client.create(SERVICES, {"metadata": metadata, "spec": spec})


@when("the example ServiceMonitor is created for it")
def _(scene: Scene) -> None:
    registry = scene.registry
    metadata = {
        "name": f"{registry.name}-quay-metrics-monitor",
        "namespace": registry.namespace,
        "labels": {LABEL: registry.name},
    }
    spec = {
        "endpoints": [{"port": "quay-metrics"}],
        "namespaceSelector": {"any": True},
        "selector": {"matchLabels": {"quay-component": "monitoring"}},
    }
    head = {"apiVersion": SERVICE_MONITORS.api_version, "kind": SERVICE_MONITORS.kind}
    scene.target.client.create(SERVICE_MONITORS, head | {"metadata": metadata, "spec": spec})
