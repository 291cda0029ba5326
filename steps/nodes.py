"""Nodes: their labels, taints and room, and the Pods that are placed on them.

What is changed about a node is restored after the scenario.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.raw import TABLE, request
from quaysim.targets.resources import NAMESPACES, NODES, PODS
from steps.support.expect import becomes, eventually, same
from steps.support.scene import Scene

IMAGE = "registry.k8s.io/pause:3.9"
HOSTNAME = "kubernetes.io/hostname"
ADMISSION = {
    "openshift.io/node-selector": "node-role.kubernetes.io/infra=",
    "scheduler.alpha.kubernetes.io/defaultTolerations": json.dumps(
        [{"operator": "Exists", "effect": "NoSchedule", "key": "node-role.kubernetes.io/infra"}]
    ),
}


# --- labels and taints --------------------------------------------------------------------------------


@given(parsers.parse('one worker node is labelled "{key}="'))
@when(parsers.parse('one worker node is labelled "{key}="'))
def _(scene: Scene, key: str) -> None:
    plain = [node for node in scene.target.client.list(NODES) if key not in node["metadata"]["labels"]]
    scene.subject = plain[-1]
    name = plain[-1]["metadata"]["name"]
    patch = partial(scene.target.client.patch, NODES, name)
    patch({"metadata": {"labels": {key: ""}}})
    scene.undo.append(lambda: patch({"metadata": {"labels": {key: None}}}))


@given(parsers.parse('that node is tainted "{taint}"'))
def _(scene: Scene, taint: str) -> None:
    assert scene.subject is not None
    add_taint(scene, scene.subject["metadata"]["name"], taint)


@given(parsers.parse('every other node is tainted "{taint}"'))
def _(scene: Scene, taint: str) -> None:
    assert scene.subject is not None
    chosen = scene.subject["metadata"]["name"]
    for node in scene.target.client.list(NODES):
        if node["metadata"]["name"] != chosen:
            add_taint(scene, node["metadata"]["name"], taint)


@given(parsers.parse('every node is tainted "{taint}"'))
def _(scene: Scene, taint: str) -> None:
    for node in scene.target.client.list(NODES):
        add_taint(scene, node["metadata"]["name"], taint)


def add_taint(scene: Scene, name: str, text: str) -> None:
    """Give a node a taint, written as `kubectl taint` does: key:effect."""
    key, _, effect = text.rpartition(":")
    taint = {"key": key, "effect": effect}
    client = scene.target.client
    before = client.get(NODES, name)["spec"].get("taints") or []
    client.patch(NODES, name, {"spec": {"taints": [*before, taint]}})

    def restore() -> Object:
        rest = [item for item in client.get(NODES, name)["spec"].get("taints") or [] if item["key"] != key]
        return client.patch(NODES, name, {"spec": {"taints": rest or None}})

    scene.undo.append(restore)


@then(parsers.parse("exactly that node has the role {role:w}"))
def _(scene: Scene, role: str) -> None:
    assert scene.subject is not None
    answer = request(scene.target.api_client, NODES.path(), accept=TABLE)
    table: Any = json.loads(answer.data)
    names = [column["name"] for column in table["columnDefinitions"]]
    rows = [dict(zip(names, row["cells"], strict=True)) for row in table["rows"]]
    holders = [row["Name"] for row in rows if role in row["Roles"].split(",")]
    same(f"nodes with the role {role}", holders, [scene.subject["metadata"]["name"]])


# --- room ---------------------------------------------------------------------------------------------


@given(parsers.parse("every node has less than {cpus:d} CPUs left"))
def _(scene: Scene, cpus: int) -> None:
    for node in scene.target.client.list(NODES):
        name = node["metadata"]["name"]
        wanted = free_cpus(scene, node) - cpus + Decimal("0.5")
        container = {"resources": {"requests": {"cpu": str(wanted)}}}
        labels = node["metadata"]["labels"]
        create_pod(scene, f"fills-{name}", container, {"nodeSelector": {HOSTNAME: labels[HOSTNAME]}})
        expect_placed(scene, f"fills-{name}", lambda seen, name=name: seen == name, name)  # type: ignore[misc]


def free_cpus(scene: Scene, node: Object) -> Decimal:
    """CPUs of a node that no Pod has asked for."""
    fields = f"spec.nodeName={node['metadata']['name']}"
    pods = scene.target.client.list(PODS, fields=fields)
    requests = [
        cores(container.get("resources", {}).get("requests", {}).get("cpu", "0"))
        for pod in pods
        if pod["status"].get("phase") not in ("Succeeded", "Failed")
        for container in pod["spec"]["containers"]
    ]
    return cores(node["status"]["allocatable"]["cpu"]) - sum(requests, Decimal(0))


def cores(quantity: str) -> Decimal:
    """CPUs of a quantity such as 2 or 500m."""
    return Decimal(quantity[:-1]) / 1000 if quantity.endswith("m") else Decimal(quantity)


# --- Pods ---------------------------------------------------------------------------------------------


@when("a Pod without any preference is created")
def _(scene: Scene) -> None:
    create_pod(scene, "indifferent", {}, {})


@when(parsers.parse('a Pod that tolerates "{key}" is created'))
def _(scene: Scene, key: str) -> None:
    toleration = {"key": key, "operator": "Exists", "effect": "NoSchedule"}
    create_pod(scene, "tolerant", {}, {"tolerations": [toleration]})


def create_pod(scene: Scene, name: str, container: Object, spec: Object) -> None:
    """Create a Pod that does nothing."""
    containers = [{"name": "pause", "image": IMAGE} | container]
    metadata = {"name": name, "namespace": scene.namespace}
    scene.target.client.create(PODS, {"metadata": metadata, "spec": {"containers": containers} | spec})


def expect_placed(scene: Scene, name: str, holds: Callable[[str], bool], expected: str) -> None:
    """Wait until the scheduler has found a node for a Pod."""

    def node() -> str:
        return str(scene.target.client.get(PODS, name, scene.namespace)["spec"].get("nodeName", ""))

    becomes(scene.target, f"the node of Pod {name}", node, holds, expected)


@then("the Pod runs on that node")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    chosen = scene.subject["metadata"]["name"]
    expect_placed(scene, "indifferent", lambda seen: seen == chosen, chosen)


@then("the Pod that tolerates the taint runs")
def _(scene: Scene) -> None:
    expect_placed(scene, "tolerant", bool, "some node")


@then("the Pod without any preference stays Pending")
def _(scene: Scene) -> None:
    scene.target.pass_time(60)
    pod = scene.target.client.get(PODS, "indifferent", scene.namespace)
    same("its phase and node", (pod["status"]["phase"], pod["spec"].get("nodeName")), ("Pending", None))


@then("none of its Pods selects nodes or tolerates their taints")
def _(scene: Scene) -> None:
    registry = scene.registry
    pods = scene.target.client.list(PODS, registry.namespace)
    assert pods, "it has Pods"
    usual = {f"node.kubernetes.io/{trouble}" for trouble in ("memory-pressure", "not-ready", "unreachable")}
    for pod in pods:
        name, spec = pod["metadata"]["name"], pod["spec"]
        same(f"node selector of {name}", spec.get("nodeSelector") or {}, {})
        tolerated = {toleration["key"] for toleration in spec.get("tolerations") or []}
        same(f"tolerations of {name}", tolerated - usual, set())


# --- Projects -----------------------------------------------------------------------------------------


@given("the namespace selects and tolerates these nodes")
def _(scene: Scene) -> None:
    scene.target.client.patch(NAMESPACES, scene.namespace, {"metadata": {"annotations": ADMISSION}})


@then("all Pods of the namespace run on that node")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    chosen = scene.subject["metadata"]["name"]

    def nodes() -> set[str | None]:
        return {pod["spec"].get("nodeName") for pod in scene.target.client.list(PODS, scene.namespace)}

    eventually(scene.target, "the nodes of the Pods", nodes, {chosen})
