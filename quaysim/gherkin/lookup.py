"""Find the definition of a step by its sentence first, and only then ask pytest whether it is visible.

pytest-bdd asks the other way round, for every step every fixture there is, which takes most of the time
of a run. A sentence is matched once per session: what it means does not change.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache

import pytest
from _pytest.fixtures import FixtureDef, FixtureManager
from _pytest.nodes import Node
from pytest_bdd.parser import Step
from pytest_bdd.steps import StepFunctionContext, StepNamePrefix, step_function_context_registry


@cache
def definitions_of(kind: str, sentence: str) -> tuple[StepFunctionContext, ...]:
    """The definitions that a sentence matches. `kind` is given, when or then."""
    return tuple(
        context
        for context in list(step_function_context_registry.values())
        if context.type in (None, kind) and context.parser.is_matching(sentence)
    )


def fixture_name_of(definition: StepFunctionContext) -> str:
    """The name under which pytest-bdd registers a definition as a fixture."""
    return f"{StepNamePrefix.step_def.value}_{definition.type or '*'}_{definition.parser.name}"


def find_definitions(step: Step, fixturemanager: FixtureManager, node: Node) -> Iterator[FixtureDef[object]]:
    """The visible definitions of a step: takes the place of pytest-bdd's `find_fixturedefs_for_step`."""
    for definition in definitions_of(step.type, step.name):
        for fixture in fixturemanager.getfixturedefs(fixture_name_of(definition), node) or ():
            if step_function_context_registry.get(fixture.func) is definition:
                yield fixture


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Take the place of pytest-bdd's own look-up, which it finds by this name in its module."""
    definitions_of.cache_clear()
    sys.modules["pytest_bdd.scenario"].__dict__["find_fixturedefs_for_step"] = find_definitions
