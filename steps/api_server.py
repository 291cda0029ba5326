"""What the API server itself serves, takes and refuses."""

from __future__ import annotations

import json

from pytest_bdd import parsers, then, when

from quaysim.targets import Object
from quaysim.targets.raw import request
from quaysim.targets.resources import CRDS
from steps.support.expect import same
from steps.support.scene import Scene
from steps.support.words import column

CRD = "quayregistries.quay.redhat.com"


@then("the API server takes it")
def _(scene: Scene) -> None:
    assert scene.error is None, f"it was refused: {scene.error}"
    assert scene.answer is not None


@then(parsers.parse("the API server refuses it as {reason:w} because of {field:S}: {why}"))
def _(scene: Scene, reason: str, field: str, why: str) -> None:
    assert scene.error is not None, "it was taken"
    same("reason", scene.error.reason, reason)
    causes = {cause["field"]: cause["message"] for cause in scene.error.details["causes"]}
    same("the fields that are wrong", list(causes), [field])
    assert why in causes[field], causes[field]


@then(parsers.parse("the API server refuses it as {reason:w} because of these fields:"))
def _(scene: Scene, reason: str, datatable: list[list[str]]) -> None:
    assert scene.error is not None, "it was taken"
    same("reason", scene.error.reason, reason)
    wrong = sorted({cause["field"] for cause in scene.error.details["causes"]})
    same("the fields that are wrong", wrong, column(datatable))


@then(parsers.parse("the API server refuses it as {reason:w}: {message}"))
@then(parsers.parse("the API server answers {reason:w}: {message}"))
def _(scene: Scene, reason: str, message: str) -> None:
    assert scene.error is not None, "it was taken"
    expected = scene.registry.fill(message) if scene.registries else message
    same("the refusal", (scene.error.reason, scene.error.message), (reason, expected))


@when(parsers.parse('the resources of "{group_version}" are listed'))
def _(scene: Scene, group_version: str) -> None:
    answer = request(scene.target.api_client, f"/apis/{group_version}")
    scene.subject = json.loads(answer.data)


@then(parsers.parse("there is a namespaced resource {plural:w} of kind {kind:w}"))
def _(scene: Scene, plural: str, kind: str) -> None:
    found = resources(scene)[plural]
    same(plural, (found["kind"], found["namespaced"]), (kind, True))
    assert {"create", "delete", "get", "list", "patch", "update", "watch"} <= set(found["verbs"])


@then("it has a status of its own")
def _(scene: Scene) -> None:
    assert "quayregistries/status" in resources(scene)


def resources(scene: Scene) -> dict[str, Object]:
    """The resources of the group that was listed, by name."""
    assert scene.subject is not None
    return {resource["name"]: resource for resource in scene.subject["resources"]}


@when(parsers.parse("its spec asks for the version {version}"))
def _(scene: Scene, version: str) -> None:
    scene.registry.create()
    scene.registry.edit(lambda spec: spec.update(version=version))


@then(parsers.parse("its spec has no field {name:w}"))
def _(scene: Scene, name: str) -> None:
    assert name not in scene.registry.get()["spec"]


@then("the schema of QuayRegistry has no such field")
def _(scene: Scene) -> None:
    versions = scene.target.client.get(CRDS, CRD)["spec"]["versions"]
    schema = next(version["schema"]["openAPIV3Schema"] for version in versions if version["name"] == "v1")
    same(
        "fields of spec",
        sorted(schema["properties"]["spec"]["properties"]),
        ["components", "configBundleSecret"],
    )
