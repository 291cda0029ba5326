"""Conditions: where they stand in the list, and their times."""

from __future__ import annotations

import pytest

from fake_cluster.machinery.clock import EPOCH
from fake_cluster.objects import Object
from quaysim.operator.conditions import fresh, go_time, with_condition, without
from quaysim.operator.health import Verdict, not_ready, ready
from quaysim.operator.status import reported


def condition(kind: str, message: str = "") -> Object:
    return fresh(kind, status=True, reason="R", message=message, now=EPOCH)


def test_a_condition_keeps_its_place() -> None:
    conditions = with_condition([condition("A"), condition("B")], condition("A", "new"))
    assert [(item["type"], item["message"]) for item in conditions] == [("A", "new"), ("B", "")]


def test_a_condition_that_was_removed_comes_back_at_the_end() -> None:
    conditions = with_condition(without([condition("A"), condition("B")], "A"), condition("A"))
    assert [item["type"] for item in conditions] == ["B", "A"]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (EPOCH, "2026-01-01 00:00:00 +0000 UTC"),
        (EPOCH + 61.25, "2026-01-01 00:01:01.25 +0000 UTC"),
    ],
)
def test_times_are_printed_as_go_prints_them(moment: float, text: str) -> None:
    assert go_time(moment) == text


VERDICTS = {"AReady": ready("fine"), "Available": Verdict("HealthChecksPassing", "all")}


def test_component_conditions_are_appended_in_their_order_and_foreign_ones_go() -> None:
    conditions = reported([condition("RolloutBlocked"), condition("Old")], VERDICTS, "now")
    assert [item["type"] for item in conditions] == ["RolloutBlocked", "AReady", "Available"]


def test_the_transition_time_stays_while_the_status_does() -> None:
    first = reported([], VERDICTS, "t1")
    second = reported(first, VERDICTS, "t2")
    third = reported(second, {**VERDICTS, "AReady": not_ready("broken")}, "t3")
    times = [(item["lastUpdateTime"], item["lastTransitionTime"]) for item in (first[0], second[0], third[0])]
    assert times == [("t1", "t1"), ("t2", "t1"), ("t3", "t3")]


def test_some_verdicts_have_no_update_time() -> None:
    (made,) = reported([], {"AReady": not_ready("waiting").untimed()}, "t1")
    assert "lastUpdateTime" not in made
