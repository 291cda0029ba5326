"""Running the command line in process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from quaysim.cli import main


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("plan", "registry.yaml")`."""

    def command(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return command
