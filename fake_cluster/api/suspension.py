"""Requests that cannot be answered at once."""

from __future__ import annotations

from collections.abc import Callable


class Suspended(Exception):  # noqa: N818 - no error: the request goes on later
    """A request begins again after `work`, done elsewhere, or after `seconds` of the cluster's time."""

    def __init__(self, work: Callable[[], None] | None = None, seconds: float = 0.0) -> None:
        super().__init__("the request goes on later")
        self.work = work
        self.seconds = seconds
