"""Versions of registries, and the Jobs that upgrade them."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import DEPLOYMENTS, JOBS, QUAY_REGISTRIES
from steps.support.expect import becomes, eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene
from steps.support.words import column


def upgrade_job(registry: Registry) -> str:
    """The uid of the Job that migrates the database; empty where there is none."""
    job = registry.find(JOBS, "quay-app-upgrade")
    return str(job["metadata"]["uid"]) if job else ""


def images(registry: Registry) -> dict[str, list[str]]:
    """Deployment → images of its containers."""
    return {
        registry.suffix(deployment): [container["image"] for container in containers(deployment)]
        for deployment in registry.owned(DEPLOYMENTS)
    }


def containers(deployment: Object) -> list[Object]:
    """The containers of a Deployment, those that initialise included."""
    pod = deployment["spec"]["template"]["spec"]
    return [*pod.get("initContainers", []), *pod["containers"]]


@then(parsers.parse("the Deployment {name:S} runs the image of PostgreSQL {version:d}"))
def _(scene: Scene, name: str, version: int) -> None:
    (image,) = [container["image"] for container in containers(scene.registry.wait_for(DEPLOYMENTS, name))]
    assert f"postgresql-{version}-" in image, image


@then("both registries have the same version and the same images:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    one, two = (scene.named(name) for name in column(datatable))
    assert one.status("currentVersion")
    same("currentVersion", one.status("currentVersion"), two.status("currentVersion"))
    same("images", images(one), images(two))


@given("its Job quay-app-upgrade is noted")
def _(scene: Scene) -> None:
    scene.registry.notes["job"] = upgrade_job(scene.registry)


@then("its Job quay-app-upgrade is the one noted")
def _(scene: Scene) -> None:
    assert scene.registry.notes["job"], "there was a Job"
    same("the Job", upgrade_job(scene.registry), scene.registry.notes["job"])


@when(parsers.parse("its currentVersion is set to {version}"))
def _(scene: Scene, version: str) -> None:
    registry = scene.registry
    registry.notes |= {"version": registry.status("currentVersion"), "job": upgrade_job(registry)}
    patch = {"status": {"currentVersion": version}}
    namespace = registry.namespace
    changed = scene.target.client.patch(
        QUAY_REGISTRIES, registry.name, patch, namespace, subresource="status"
    )
    registry.notes["changed at"] = changed["metadata"]["resourceVersion"]


@then("its currentVersion becomes what it was")
def _(scene: Scene) -> None:
    registry = scene.registry
    eventually(
        scene.target, "currentVersion", lambda: registry.status("currentVersion"), registry.notes["version"]
    )


@then("its Job quay-app-upgrade is another one than before")
def _(scene: Scene) -> None:
    registry = scene.registry
    before = registry.notes["job"]
    becomes(
        scene.target,
        "the Job",
        lambda: upgrade_job(registry),
        lambda seen: seen not in ("", before),
        f"not {before}",
    )
