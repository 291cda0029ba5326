r"""The simple JSON paths of printer columns and scale subresources.

`.spec.replicas`, `.metadata.labels['app\.kubernetes\.io/name']`, `.status.conditions[0].type` and
`.status.conditions[?(@.type=="Ready")].status`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

Step = str | int | tuple[str, str]
"""A field, an index (-1 for all), or a filter (field, value)."""

_TOKEN: Final = re.compile(
    r"""\.?(?P<field>(?:[^.\[\]'"\\]|\\.)+)
    |\[(?P<index>\d+)\]
    |\[(?P<every>\*)\]
    |\[['"](?P<quoted>[^'"]+)['"]\]
    |\[\?\(\s*@\.(?P<key>[\w.-]+)\s*==\s*["'](?P<value>[^"']*)["']\s*\)\]
    |(?P<rest>\.)""",
    re.VERBOSE,
)


@lru_cache(maxsize=1024)
def parsed(path: str) -> tuple[Step, ...]:
    """The steps of a path; unknown syntax is left out."""
    text = path.strip().removeprefix("{").removesuffix("}")
    return tuple(_step(match) for match in _TOKEN.finditer(text) if not match["rest"])


def _step(match: re.Match[str]) -> Step:
    if match["index"] is not None:
        return int(match["index"])
    if match["every"] is not None:
        return -1
    if match["key"] is not None:
        return match["key"], match["value"]
    return re.sub(r"\\(.)", r"\1", match["field"] or match["quoted"])


def found(path: str, obj: Any) -> Any:
    """The first value at a path, None if there is none."""
    values: Iterable[Any] = (obj,)
    for step in parsed(path):
        values = [item for value in values for item in _at(value, step)]
    return next(iter(values), None)


def _at(value: Any, step: Step) -> Iterable[Any]:
    if isinstance(step, str):
        return (value[step],) if isinstance(value, dict) and step in value else ()
    if not isinstance(value, list):
        return ()
    if isinstance(step, int):
        return value if step < 0 else value[step : step + 1]
    key, wanted = step
    return [item for item in value if isinstance(item, dict) and item.get(key) == wanted]
