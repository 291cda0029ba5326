"""Commands, whatever carries them: how they begin, and how it is told that they have ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fake_cluster.api.sessions import Command, CommandSession, exit_status, failure_status
from fake_cluster.errors import ApiError
from fake_cluster.objects import Object


class NotStarted:
    """Stands for a command that could not be started."""

    def __init__(self, error: ApiError) -> None:
        self.error = error
        self.code: int | None = 0
        self.on_ready: Callable[[], None] | None = None

    def feed(self, data: bytes) -> None:
        """Nobody reads."""

    def end_of_input(self) -> None:
        """Nobody reads."""

    def take(self) -> list[tuple[Literal["stdout", "stderr"], bytes]]:
        """It says nothing."""
        return []

    def close(self) -> None:
        """There is nothing to end."""


def begun(session: CommandSession, on_ready: Callable[[], None]) -> Command:
    """The command of a session, or what stands for it."""
    try:
        command = session.start()
    except ApiError as error:
        return NotStarted(error)
    command.on_ready = on_ready
    return command


def ending(command: Command) -> Object | None:
    """The Status of a command that has ended, None while it runs."""
    if isinstance(command, NotStarted):
        return failure_status(command.error)
    return None if command.code is None else exit_status(command.code)
