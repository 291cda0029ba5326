"""Objects that a registry has, or has not."""

from __future__ import annotations

import re

from pytest_bdd import parsers, then

from quaysim.targets.resources import DEPLOYMENTS, KINDS, SECRETS, SERVICES
from steps.support.expect import eventually, same
from steps.support.registry import LABEL, Registry
from steps.support.scene import Scene
from steps.support.words import column, listed, records

GENERATED = re.compile(r"-([a-z0-9]{5}|[a-z0-9]{10})$")
"""What the API server, or the operator for what is in it, adds to the name of a Secret."""


@then(parsers.re(r"it has a (?P<kind>[A-Z]\w+) (?P<suffix>[a-z-]+)"))
def _(scene: Scene, kind: str, suffix: str) -> None:
    scene.registry.wait_for(KINDS[kind], suffix)


@then(parsers.re(r"it has no (?P<kind>[A-Z]\w+) (?P<suffix>[a-z-]+)"))
def _(scene: Scene, kind: str, suffix: str) -> None:
    assert scene.registry.find(KINDS[kind], suffix) is None, f"there is a {kind} {suffix}"


@then(parsers.parse("it has exactly these objects of kind {kind:w}:"))
def _(scene: Scene, kind: str, datatable: list[list[str]]) -> None:
    registry = scene.registry
    eventually(
        scene.target, f"its {kind}s", lambda: names(registry, kind), sorted(column(datatable)), timeout=60
    )


@then(parsers.parse("it has no objects of kind {kind:w}"))
def _(scene: Scene, kind: str) -> None:
    same(f"its {kind}s", names(scene.registry, kind), [])


def names(registry: Registry, kind: str) -> list[str]:
    """The names of its objects of a kind, without the registry's name in front."""
    return sorted(registry.suffix(obj) for obj in registry.owned(KINDS[kind]))


@then("nothing has been deployed")
def _(scene: Scene) -> None:
    deployments = scene.target.client.list(DEPLOYMENTS, scene.registry.namespace)
    same("Deployments", [obj["metadata"]["name"] for obj in deployments], [])
    secrets = scene.target.client.list(SECRETS, scene.registry.namespace, labels=LABEL)
    same("Secrets of the registry", [obj["metadata"]["name"] for obj in secrets], [])


@then("everything that it owns has its name in front and carries its label")
def _(scene: Scene) -> None:
    registry = scene.registry
    owned = list(registry.owned_of_all_kinds())
    assert owned, "it owns something"
    for kind, obj in owned:
        name, labels = obj["metadata"]["name"], obj["metadata"].get("labels") or {}
        assert name.startswith(f"{registry.name}-"), f"{kind} {name}"
        if name != registry.bundle_name():
            same(f"the label of {kind} {name}", labels.get(LABEL), registry.name)


@then("it has the same objects as a default registry")
def _(scene: Scene) -> None:
    registry = scene.registry
    other = Registry(scene.target, scene.target.new_namespace(), registry.name)
    other.seen()

    def differences() -> set[str]:
        return inventory(registry) ^ inventory(other)

    eventually(scene.target, "objects that only one of them has", differences, set())


def inventory(registry: Registry) -> set[str]:
    """Kind and name of everything that a registry owns; the generated end of a name is left out."""
    names = {(kind, obj["metadata"]["name"]) for kind, obj in registry.owned_of_all_kinds()}
    return {f"{kind} {GENERATED.sub('', name) if kind == 'Secret' else name}" for kind, name in names}


@then(parsers.parse("there is no {kinds} in it"))
def _(scene: Scene, kinds: str) -> None:
    assert scene.subject is not None
    namespace = scene.subject["metadata"]["name"]
    for kind in listed(kinds.replace(" or ", " and ")):
        same(f"{kind}s in the namespace", list(scene.target.client.list(KINDS[kind], namespace)), [])


@then("its Services have these types and ports:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    for row in records(datatable):
        spec = scene.registry.wait_for(SERVICES, row["Service"])["spec"]
        ports = ", ".join(f"{port['port']}/{port['protocol']}" for port in spec["ports"])
        same(row["Service"], (spec["type"], ports), (row["type"], row["ports"]))
