"""Component horizontalpodautoscaler: how many Pods Quay, Clair and the mirror workers have."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.kinds.refs import HORIZONTAL_POD_AUTOSCALERS
from fake_cluster.objects import Object, is_owned_by
from quaysim.operator.components.common import Component, metadata
from quaysim.operator.context import Context
from quaysim.operator.health import Health, Verdict, not_ready, ready

# Deployment, annotation quay-component, most Pods. All three exist even where clair or mirror is unmanaged.
_TARGETS = (
    ("quay-app", "horizontalpodautoscaler", 20),
    ("clair-app", "clair", 10),
    ("quay-mirror", "mirror", 20),
)
_LEAST = 2
_UTILIZATION = 90


def _metric(name: str) -> Object:
    target = {"type": "Utilization", "averageUtilization": _UTILIZATION}
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def _objects(context: Context) -> Iterable[Object]:
    for base, component, most in _TARGETS:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": context.full(base)}
        yield {
            "apiVersion": "autoscaling/v2beta2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": metadata(context, base, component=component),
            "spec": {
                "scaleTargetRef": target,
                "minReplicas": _LEAST,
                "maxReplicas": most,
                "metrics": [_metric("cpu"), _metric("memory")],
            },
        }


def _check(health: Health) -> Verdict:
    for base, _, _ in _TARGETS:
        autoscaler = health.find(HORIZONTAL_POD_AUTOSCALERS, base)
        if autoscaler is None:
            return not_ready("Horizontal pod autoscaler not found")
        if not is_owned_by(autoscaler, health.registry):
            return not_ready("Horizontal pod autoscaler not owned by QuayRegistry")
    return ready("Horizontal pod autoscaler found")


HPA = Component(
    kind="horizontalpodautoscaler",
    condition="ComponentHPAReady",
    check=_check,
    unmanaged="Horizontal pod autoscaler not managed by the operator",
    objects=_objects,
)
