"""Defaults of the HorizontalPodAutoscaler, in every version that is served."""

from __future__ import annotations

from typing import Any

from fake_cluster.objects import Object


def horizontal_pod_autoscaler(obj: Object) -> None:
    """One replica at least; 80 % of the requested CPU where no metric is given; behaviour filled up."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if obj.get("apiVersion") == "autoscaling/v1":
        return
    if not spec.get("metrics"):
        spec["metrics"] = [_cpu()]
    if spec.get("behavior"):
        _behaviour(spec["behavior"])


def _cpu() -> Object:
    target = {"type": "Utilization", "averageUtilization": 80}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def _behaviour(behaviour: Object) -> None:
    """Rules that are given at all are completed; a direction without any gets the standard ones."""
    up = behaviour.setdefault("scaleUp", {})
    _rules(up, 0, [_policy("Pods", 4), _policy("Percent", 100)])
    down = behaviour.setdefault("scaleDown", {})
    _rules(down, None, [_policy("Percent", 100)])


def _rules(rules: Object, window: int | None, policies: list[dict[str, Any]]) -> None:
    if window is not None:
        rules.setdefault("stabilizationWindowSeconds", window)
    rules.setdefault("selectPolicy", "Max")
    if not rules.get("policies"):
        rules["policies"] = policies


def _policy(kind: str, value: int) -> dict[str, Any]:
    return {"type": kind, "value": value, "periodSeconds": 15}
