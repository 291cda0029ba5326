"""Bundles: what is in the Secret that a registry is configured with."""

from __future__ import annotations

import base64
import copy
import re

import yaml
from pytest_bdd import given, parsers, then, when

from quaysim.targets.resources import SECRETS
from steps.support.bundle import Bundle, decoded, secret_of
from steps.support.certificates import KeyPair, key_pair, pair_with_common_name
from steps.support.expect import same
from steps.support.scene import Scene
from steps.support.words import column, listed

CA_FILE = "extra_ca_cert_my-custom-ssl.crt"


# --- before the registry is created -------------------------------------------------------------------


@given("its bundle says:")
def _(scene: Scene, docstring: str) -> None:
    scene.registry.own_bundle().fields |= yaml.safe_load(scene.registry.fill(docstring))


@given(parsers.parse('its bundle\'s config.yaml reads "{text}"'))
def _(scene: Scene, text: str) -> None:
    scene.registry.own_bundle().text = text


@given(parsers.parse("its bundle lacks the settings of {kind:w}"))
def _(scene: Scene, kind: str) -> None:
    scene.registry.own_bundle().forget(kind)


@given("its bundle lacks config.yaml")
def _(scene: Scene) -> None:
    scene.registry.own_bundle().without.add("config.yaml")


@given(parsers.parse("its bundle has the settings of {kinds}"))
def _(scene: Scene, kinds: str) -> None:
    scene.registry.own_bundle().configure(listed(kinds), scene.registry.default_host)


@given(parsers.parse('its bundle\'s certificate is for "{host}"'))
def _(scene: Scene, host: str) -> None:
    use_pair(scene, key_pair(scene.registry.fill(host)))


@given("its bundle's certificate has its host as Common Name only")
def _(scene: Scene) -> None:
    use_pair(scene, pair_with_common_name(scene.registry.host))


def use_pair(scene: Scene, pair: KeyPair) -> None:
    """Put a certificate and its key into the bundle."""
    scene.registry.own_bundle().files |= {"ssl.cert": pair.certificate, "ssl.key": pair.key}


@given("its bundle is in another namespace")
def _(scene: Scene) -> None:
    scene.registry.bundle_namespace = scene.target.new_namespace()


@given(parsers.parse("the file {name}:"))
def _(scene: Scene, name: str, docstring: str) -> None:
    scene.files[name] = docstring


@given(parsers.parse('the Secret "{secret}" made from the file {name}'))
def _(scene: Scene, secret: str, name: str) -> None:
    scene.target.client.create(SECRETS, secret_of(secret, scene.namespace, {name: scene.files[name]}))


# --- afterwards ---------------------------------------------------------------------------------------


@when(parsers.parse("its bundle is given the settings of {kind:w}"))
def _(scene: Scene, kind: str) -> None:
    bundle = copy.deepcopy(scene.registry.own_bundle())
    bundle.configure([kind], scene.registry.default_host)
    scene.registry.write_bundle(bundle)


@when("its bundle is changed to say:")
def _(scene: Scene, docstring: str) -> None:
    bundle = copy.deepcopy(scene.registry.own_bundle())
    bundle.fields |= yaml.safe_load(docstring)
    scene.registry.notes["pods"] = {pod["metadata"]["name"] for pod in scene.registry.pods("quay-app")}
    scene.registry.write_bundle(bundle)


@when(parsers.parse('it is pointed to a bundle "{name}" with the certificate my-custom-ssl.crt as well'))
def _(scene: Scene, name: str) -> None:
    bundle = copy.deepcopy(scene.registry.own_bundle())
    bundle.files[CA_FILE] = key_pair("ca.example.com").certificate
    point_to(scene, bundle, name)


@when(parsers.parse('it is pointed to a bundle "{name}" that has only the certificate my-custom-ssl.crt'))
def _(scene: Scene, name: str) -> None:
    scene.registry.notes["configuration"] = scene.registry.configuration()
    files = {CA_FILE: key_pair("ca.example.com").certificate}
    point_to(scene, Bundle(files=files, without={"config.yaml"}), name)


def point_to(scene: Scene, bundle: Bundle, name: str) -> None:
    """Create a bundle under a new name and name it in the registry."""
    bundle.name = name
    scene.target.client.create(SECRETS, bundle.secret(scene.namespace))
    scene.registry.bundle = bundle
    scene.registry.edit(lambda spec: spec.update(configBundleSecret=name))


# --- what it is and what it holds ---------------------------------------------------------------------


@then("its bundle is a new Secret named after it")
def _(scene: Scene) -> None:
    registry = scene.registry
    pattern = rf"{registry.name}-config-bundle-[a-z0-9]{{5}}"
    assert re.fullmatch(pattern, registry.bundle_name()), f"{registry.bundle_name()} is not like {pattern}"
    owners = registry.bundle_secret()["metadata"]["ownerReferences"]
    same("the owner of the bundle", [owner["name"] for owner in owners], [registry.name])


@then(parsers.parse('its bundle is the Secret "{name}"'))
def _(scene: Scene, name: str) -> None:
    same("spec.configBundleSecret", scene.registry.bundle_name(), name)
    assert scene.registry.bundle_secret()["data"]


@then("its bundle has exactly these keys:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    same("the keys of the bundle", sorted(scene.registry.bundle_secret()["data"]), column(datatable))


@then("its bundle's config.yaml says:")
def _(scene: Scene, docstring: str) -> None:
    config = yaml.safe_load(decoded(scene.registry.bundle_secret())["config.yaml"])
    expected = yaml.safe_load(docstring)
    same("the bundle's config.yaml", {key: config.get(key) for key in expected}, expected)


@then(parsers.parse("its key {key} decodes to:"))
def _(scene: Scene, key: str, docstring: str) -> None:
    assert scene.answer is not None
    same(key, base64.b64decode(scene.answer["data"][key]).decode(), docstring)
