"""The store alone: revisions, the log, and what it still remembers."""

from __future__ import annotations

import pytest

from fake_cluster.objects import Object
from fake_cluster.store import LOG_LENGTH, Change, Store


def _obj(name: str, value: int = 0) -> Object:
    return {"metadata": {"name": name, "namespace": "shop"}, "value": value}


def test_one_counter_counts_all_writes() -> None:
    store = Store()
    reds, blues = store.table("", "reds"), store.table("", "blues")
    revisions = [store.put(table, _obj("a")).revision for table in (reds, blues, reds)]
    assert revisions == [revisions[0], revisions[0] + 1, revisions[0] + 2]


def test_an_older_state_can_be_seen_again() -> None:
    store = Store()
    table = store.table("", "reds")
    store.put(table, _obj("a", 1))
    store.put(table, _obj("b", 1))
    then = store.revision
    store.put(table, _obj("a", 2))
    store.remove(table, "shop", "b")
    store.put(table, _obj("c"))
    assert [(entry.obj["metadata"]["name"], entry.obj["value"]) for entry in table.entries_at(then)] == [
        ("a", 1),
        ("b", 1),
    ]


def test_the_log_is_bounded() -> None:
    store = Store()
    table = store.table("", "reds")
    first = store.put(table, _obj("a")).revision
    for number in range(LOG_LENGTH):
        store.put(table, _obj("a", number))
    assert len(table.log) == LOG_LENGTH
    assert table.compacted == first


def test_an_objects_json_is_made_once() -> None:
    store = Store()
    stored = store.put(store.table("", "reds"), _obj("a"))
    assert stored.json is stored.json


def test_a_deletion_has_a_revision_of_its_own_and_leaves_the_old_version_alone() -> None:
    store = Store()
    table = store.table("", "reds")
    old = store.put(table, _obj("a"))
    heard: list[Change] = []
    table.subscribers.append(heard.append)
    gone = store.remove(table, "shop", "a")
    assert gone.revision == old.revision + 1
    assert old.obj["metadata"]["resourceVersion"] == str(old.revision)
    assert [(change.type, change.old) for change in heard] == [("DELETED", old)]
    with pytest.raises(KeyError):
        store.remove(table, "shop", "a")
