"""The dashboard that OpenShift's console shows for a registry: made here, as Grafana's JSON model has it."""

from __future__ import annotations

from functools import lru_cache

import orjson

from fake_cluster.objects import Object

# title, unit, legend, PromQL; $namespace and $service are the variables of the dashboard
_PANELS = (
    ("Requests per second", "reqps", "{{method}} {{route}}",
     "sum by (method, route) (rate(quay_request_duration_seconds_count{SELECTED}[5m]))"),
    ("Request duration, 95th percentile", "s", "{{route}}",
     "histogram_quantile(0.95, sum by (le, route) (rate(quay_request_duration_seconds_bucket{SELECTED}[5m])))"),
    ("Image pulls per second", "ops", "{{protocol}} {{status}}",
     "sum by (protocol, status) (rate(quay_registry_image_pulls_total{SELECTED}[5m]))"),
    ("Image pushes per second", "ops", "{{protocol}} {{status}}",
     "sum by (protocol, status) (rate(quay_registry_image_pushes_total{SELECTED}[5m]))"),
    ("Waiting work", "short", "{{queue_name}}",
     "sum by (queue_name) (quay_queue_items_available{SELECTED})"),
    ("Memory of the Pods", "bytes", "{{pod}}",
     "sum by (pod) (process_resident_memory_bytes{SELECTED})"),
)  # fmt: skip
_SELECTED = '{namespace="$namespace", service="$service"}'


def _panel(number: int, title: str, unit: str, legend: str, query: str) -> Object:
    row, column = divmod(number, 2)
    return {
        "id": number + 1,
        "title": title,
        "type": "graph",
        "datasource": "$datasource",
        "gridPos": {"h": 8, "w": 12, "x": 12 * column, "y": 8 * row},
        "targets": [
            {"refId": "A", "expr": query.replace("{SELECTED}", _SELECTED), "legendFormat": legend},
        ],
        "yaxes": [{"format": unit, "min": "0", "show": True}, {"format": "short", "show": False}],
    }


def _constant(name: str, text: str) -> Object:
    option = {"selected": True, "text": text, "value": text}
    return {"name": name, "type": "custom", "hide": 2, "query": text, "current": option, "options": [option]}


@lru_cache(maxsize=1024)
def dashboard(namespace: str, name: str) -> str:
    """The JSON of a registry's dashboard. Its variables are data source, namespace and metrics Service."""
    variables = [
        {"name": "datasource", "type": "datasource", "query": "prometheus", "hide": 0, "options": []},
        _constant("namespace", namespace),
        _constant("service", f"{name}-quay-metrics"),
    ]
    model = {
        "title": f"Quay - {namespace} - {name}",
        "tags": ["quay"],
        "schemaVersion": 27,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": variables},
        "panels": [_panel(number, *panel) for number, panel in enumerate(_PANELS)],
    }
    return orjson.dumps(model, option=orjson.OPT_INDENT_2).decode()
