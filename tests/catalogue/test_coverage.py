"""Coverage counts the behaviours that scenarios name."""

from __future__ import annotations

from pathlib import Path

import pytest

from quaysim.catalogue import UnreadableFeatureError, behaviours, coverage, scenarios

FEATURE = """\
@section:3.5.2
Feature: Autoscaling

  @behaviour:hpa.clair-limits @needs:route-api
  Scenario: Clair
    Given a registry

  @behaviour:hpa.no-such-thing
  Rule: Mirrors too

    @behaviour:hpa.mirror-limits @documentation-differs
    Scenario Outline: Mirrors
      Given a registry
      Examples:
        | a |
        | 1 |
"""


@pytest.fixture
def features(tmp_path: Path) -> Path:
    chapter = tmp_path / "03-chapter"
    chapter.mkdir()
    (chapter / "hpa.feature").write_text(FEATURE, encoding="utf-8")
    return tmp_path


def test_a_scenario_has_the_tags_of_its_rule_and_feature(features: Path) -> None:
    clair, mirror = scenarios(features)
    assert (clair.title, clair.line, clair.differs) == ("Clair", 5, False)
    assert mirror.behaviours == {"hpa.mirror-limits", "hpa.no-such-thing"}
    assert mirror.differs
    assert "@section:3.5.2" in mirror.tags


def test_covered_behaviours_are_counted_in_their_area_and_section(features: Path) -> None:
    found = coverage(features).as_json()
    total = sum(entry.area == "hpa" for entry in behaviours().values())
    must = sum(entry.area == "hpa" and entry.priority == "must" for entry in behaviours().values())
    assert (found["behaviours"], found["covered"]) == (578, 2)
    areas, sections = found["areas"], found["sections"]
    assert isinstance(areas, dict)
    assert isinstance(sections, dict)
    assert areas["hpa"] == {"total": total, "covered": 2, "must": must, "must_covered": 2}
    assert sections["4.1.2"]["covered"] == 2
    assert sum(tally["covered"] for tally in sections.values()) == 2


def test_ids_that_the_catalogue_does_not_have_are_told_apart(features: Path) -> None:
    assert coverage(features).unknown == {"hpa.no-such-thing"}


def test_sections_are_in_the_order_of_the_document(features: Path) -> None:
    sections = list(coverage(features).sections)
    assert sections.index("3.5.5") < sections.index("4.1") < sections.index("10.1")


def test_an_unreadable_feature_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.feature").write_text(
        "Feature: x\n  Scenario: y\n    Given z\n    Nonsense\n", encoding="utf-8"
    )
    with pytest.raises(UnreadableFeatureError, match=r"broken\.feature"):
        scenarios(tmp_path)
