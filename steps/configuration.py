"""Quay's configuration: the config.yaml and the files that the Quay Pods are given."""

from __future__ import annotations

import yaml
from pytest_bdd import parsers, then

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, SECRETS
from steps.support.bundle import decoded
from steps.support.certificates import authority_of, names_of
from steps.support.expect import becomes, eventually, same
from steps.support.mounts import files_of
from steps.support.registry import Registry
from steps.support.scene import Scene
from steps.support.words import listed

STACK = "/conf/stack"
PAIR = ("ssl.cert", "ssl.key")


def expect_configuration(registry: Registry, expected: Object) -> None:
    """Wait until Quay's config.yaml has these fields."""

    def seen() -> Object:
        configuration = registry.configuration()
        return {key: configuration.get(key) for key in expected}

    eventually(registry.target, "Quay's config.yaml", seen, expected)


@then("Quay is configured with:")
def _(scene: Scene, docstring: str) -> None:
    expect_configuration(scene.registry, yaml.safe_load(scene.registry.fill(docstring)))


@then(parsers.parse("Quay is configured with what the file {name} says"))
def _(scene: Scene, name: str) -> None:
    expect_configuration(scene.registry, yaml.safe_load(scene.files[name]))


@then("Quay is still configured as before")
def _(scene: Scene) -> None:
    same("Quay's config.yaml", scene.registry.configuration(), scene.registry.notes["configuration"])


@then("the Quay Pods find the bundle's certificate and key in /conf/stack")
def _(scene: Scene) -> None:
    bundle = scene.registry.own_bundle().data()
    for name in PAIR:
        expect_file(scene.registry, f"{STACK}/{name}", bundle[name])


@then(parsers.parse("the Quay Pods find the certificate as {path}"))
def _(scene: Scene, path: str) -> None:
    name = path.rpartition("/")[2]
    expect_file(scene.registry, path, scene.registry.own_bundle().files[f"extra_ca_cert_{name}"])


@then(parsers.parse("the Quay Pods do not find {path}"))
def _(scene: Scene, path: str) -> None:
    assert path not in quay_files(scene.registry)


@then(parsers.parse("the Deployments {names} are given {path:S}"))
def _(scene: Scene, names: str, path: str) -> None:
    registry = scene.registry
    files = [files_of(registry, registry.wait_for(DEPLOYMENTS, name)) for name in listed(names)]
    texts = {found.get(path, "") for found in files}
    same(f"different texts of {path}", len(texts), 1)
    (scene.files[path],) = texts
    assert scene.files[path], f"{path} is not there"


@then(parsers.parse('that file is the certificate of an authority called "{name}"'))
def _(scene: Scene, name: str) -> None:
    (text,) = scene.files.values()
    assert authority_of(text).startswith(f"{name}@"), f"it is that of {authority_of(text)}"


@then("the bundle's certificate and key are in a Secret of their own")
def _(scene: Scene) -> None:
    secret = scene.registry.secret("quay-config-tls")
    assert secret is not None
    expected = {name: text for name, text in scene.registry.own_bundle().data().items() if name in PAIR}
    found = {name: text for name, text in decoded(secret).items() if name in PAIR}
    same("certificate and key", found, expected)
    scene.subject = secret


@then("there has been no other such Secret, nor has this one changed")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    registry, name = scene.registry, scene.subject["metadata"]["name"]
    first = registry.history()[0]["metadata"]["resourceVersion"]
    events = scene.target.history(SECRETS, registry.namespace, first)
    all_like_it = name.rpartition("-")[0] + "-"
    seen = [(kind, obj["metadata"].get("name", "")) for kind, obj in events]
    same(
        "what has happened to them",
        [found for found in seen if found[1].startswith(all_like_it)],
        [("ADDED", name)],
    )


@then(parsers.parse("the Quay Pods find the router's wildcard certificate as {path}"))
def _(scene: Scene, path: str) -> None:
    chain = quay_files(scene.registry)[path]
    assert f"*.{scene.target.apps_domain}" in names_of(chain), f"the certificate is for {names_of(chain)}"


def expect_file(registry: Registry, path: str, text: str) -> None:
    """Wait until the Quay Pods are given a file with this text."""
    becomes(registry.target, path, lambda: quay_files(registry).get(path), lambda seen: seen == text, text)


def quay_files(registry: Registry) -> dict[str, str]:
    """Path → text of the files that the Quay Pods are given."""
    return files_of(registry, registry.wait_for(DEPLOYMENTS, "quay-app"))
