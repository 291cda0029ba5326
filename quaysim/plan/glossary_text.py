"""Explanations for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quaysim.plan.glossary import Entry, general
from quaysim.plan.paper import EMPTY, QUIET, STRONG, Line, heading, labelled, line


def entry_lines(entries: Iterable[Entry]) -> Iterator[Line]:
    """What each entry means, what to do, and the rules behind it."""
    for index, entry in enumerate(entries):
        if index:
            yield EMPTY
        yield line((entry.name, STRONG), (f"  {_KINDS[entry.kind]}", QUIET))
        yield EMPTY
        yield labelled("Meaning", entry.meaning)
        yield labelled("What to do", entry.action)
        if entry.section:
            yield labelled("See", f"documentation, section {entry.section}")
        if entry.kind == "reason" and entry.rules:
            yield from _rules(entry)


_KINDS = {"condition": "a condition", "reason": "a reason", "message": "the reason of this message"}


def _rules(entry: Entry) -> Iterator[Line]:
    yield from heading("The rules behind it")
    for rule in map(general, entry.rules):
        section = f" (section {rule['section']})" if rule["section"] else ""
        yield line(f"  {rule['rule']}{section}")
        yield line((f"    {rule['fix']}", QUIET))
