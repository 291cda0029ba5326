"""Deployments and their Pods."""

from __future__ import annotations

import re
from collections import Counter

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, PODS
from steps.support.expect import becomes, eventually, same
from steps.support.pods import is_initialising, is_ready
from steps.support.registry import Registry
from steps.support.scene import Scene
from steps.support.words import column, listed, records


def ready_pods(registry: Registry, deployment: str) -> int:
    """How many Pods of a Deployment are running and ready."""
    return sum(is_ready(pod) for pod in registry.pods(deployment))


@then("these Pods are running:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    registry = scene.registry
    expected = {row["Deployment"]: int(row["Pods"]) for row in records(datatable)}

    def seen() -> dict[str, int]:
        return {name: len(registry.pods(name)) for name in expected}

    eventually(scene.target, "Pods", seen, expected)
    eventually(scene.target, "ready Pods", lambda: {n: ready_pods(registry, n) for n in expected}, expected)


@then("its Pods are, by name:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    registry = scene.registry
    rows = records(datatable)
    expected = {(row["pattern"], row["phase"]): int(row["Pods"]) for row in rows}
    patterns = [(row["pattern"], re.compile(registry.fill(row["pattern"]))) for row in rows]

    def seen() -> dict[tuple[str, str], int]:
        pods = scene.target.client.list(PODS, registry.namespace)
        return dict(Counter((classify(pod["metadata"]["name"]), pod["status"]["phase"]) for pod in pods))

    def classify(name: str) -> str:
        return next((text for text, pattern in patterns if pattern.fullmatch(name)), name)

    eventually(scene.target, "the list of Pods", seen, expected)


@then(parsers.parse("the Deployment {name:S} has these environment variables:"))
def _(scene: Scene, name: str, datatable: list[list[str]]) -> None:
    registry = scene.registry
    expected = {variable: value for variable, value in datatable}  # noqa: C416 - rows are lists

    def seen() -> dict[str, str | None]:
        found = environment(registry.wait_for(DEPLOYMENTS, name))
        return {variable: found.get(variable) for variable in expected}

    eventually(scene.target, f"environment of {name}", seen, expected)


@then(parsers.parse("the Deployment {name:S} does not have the environment variable {variable:w}={value:S}"))
def _(scene: Scene, name: str, variable: str, value: str) -> None:
    assert environment(scene.registry.wait_for(DEPLOYMENTS, name)).get(variable) != value


def environment(deployment: Object) -> dict[str, str]:
    """The variables with plain values in the first container of a Deployment."""
    env = deployment["spec"]["template"]["spec"]["containers"][0].get("env") or []
    return {item["name"]: item["value"] for item in env if "value" in item}


@then(parsers.parse("the Deployment {name:S} has {replicas:d} replicas"))
def _(scene: Scene, name: str, replicas: int) -> None:
    registry = scene.registry
    eventually(
        scene.target,
        f"replicas of {name}",
        lambda: registry.wait_for(DEPLOYMENTS, name)["spec"]["replicas"],
        replicas,
    )


@then(parsers.parse("each Quay Pod requests {cpus:d} CPUs and {memory:w} of memory"))
def _(scene: Scene, cpus: int, memory: str) -> None:
    pods = scene.registry.pods("quay-app")
    assert pods, "there are Quay Pods"
    for pod in pods:
        requests = pod["spec"]["containers"][0]["resources"]["requests"]
        same("requests of a Quay Pod", requests, {"cpu": str(cpus), "memory": memory})


@then(parsers.parse("Quay is probed over {scheme:w} on port {port:d}"))
def _(scene: Scene, scheme: str, port: int) -> None:
    registry = scene.registry
    expected = {"path": "/health/instance", "port": port, "scheme": scheme}

    def seen() -> list[Object]:
        deployment = registry.wait_for(DEPLOYMENTS, "quay-app")
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        return [container[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")]

    eventually(scene.target, "the probes of quay-app", seen, [expected] * 3)


@then("each of these registries has at least one Quay Pod of its own:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    names = {
        name: {pod["metadata"]["name"] for pod in scene.named(name).pods("quay-app") if is_ready(pod)}
        for name in column(datatable)
    }
    assert all(names.values()), f"the Quay Pods are {names}"
    assert len(set.union(*names.values())) == sum(map(len, names.values())), f"Pods are shared: {names}"


@then(parsers.parse('its Quay Pods are Pending because of "{why}"'))
def _(scene: Scene, why: str) -> None:
    pods = scene.registry.pods("quay-app")
    assert pods, "there are Quay Pods"
    for pod in pods:
        same("the Pod's phase", pod["status"]["phase"], "Pending")
        scheduled = next(item for item in pod["status"]["conditions"] if item["type"] == "PodScheduled")
        same("the reason why it is not scheduled", scheduled["reason"], "Unschedulable")
        assert why in scheduled["message"], scheduled["message"]


@when(parsers.parse("its Deployment {name:S} is scaled to {replicas:d} by hand"))
def _(scene: Scene, name: str, replicas: int) -> None:
    scale(scene.registry, name, replicas)


@given(parsers.parse("its Deployments {names} are scaled to {replicas:d} by hand"))
@when(parsers.parse("its Deployments {names} are scaled to {replicas:d} by hand"))
def _(scene: Scene, names: str, replicas: int) -> None:
    for name in listed(names):
        scale(scene.registry, name, replicas)


def scale(registry: Registry, name: str, replicas: int) -> None:
    """Scale a Deployment as `kubectl scale` does."""
    patch = {"spec": {"replicas": replicas}}
    full_name = f"{registry.name}-{name}"
    registry.target.client.patch(DEPLOYMENTS, full_name, patch, registry.namespace, subresource="scale")


@when("new Quay Pods replace the old ones")
@then("new Quay Pods replace the old ones")
def _(scene: Scene) -> None:
    registry = scene.registry
    old = registry.notes["pods"]

    def seen() -> tuple[int, bool]:
        pods = registry.pods("quay-app")
        names = {pod["metadata"]["name"] for pod in pods}
        return len(names & old), bool(pods) and all(map(is_ready, pods))

    becomes(scene.target, "old Quay Pods, new ones ready", seen, lambda found: found == (0, True), (0, True))


# --- how Pods started ---------------------------------------------------------------------------------


@then("each of its mirror Pods was seen initialising")
def _(scene: Scene) -> None:
    for name in [pod["metadata"]["name"] for pod in scene.registry.pods("quay-mirror")]:
        states = pod_states(scene.registry)[name]
        assert any(is_initialising(state) for state in states), f"{name} was never seen initialising"


@then("no Pod of it was ready from the beginning")
def _(scene: Scene) -> None:
    states = pod_states(scene.registry)
    assert states, "Pods have started"
    same("Pods that were ready at once", [name for name, seen in states.items() if is_ready(seen[0])], [])


def pod_states(registry: Registry) -> dict[str, list[Object]]:
    """All states of each Pod in the namespace since the registry was created."""
    assert registry.created is not None
    version = registry.created["metadata"]["resourceVersion"]
    states: dict[str, list[Object]] = {}
    for kind, pod in registry.target.history(PODS, registry.namespace, version):
        if kind != "BOOKMARK":
            states.setdefault(pod["metadata"]["name"], []).append(pod)
    return states
