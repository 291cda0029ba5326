"""Advice on overrides that do nothing, or not what one thinks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quaysim.operator.overrides import PROTECTED_LABELS
from quaysim.plan.advice.looking import Hint, Look, Tip
from quaysim.plan.checks import VOLUME
from quaysim.plan.places import at_component

_WITH_DEPLOYMENTS = frozenset({"quay", "postgres", "clair", "redis", "mirror"})
"""The kinds whose Deployments take labels and annotations. That of clairpostgres carries another annotation."""
_OWN_ANNOTATIONS = ("quay-component", "quay-registry-hostname", "quay-buildmanager-hostname")
_SCALED = ("quay", "clair", "mirror")


def _each(look: Look, *names: str) -> Iterator[tuple[str, str, Any]]:
    for kind, overrides in look.subject.given.overrides.items():
        yield from ((kind, name, overrides[name]) for name in names if overrides.get(name) is not None)


def _on_nothing(look: Look) -> Iterator[Hint]:
    for kind, name, value in _each(look, "labels", "annotations"):
        without = kind not in _WITH_DEPLOYMENTS
        if value and (without or not look.manages(kind)):
            why = "it has no Deployment that takes them" if without else "it is unmanaged"
            yield Hint(
                f"The {name} of {kind} have no effect: {why}.",
                f"Remove them from the overrides of {kind}.",
                at_component(f"overrides.{name}", kind=kind),
            )


def _empty(look: Look) -> Iterator[Hint]:
    for kind, name, value in _each(look, "env", "labels", "annotations"):
        if not value:
            yield Hint(
                f"An empty {name} has no effect.",
                f"Remove it from the overrides of {kind}.",
                at_component(f"overrides.{name}", kind=kind),
            )


def _protected(look: Look) -> Iterator[Hint]:
    for kind, name, value in _each(look, "labels"):
        for key in sorted(PROTECTED_LABELS & set(value) if isinstance(value, Mapping) else ()):
            yield Hint(
                f"The label {key} of {kind} has no effect: it is the operator's own.",
                "Choose another key.",
                at_component(f"overrides.{name}.{key}", kind=kind),
            )


def _dangerous(look: Look) -> Iterator[Hint]:
    for kind, name, value in _each(look, "annotations"):
        for key in _OWN_ANNOTATIONS if isinstance(value, Mapping) else ():
            if key in value and kind in _WITH_DEPLOYMENTS:
                yield Hint(
                    f"The annotation {key} of {kind} replaces the operator's own, by which it knows its objects.",
                    "Choose another key.",
                    at_component(f"overrides.{name}.{key}", kind=kind),
                )


def _version(look: Look) -> Iterator[Hint]:
    for kind, index, variable in look.override_variables():
        if kind == "quay" and variable.get("name") == "QUAY_VERSION":
            yield Hint(
                "The variable QUAY_VERSION has no effect: the operator sets it last.",
                "Remove it.",
                at_component(f"overrides.env[{index}]", kind=kind),
            )


def _same_size(look: Look) -> Iterator[Hint]:
    for kind, _, value in _each(look, "volumeSize"):
        managed = look.manages("clairpostgres") if kind == "clair" else True
        if str(value) == VOLUME or not managed:
            why = f"{VOLUME} is the default" if managed else "clairpostgres, whose volume it is, is unmanaged"
            yield Hint(
                f"The volumeSize of {kind} has no effect: {why}.",
                "Remove it.",
                at_component("overrides.volumeSize", kind=kind),
            )


def _no_pods(look: Look) -> Iterator[Hint]:
    autoscaled = look.manages("horizontalpodautoscaler")
    for kind, _, value in _each(look, "replicas"):
        if value == 0 and kind in _SCALED and look.manages(kind):
            serves = "the registry does not serve anybody" if kind == "quay" else f"{kind} does not work"
            yield Hint(
                f"replicas: 0 of {kind} beside a managed autoscaler never takes effect, and the registry never "
                "becomes Available."
                if autoscaled
                else f"replicas: 0 of {kind} means that {serves}, though the registry reports Available.",
                "For a backup set `managed: false` for horizontalpodautoscaler; afterwards remove the override.",
                at_component("overrides.replicas", kind=kind),
            )


def _single_pod(look: Look) -> Iterator[Hint]:
    for kind, _, value in _each(look, "replicas"):
        if value == 1 and kind in _SCALED and look.manages(kind):
            yield Hint(
                f"One Pod of {kind} is down whenever it is updated or moved.",
                "Ask for at least 2 replicas.",
                at_component("overrides.replicas", kind=kind),
            )


TIPS = (
    Tip("override-without-effect", "1.3", _on_nothing),
    Tip("override-empty", "1.3", _empty),
    Tip("override-of-protected-label", "1.3", _protected),
    Tip("override-of-own-annotation", "1.3", _dangerous),
    Tip("override-of-version", "4.1", _version),
    Tip("override-of-volume-without-effect", "8.3", _same_size),
    Tip("no-pods", "11.1.2", _no_pods),
    Tip("single-pod", "3.5.2", _single_pod),
)
