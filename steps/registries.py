"""Registries: drafting, creating, changing and deleting them."""

from __future__ import annotations

import json
from typing import Any

import yaml
from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import NAMESPACES, QUAY_REGISTRIES
from steps.support.expect import eventually, same
from steps.support.live import DEFAULT_NAME
from steps.support.registry import COMPONENTS, Registry
from steps.support.scene import Scene
from steps.support.words import column, listed

ELSEWHERE = "node.example.com/does-not-exist"


def draft(scene: Scene, name: str = DEFAULT_NAME) -> Registry:
    """A new registry in the scenario's namespace."""
    return scene.introduce(Registry(scene.target, scene.namespace, name))


# --- drafts -------------------------------------------------------------------------------------------


@given("a default registry")
def _(scene: Scene) -> None:
    draft(scene)


@given(parsers.parse("a registry that manages only {kinds}"))
def _(scene: Scene, kinds: str) -> None:
    draft(scene).manage_only(listed(kinds))


@given(parsers.re(r'a registry "(?P<name>[^"]+)" that manages only (?P<kinds>[a-z, ]+)'))
def _(scene: Scene, name: str, kinds: str) -> None:
    registry = draft(scene, name)
    registry.own_bundle().name = f"{name}-bundle"
    registry.manage_only(listed(kinds))


@given(parsers.parse("a registry with these components {management}:"))
def _(scene: Scene, management: str, datatable: list[list[str]]) -> None:
    registry = draft(scene)
    for kind in column(datatable):
        registry.declare(kind, managed=MANAGEMENT[management])


@given(parsers.parse("its component {kind} is declared {management}"))
def _(scene: Scene, kind: str, management: str) -> None:
    scene.registry.declare(kind, managed=MANAGEMENT[management])


MANAGEMENT = {"managed": True, "unmanaged": False}


@given(parsers.parse("its component {kind} asks for {replicas:d} replicas"))
def _(scene: Scene, kind: str, replicas: int) -> None:
    scene.registry.override(kind, replicas=replicas)


@given(parsers.parse("its component {kind} has these environment variables:"))
def _(scene: Scene, kind: str, datatable: list[list[str]]) -> None:
    scene.registry.override(kind, env=[{"name": name, "value": value} for name, value in datatable])


@given(parsers.parse("its component {kind} asks for a volume of {size:w}"))
def _(scene: Scene, kind: str, size: str) -> None:
    scene.registry.override(kind, volumeSize=size)


@given(parsers.parse("its component {kind} wants a node that does not exist"))
def _(scene: Scene, kind: str) -> None:
    term = {"matchExpressions": [{"key": ELSEWHERE, "operator": "Exists"}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    scene.registry.override(kind, affinity={"nodeAffinity": required})


@given("a registry in a namespace that the operator does not watch")
def _(scene: Scene) -> None:
    scene.introduce(Registry(scene.target, scene.target.new_namespace()))


# --- creating -----------------------------------------------------------------------------------------


@when("this registry is created:")
def _(scene: Scene, docstring: str) -> None:
    draft(scene).create_from(yaml.safe_load(docstring))


@given("the operator has seen it")
@when("the operator has seen it")
def _(scene: Scene) -> None:
    scene.registry.seen()


@given("it has become available")
@when("it has become available")
@then("it becomes available")
def _(scene: Scene) -> None:
    scene.registry.available()


@when(parsers.parse("this entry of spec.components is submitted: {entry}"))
def _(scene: Scene, entry: str) -> None:
    spec = {"components": [json.loads(entry)]}
    metadata = {"name": DEFAULT_NAME, "namespace": scene.namespace}
    head = {"apiVersion": QUAY_REGISTRIES.api_version, "kind": QUAY_REGISTRIES.kind}
    manifest = head | {"metadata": metadata, "spec": spec}
    scene.attempt(lambda: scene.target.client.create(QUAY_REGISTRIES, manifest))


# --- changing -----------------------------------------------------------------------------------------


@when(parsers.parse("{kind:w} is set to {management:w}"))
def _(scene: Scene, kind: str, management: str) -> None:
    scene.registry.set_managed(kind, managed=MANAGEMENT[management])


@when(parsers.parse("the component {kind} is given these environment variables:"))
def _(scene: Scene, kind: str, datatable: list[list[str]]) -> None:
    env = [{"name": name, "value": value} for name, value in datatable]

    def change(spec: Object) -> None:
        entry = next(item for item in spec["components"] if item["kind"] == kind)
        entry["overrides"] = {"env": env}

    scene.registry.edit(change)


@when("the operator has seen the change")
def _(scene: Scene) -> None:
    scene.registry.seen_again()


@given("it is deleted")
@when("it is deleted")
def _(scene: Scene) -> None:
    registry = scene.registry
    registry.notes["owned"] = [(kind, obj["metadata"]["name"]) for kind, obj in registry.owned_of_all_kinds()]
    scene.target.client.delete(QUAY_REGISTRIES, registry.name, registry.namespace)
    find = scene.target.client.find

    def found() -> Object | None:
        return find(QUAY_REGISTRIES, registry.name, registry.namespace)

    eventually(scene.target, f"{registry.name} is gone", found, None)


@then("nothing that it owned is left")
def _(scene: Scene) -> None:
    registry = scene.registry
    assert registry.notes["owned"], "the registry had objects to lose"

    def left() -> list[str]:
        return [f"{kind} {obj['metadata']['name']}" for kind, obj in registry.owned_of_all_kinds()]

    eventually(scene.target, f"what belonged to {registry.name} is collected", left, [])


# --- components in the spec ---------------------------------------------------------------------------


@then("its components are:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    expected = [(kind, {"true": True, "false": False}[managed]) for kind, managed in datatable[1:]]
    eventually(scene.target, "spec.components", scene.registry.spec_components, expected)


@then("all eleven components are managed")
def _(scene: Scene) -> None:
    same("spec.components", scene.registry.spec_components(), [(kind, True) for kind in COMPONENTS])


@then(parsers.parse("its component {kind:w} is {management:w}"))
def _(scene: Scene, kind: str, management: str) -> None:
    def managed() -> Any:
        return dict(scene.registry.spec_components()).get(kind)

    eventually(scene.target, f"{kind} is {management}", managed, MANAGEMENT[management])


# --- namespaces ---------------------------------------------------------------------------------------


@when("a namespace is created")
def _(scene: Scene) -> None:
    scene.subject = scene.target.client.get(NAMESPACES, scene.target.new_namespace())


@then("the namespace is Active")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    same("the namespace's phase", scene.subject["status"]["phase"], "Active")
