"""Letting time pass."""

from __future__ import annotations

from pytest_bdd import parsers, when

from steps.support.scene import Scene


@when(parsers.parse("it has been there for {minutes:d} minutes"))
def _(scene: Scene, minutes: int) -> None:
    scene.registry.create()
    scene.target.pass_time(60 * minutes)


@when(parsers.parse("{minutes:d} minutes have passed"))
def _(scene: Scene, minutes: int) -> None:
    scene.target.pass_time(60 * minutes)
