"""Clair: its configuration and the files that its Pods are given."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pytest_bdd import given, parsers, then

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, SECRETS
from steps.support.bundle import CLAIR_DATABASE, decoded
from steps.support.certificates import key_pair
from steps.support.expect import eventually, same
from steps.support.mounts import files_of
from steps.support.registry import Registry
from steps.support.scene import Scene

CONFIG = "/clair/config.yaml"


def configuration(registry: Registry) -> Object:
    """The configuration that Clair reads."""
    deployment = registry.wait_for(DEPLOYMENTS, "clair-app")
    config: Object = yaml.safe_load(files_of(registry, deployment)[CONFIG])
    return config


@given(parsers.parse("its bundle holds the certificate {name} of Clair's database"))
def _(scene: Scene, name: str) -> None:
    scene.registry.own_bundle().files[f"extra_ca_cert_{name}"] = key_pair("db.example.com").certificate


@then("Clair's indexer, matcher and notifier use the database of the bundle")
def _(scene: Scene) -> None:
    registry = scene.registry
    parts = ("indexer", "matcher", "notifier")

    def seen() -> dict[str, str]:
        found = configuration(registry)
        return {part: found[part]["connstring"] for part in parts}

    eventually(scene.target, "the connstrings of Clair", seen, dict.fromkeys(parts, CLAIR_DATABASE))


@then(parsers.parse("the Clair Pods find the certificate as {path}"))
def _(scene: Scene, path: str) -> None:
    registry = scene.registry
    name = path.rpartition("/")[2]
    expected = registry.own_bundle().files[f"extra_ca_cert_{name}"]
    same(path, files_of(registry, registry.wait_for(DEPLOYMENTS, "clair-app")).get(path), expected)


@then("Clair's indexer, matcher and notifier connect with these settings:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    expected = {name: scene.registry.fill(value) for name, value in datatable}
    found = configuration(scene.registry)
    for part in ("indexer", "matcher", "notifier"):
        settings = dict(word.split("=", 1) for word in found[part]["connstring"].split())
        same(f"the settings of the {part}", {name: settings.get(name) for name in expected}, expected)


@then("Clair is configured with:")
def _(scene: Scene, docstring: str) -> None:
    expected = yaml.safe_load(docstring)
    same("Clair's configuration", narrowed(configuration(scene.registry), expected), expected)


def narrowed(seen: Any, like: Any) -> Any:
    """Of nested settings, those that another text has as well."""
    if not isinstance(like, dict) or not isinstance(seen, dict):
        return seen
    return {key: narrowed(seen.get(key), value) for key, value in like.items()}


@then(parsers.parse('a Secret "{prefix}" followed by a hash has the configuration that Clair reads'))
def _(scene: Scene, prefix: str) -> None:
    registry = scene.registry
    secrets = scene.target.client.list(SECRETS, registry.namespace)
    pattern = re.compile(re.escape(registry.fill(prefix)) + "[a-z0-9]{10}")
    texts = [
        decoded(secret)["config.yaml"] for secret in secrets if pattern.fullmatch(secret["metadata"]["name"])
    ]
    same("how many there are", len(texts), 1)
    same("its config.yaml", yaml.safe_load(texts[0]), configuration(registry))


@then("Clair's configuration says as well:")
def _(scene: Scene, docstring: str) -> None:
    expected = yaml.safe_load(docstring)
    found = configuration(scene.registry)
    same("Clair's configuration", {key: found.get(key) for key in expected}, expected)


@then("Clair and Quay share a key")
def _(scene: Scene) -> None:
    key = configuration(scene.registry)["auth"]["psk"]["key"]
    assert key
    same("SECURITY_SCANNER_V4_PSK", scene.registry.configuration()["SECURITY_SCANNER_V4_PSK"], key)
