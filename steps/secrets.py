"""Secrets beside the bundle: as they are submitted, and those that the operator makes."""

from __future__ import annotations

import yaml
from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, SECRETS
from steps.support.bundle import decoded
from steps.support.expect import eventually, same
from steps.support.registry import LABEL, Registry
from steps.support.scene import Scene
from steps.support.words import column


def read(scene: Scene, name: str) -> Object:
    """A Secret of the scenario's namespace; it is what "its key" in the next sentence is about."""
    namespace = scene.registry.namespace if scene.registries else scene.namespace
    scene.answer = scene.target.client.get(SECRETS, name, namespace)
    return scene.answer


def filled(scene: Scene, text: str) -> str:
    """The text with the registry's names, if there is a registry."""
    return scene.registry.fill(text) if scene.registries else text


@when("this Secret is created:")
@when("this Secret is submitted:")
def _(scene: Scene, docstring: str) -> None:
    secret = yaml.safe_load(docstring)
    secret["metadata"]["namespace"] = scene.namespace
    scene.attempt(lambda: scene.target.client.create(SECRETS, secret))


@then(parsers.parse('the Secret "{name}" has exactly these keys:'))
def _(scene: Scene, name: str, datatable: list[list[str]]) -> None:
    same(f"the keys of {name}", sorted(read(scene, name)["data"]), column(datatable))


@then(parsers.parse('the Secret "{name}" has exactly these keys, none of them empty:'))
def _(scene: Scene, name: str, datatable: list[list[str]]) -> None:
    data = decoded(read(scene, filled(scene, name)))
    same("the keys that are not empty", sorted(key for key, text in data.items() if text), column(datatable))
    same("the keys", sorted(data), column(datatable))


@then(parsers.parse('there is no Secret "{name}"'))
def _(scene: Scene, name: str) -> None:
    full_name = filled(scene, name)
    found = scene.target.client.find(SECRETS, full_name, scene.namespace)
    assert found is None, f"there is a Secret {full_name}"


@then(parsers.parse('the Secret "{secret}" decodes to the file {name}'))
def _(scene: Scene, secret: str, name: str) -> None:
    same(f"{name} in {secret}", decoded(read(scene, secret)), {name: scene.files[name]})


# --- the config editor's credentials ------------------------------------------------------------------


def credentials(registry: Registry) -> Object:
    """The Secret with the config editor's user name and password."""
    name = str(registry.status("configEditorCredentialsSecret"))
    return registry.target.client.get(SECRETS, name, registry.namespace)


@then("its configEditorCredentialsSecret is the Secret of that kind which its config editor uses")
def _(scene: Scene) -> None:
    registry = scene.registry
    deployment = registry.wait_for(DEPLOYMENTS, "quay-config-editor")
    env = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    password = next(item["valueFrom"]["secretKeyRef"] for item in env if item["name"] == "QUAY_PASSWORD")
    same("configEditorCredentialsSecret", registry.status("configEditorCredentialsSecret"), password["name"])
    assert password["name"].startswith(f"{registry.name}-quay-config-editor-credentials-")


@then("the config editor's credentials have exactly these keys:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    same("the keys of the credentials", sorted(credentials(scene.registry)["data"]), column(datatable))


@then(parsers.parse("the config editor's username is {name:w}"))
def _(scene: Scene, name: str) -> None:
    same("the user name", decoded(credentials(scene.registry))["username"], name)


@then(parsers.parse("the config editor's password has {length:d} characters"))
def _(scene: Scene, length: int) -> None:
    same("the password's length", len(decoded(credentials(scene.registry))["password"]), length)


@then("the config editor's credentials are of type Opaque, carry the registry's label and are owned by it")
def _(scene: Scene) -> None:
    registry, secret = scene.registry, credentials(scene.registry)
    owners = [(owner["kind"], owner["name"]) for owner in secret["metadata"]["ownerReferences"]]
    same("type", secret["type"], "Opaque")
    same("label", secret["metadata"]["labels"][LABEL], registry.name)
    same("owners", owners, [("QuayRegistry", registry.name)])


@given("the config editor's password is noted")
def _(scene: Scene) -> None:
    scene.registry.notes["password"] = decoded(credentials(scene.registry))["password"]


@then("the config editor's password is the one noted")
def _(scene: Scene) -> None:
    registry = scene.registry
    eventually(
        scene.target,
        "the password",
        lambda: decoded(credentials(registry))["password"],
        registry.notes["password"],
    )
