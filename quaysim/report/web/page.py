"""The page as a whole: the verdict first, then what to look at, what was not checked, and everything."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from quaysim.report.run import Run
from quaysim.report.states import State
from quaysim.report.summary import DOCUMENTED, PRODUCT, PROFILES, implementation, profile_of, rfc3339, verdict
from quaysim.report.web.chapters import bar, chapters, unchecked
from quaysim.report.web.failures import failures
from quaysim.report.web.markup import Html, el, join
from quaysim.report.web.sentences import duration

TITLE = f"{PRODUCT} {DOCUMENTED}: conformance"
FILTERS = (State.PASSED, State.NOT_SUPPORTED, State.SKIPPED, State.DISABLED)


def page(run: Run) -> str:
    """The text of the file."""
    bad = run.of(State.FAILED, State.ERROR)
    idle = run.of(State.DISABLED, State.NOT_SUPPORTED, State.SKIPPED)
    body = el(
        "body",
        _header(run),
        el(
            "main",
            _profiles(run),
            failures(run, bad) if bad else None,
            unchecked(idle) if idle else None,
            _filters(run),
            chapters(run.results),
        ),
        _footer(run),
    )
    return f"<!DOCTYPE html>\n{el('html', _head(run), body, lang='en')}\n"


def _head(run: Run) -> Html:
    result = "ok" if run.success else f"{len(run.of(State.FAILED, State.ERROR))} to look at"
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{result} · {TITLE}"),
        el("style", Html(_style())),
    )


@cache
def _style() -> str:
    return (files("quaysim.report.web") / "style.css").read_text(encoding="utf-8")


def _header(run: Run) -> Html:
    interrupted = el("p", "The run was interrupted: what had come of it until then.", class_="banner")
    return el(
        "header",
        el("h1", TITLE),
        el("p", _on_what(run)),
        interrupted if run.interrupted else None,
    )


def _on_what(run: Run) -> Html:
    told = implementation(run)
    operator, kubernetes, distribution = (told[name] for name in ("operator", "kubernetes", "distribution"))
    parts = [
        _named(operator["name"], operator["version"]),
        _named("Kubernetes", kubernetes.get("version", "")),
        _named(distribution.get("name", ""), distribution.get("version", "")),
        rfc3339(run.started).replace("T", " ").replace("Z", " UTC"),
        duration(run.finished - run.started),
    ]
    return join(" · ".join(part for part in parts if part))


def _named(name: str, version: str) -> str:
    return f"{name} {version}".strip() if name else ""


def _profiles(run: Run) -> Html:
    tiles = []
    for name, definition in PROFILES.items():
        members = [result for result in run.results if profile_of(result) == name]
        result = verdict([member.state for member in members])
        tiles.append(
            el(
                "div",
                el("h2", name, " ", el("span", result, class_=f"verdict {result}")),
                bar(members),
                el("p", definition, class_="quiet"),
                class_="tile",
            )
        )
    return el("section", *tiles, class_="tiles")


def _filters(run: Run) -> Html:
    """Check boxes that the style sheet acts on."""
    there = [state for state in FILTERS if run.of(state)]
    boxes = [
        el(
            "label",
            el("input", type="checkbox", checked="", id=f"show-{state.label}"),
            f" {state.label.replace('_', ' ')}",
        )
        for state in there
    ]
    return el("p", "Show: ", *boxes, class_="filters") if boxes else Html()


def _footer(run: Run) -> Html:
    had, lacked = run.capabilities
    rows = [
        ("ran on", run.described),
        ("features", f"{len(run.files.read())} files, {run.files.digest()}"),
        ("capabilities", ", ".join(had) or "none seen"),
        ("missing", ", ".join(lacked) or "none"),
        ("command", run.rerun),
    ]
    told = [el("tr", el("td", name), el("td", text)) for name, text in rows]
    also = "The same run for programs: report.yaml, junit.xml, messages.ndjson, requests.ndjson, environment.yaml."
    return el("footer", el("table", *told), el("p", also, class_="quiet"))
