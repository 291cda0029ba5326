"""Collect `.feature` files: `pytest features/` needs no test modules beside them.

Behind each feature file stands a module made in memory. Its attributes are the file's scenarios, named
by their titles; a `Rule` is a class among them. pytest collects that module by its own rules, so that
outlines, marks, `-k`, `-m`, JUnit and xdist work as with any other test, and node ids read
`features/03-preparation/tls.feature::Managed TLS ends at the router::A default registry is …`.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_bdd.exceptions import GherkinParseError, StepError
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, ScenarioTemplate
from pytest_bdd.scenario import scenario

from quaysim.gherkin.tags import UnknownTagError


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take every feature file that pytest comes across."""
    return FeatureFile.from_parent(parent, path=file_path) if file_path.suffix == ".feature" else None


class FeatureFile(pytest.Module):
    """A feature file, which pytest sees as a module whose tests are scenarios."""

    def _getobj(self) -> ModuleType:
        try:
            return module_of(get_feature(str(self.path.parent), self.path.name))
        except (GherkinParseError, StepError, UnknownTagError) as error:
            raise self.CollectError(f"{self.path.name}: {error}") from error


def module_of(feature: Feature) -> ModuleType:
    """The module behind a feature: scenarios by title, and rules by name with their scenarios in them."""
    module = ModuleType(Path(feature.filename).stem, feature.description)
    module.__file__ = feature.filename
    for template in feature.scenarios.values():
        run = runner_of(template)
        if template.rule is None:
            setattr(module, template.name, collectable(run))
        else:
            group = class_of_rule(module, template.rule.name)
            setattr(group, template.name, collectable(staticmethod(run)))
    return module


def class_of_rule(module: ModuleType, name: str) -> type:
    """The class that stands for a rule; made when its first scenario comes."""
    if not hasattr(module, name):
        setattr(module, name, collectable(type(name, (), {})))
    found: type = getattr(module, name)
    return found


def runner_of(template: ScenarioTemplate) -> Any:
    """A function that runs a scenario, and that failures locate at the scenario's own line."""
    path = Path(template.feature.filename)

    @scenario(path.name, template.name, features_base_dir=str(path.parent))
    def run() -> None:
        """Nothing is left to do after the steps."""

    function: Any = run
    function.pytestmark = [with_short_ids(mark) for mark in getattr(function, "pytestmark", [])]
    function.__code__ = function.__code__.replace(co_filename=str(path), co_firstlineno=template.line_number)
    return function


def with_short_ids(mark: pytest.Mark) -> pytest.Mark:
    """A parametrize mark whose rows are called by their first column alone, if that tells them apart.

    pytest-bdd calls a row by all its values, which are whole messages in some tables.
    """
    if mark.name != "parametrize":
        return mark
    name, rows = mark.args
    firsts = [next(iter(row.values[0].values())) for row in rows]
    if len(set(firsts)) < len(firsts):
        return mark
    short = [
        pytest.param(*row.values, id=first, marks=row.marks) for row, first in zip(rows, firsts, strict=True)
    ]
    return pytest.mark.parametrize(name, short).mark


def collectable(test: Any) -> Any:
    """The same, marked as a test for pytest whatever its name is."""
    test.__test__ = True
    return test
