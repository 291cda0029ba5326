"""Backing up and restoring: exports, generated keys, scaling down and up."""

from __future__ import annotations

import copy
from urllib.parse import urlsplit

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object, ResourceRef
from quaysim.targets.resources import DEPLOYMENTS, PODS, QUAY_REGISTRIES, SECRETS
from steps.support.bundle import decoded, secret_of
from steps.support.expect import eventually, same
from steps.support.registry import COMPONENTS, Registry
from steps.support.scene import Scene
from steps.support.words import column

GENERATED_KEYS = "quay-registry-managed-secret-keys"
SCALED = ("quay", "clair", "mirror")
OTHER_DATA = {"config.yaml": "REGISTRY_TITLE: Another registry\n"}
BACKUP_DATA = {"config.yaml": "REGISTRY_TITLE: Our registry\n"}


def stripped(obj: Object) -> Object:
    """What the documentation leaves of an exported QuayRegistry, and what a Secret needs to be created again."""
    added = ("creationTimestamp", "finalizers", "generation", "resourceVersion", "uid", "ownerReferences")
    metadata = {key: value for key, value in obj["metadata"].items() if key not in (*added, "managedFields")}
    return {key: value for key, value in obj.items() if key != "status"} | {"metadata": metadata}


def moved(obj: Object, namespace: str) -> Object:
    """An export for another namespace."""
    return obj | {"metadata": obj["metadata"] | {"namespace": namespace}}


# --- preconditions ------------------------------------------------------------------------------------


def obstacles(registry: Registry) -> list[str]:
    """The components that keep a registry from being backed up as documented (documentation 11.1)."""
    managed = dict(registry.spec_components())
    needed = ["quay", "postgres", "objectstorage", *(["clairpostgres"] if managed["clair"] else [])]
    return [kind for kind in needed if not managed[kind]]


@then("the components that a backup needs are all managed")
def _(scene: Scene) -> None:
    same("those that are not", obstacles(scene.registry), [])


