"""Which state a scenario is in, from what ended it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pytest_bdd.exceptions import StepDefinitionNotFoundError

from quaysim.report.states import State
from quaysim.targets import ApiError, Unsupported

NOT_THE_SUBJECT = frozenset({401, 403, 408, 429})
"""Refusals that say something of how the run was set up, not of what the scenario is about."""


@dataclass(frozen=True)
class Judgement:
    """A state, why in one sentence or a few lines, and the missing capabilities."""

    state: State
    reason: str = ""
    missing: tuple[str, ...] = ()


def judge(error: BaseException | None, phase: str) -> Judgement:
    """What a phase (setup, call or teardown) of a scenario says of it."""
    if error is None:
        return Judgement(State.PASSED)
    if isinstance(error, pytest.skip.Exception):
        return _skipped(error)
    holds_not = isinstance(error, AssertionError | pytest.fail.Exception) or _is_a_refusal(error)
    if phase == "call" and holds_not:
        return Judgement(State.FAILED, str(error))
    if isinstance(error, StepDefinitionNotFoundError):
        return Judgement(State.ERROR, str(error).partition(". Line ")[0])
    where = "" if phase == "call" else f"in {phase}: "
    return Judgement(State.ERROR, f"{where}{type(error).__name__}: {error}")


def _is_a_refusal(error: BaseException) -> bool:
    return isinstance(error, ApiError) and 400 <= error.code < 500 and error.code not in NOT_THE_SUBJECT


def _skipped(error: BaseException) -> Judgement:
    reason = str(error)
    if not isinstance(error.__context__, Unsupported):
        return Judgement(State.SKIPPED, reason)
    missing = tuple(reason.rpartition(": ")[2].split(", "))
    return Judgement(State.NOT_SUPPORTED, reason, missing)
