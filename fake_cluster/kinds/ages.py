"""Ages as kubectl prints them: `45s`, `3m12s`, `5h`, `2d3h`, `400d`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

UNKNOWN: Final = "<unknown>"
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400
_YEAR: Final = 365 * _DAY

_FORMS: Final = (
    (2 * _MINUTE, 1, "s", 0, ""),
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
)
"""Below how many seconds: the unit, and the smaller unit that is added unless it is zero."""


def duration(seconds: float) -> str:
    """A length of time in at most two units."""
    whole = int(seconds)
    if whole < 0:
        return "<invalid>" if whole < -1 else "0s"
    for limit, unit, letter, minor, minor_letter in _FORMS:
        if whole < limit:
            rest = whole % unit // minor if minor else 0
            return f"{whole // unit}{letter}" + (f"{rest}{minor_letter}" if rest else "")
    return f"{whole // _YEAR}y"


def age_since(moment: str | None, now: float) -> str:
    """How long ago a timestamp of the API was."""
    if not moment:
        return UNKNOWN
    return duration(now - datetime.fromisoformat(moment).timestamp())
