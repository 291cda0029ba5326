"""The page of a run: whole, on its own, and enough to act on."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quaysim.report.web.markup import Html, el, join
from quaysim.report.web.sentences import duration, split
from tests.report.project import FILE, RULE, Report, run, write_project

ALONE = {"meta", "input", "br"}
FAILED = "What is seen is not what was expected"


class Reader(HTMLParser):
    """Checks that every element is closed where it was opened, and collects what elements refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALONE:
            self.open.append(tag)
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []  # type: ignore[list-item]
        self.references += [str(given[name]) for name in ("src", "href") if name in given]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def card_of(page: str, title: str) -> str:
    """The card of a scenario that failed, as HTML."""
    cards: list[str] = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return next(card for card in cards if f" {title}</h3>" in card)


def words(html: str) -> str:
    """The text of a piece of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def page(report: Report) -> str:
    return report.text("report.html")


def test_the_page_is_well_formed_and_needs_nothing_else(page: str) -> None:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {reference.removeprefix("#") for reference in reader.references} <= set(reader.ids)
    assert "<script" not in page
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_fits_a_phone_and_the_dark(page: str) -> None:
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "@media (prefers-color-scheme: dark)" in page


def test_the_verdict_comes_first(page: str) -> None:
    top = words(page.partition('id="failed"')[0].partition("</style>")[2])
    assert "core failure" in top
    assert "extended failure" in top
    assert "1 failed · 1 not supported" in top


def test_a_failure_is_understood_from_its_card(page: str) -> None:
    told = words(card_of(page, FAILED))
    assert "Then it is something else" in told
    assert "expected Available" in told
    assert "seen <nothing> & blocked" in told
    assert "QuayRegistry quay-enterprise/lonely" in told
    assert "RolloutBlocked True ConfigInvalid" in told
    assert "Events, latest first" in told
    assert 'Secret "lost" not found' in told
    assert f"{FILE}:" in told


def test_the_command_of_a_card_runs_the_scenario_again(page: str, report: Report) -> None:
    found = re.search(r'<pre class="command">(.*?)</pre>', card_of(page, FAILED), re.DOTALL)
    assert found is not None
    name, *arguments = shlex.split(unescape(found[1]))
    assert name == "pytest"
    assert arguments == [f"{RULE}::{FAILED}"]
    again = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=report.directory.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed in" in again.stdout


def test_the_command_keeps_what_the_run_was_given(tmp_path: Path) -> None:
    ran = run(write_project(tmp_path), "-k", "expected", "--seed", "7", "--cluster=fake", "-v")
    assert '<pre class="command">pytest --seed 7 --cluster=fake ' in ran.text("report.html")


def test_what_was_not_checked_is_listed_by_what_is_missing(page: str) -> None:
    told = words(page.partition('id="unchecked"')[2].partition('id="chapters"')[0])
    assert "not supported needs warp-drive 1 A thing in a rule" in told
    assert "skipped the moon is not full 1 Another day" in told


def test_every_scenario_stands_in_its_chapter(page: str) -> None:
    told = words(page.partition('id="chapters"')[2])
    assert "3 Preparation" in told
    assert "Things & <others>" in told
    assert "Counting apples" in told
    assert "Counting pears" in told


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    feature = "Feature: x\n  Scenario: y\n    Then somebody interrupts\n"
    ran = run(write_project(tmp_path, feature))
    assert "The run was interrupted" in ran.text("report.html")


def test_texts_are_escaped_once() -> None:
    assert el("p", "a < b", Html("<br>"), None, title='"x"') == '<p title="&quot;x&quot;">a &lt; b<br></p>'
    assert join("&", el("b", "&")) == "&amp;<b>&amp;</b>"


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("it\n  expected: 1\n  seen:     2\nwaited", ("it", "1", "2", "waited")),
        ("it\n  expected: {\n    a}\n  seen:     b\n    c", ("it", "{\n    a}", "b\n    c", "")),
        ("only words", ("only words", "", "", "")),
        ("expected: at the margin", ("expected: at the margin", "", "", "")),
    ],
)
def test_expected_and_seen_are_found_in_a_message(message: str, parts: tuple[str, str, str, str]) -> None:
    assert split(message) == parts


@pytest.mark.parametrize(("seconds", "said"), [(0.0124, "12 ms"), (3.21, "3.2 s"), (7200, "120 min")])
def test_durations_are_said_as_people_do(seconds: float, said: str) -> None:
    assert duration(seconds) == said
