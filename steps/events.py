"""Events: what the operator has said of a registry, and when it said so."""

from __future__ import annotations

from pytest_bdd import parsers, then

from quaysim.targets.resources import EVENTS
from steps.support.expect import becomes
from steps.support.registry import Registry
from steps.support.scene import Scene


def events_of(registry: Registry) -> list[tuple[str, str, str]]:
    """(type, reason, message) of all Events about a registry."""
    events = registry.target.client.list(EVENTS, registry.namespace)
    about = [event for event in events if event["involvedObject"].get("name") == registry.name]
    own = [event for event in about if event["involvedObject"].get("kind") == "QuayRegistry"]
    return [(event["type"], event["reason"], event["message"]) for event in own]


@then(parsers.parse("a {kind:w} Event of it says the same"))
def _(scene: Scene, kind: str) -> None:
    registry = scene.registry
    found = registry.condition("RolloutBlocked")
    assert found is not None
    expect_event(registry, (kind, found[1], found[2]))


@then(parsers.parse('a {kind:w} Event of it has reason {reason:w} and says "{text}"'))
def _(scene: Scene, kind: str, reason: str, text: str) -> None:
    expect_event(scene.registry, (kind, reason, text))


def expect_event(registry: Registry, expected: tuple[str, str, str]) -> None:
    """Wait until there is such an Event."""
    becomes(
        registry.target,
        f"an Event of {registry.name}",
        lambda: events_of(registry),
        lambda seen: expected in seen,
        expected,
    )
