"""Conditions: what the operator says of a registry and its components."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from steps.support.expect import becomes, eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene
from steps.support.words import column


def blocked(registry: Registry) -> tuple[str, str] | None:
    """(status, reason) of RolloutBlocked."""
    found = registry.condition("RolloutBlocked")
    return found and found[:2]


def message(registry: Registry) -> str:
    """The message of RolloutBlocked."""
    found = registry.condition("RolloutBlocked")
    return found[2] if found else ""


@given(parsers.parse("the rollout is blocked with reason {reason:w}"))
@then(parsers.parse("the rollout is blocked with reason {reason:w}"))
def _(scene: Scene, reason: str) -> None:
    registry = scene.registry
    eventually(scene.target, "RolloutBlocked of the registry", lambda: blocked(registry), ("True", reason))


@then("the rollout is not blocked")
def _(scene: Scene) -> None:
    registry = scene.registry
    expected = ("False", "ComponentsCreationSuccess", "All objects created/updated successfully")
    eventually(
        scene.target, "RolloutBlocked of the registry", lambda: registry.condition("RolloutBlocked"), expected
    )


@then(parsers.parse("the message is: {text}"))
def _(scene: Scene, text: str) -> None:
    registry = scene.registry
    eventually(scene.target, "the message of RolloutBlocked", lambda: message(registry), registry.fill(text))


@then(parsers.parse("the message begins: {text}"))
def _(scene: Scene, text: str) -> None:
    registry = scene.registry
    what, expected = "the message of RolloutBlocked", registry.fill(text)
    becomes(
        scene.target, what, lambda: message(registry), lambda seen: seen.startswith(expected), f"{expected}…"
    )


@given(parsers.parse("the message ends: {text}"))
def _(scene: Scene, text: str) -> None:
    registry = scene.registry
    what, expected = "the message of RolloutBlocked", registry.fill(text)
    becomes(
        scene.target, what, lambda: message(registry), lambda seen: seen.endswith(expected), f"…{expected}"
    )


@then(parsers.parse('{kind:w} is {status:w}, with reason {reason:w} and message "{text}"'))
def _(scene: Scene, kind: str, status: str, reason: str, text: str) -> None:
    registry = scene.registry
    expected = (status, reason, registry.fill(text))
    eventually(scene.target, f"condition {kind}", lambda: registry.condition(kind), expected)


@then("it is not available")
def _(scene: Scene) -> None:
    found = scene.registry.condition("Available")
    assert found is None or found[0] == "False", f"Available is {found}"


@then("these conditions are True:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    seen = {kind: item["status"] for kind, item in scene.registry.conditions().items()}
    expected = dict.fromkeys(column(datatable), "True")
    same("the conditions", {kind: seen.get(kind) for kind in expected}, expected)


@then(parsers.parse("none of its conditions has the reason {reason:w}"))
def _(scene: Scene, reason: str) -> None:
    found = [kind for kind, item in scene.registry.conditions().items() if item["reason"] == reason]
    same(f"conditions with reason {reason}", found, [])


@then("each of its conditions has exactly these fields:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    conditions = scene.registry.conditions()
    assert conditions, "the registry has conditions"
    for kind, item in conditions.items():
        same(f"the fields of {kind}", sorted(item), column(datatable))
        same(f"the types in {kind}", {type(value) for value in item.values()}, {str})


# --- what was, some time ago --------------------------------------------------------------------------


@then(parsers.parse('at some time {kind:w} was {status:w}, with reason {reason:w} and message "{text}"'))
def _(scene: Scene, kind: str, status: str, reason: str, text: str) -> None:
    states = [state.get(kind) for state in past_conditions(scene.registry)]
    assert (status, reason, text) in states, f"{kind} was {[state for state in states if state]}"


@then(parsers.parse("at no time {kind:w} had the reason {reason:w}"))
def _(scene: Scene, kind: str, reason: str) -> None:
    reasons = {state[kind][1] for state in past_conditions(scene.registry) if kind in state}
    assert reasons, f"{kind} was reported"
    assert reason not in reasons, f"{kind} had the reasons {reasons}"


@then(parsers.parse("{kind:w} was True all the time"))
def _(scene: Scene, kind: str) -> None:
    states = past_conditions(scene.registry)
    first = next(index for index, state in enumerate(states) if state.get(kind, ("",))[0] == "True")
    same(f"{kind} since it was True", {state[kind][0] for state in states[first:]}, {"True"})


@then(parsers.parse('meanwhile {kind:w} was {status:w}, with reason {reason:w} and message "{text}"'))
def _(scene: Scene, kind: str, status: str, reason: str, text: str) -> None:
    registry = scene.registry
    states = [state.get(kind) for state in past_conditions(registry, registry.notes["changed at"])]
    assert (status, reason, text) in states, f"{kind} was {[state for state in states if state]}"


def past_conditions(registry: Registry, since: str = "") -> list[dict[str, tuple[str, str, str]]]:
    """The conditions in all states of the registry, from a resourceVersion or from its creation on.

    Type → (status, reason, message).
    """
    return [
        {
            item["type"]: (item["status"], item["reason"], item.get("message", ""))
            for item in (state.get("status") or {}).get("conditions") or []
        }
        for state in registry.history(since)
    ]
