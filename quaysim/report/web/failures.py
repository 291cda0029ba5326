"""A scenario that failed, on one screen: the sentence, what the cluster said, and how to run it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quaysim.catalogue import behaviours
from quaysim.report.outcome import Exchange
from quaysim.report.run import Result, Run
from quaysim.report.web.markup import Html, el, join
from quaysim.report.web.sentences import explanation, sentences, trail

LAST_REQUESTS = 12
MOST_STATEMENTS = 4
GOOD = {"RolloutBlocked": "False"}
"""Conditions for which another status than True is the good one."""
TELLING = frozenset({"Available", "ComponentsCreated", "RolloutBlocked"})
"""Conditions of the registry as a whole."""
FEW = 3


def failures(run: Run, members: Sequence[Result]) -> Html:
    """All of them, each with an anchor."""
    cards = [_card(run, result, index) for index, result in enumerate(members, 1)]
    index = _index(members) if len(members) > FEW else None
    return el("section", el("h2", f"To look at ({len(members)})"), index, *cards, id="failed")


def _index(members: Sequence[Result]) -> Html:
    """What there is to look at, each with the first line of its reason."""
    items = [
        el(
            "li",
            el("a", result.case.title, href=f"#failed-{number}"),
            " ",
            el("small", result.outcome.reason.partition("\n")[0]),
        )
        for number, result in enumerate(members, 1)
    ]
    return el("ol", *items, class_="index")


def _card(run: Run, result: Result, index: int) -> Html:
    outcome = result.outcome
    outside = outcome.failed_step < 0 or outcome.phase != "call"
    return el(
        "article",
        trail(result),
        el(
            "h3", el("span", result.state.label, class_=f"badge {result.state.label}"), " ", result.case.title
        ),
        _statements(result),
        el(
            "div",
            el("div", sentences(result), explanation(outcome.reason) if outside else None),
            _evidence(outcome.evidence),
            class_="columns",
        ),
        _rerun(run, result),
        _folded("Traceback", el("pre", outcome.detail)) if outcome.detail else None,
        _requests(outcome.exchanges, outcome.failed_step),
        class_=f"card {result.state.label}",
        id=f"failed-{index}",
    )


def _statements(result: Result) -> Html | None:
    known = behaviours()
    named = [known[name] for name in result.case.behaviours if name in known][:MOST_STATEMENTS]
    items = [el("li", f"{entry.statement} ", el("small", f"section {entry.section}")) for entry in named]
    return el("ul", *items, class_="statements") if items else None


def _rerun(run: Run, result: Result) -> Html:
    command = f"{run.rerun} {shlex.quote(result.case.id)}"
    where = el("p", "Fails at ", el("code", result.place), ". Run it again:")
    return el("div", where, el("pre", command, class_="command"), class_="rerun")


def _evidence(found: Mapping[str, Any]) -> Html | None:
    if problem := found.get("problem"):
        return el("div", el("p", str(problem)), class_="evidence")
    parts = [_registry(registry) for registry in found.get("registries") or ()]
    parts += [part for part in (_pods(found.get("pods") or ()), _events(found.get("events") or ())) if part]
    return el("div", *parts, class_="evidence") if parts else None


def _registry(registry: Mapping[str, Any]) -> Html:
    unmanaged = ", ".join(registry["unmanaged"]) or "none"
    told = f"generation {registry['generation']}, unmanaged: {unmanaged}"
    told += f", version {registry['version']}" if registry["version"] else ""
    return el(
        "div",
        el("h4", f"QuayRegistry {registry['name']}"),
        el("p", told, class_="quiet"),
        _conditions(registry["conditions"]),
    )


def _conditions(conditions: Sequence[Mapping[str, str]]) -> Html:
    """Those that tell how the registry is doing, those that are not good first; the others folded away."""
    telling = [item for item in conditions if item["type"] in TELLING or not _is_good(item)]
    others = [item for item in conditions if item not in telling]
    if not conditions:
        return el("p", "no conditions", class_="quiet")
    return join(
        _table(sorted(telling, key=_is_good)),
        _folded(f"{len(others)} more, all as they should be", _table(others)) if others else None,
    )


def _table(conditions: Iterable[Mapping[str, str]]) -> Html:
    return el("table", *map(_condition, conditions), class_="conditions")


def _is_good(condition: Mapping[str, str]) -> bool:
    return condition["status"] == GOOD.get(condition["type"], "True")


def _condition(item: Mapping[str, str]) -> Html:
    return el(
        "tr",
        el("td", item["type"]),
        el("td", item["status"]),
        el("td", el("b", item["reason"]), " ", item["message"]),
        class_="good" if _is_good(item) else "bad",
    )


def _pods(pods: Iterable[Mapping[str, str]]) -> Html | None:
    rows = [el("tr", el("td", pod["name"]), el("td", pod["phase"]), el("td", pod["reason"])) for pod in pods]
    return el("div", el("h4", "Pods that are not ready"), el("table", *rows)) if rows else None


def _events(events: Iterable[Mapping[str, Any]]) -> Html | None:
    """The latest first: those of registries and warnings, and folded away those of everything else."""
    latest = list(reversed(list(events)))
    telling = [event for event in latest if _is_telling(event)]
    others = [event for event in latest if not _is_telling(event)]
    if not latest:
        return None
    return el(
        "div",
        el("h4", "Events, latest first"),
        el("table", *map(_event, telling), class_="events") if telling else None,
        _folded(f"{len(others)} of other objects", el("table", *map(_event, others), class_="events"))
        if others
        else None,
    )


def _is_telling(event: Mapping[str, Any]) -> bool:
    return event["type"] == "Warning" or str(event["about"]).startswith("QuayRegistry/")


def _event(event: Mapping[str, Any]) -> Html:
    times = f" {event['count']} times:" if event["count"] > 1 else ""
    return el(
        "tr",
        el("td", str(event["last"])[11:19]),
        el("td", event["about"]),
        el("td", el("b", event["reason"]), f"{times} ", event["message"]),
        class_="bad" if event["type"] == "Warning" else "good",
    )


def _requests(exchanges: Sequence[Exchange], step: int) -> Html | None:
    """The last requests of the step that failed."""
    of_step = [exchange for exchange in exchanges if exchange.step == step]
    rows = [_request(exchange) for exchange in of_step[-LAST_REQUESTS:]]
    if not rows:
        return None
    counted = f"last {len(rows)} of {len(of_step)}" if len(rows) < len(of_step) else f"{len(rows)}"
    return _folded(f"Requests of this step ({counted})", el("table", *rows, class_="requests"))


def _request(exchange: Exchange) -> Html:
    return el(
        "tr",
        el("td", exchange.method),
        el("td", str(exchange.status or "-")),
        el("td", el("code", exchange.path), " ", exchange.message),
        class_="good" if 0 < exchange.status < 400 else "bad",
    )


def _folded(title: str, content: Html) -> Html:
    return el("details", el("summary", title), content)
