"""What a client talks to after its connection has been upgraded: a command, or the ports of a Pod.

The API decides that it may; whoever owns the connection carries the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from fake_cluster.errors import ApiError
from fake_cluster.objects import Object


class Stream(Protocol):
    """A body that comes bit by bit: a watch, or a log that is followed."""

    closed: bool
    on_ready: Callable[[], None] | None

    def poll(self, now: float) -> list[bytes]:
        """What is ready; the stream closes itself when its time is over."""
        ...

    @property
    def next_moment(self) -> float:
        """When the stream has something to say by itself (cluster clock; infinity: never)."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class Command(Protocol):
    """A command under way. `code` is None until it has ended; `on_ready` is called when there is news."""

    code: int | None
    on_ready: Callable[[], None] | None

    def feed(self, data: bytes) -> None:
        """Some of stdin."""
        ...

    def end_of_input(self) -> None:
        """Stdin is closed."""
        ...

    def take(self) -> list[tuple[Literal["stdout", "stderr"], bytes]]:
        """What it has said since the last call."""
        ...

    def close(self) -> None:
        """The client has gone."""
        ...


class Peer(Protocol):
    """The far end of a connection to a port."""

    closed: bool

    def received(self, data: bytes) -> bytes:
        """What it says to some bytes."""
        ...


class Containers(Protocol):
    """The containers that run: what the kubelets of the cluster know of them."""

    def runs(self, pod: Object, container: str) -> bool:
        """Whether the container runs."""
        ...

    def logs(self, pod: Object, container: str, query: Mapping[str, str]) -> str:
        """What it has written."""
        ...

    def follow(self, pod: Object, container: str, query: Mapping[str, str]) -> Stream | None:
        """What it writes, until it ends."""
        ...

    def command(self, pod: Object, container: str, argv: Sequence[str], *, stdin: bool, tty: bool) -> Command:
        """Start a command in it; ApiError where there is no such program."""
        ...

    def attach(self, pod: Object, container: str) -> Command:
        """Listen to its own process."""
        ...

    def connect(self, pod: Object, port: int) -> Peer | None:
        """Connect to a port of the Pod; None where nobody listens."""
        ...


@dataclass(frozen=True)
class CommandSession:
    """`exec` or `attach`: `start` begins it when the client is ready. With a terminal there is no stderr."""

    start: Callable[[], Command]
    stdin: bool
    stdout: bool
    stderr: bool
    tty: bool


@dataclass(frozen=True)
class PortSession:
    """`portforward`: `connect` raises ApiError where nobody listens. `ports` may be named beforehand."""

    connect: Callable[[int], Peer]
    ports: tuple[int, ...] = ()


Session = CommandSession | PortSession


def exit_status(code: int) -> Object:
    """The Status that tells how a command has ended."""
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    text = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    causes = [{"reason": "ExitCode", "message": str(code)}]
    status = {"metadata": {}, "status": "Failure", "message": text, "reason": "NonZeroExitCode"}
    return status | {"details": {"causes": causes}}


def failure_status(error: ApiError) -> Object:
    """The Status of a command that could not be started."""
    status = error.status()
    return {name: value for name, value in status.items() if name not in ("kind", "apiVersion")}
