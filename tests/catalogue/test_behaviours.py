"""The catalogue is complete and consistent."""

from __future__ import annotations

from quaysim.catalogue import behaviours


def test_it_has_all_documented_behaviours() -> None:
    assert len(behaviours()) == 578


def test_references_lead_to_other_entries() -> None:
    known = behaviours()
    dangling = {entry.id: set(entry.refs) - known.keys() for entry in known.values()}
    assert {id_: missing for id_, missing in dangling.items() if missing} == {}


def test_what_cannot_be_falsified_says_why_and_nothing_else_does() -> None:
    reasons = {entry.id for entry in behaviours().values() if entry.info_reason}
    infos = {entry.id for entry in behaviours().values() if entry.priority == "info"}
    assert reasons == infos


def test_priorities_and_platforms_are_known_words() -> None:
    assert {entry.priority for entry in behaviours().values()} == {"must", "should", "info"}
    assert {entry.on_kind for entry in behaviours().values()} == {"yes", "with-shims", "no"}
