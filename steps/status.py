"""The fields of a registry's status, and its metadata."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from pytest_bdd import parsers, then

from quaysim.targets import Object
from steps.support.expect import eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene
from steps.support.words import column

GO_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{1,9})? \+0000 UTC")


@then(parsers.re(r'its (?P<name>registryEndpoint|configEditorEndpoint) is "(?P<text>[^"]+)"'))
def _(scene: Scene, name: str, text: str) -> None:
    registry = scene.registry
    eventually(scene.target, f"status.{name}", lambda: registry.status(name), registry.fill(text))


@then(parsers.parse("its {name:w} was empty when it had just been created"))
def _(scene: Scene, name: str) -> None:
    first, *later = scene.registry.history()
    assert not (first.get("status") or {}).get(name)
    values = [value for state in later if (value := (state.get("status") or {}).get(name))]
    same(f"the values that {name} has had", set(values), {scene.registry.status(name)})


@then(parsers.parse("its currentVersion is a version {minor}"))
def _(scene: Scene, minor: str) -> None:
    version = str(scene.registry.status("currentVersion"))
    assert re.fullmatch(rf"v?{re.escape(minor)}\.\d+", version), f"currentVersion is {version}"


@then(parsers.parse("its status has no field {name:w}"))
def _(scene: Scene, name: str) -> None:
    assert name not in scene.registry.get()["status"]


@then("its status is empty")
def _(scene: Scene) -> None:
    same("the status", scene.registry.get().get("status") or {}, {})


@then("while migrations were running its status had these fields:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    for status in during_migrations(scene.registry):
        same(
            "fields of the status",
            [name for name in column(datatable) if status.get(name)],
            column(datatable),
        )


@then(parsers.parse("while migrations were running its status did not have the field {name:w}"))
def _(scene: Scene, name: str) -> None:
    for status in during_migrations(scene.registry):
        assert name not in status, f"{name} was {status[name]}"


def during_migrations(registry: Registry) -> list[Object]:
    """The states of the status in which ComponentsCreated says that migrations are in progress."""
    statuses = [state.get("status") or {} for state in registry.history()]
    found = [status for status in statuses if created_reason(status) == "MigrationsInProgress"]
    assert found, "migrations were in progress at some time"
    return found


def created_reason(status: Object) -> str:
    """The reason of ComponentsCreated; empty where there is no such condition."""
    conditions = status.get("conditions") or []
    return next((item["reason"] for item in conditions if item["type"] == "ComponentsCreated"), "")


@then(parsers.parse('its lastUpdated is a UTC time such as "{example}"'))
def _(scene: Scene, example: str) -> None:
    assert GO_TIME.fullmatch(example)
    seen = str(scene.registry.status("lastUpdated"))
    assert GO_TIME.fullmatch(seen), f"lastUpdated is {seen}"


@then("its lastUpdated is later than it was when it became available")
def _(scene: Scene) -> None:
    registry = scene.registry
    assert go_time(str(registry.status("lastUpdated"))) > go_time(registry.available_at)


def go_time(text: str) -> datetime:
    """The seconds of a time that Go has printed."""
    found = GO_TIME.fullmatch(text)
    assert found, f"{text} is not a time"
    return datetime.fromisoformat(f"{found[1]}+00:00")


@then(parsers.parse('it carries the finalizer "{finalizer}"'))
def _(scene: Scene, finalizer: str) -> None:
    registry = scene.registry

    def finalizers() -> Any:
        return registry.get()["metadata"].get("finalizers")

    eventually(scene.target, "metadata.finalizers", finalizers, [finalizer])