@then("of the components that a backup needs these are not managed:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    same("those that are not managed", obstacles(scene.registry), column(datatable))


@then(parsers.parse("the only Pod labelled {label:S} is one of its Deployment {name:S}"))
def _(scene: Scene, label: str, name: str) -> None:
    found = scene.target.client.list(PODS, scene.registry.namespace, labels=label)
    of_deployment = scene.registry.pods(name)
    assert of_deployment, f"{name} has Pods"
    same(label, *([pod["metadata"]["name"] for pod in pods] for pods in (found, of_deployment)))


# --- exports ------------------------------------------------------------------------------------------


@given("it is exported")
def _(scene: Scene) -> None:
    scene.registry.notes["export"] = scene.registry.get()


@when(
    "status, creationTimestamp, finalizers, generation, resourceVersion and uid are removed from the export"
)
def _(scene: Scene) -> None:
    scene.registry.notes["export"] = stripped(scene.registry.notes["export"])


@then("the export has all eleven components and names its bundle")
def _(scene: Scene) -> None:
    spec = scene.registry.notes["export"]["spec"]
    same("components", sorted(item["kind"] for item in spec["components"]), sorted(COMPONENTS))
    same("the bundle", spec["configBundleSecret"], scene.registry.own_bundle().name)


@then("the export can be created in an empty namespace")
def _(scene: Scene) -> None:
    registry = scene.registry
    namespace = scene.target.new_namespace()
    created = scene.target.client.create(QUAY_REGISTRIES, moved(registry.notes["export"], namespace))
    same("its spec", created["spec"], registry.get()["spec"])


@then("its data stay the same when its ownerReferences are removed from an export")
def _(scene: Scene) -> None:
    registry = scene.registry
    secret = registry.wait_for(SECRETS, GENERATED_KEYS)
    assert secret["metadata"]["ownerReferences"]
    namespace = scene.target.new_namespace()
    restored = scene.target.client.create(SECRETS, moved(stripped(secret), namespace))
    same("data", restored["data"], secret["data"])
    assert "ownerReferences" not in restored["metadata"]


@then("an export of its bundle has config.yaml in its data")
def _(scene: Scene) -> None:
    bundle = decoded(stripped(scene.registry.bundle_secret()))
    same("config.yaml", bundle["config.yaml"], scene.registry.own_bundle().data()["config.yaml"])


@then(parsers.parse("the database that Quay is configured to use is called {name:S}"))
def _(scene: Scene, name: str) -> None:
    uri = scene.registry.configuration()["DB_URI"]
    same("the last part of DB_URI", urlsplit(uri).path.rpartition("/")[2], name)


# --- scaling ------------------------------------------------------------------------------------------


@given("it is scaled down for a backup")
@when("it is scaled down for a backup")
def _(scene: Scene) -> None:
    def change(spec: Object) -> None:
        for entry in spec["components"]:
            if entry["kind"] == "horizontalpodautoscaler":
                entry["managed"] = False
            elif entry["kind"] in SCALED and entry["managed"]:
                entry["overrides"] = {"replicas": 0}

    scene.registry.edit(change)
    registry = scene.registry

    def replicas() -> int:
        return int(registry.wait_for(DEPLOYMENTS, "quay-app")["spec"]["replicas"])

    eventually(scene.target, "replicas of quay-app", replicas, 0)


@when("it is scaled up after a backup")
def _(scene: Scene) -> None:
    def change(spec: Object) -> None:
        for entry in spec["components"]:
            if entry["kind"] == "horizontalpodautoscaler":
                entry["managed"] = True
            elif entry["kind"] in SCALED:
                entry.pop("overrides", None)

    scene.registry.edit(change)


# --- restoring ----------------------------------------------------------------------------------------


@given("it has been exported together with its bundle and its generated keys")
def _(scene: Scene) -> None:
    registry = scene.registry
    registry.available()
    registry.notes["backup"] = [
        (SECRETS, stripped(registry.bundle_secret())),
        (SECRETS, stripped(registry.wait_for(SECRETS, GENERATED_KEYS))),
        (QUAY_REGISTRIES, stripped(registry.get())),
    ]


@when("the export is restored where it came from")
def _(scene: Scene) -> None:
    ref, export = scene.registry.notes["backup"][-1]
    scene.attempt(lambda: scene.target.client.create(ref, export))


@when("the export is restored in an empty namespace")
def _(scene: Scene) -> None:
    old = scene.registry
    backup: list[tuple[ResourceRef, Object]] = old.notes["backup"]
    restored = Registry(
        scene.target, scene.target.new_namespace(), old.name, bundle=copy.deepcopy(old.bundle)
    )
    for ref, export in backup:
        created = scene.target.client.create(ref, moved(export, restored.namespace))
    restored.created = created
    restored.notes["backup"] = backup
    scene.introduce(restored)


@then("its bundle and its generated keys are those of the export")
def _(scene: Scene) -> None:
    registry = scene.registry
    bundle, keys, _ = (export for _, export in registry.notes["backup"])
    same("the bundle", registry.bundle_secret()["data"], bundle["data"])
    same("the generated keys", registry.wait_for(SECRETS, GENERATED_KEYS)["data"], keys["data"])


@then("Quay is configured with the generated keys of the export")
def _(scene: Scene) -> None:
    registry = scene.registry
    keys = decoded(registry.notes["backup"][1][1])
    expected = {name: keys[name] for name in ("DATABASE_SECRET_KEY", "SECRET_KEY", "DB_URI")}
    configuration = registry.configuration()
    same("Quay's config.yaml", {name: configuration[name] for name in expected}, expected)


@given(parsers.parse('the Secret "{name}" with other data'))
def _(scene: Scene, name: str) -> None:
    scene.target.client.create(SECRETS, secret_of(name, scene.namespace, OTHER_DATA))


@when(parsers.parse('a bundle "{name}" is restored from a backup'))
def _(scene: Scene, name: str) -> None:
    secret = secret_of(name, scene.namespace, BACKUP_DATA)
    scene.attempt(lambda: scene.target.client.create(SECRETS, secret))


@then(parsers.parse('the Secret "{name}" still has other data'))
def _(scene: Scene, name: str) -> None:
    same(name, decoded(scene.target.client.get(SECRETS, name, scene.namespace)), OTHER_DATA)


@then(parsers.parse('once it has been deleted the bundle "{name}" can be restored'))
def _(scene: Scene, name: str) -> None:
    scene.target.client.delete(SECRETS, name, scene.namespace)
    scene.target.client.create(SECRETS, secret_of(name, scene.namespace, BACKUP_DATA))
    same(name, decoded(scene.target.client.get(SECRETS, name, scene.namespace)), BACKUP_DATA)
