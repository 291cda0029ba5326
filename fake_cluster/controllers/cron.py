"""Cron schedules: `minute hour day-of-month month day-of-week`, with names, steps, ranges and `@daily`.

Source: documentation of CronJobs ("Schedule syntax"); as in cron, a restricted day of the month and a
restricted day of the week are alternatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    (0, 7, {name: number for number, name in enumerate(_DAYS)}),
)
_HORIZON = timedelta(days=5 * 366)
"""What does not come within five years never comes (30 February)."""


@dataclass(frozen=True)
class Schedule:
    """The minutes that a schedule means."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def _is_on(self, day: datetime) -> bool:
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if day.month not in self.months:
            return False
        return in_month and in_week if self.any_day or self.any_weekday else in_month or in_week

    def after(self, moment: float, zone: tzinfo) -> float | None:
        """The first scheduled moment after `moment` (seconds since the epoch); None if there is none."""
        start = datetime.fromtimestamp(moment, zone).replace(second=0, microsecond=0)
        first = start + timedelta(minutes=1)
        day = first.replace(hour=0, minute=0)
        while day - first < _HORIZON:
            if self._is_on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = day.replace(hour=hour, minute=minute)
                        if found >= first:
                            return found.timestamp()
            day += timedelta(days=1)
        return None


@lru_cache(maxsize=256)
def parse(text: str) -> Schedule:
    """The schedule that `text` describes; ValueError if it describes none."""
    parts = _MACROS.get(text.strip(), text).split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]")
    minutes, hours, days, months, weekdays = (
        _values(part, *field) for part, field in zip(parts, _FIELDS, strict=True)
    )
    weekdays = frozenset(number % 7 for number in weekdays)
    return Schedule(minutes, hours, days, months, weekdays, parts[2][0] in "*?", parts[4][0] in "*?")


def _values(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, low, high, names, has_step=bool(step))
        width = int(step or 1)
        if not low <= first <= last <= high or width < 1:
            raise ValueError(f"value out of range ({low} - {high}): {part}")
        found.update(range(first, last + 1, width))
    return frozenset(found)


def _span(text: str, low: int, high: int, names: dict[str, int], *, has_step: bool) -> tuple[int, int]:
    if text in ("*", "?"):
        return low, min(high, 6) if names and high == 7 else high
    first, dash, last = text.partition("-")
    start = _number(first, names)
    if dash:
        return start, _number(last, names)
    return start, high if has_step else start


def _number(text: str, names: dict[str, int]) -> int:
    named = names.get(text.lower())
    if named is not None:
        return named
    if not text.isdigit():
        raise ValueError(f"failed to parse int from {text}")
    return int(text)
