"""Commands under way: what `exec` and `attach` talk to while the client's connection is open.

A command gets stdin bit by bit, says things on stdout and stderr, and ends with an exit code. `on_ready`
is called when it has said something or has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from fake_cluster.node.logs import Follower
from fake_cluster.node.program import ExecResult, Program
from fake_cluster.node.shell import SHELLS, Session, Shell, reads_stdin

Stream = Literal["stdout", "stderr"]


class Command:
    """One command. `code` is None while it runs."""

    def __init__(self) -> None:
        self.on_ready: Callable[[], None] | None = None
        self.code: int | None = None
        self._said: list[tuple[Stream, bytes]] = []

    def feed(self, data: bytes) -> None:
        """Some of stdin; what nobody reads is lost."""

    def end_of_input(self) -> None:
        """Stdin is closed."""

    def close(self) -> None:
        """The client has gone."""
        self.end_of_input()

    def take(self) -> list[tuple[Stream, bytes]]:
        """What has been said since the last call."""
        said, self._said = self._said, []
        return said

    def _say(self, result: ExecResult) -> None:
        if result.stdout:
            self._said.append(("stdout", result.stdout))
        if result.stderr:
            self._said.append(("stderr", result.stderr))

    def _tell(self) -> None:
        if self.on_ready is not None:
            self.on_ready()

    def _end(self, result: ExecResult) -> None:
        self._say(result)
        self.code = result.code
        self._tell()


class Patient(Command):
    """Waits for all of stdin, then does its work at once."""

    def __init__(self, run: Callable[[bytes], ExecResult]) -> None:
        super().__init__()
        self._run = run
        self._input = bytearray()

    def feed(self, data: bytes) -> None:
        """Collect."""
        self._input += data

    def end_of_input(self) -> None:
        """Work."""
        if self.code is None:
            self._end(self._run(bytes(self._input)))


class Done(Command):
    """Does its work before anything else."""

    def __init__(self, result: ExecResult) -> None:
        super().__init__()
        self._end(result)


class Echo(Command):
    """`cat`: says what it hears."""

    def feed(self, data: bytes) -> None:
        """Say it."""
        if self.code is None:
            self._say(ExecResult(0, data))
            self._tell()

    def end_of_input(self) -> None:
        """End with stdin."""
        if self.code is None:
            self._end(ExecResult(0))


class Interactive(Command):
    """A shell that runs line after line. On a terminal it shows a prompt, and what is typed."""

    def __init__(self, session: Session, *, tty: bool) -> None:
        super().__init__()
        self._session = session
        self._tty = tty
        self._line = b""
        self._prompt()

    def feed(self, data: bytes) -> None:
        """Run the lines that are complete."""
        if self._tty:
            data = data.replace(b"\r", b"\n")
            self._say(ExecResult(0, data.replace(b"\n", b"\r\n").replace(b"\x04", b"")))
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            if self.code is None:
                self._run(line)
        if self._tty and b"\x04" in self._line:
            self.end_of_input()
        self._tell()

    def end_of_input(self) -> None:
        """Run what is left, and end."""
        if self.code is None and self._line.strip(b"\x04 "):
            self._run(self._line)
        if self.code is None:
            self._end(ExecResult(self._session.status))

    def _run(self, line: bytes) -> None:
        result = self._session.script(line.decode(errors="replace"))
        if self._tty:
            shown = (result.stdout + result.stderr).replace(b"\n", b"\r\n")
            result = ExecResult(result.code, shown)
        self._say(result)
        if self._session.over:
            self.code = result.code
        else:
            self._prompt()

    def _prompt(self) -> None:
        if self._tty:
            self._say(ExecResult(0, b"/ # "))


class Attached(Command):
    """A container's own process: what it writes from now on, until it ends."""

    def __init__(self, follower: Follower) -> None:
        super().__init__()
        self._follower = follower
        follower.on_ready = self._hear

    def _hear(self) -> None:
        for text in self._follower.poll(0.0):
            self._say(ExecResult(0, text))
        if self._follower.closed:
            self.code = 0
        self._tell()

    def close(self) -> None:
        """Listen no more."""
        self._follower.close()


def started(program: Program, shell: Shell, argv: Sequence[str], *, stdin: bool, tty: bool) -> Command:
    """The command that `argv` starts in a container; raises ApiError where there is no such program."""

    def run(content: bytes) -> ExecResult:
        result = program.exec(argv, content)
        return shell.run(argv, content) if result is None else result

    if type(program).exec is not Program.exec:
        return Patient(run) if stdin else Done(run(b""))
    if not stdin or not reads_stdin(argv):
        return Done(run(b""))
    name = argv[0].rpartition("/")[2]
    if name in SHELLS and "-c" not in argv:
        return Interactive(shell.session(), tty=tty)
    return Echo() if argv == ["cat"] else Patient(run)
