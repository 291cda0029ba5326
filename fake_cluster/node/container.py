"""One container of a Pod, from its image to its end, and again.

    idle ─> pulling ─> starting ─> running ─> (stopping) ─> exited
     ^         │ failed    │ blocked                          │
     └─────────┴───────────┴──────────── back-off <───────────┘

`sync` does what is due and leaves in `due` when it wants to be called next. What it looks like from
outside is `status`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import ClassVar

from fake_cluster.machinery.clock import timestamp
from fake_cluster.machinery.events import EventKind
from fake_cluster.node.images import PullError, image_id, normalised
from fake_cluster.node.mounts import Wanted
from fake_cluster.node.probing import NEVER
from fake_cluster.node.process import KILLED, Process
from fake_cluster.node.program import Context, Exit, LogLine
from fake_cluster.node.runtime import Backoff, Runtime, container_id, described, duration, grace_of
from fake_cluster.objects import Object

SETTLING = 2.0
"""Seconds after which a failed pull is shown as a back-off."""


class Stage(Enum):
    """Where a container is in its life."""

    IDLE = auto()
    PULLING = auto()
    PULL_FAILED = auto()
    STARTING = auto()
    BLOCKED = auto()
    RUNNING = auto()
    STOPPING = auto()
    EXITED = auto()
    BACK_OFF = auto()


class Role(Enum):
    """What a container is for: a `SIDECAR` is an init container that is always restarted."""

    INIT = auto()
    SIDECAR = auto()
    MAIN = auto()


def role_of(spec: Object, *, init: bool) -> Role:
    """The role of a container in its Pod."""
    if not init:
        return Role.MAIN
    return Role.SIDECAR if spec.get("restartPolicy") == "Always" else Role.INIT


class Container:
    """A container of a Pod that a node runs. `wake` calls for a sync of the Pod."""

    def __init__(
        self, runtime: Runtime, pod: Object, spec: Object, role: Role, wake: Callable[[], None]
    ) -> None:
        self.pod = pod
        self.spec = spec
        self.name: str = spec["name"]
        self.role = role
        self.stage = Stage.IDLE
        self.due = 0.0
        self.wanted: Wanted | None = None
        self.process: Process | None = None
        self.lines: list[LogLine] = []
        self.previous_lines: list[LogLine] | None = None
        self._runtime = runtime
        self._wake = wake
        self._state: Object = {"waiting": {"reason": _first_reason(pod)}}
        self._last_state: Object = {}
        self._restarts = 0
        self._image = ""
        self._id = ""
        self._started_at = 0.0
        self._exited_at = 0.0
        self._exit = Exit(0)
        self._must_restart = False
        self._for_good = False
        self._crashes = Backoff()
        self._pulls = Backoff()

    # --- what others ask --------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self.stage in (Stage.RUNNING, Stage.STOPPING)

    @property
    def lasts(self) -> bool:
        """Whether it runs as long as the Pod does."""
        return self.role is not Role.INIT

    @property
    def has_run(self) -> bool:
        """Whether it has run and ended at least once."""
        return "terminated" in self._state or bool(self._last_state)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended and will not be started again."""
        return self.stage is Stage.EXITED and not self._is_restarted()

    @property
    def has_succeeded(self) -> bool:
        """Whether it has ended for good with exit code 0."""
        return self.has_ended and self._exit.code == 0

    @property
    def started(self) -> bool:
        """Whether it runs and its startup probe has passed."""
        return self.process is not None and self.process.started

    @property
    def ready(self) -> bool:
        """Whether it may get requests; an init container is ready when it has succeeded."""
        if self.role is Role.INIT:
            return self.has_succeeded
        return self.stage is Stage.RUNNING and self.process is not None and self.process.ready

    def status(self) -> Object:
        """Its ContainerStatus."""
        status: Object = {
            "name": self.name,
            "state": self._state,
            "lastState": self._last_state,
            "ready": self.ready,
            "restartCount": self._restarts,
            "image": self._image or self.spec["image"],
            "imageID": image_id(self._image) if self._id else "",
            "started": self.started,
        }
        return status | {"containerID": self._id} if self._id else status

    # --- life -------------------------------------------------------------------------------------

    def sync(self, now: float) -> None:
        """Do everything that is due."""
        while self.due <= now or self._is_pressed():
            self._STEPS[self.stage](self, now)

    def _is_pressed(self) -> bool:
        return self.stage is Stage.RUNNING and self.process is not None and self.process.is_pressed

    def retry(self) -> None:
        """What it was blocked on may be there now."""
        if self.wanted is not None:
            self.wanted = None
            self._go(Stage.STARTING, 0.0)

    def _idle(self, now: float) -> None:
        """Begin to pull the image, or to start where it is present already."""
        shown = self.spec["image"]
        image = normalised(shown)
        if image is None:
            why = f'Failed to apply default image tag "{shown}": couldn\'t parse image name "{shown}"'
            self._say("Warning", "InspectFailed", f"{why}: invalid reference format")
            self._block("InvalidImageName", f"{why}: invalid reference format")
            return
        self._image = image
        if self._runtime.images.must_be_pulled(self._node, image, self.spec.get("imagePullPolicy", "")):
            self._say("Normal", "Pulling", f'Pulling image "{shown}"')
            self._go(Stage.PULLING, now + self._runtime.images.pull_seconds)
        else:
            self._say("Normal", "Pulled", f'Container image "{shown}" already present on machine')
            self._go(Stage.STARTING, now + self._runtime.start_seconds)

    def _pull(self, now: float) -> None:
        """The registry has answered."""
        shown, seconds = self.spec["image"], self._runtime.images.pull_seconds
        try:
            self._runtime.images.pull(self._node, self._image)
        except PullError as error:
            self._pulls.attempt(now)
            self._say("Warning", "Failed", f'Failed to pull image "{shown}": {error}')
            self._say("Warning", "Failed", "Error: ErrImagePull")
            self._wait("ErrImagePull", str(error))
            self._go(Stage.PULL_FAILED, now + SETTLING)
            return
        self._say("Normal", "Pulled", f'Successfully pulled image "{shown}" in {seconds * 1000:.0f}ms')
        self._go(Stage.STARTING, now + self._runtime.start_seconds)

    def _pull_failed(self, now: float) -> None:
        """Show the back-off, then try again."""
        waiting = self._state["waiting"]
        if waiting["reason"] == "ImagePullBackOff":
            self._go(Stage.PULLING, now + self._runtime.images.pull_seconds)
            return
        message = f'Back-off pulling image "{self.spec["image"]}"'
        self._say("Normal", "BackOff", message)
        self._say("Warning", "Failed", "Error: ImagePullBackOff")
        self._wait("ImagePullBackOff", f"{message}: ErrImagePull: {waiting['message']}")
        self.due = now + self._pulls.seconds - SETTLING

    def _start(self, now: float) -> None:
        """Start the program, if its environment can be made."""
        trouble = self._runtime.mounts.environment_trouble(self.pod, self.spec)
        if trouble is not None:
            self.wanted = trouble.wanted
            self._say("Warning", "Failed", f"Error: {trouble.message}")
            self._block("CreateContainerConfigError", trouble.message)
            return
        self._id = container_id(self.pod, self.name, self._restarts)
        self._started_at = now
        self._state = {"running": {"startedAt": timestamp(now)}}
        self._say("Normal", "Created", f"Created container: {self.name}")
        self._say("Normal", "Started", f"Started container {self.name}")
        self._run_program()
        self._go(Stage.RUNNING, now)

    def _run_program(self) -> None:
        runtime = self._runtime
        program = runtime.programs.program(self.pod, self.spec, init=self.role is not Role.MAIN)
        context = Context(
            self.pod, self.spec, runtime.clock, runtime.mounts.surroundings(self.pod, self.spec)
        )
        context.wake = self._wake
        context.on_use = runtime.usages.changed
        self.lines = context.lines
        self.process = Process(program, context)
        program.start(context)

    def _run(self, now: float) -> None:
        """Look after the process."""
        process = self._running()
        process.context.pod = self.pod
        process.sync(now, lambda message: self._say("Warning", "Unhealthy", message))
        if process.ended is not None:
            self._ended(process.ended, now)
        elif process.failed is not None:
            why = f"failed {process.failed.kind} probe, will be restarted"
            self._must_restart = True
            self._say("Normal", "Killing", f"Container {self.name} {why}")
            self._stop(now, grace_of(self.pod))
        else:
            self.due = process.due

    def _running(self) -> Process:
        if self.process is None:
            raise RuntimeError(f"container {self.name} does not run")
        return self.process

    # --- the end ----------------------------------------------------------------------------------

    def end(self, now: float, grace: float) -> None:
        """End it for good within `grace` seconds."""
        if self.stage is Stage.RUNNING:
            self._say("Normal", "Killing", f"Stopping container {self.name}")
        self._for_good = True
        self._stop(now, grace)

    def _stop(self, now: float, grace: float) -> None:
        """A grace that is shorter than the one before counts, a longer one does not."""
        if self.stage is Stage.RUNNING:
            self._exit, seconds = self._running().stop(grace)
            self._go(Stage.STOPPING, now + seconds)
        elif self.stage is Stage.STOPPING and self.due > now + grace:
            self._exit = Exit(KILLED)
            self.due = now + grace
        elif not self.is_running and self.stage is not Stage.EXITED:
            self._go(Stage.IDLE, NEVER)

    def _stopped(self, now: float) -> None:
        self._ended(self._exit, now)

    def _ended(self, end: Exit, now: float) -> None:
        self._exit, self._exited_at = end, now
        terminated: Object = {
            "exitCode": end.code,
            "reason": "Completed" if end.code == 0 else "Error",
            "startedAt": timestamp(self._started_at),
            "finishedAt": timestamp(now),
            "containerID": self._id,
        }
        self._state = {"terminated": terminated | ({"message": end.message} if end.message else {})}
        self.process = None
        self._go(Stage.EXITED, now)

    def _is_restarted(self) -> bool:
        if self._for_good or self.role is Role.SIDECAR:
            return not self._for_good
        policy = self.pod["spec"].get("restartPolicy", "Always")
        if policy == "Always" and self.role is Role.MAIN:
            return True
        return policy != "Never" and (self._must_restart or self._exit.code != 0)

    def _exited(self, now: float) -> None:
        """Start again: at once the first time, after a growing delay later."""
        if not self._is_restarted():
            self.due = NEVER
            return
        ready_at = self._crashes.until(self._exited_at, now)
        if ready_at <= now:
            self._restart(now)
            return
        message = f"restarting failed container={self.name} pod={described(self.pod)}"
        self._say("Warning", "BackOff", f"Back-off {message}")
        self._last_state = self._state
        self._wait("CrashLoopBackOff", f"back-off {duration(int(self._crashes.seconds))} {message}")
        self._go(Stage.BACK_OFF, ready_at)

    def _restart(self, now: float) -> None:
        self._must_restart = False
        self._crashes.attempt(now)
        if "terminated" in self._state:
            self._last_state = self._state
        self._restarts += 1
        self.previous_lines = self.lines
        self._go(Stage.IDLE, now)

    # --- small things -----------------------------------------------------------------------------

    @property
    def _node(self) -> str:
        node: str = self.pod["spec"]["nodeName"]
        return node

    def _go(self, stage: Stage, due: float) -> None:
        self.stage, self.due = stage, due

    def _wait(self, reason: str, message: str) -> None:
        self._state = {"waiting": {"reason": reason, "message": message}}

    def _block(self, reason: str, message: str) -> None:
        """Wait until somebody changes something."""
        self._wait(reason, message)
        self._go(Stage.BLOCKED, NEVER)

    def _say(self, kind: EventKind, reason: str, message: str) -> None:
        field = "containers" if self.role is Role.MAIN else "initContainers"
        self._runtime.record(self.pod, kind, reason, message, f"spec.{field}{{{self.name}}}")

    _STEPS: ClassVar[dict[Stage, Callable[[Container, float], None]]] = {
        Stage.IDLE: _idle,
        Stage.PULLING: _pull,
        Stage.PULL_FAILED: _pull_failed,
        Stage.STARTING: _start,
        Stage.RUNNING: _run,
        Stage.STOPPING: _stopped,
        Stage.EXITED: _exited,
        Stage.BACK_OFF: _restart,
    }


def _first_reason(pod: Object) -> str:
    return "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
