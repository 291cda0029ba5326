"""Several sites of one registry."""

from __future__ import annotations

import copy

from pytest_bdd import given, parsers, then, when

from quaysim.targets.resources import SECRETS
from steps.support.bundle import STORAGE, decoded
from steps.support.expect import same
from steps.support.registry import Registry
from steps.support.scene import Scene

LOCATIONS = ["usstorage", "eustorage"]


@given(parsers.parse('its bundle is the Secret "{name}" with several storage locations'))
def _(scene: Scene, name: str) -> None:
    bundle = scene.registry.own_bundle()
    bundle.name = name
    bundle.fields |= {
        "DISTRIBUTED_STORAGE_CONFIG": dict.fromkeys(LOCATIONS, STORAGE["default"]),
        "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS": LOCATIONS,
        "DISTRIBUTED_STORAGE_PREFERENCE": LOCATIONS,
        "FEATURE_STORAGE_REPLICATION": True,
        "DATABASE_SECRET_KEY": "a-key-that-both-sites-share",
        "SECRET_KEY": "another-key-that-both-sites-share",
    }


@when("a second site is set up with the same bundle")
def _(scene: Scene) -> None:
    first = scene.registry
    second = Registry(scene.target, scene.target.new_namespace(), first.name)
    second.components = copy.deepcopy(first.components)
    second.bundle = copy.deepcopy(first.bundle)
    scene.introduce(second)


@then(parsers.parse('both sites have the same data in the Secret "{name}"'))
def _(scene: Scene, name: str) -> None:
    one, two = (
        decoded(scene.target.client.get(SECRETS, name, registry.namespace)) for registry in scene.registries
    )
    same(f"the Secrets {name}", one, two)


@then("Quay is configured the same on both sites")
def _(scene: Scene) -> None:
    one, two = (registry.configuration() for registry in scene.registries)
    same("storage locations", sorted(one["DISTRIBUTED_STORAGE_CONFIG"]), sorted(LOCATIONS))
    same("Quay's config.yaml", one, two)
