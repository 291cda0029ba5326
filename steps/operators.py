"""The operator itself, where it runs in a Deployment."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, PODS
from steps.support.expect import eventually, same
from steps.support.pods import is_ready
from steps.support.scene import Scene

PREFIX = "quay-operator"


def deployment(scene: Scene) -> Object:
    """The operator's Deployment, wherever it is installed."""
    found = [
        obj for obj in scene.target.client.list(DEPLOYMENTS) if obj["metadata"]["name"].startswith(PREFIX)
    ]
    same("Deployments of the operator", len(found), 1)
    return found[0]


def pods(scene: Scene) -> list[Object]:
    """The operator's Pods."""
    installed = deployment(scene)
    selector = ",".join(
        f"{key}={value}" for key, value in installed["spec"]["selector"]["matchLabels"].items()
    )
    return list(scene.target.client.list(PODS, installed["metadata"]["namespace"], labels=selector))


@given(parsers.parse("the operator's Deployment is scaled to {replicas:d}"))
@when(parsers.parse("the operator's Deployment is scaled to {replicas:d}"))
def _(scene: Scene, replicas: int) -> None:
    metadata = deployment(scene)["metadata"]
    name, namespace = metadata["name"], metadata["namespace"]

    def scale(replicas: int) -> None:
        patch = {"spec": {"replicas": replicas}}
        scene.target.client.patch(DEPLOYMENTS, name, patch, namespace, subresource="scale")

    scale(replicas)
    scene.undo.append(lambda: scale(1))
    eventually(
        scene.target,
        "ready Pods of the operator",
        lambda: list(map(is_ready, pods(scene))),
        [True] * replicas,
    )


@then("the operator has no Pod")
def _(scene: Scene) -> None:
    same("Pods of the operator", [pod["metadata"]["name"] for pod in pods(scene)], [])
