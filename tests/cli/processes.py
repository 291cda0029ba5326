"""Commands as processes of their own, where ports and signals matter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Process:
    """A running command, and the line with which it said that it was ready."""

    popen: subprocess.Popen[str]
    ready: str

    def stop(self, number: int) -> tuple[int, str, str]:
        """Send a signal; exit code, the rest of stdout, stderr."""
        self.popen.send_signal(number)
        out, err = self.popen.communicate(timeout=30)
        return self.popen.returncode, out, err


@contextmanager
def running(*arguments: str | Path) -> Iterator[Process]:
    """`quaysim ARGUMENTS`, from its first line on."""
    command = [sys.executable, "-m", "quaysim", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as popen:
        try:
            assert popen.stdout is not None
            assert popen.stderr is not None
            ready = popen.stdout.readline().strip()
            assert ready, popen.stderr.read()
            yield Process(popen, ready)
        finally:
            if popen.poll() is None:
                popen.kill()


def fails(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and stderr of a command that does not get to run."""
    command = [sys.executable, "-m", "quaysim", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr
