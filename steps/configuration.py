"""Quay's configuration: the config.yaml and the files that the Quay Pods are given."""

from __future__ import annotations

import yaml
from pytest_bdd import parsers, then

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS
from steps.support.certificates import names_of
from steps.support.expect import becomes, eventually, same
from steps.support.mounts import files_of
from steps.support.registry import Registry
from steps.support.scene import Scene

STACK = "/conf/stack"


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
    for name in ("ssl.cert", "ssl.key"):
        expect_file(scene.registry, f"{STACK}/{name}", bundle[name])


@then(parsers.parse("the Quay Pods find the certificate as {path}"))
def _(scene: Scene, path: str) -> None:
    name = path.rpartition("/")[2]
    expect_file(scene.registry, path, scene.registry.own_bundle().files[f"extra_ca_cert_{name}"])


@then(parsers.parse("the Quay Pods do not find {path}"))
def _(scene: Scene, path: str) -> None:
    assert path not in quay_files(scene.registry)


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
