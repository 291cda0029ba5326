from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["plan", "--bogus"], "No such option: --bogus"),
        (["nonsense"], "No such command 'nonsense'."),
        (["plan"], "Missing argument 'FILE'."),
        (["serve", "--port", "99999"], "Invalid value for '--port'"),
        (["plan", "x.yaml", "-o", "xml"], "Invalid value for '--output' / '-o'"),
    ],
)
def test_a_wrong_command_line_gets_one_line(run: Run, arguments: list[str], problem: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"quaysim: {problem}")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["plan", "serve", "operator", "coverage"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    assert command in run("--help").out
    ran = run(command, "--help")
    assert ran.code == 0
    assert f"Usage: quaysim {command}" in ran.out


def test_without_arguments_the_commands_are_listed(run: Run) -> None:
    assert run() == run("--help")


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "quaysim", "--help"], capture_output=True, text=True, check=True
    )
    assert "Usage: quaysim" in done.stdout
