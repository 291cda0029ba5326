"""What runs inside a container: the Program interface, and the context that the node gives to it.

A node does not run images. For every container that starts it makes a Program, which answers probes
and `exec`, writes a log and ends with an exit code when it likes. Which one is chosen for which
container says the table in `fake_cluster.node.programs`.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fake_cluster.machinery.clock import Clock
from fake_cluster.objects import Object

ProbeKind = Literal["startup", "readiness", "liveness"]


@dataclass(frozen=True, slots=True)
class ExecResult:
    """How a command that was run in a container ended."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a container has written, without its newline, and when."""

    time: float
    text: str


@dataclass(frozen=True, slots=True)
class Exit:
    """How a program ended. `message` is its termination message."""

    code: int
    message: str = ""


class Surroundings:
    """What a container sees of the cluster: files of its mounted volumes, and its environment.

    Both are read when they are asked for, so a program that reads a mounted Secret again sees the
    present content.
    """

    def read(self, path: str) -> bytes:
        """The content of a file in a mounted volume; raises FileNotFoundError."""
        raise FileNotFoundError(path)

    def files(self) -> Iterable[str]:
        """The paths of the files in mounted volumes."""
        return ()

    def environment(self) -> Mapping[str, str]:
        """The environment variables."""
        return {}


class Context:
    """A container, as the program inside sees it."""

    def __init__(self, pod: Object, container: Object, clock: Clock, surroundings: Surroundings) -> None:
        self.pod = pod
        self.container = container
        self.lines: list[LogLine] = []
        self.ended: Exit | None = None
        self.probes_are_stale = False
        self.wake: Callable[[], None] = _nobody_listens
        self.on_log: Callable[[], None] = _nobody_listens
        self.on_use: Callable[[], None] = _nobody_listens
        self.uses: Mapping[str, str] = {}
        self._clock = clock
        self._surroundings = surroundings
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        """The cluster's time, in seconds since the epoch."""
        return self._clock.now()

    def log(self, text: str) -> None:
        """Write to the container's log; several lines are split."""
        now = self.now()
        self.lines += [LogLine(now, line) for line in text.splitlines() or [""]]
        self.on_log()

    def exit(self, code: int, message: str = "") -> None:
        """End the container."""
        self.ended = Exit(code, message)
        self.wake()

    def changed(self) -> None:
        """Say that probes may be answered differently from now on."""
        self.probes_are_stale = True
        self.wake()

    def use(self, *, cpu: str = "", memory: str = "") -> None:
        """Say what the program uses from now on, as quantities: "250m", "300Mi"; empty: the usual."""
        wanted = {"cpu": cpu, "memory": memory}
        self.uses = {name: quantity for name, quantity in wanted.items() if quantity}
        self.on_use()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something `seconds` from now, if the container still runs then."""
        heapq.heappush(self._timers, (self.now() + seconds, next(self._numbers), action))

    def read(self, path: str) -> bytes:
        """The content of a file in a mounted volume; raises FileNotFoundError."""
        return self._surroundings.read(path)

    def files(self) -> Iterable[str]:
        """The paths of the files in mounted volumes."""
        return self._surroundings.files()

    @property
    def env(self) -> Mapping[str, str]:
        """The environment variables."""
        return self._surroundings.environment()

    def next_timer(self) -> float:
        """When the next of the program's own timers is due; infinite if there is none."""
        return self._timers[0][0] if self._timers else float("inf")

    def run_timers(self, now: float) -> None:
        """Do what is due (called by the node)."""
        while self.ended is None and self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()


def _nobody_listens() -> None:
    """The node is not interested before the container has started."""


class Peer:
    """The program's end of a TCP connection. It is closed when `closed` is set."""

    closed = False

    def received(self, data: bytes) -> bytes:
        """What it says to some bytes; nothing, as long as they are not all that it waits for."""
        del data
        return b""


class Program:
    """A process in a container. Override what matters; by itself it is up at once and stays up.

    Its answers to probes may change only with a call of `context.changed()`: a program that cannot
    promise that sets `polled`, and is asked in every period as a real kubelet would.
    """

    polled = False
    stop_seconds = 0.2
    """How long it takes to end after SIGTERM; what is longer than the grace period is killed."""
    stop_code = 0
    """Its exit code after SIGTERM."""

    def start(self, context: Context) -> None:
        """Begin. Called once, when the container starts."""

    def probe(self, kind: ProbeKind, probe: Object) -> bool:
        """Whether a probe succeeds; `probe` is as in the container's spec."""
        del kind, probe
        return True

    def exec(self, argv: Sequence[str], stdin: bytes = b"") -> ExecResult | None:
        """Run a command in the container; None leaves it to the shell of `fake_cluster.node.shell`."""
        del argv, stdin
        return None

    def connect(self, port: int) -> Peer | None:
        """Take a connection to a port; None where the program does not listen."""
        del port
        return None


Factory = Callable[[], Program]
"""Makes the program of one start of one container."""
