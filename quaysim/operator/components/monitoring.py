"""Component monitoring: metrics, an alert and a dashboard for OpenShift's own monitoring."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.objects import Object, ResourceRef, is_owned_by
from fake_cluster.platform.refs import PROMETHEUS_RULES, SERVICE_MONITORS
from quaysim.operator.components.common import Component, config_map, metadata, port, service
from quaysim.operator.components.grafana import dashboard
from quaysim.operator.context import Context
from quaysim.operator.health import Health, Verdict, not_ready, ready
from quaysim.operator.keys import REGISTRY_LABEL

DASHBOARD = "grafana-dashboard-quay"
DASHBOARD_NAMESPACE = "openshift-config-managed"

_RULES, _MONITOR, _METRICS = "quay-prometheus-rules", "quay-metrics-monitor", "quay-metrics"
_SCRAPED = {"prometheus.io/scrape": "true", "prometheus.io/scheme": "http", "prometheus.io/port": "9091"}
_RBAC = "rbac.authorization.k8s.io"


def _role(context: Context, base: str) -> Object:
    resources = ["services", "endpoints", "pods"]
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "Role",
        "metadata": metadata(context, base, component="monitoring"),
        "rules": [{"apiGroups": [""], "resources": resources, "verbs": ["get", "list", "watch"]}],
    }


def _binding(context: Context, base: str, role: str, account: str) -> Object:
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": metadata(context, base, component="monitoring"),
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": context.full(role)},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "openshift-monitoring"}],
    }


def _service_monitor(context: Context) -> Object:
    """Its selector has no registry label: it matches all registries of the namespace."""
    return {
        "apiVersion": SERVICE_MONITORS.api_version,
        "kind": "ServiceMonitor",
        "metadata": metadata(context, _MONITOR, component="monitoring"),
        "spec": {
            "endpoints": [{"port": _METRICS, "bearerTokenSecret": {"key": ""}}],
            "namespaceSelector": {},
            "selector": {"matchLabels": {"quay-component": "monitoring"}},
        },
    }


def _prometheus_rule(context: Context) -> Object:
    alert: Object = {
        "alert": "QuayPodFrequentlyRestarting",
        "annotations": {
            "message": "Quay Pod is restarting frequently",
            "description": "Pod {{$labels.namespace}}/{{$labels.pod}} was restarted {{$value}} times within "
            "the last hour",
            "severity_level": "warning",
        },
        "expr": 'increase(kube_pod_container_status_restarts_total{pod=~".*-quay-app-.*"}[1h]) > 5',
        "for": "10m",
        "labels": {"severity": "warning"},
    }
    if not context.manifests.templating:
        doubled = alert["annotations"]["description"].replace("{{", "{{{{").replace("}}", "}}}}")
        alert["annotations"]["description"] = doubled
    labels = {"prometheus": "k8s", "role": "alert-rules"}
    return {
        "apiVersion": PROMETHEUS_RULES.api_version,
        "kind": "PrometheusRule",
        "metadata": metadata(context, _RULES, component="monitoring", labels=labels),
        "spec": {"groups": [{"name": "quay-alerts.rules", "rules": [alert]}]},
    }


def _dashboard(context: Context) -> Object:
    """The only object in another namespace, so without owner; its name does not tell registries apart."""
    labels = {"console.openshift.io/dashboard": "true"}
    meta = metadata(context, DASHBOARD, component="monitoring", labels=labels)
    del meta["ownerReferences"]
    meta["namespace"] = DASHBOARD_NAMESPACE
    return config_map(meta, {"quay.json": dashboard(context.namespace, context.name)})


def _objects(context: Context) -> Iterable[Object]:
    yield service(
        metadata(context, _METRICS, label="monitoring", component="monitoring", annotations=_SCRAPED),
        {REGISTRY_LABEL: context.name, "quay-component": "quay-app"},
        port(9091, 9091, _METRICS),
    )
    yield _role(context, _METRICS)
    yield _binding(context, _METRICS, _METRICS, "prometheus-k8s")
    yield _role(context, "quay-alerts-role")
    yield _binding(context, "quay-alerts-rolebinding", "quay-alerts-role", "prometheus-operator")
    yield _service_monitor(context)
    yield _prometheus_rule(context)
    yield _dashboard(context)


def _problem(health: Health, ref: ResourceRef, base: str) -> str:
    what = f"{ref.kind} {health.name}-{base}"
    obj = health.find(ref, base) if health.client.serves(ref) else None
    if obj is None:
        return f"{what} not found"
    return "" if is_owned_by(obj, health.registry) else f"{what} not owned by QuayRegistry"


def _check(health: Health) -> Verdict:
    problem = _problem(health, PROMETHEUS_RULES, _RULES) or _problem(health, SERVICE_MONITORS, _MONITOR)
    return not_ready(problem) if problem else ready("ServiceMonitor and PrometheusRules created")


MONITORING = Component(
    kind="monitoring",
    condition="ComponentMonitoringReady",
    check=_check,
    unmanaged="Monitoring not managed by the operator",
    objects=_objects,
)
