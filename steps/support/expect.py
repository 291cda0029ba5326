"""Waiting for what a sentence says, and saying what was seen instead if it does not come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from quaysim.targets import PATIENCE, NotInTime, Target

T = TypeVar("T")


def eventually(
    target: Target, what: str, see: Callable[[], Any], expected: Any, timeout: float = PATIENCE
) -> None:
    """Wait until `see()` gives `expected`; fail with both otherwise."""
    becomes(target, what, see, lambda seen: seen == expected, expected, timeout=timeout)


def becomes(  # noqa: PLR0913 - a sentence has this many parts
    target: Target,
    what: str,
    see: Callable[[], T],
    holds: Callable[[T], bool],
    expected: Any,
    *,
    timeout: float = PATIENCE,
) -> T:
    """Wait until `holds(see())`, and return what was seen; `expected` describes it for failures."""
    seen: list[T] = []

    def check() -> bool:
        seen[:] = [see()]
        return holds(seen[0])

    try:
        target.wait_until(check, timeout, what)
    except NotInTime as error:
        raise AssertionError(f"{difference(what, expected, seen[0])}\n{error.waited}") from None
    return seen[0]


def same(what: str, seen: Any, expected: Any) -> None:
    """Fail unless both are equal."""
    if seen != expected:
        raise AssertionError(difference(what, expected, seen))


def difference(what: str, expected: Any, seen: Any) -> str:
    """The text of a failure."""
    return f"{what}\n  expected: {expected}\n  seen:     {seen}"
