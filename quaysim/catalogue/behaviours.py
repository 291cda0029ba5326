"""The documented behaviours of the Quay Operator 3.7: one entry for every statement that can be tested.

They stand in `data/`, one file per area. An entry's id never changes; scenarios refer to it.

| field | says |
| --- | --- |
| `section`, `also_sections` | where the documentation makes the statement |
| `statement` | what holds, in our words |
| `scenario`, `observe` | how it could be tested, and where to look |
| `needs`, `on_kind` | what a cluster must have for that |
| `doc_issue` | where the text itself is wrong, and the sensible reading |
| `difference` | what the real operator does instead |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Priority = Literal["must", "should", "info"]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One entry of the catalogue."""

    id: str
    area: str
    section: str
    statement: str
    kind: str
    priority: Priority
    on_kind: str
    scenario: str
    observe: str
    needs: Sequence[str] = ()
    refs: Sequence[str] = ()
    also_sections: Sequence[str] = ()
    doc_issue: str = ""
    difference: str = ""
    info_reason: str = ""


@cache
def behaviours() -> dict[str, Behaviour]:
    """All behaviours by id, areas in alphabetical order and in the document's order within them."""
    data = files("quaysim.catalogue") / "data"
    found = (
        Behaviour(area=file.name.removesuffix(".yaml"), **entry)
        for file in sorted(data.iterdir(), key=lambda file: file.name)
        for entry in _entries(file.read_text(encoding="utf-8"))
    )
    return {behaviour.id: behaviour for behaviour in found}


def _entries(text: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return entries
