"""All scenarios, chapter by chapter as the documentation has them; and those that could not be checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from quaysim.report.gherkin import chapter_title
from quaysim.report.run import Result
from quaysim.report.states import State
from quaysim.report.web.markup import Html, el, join
from quaysim.report.web.sentences import duration, sentences


def chapters(members: Sequence[Result]) -> Html:
    """Every scenario under its feature and its chapter."""
    parts = [
        _chapter(name, list(group))
        for name, group in groupby(members, key=lambda result: result.case.chapter)
    ]
    return el("section", el("h2", "By chapter"), *parts, id="chapters")


def _chapter(name: str, members: Sequence[Result]) -> Html:
    features = [_feature(list(group)) for _, group in groupby(members, key=lambda result: result.case.uri)]
    head = el("summary", el("h3", chapter_title(name)), bar(members))
    return el("details", head, *features, class_="chapter")


def _feature(members: Sequence[Result]) -> Html:
    case = members[0].case
    rules = [
        _rule(name, list(group)) for name, group in groupby(members, key=lambda result: result.case.rule)
    ]
    return el("div", el("h4", case.feature or case.uri, " ", el("small", case.uri)), *rules, class_="feature")


def _rule(name: str, members: Iterable[Result]) -> Html:
    scenarios = [_scenario(result) for result in members]
    return join(el("h5", name) if name else None, *scenarios)


def _scenario(result: Result) -> Html:
    state = result.state.label
    why = el("p", result.outcome.reason, class_="why") if not result.state.was_judged else None
    sections = ", ".join(result.case.sections)
    about = el("p", f"section {sections} · {result.case.uri}:{result.case.line}", class_="quiet")
    return el(
        "details",
        el(
            "summary",
            el("span", class_=f"dot {state}", title=state),
            el("span", result.case.title, class_="title"),
            el("span", duration(result.outcome.seconds), class_="time") if result.state.was_judged else None,
        ),
        why,
        sentences(result),
        about,
        class_=f"scenario {state}",
    )


def bar(members: Sequence[Result]) -> Html:
    """Shares of the states, as a bar, and the counts beside it."""
    counts = [(state, sum(result.state is state for result in members)) for state in reversed(State)]
    present = [(state, count) for state, count in counts if count]
    pieces = [
        el("span", class_=state.label, style=f"flex-grow:{count}", title=f"{count} {_words(state)}")
        for state, count in present
    ]
    told = " · ".join(f"{count} {_words(state)}" for state, count in present)
    return join(el("span", *pieces, class_="bar"), el("span", told, class_="counts"))


def _words(state: State) -> str:
    return state.label.replace("_", " ")


def unchecked(members: Sequence[Result]) -> Html:
    """Those that did not run, by the reason."""
    ordered = sorted(members, key=lambda result: (-result.state, result.outcome.reason))
    groups = [
        _reason(reason, list(group))
        for reason, group in groupby(ordered, key=lambda result: result.outcome.reason)
    ]
    return el("section", el("h2", f"Not checked ({len(members)})"), *groups, id="unchecked")


def _reason(reason: str, members: Sequence[Result]) -> Html:
    first = members[0]
    title = f"needs {', '.join(first.outcome.missing)}" if first.outcome.missing else reason
    items = [el("li", result.case.title, " ", el("small", result.case.uri)) for result in members]
    badge = el("span", _words(first.state), class_=f"badge {first.state.label}")
    head = el(
        "summary", badge, " ", el("span", title, class_="title"), el("span", str(len(members)), class_="time")
    )
    return el("details", head, el("ul", *items), class_="reason")
