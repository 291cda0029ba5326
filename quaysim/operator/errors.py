"""How a pass of the operator can end early."""

from __future__ import annotations

from fake_cluster.machinery.controller import RetryError


class Blocked(Exception):  # noqa: N818 - the condition is called RolloutBlocked
    """The rollout is blocked: `reason` and message go into the condition and an Event."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class UnsupportedComponentError(RetryError):
    """A component is declared managed that this cluster cannot carry.

    The real operator only logs it and tries again with its work queue's back-off.
    """


class InflateError(Exception):
    """The objects cannot be made from the registry and its bundle."""


class OperatorCrash(Exception):  # noqa: N818 - it is what happened, the real one has no error for it
    """The real operator dies here: it does not recover from panics. The message is Go's."""
