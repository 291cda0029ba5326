"""What tells the elements of a list of objects apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def key_of(keys: Iterable[str], item: Any) -> Any:
    """The values of an element's keys; None where it has no identity."""
    return tuple(repr(item.get(key)) for key in keys) if keys and item.__class__ is dict else None
