"""Which program runs in which container, and the ready-made ones: services, tasks, and failures.

cluster.programs.add("*/postgres:*", service(ready_after=20))
cluster.programs.add(Match(labels={"app": "web"}), crashes(code=3))
cluster.programs.add(Match(pod="db-*"), never_ready())
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial

from fake_cluster.node.peers import WebPeer
from fake_cluster.node.program import Context, Factory, Peer, ProbeKind, Program
from fake_cluster.node.shell import Shell, argv_of
from fake_cluster.objects import Object, controller_of, labels_of

LISTENS_AFTER = 0.3
"""Seconds until a service answers its probes, if nothing else is said."""
TASK_SECONDS = 2.0
INIT_SECONDS = 0.5


class Service(Program):
    """Listens `ready_after` seconds after its start, and then answers every probe with success."""

    def __init__(self, ready_after: float = LISTENS_AFTER) -> None:
        self._ready_after = ready_after
        self._ready_at = float("inf")

    def start(self, context: Context) -> None:
        """Begin to start up."""
        self._context = context
        self._ready_at = context.now() + self._ready_after

    def probe(self, kind: ProbeKind, probe: Object) -> bool:
        """Whether it listens yet."""
        del kind, probe
        missing = self._ready_at - self._context.now()
        if missing > 0 and missing != float("inf"):
            self._context.after(missing, self._context.changed)
        return missing <= 0

    def connect(self, port: int) -> Peer | None:
        """A web server on each of the container's ports; where it is probed, not before it is ready."""
        context = self._context
        ports = {item["containerPort"] for item in context.container.get("ports") or ()}
        is_early = "readinessProbe" in context.container and context.now() < self._ready_at
        if port not in ports or is_early:
            return None
        return WebPeer(f"{context.pod['metadata']['name']}:{port}")


class NeverReady(Service):
    """Starts, lives, and is never ready for requests."""

    def probe(self, kind: ProbeKind, probe: Object) -> bool:
        """Alive, but not ready."""
        return kind != "readiness" and super().probe(kind, probe)


class Task(Program):
    """Ends with an exit code after some seconds."""

    def __init__(self, seconds: float = TASK_SECONDS, code: int = 0, message: str = "") -> None:
        self._seconds = seconds
        self._end = (code, message)

    def start(self, context: Context) -> None:
        """Begin to work."""
        code, message = self._end
        context.after(self._seconds, lambda: context.exit(code, message))


class Script(Task):
    """Does what its command says, where the shell of `fake_cluster.node.shell` understands all of it."""

    def start(self, context: Context) -> None:
        """Begin to work; what the command writes comes at the end, when somebody may have attached."""
        done = Shell(context).attempt(argv_of(context.container))
        if done is not None:
            result, slept = done
            self._seconds = max(self._seconds, slept)
            written = (result.stdout + result.stderr).decode(errors="replace")
            if written:
                context.after(self._seconds, lambda: context.log(written))
            self._end = (result.code, "")
        super().start(context)


def service(ready_after: float = LISTENS_AFTER) -> Factory:
    """Programs that serve, and answer probes from `ready_after` seconds on."""
    return partial(Service, ready_after)


def never_ready() -> Factory:
    """Programs whose readiness probe never succeeds."""
    return NeverReady


def task(seconds: float = TASK_SECONDS, code: int = 0, message: str = "") -> Factory:
    """Programs that end after some seconds with an exit code and a termination message."""
    return partial(Task, seconds, code, message)


def crashes(code: int = 1, after: float = 1.0, message: str = "") -> Factory:
    """Programs that end with an error soon after each start."""
    return task(after, code, message)


@dataclass(frozen=True)
class Match:
    """Which containers are meant. Names may contain `*` and `?`; all that is given must fit."""

    image: str = "*"
    pod: str = "*"
    container: str = "*"
    namespace: str = "*"
    labels: Mapping[str, str] = field(default_factory=dict)

    def fits(self, pod: Object, container: Object) -> bool:
        """Whether this container is meant."""
        meta = pod["metadata"]
        named = (
            (container["image"], self.image),
            (meta["name"], self.pod),
            (container["name"], self.container),
            (meta["namespace"], self.namespace),
        )
        fitting = all(pattern == "*" or fnmatchcase(name, pattern) for name, pattern in named)
        return fitting and self.labels.items() <= labels_of(pod).items()


class Programs:
    """The table. Of several entries that fit, the latest counts."""

    def __init__(self) -> None:
        self._entries: list[tuple[Match, Factory]] = []

    def add(self, match: Match | str, factory: Factory) -> None:
        """Run the programs of `factory` in matching containers that start from now on.

        A string is a pattern for the image.
        """
        self._entries.insert(0, (_match(match), factory))

    def remove(self, match: Match | str) -> None:
        """Take out what was added for exactly this match."""
        self._entries = [entry for entry in self._entries if entry[0] != _match(match)]

    def program(self, pod: Object, container: Object, *, init: bool) -> Program:
        """The program for one start of a container."""
        for match, factory in self._entries:
            if match.fits(pod, container):
                return factory()
        return _default(pod, container, init=init)


def _match(match: Match | str) -> Match:
    return Match(image=match) if isinstance(match, str) else match


def _default(pod: Object, container: Object, *, init: bool) -> Program:
    """Init containers and Pods that are meant to end do so; everything else serves."""
    if init and container.get("restartPolicy") != "Always":
        return Script(INIT_SECONDS)
    owner = controller_of(pod)
    ends = pod["spec"].get("restartPolicy", "Always") != "Always" or (owner and owner["kind"] == "Job")
    return Script() if ends else Service()
