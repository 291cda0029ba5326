"""Every feature file says what it is about, loses no scenario, and has one definition for each step."""

from __future__ import annotations

import inspect
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from gherkin.parser import Parser
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import ScenarioTemplate, Step
from pytest_bdd.steps import step_function_context_registry

from quaysim.catalogue import behaviours, features_directory, scenarios
from quaysim.gherkin.lookup import definitions_of
from quaysim.gherkin.tags import mark_of

FEATURES = features_directory()
PATHS = sorted(FEATURES.rglob("*.feature"))
MOST_STEPS = 8

every_feature = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def templates(path: Path) -> list[ScenarioTemplate]:
    return list(get_feature(str(path.parent), path.name).scenarios.values())


def steps_of(template: ScenarioTemplate) -> list[Step]:
    rows = [row for examples in template.examples for row in examples.as_contexts()] or [{}]
    return [step for row in rows for step in template.render(row).steps]


@every_feature
def test_titles_within_a_file_are_unique(path: Path) -> None:
    document: Any = Parser().parse(path.read_text(encoding="utf-8"))
    children = document["feature"]["children"]
    children = [inner for child in children for inner in child.get("rule", {"children": [child]})["children"]]
    titles = Counter(child["scenario"]["name"] for child in children if "scenario" in child)
    assert [title for title, times in titles.items() if times > 1] == []


@every_feature
def test_every_step_has_exactly_one_definition(path: Path) -> None:
    steps = [step for template in templates(path) for step in steps_of(template)]
    wrong = {
        str(step): [context.step_func.__qualname__ for context in found]
        for step in steps
        if len(found := definitions_of(step.type, step.name)) != 1
    }
    assert wrong == {}


@every_feature
def test_a_scenario_is_short(path: Path) -> None:
    lengths = {template.name: len(template.steps) for template in templates(path)}
    assert {name: length for name, length in lengths.items() if length > MOST_STEPS} == {}


def test_every_scenario_proves_behaviours_of_the_catalogue() -> None:
    known = behaviours().keys()
    unproved = [found.title for found in scenarios() if not found.behaviours or found.behaviours - known]
    assert unproved == []


def test_every_scenario_says_which_section_it_is_about() -> None:
    sections = {entry.section for entry in behaviours().values()}
    sections |= {also for entry in behaviours().values() for also in entry.also_sections}
    sections |= {".".join(section.split(".")[:depth]) for section in sections for depth in (1, 2, 3)}
    tagged = {found.title: {tag[9:] for tag in found.tags if tag[:9] == "@section:"} for found in scenarios()}
    assert {title for title, named in tagged.items() if not named or named - sections} == set()


def test_every_tag_is_known() -> None:
    for tag in {tag for found in scenarios() for tag in found.tags}:
        mark_of(tag.removeprefix("@"))


def test_differences_are_explained_in_the_catalogue_and_nowhere_else() -> None:
    differing = [found for found in scenarios() if found.differs]
    explained = {entry.id for entry in behaviours().values() if entry.difference}
    assert [found.title for found in differing if not found.behaviours & explained] == []
    assert explained - {id_ for found in differing for id_ in found.behaviours} == set()


def test_no_step_is_a_coroutine_that_nobody_awaits() -> None:
    steps = [context.step_func for context in step_function_context_registry.values()]
    assert [step.__qualname__ for step in steps if inspect.iscoroutinefunction(step)] == []


def test_every_definition_is_used() -> None:
    used = {
        context.step_func
        for path in PATHS
        for template in templates(path)
        for step in steps_of(template)
        for context in definitions_of(step.type, step.name)
    }
    ours = [
        context for context in step_function_context_registry.values()
        if context.step_func.__module__.startswith("steps.")
    ]  # fmt: skip
    assert [str(context.parser.name) for context in ours if context.step_func not in used] == []
