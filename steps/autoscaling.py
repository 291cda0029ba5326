"""Autoscalers."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, HPAS
from steps.support.expect import eventually, same
from steps.support.scene import Scene
from steps.support.words import records


@then("these are all its autoscalers:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    registry = scene.registry
    expected = [
        (row["name"], row["scales"], int(row["minimum"]), int(row["maximum"])) for row in records(datatable)
    ]

    def seen() -> list[tuple[str, str, int, int]]:
        return sorted(
            (registry.suffix(obj), scaled_by(obj, registry.name), *bounds(obj))
            for obj in registry.owned(HPAS)
        )

    eventually(scene.target, "its autoscalers", seen, expected)


def scaled_by(autoscaler: Object, prefix: str) -> str:
    """What an autoscaler scales, without the registry's name."""
    target = autoscaler["spec"]["scaleTargetRef"]
    return f"{target['kind']} {target['name'].removeprefix(f'{prefix}-')}"


def bounds(autoscaler: Object) -> tuple[int, int]:
    """(minimum, maximum) of an autoscaler."""
    return autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]


def targets(autoscaler: Object) -> dict[str, int]:
    """Resource → utilisation in percent that an autoscaler aims at."""
    resources = [
        metric["resource"] for metric in autoscaler["spec"]["metrics"] if metric["type"] == "Resource"
    ]
    return {resource["name"]: resource["target"]["averageUtilization"] for resource in resources}


@then(parsers.parse("the autoscaler {name:S} measures cpu and memory"))
def _(scene: Scene, name: str) -> None:
    same("what it measures", sorted(targets(scene.registry.wait_for(HPAS, name))), ["cpu", "memory"])


@then("each of its autoscalers aims at these utilisations:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    expected = {resource: int(percent.removesuffix(" %")) for resource, percent in datatable}
    for name in ("clair-app", "quay-app", "quay-mirror"):
        same(f"what {name} aims at", targets(scene.registry.wait_for(HPAS, name)), expected)


@then(parsers.parse("the autoscaler {name:S} brings its Deployment back to {replicas:d} replicas"))
def _(scene: Scene, name: str, replicas: int) -> None:
    registry = scene.registry

    def seen() -> tuple[int, int]:
        autoscaler, deployment = registry.wait_for(HPAS, name), registry.wait_for(DEPLOYMENTS, name)
        return autoscaler["status"].get("desiredReplicas", 0), deployment["spec"]["replicas"]

    eventually(scene.target, "replicas wanted and set", seen, (replicas, replicas))


@given(parsers.parse('an autoscaler "{name}" of your own for {deployment:S} with {low:d} to {high:d} Pods'))
def _(scene: Scene, name: str, deployment: str, low: int, high: int) -> None:
    registry = scene.registry
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{registry.name}-{deployment}"}
    target = {"type": "Utilization", "averageUtilization": 50}
    metrics = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    spec = {"scaleTargetRef": scaled, "minReplicas": low, "maxReplicas": high, "metrics": metrics}
    metadata = {"name": name, "namespace": registry.namespace}
    scene.target.client.create(HPAS, {"metadata": metadata, "spec": spec})


@then(parsers.parse('the autoscaler "{name}" still asks for {low:d} to {high:d} Pods'))
def _(scene: Scene, name: str, low: int, high: int) -> None:
    autoscaler = scene.target.client.get(HPAS, name, scene.registry.namespace)
    same("its bounds", bounds(autoscaler), (low, high))
