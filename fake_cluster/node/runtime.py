"""What a kubelet has at hand to run containers: clock, images, programs, mounts, Events, and delays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.events import EventKind, Recorder
from fake_cluster.node.images import Images
from fake_cluster.node.mounts import Mounts
from fake_cluster.node.programs import Programs
from fake_cluster.node.usage import Usages
from fake_cluster.objects import Object

FIRST_BACKOFF = 10.0
LAST_BACKOFF = 300.0
"""Seconds between restarts of a container that keeps failing (kubelet)."""


@dataclass(slots=True)
class Backoff:
    """Delays that double from 10 s to 5 min, and begin anew after 10 min without trouble."""

    seconds: float = 0.0
    _at: float = 0.0

    def until(self, failed_at: float, now: float) -> float:
        """When the next attempt may be made after a failure; the first retry need not wait."""
        if now - self._at > 2 * LAST_BACKOFF:
            self.seconds = 0.0
        return failed_at + self.seconds

    def attempt(self, now: float) -> None:
        """An attempt is made: the next one has to wait longer."""
        self.seconds = min(self.seconds * 2, LAST_BACKOFF) if self.seconds else FIRST_BACKOFF
        self._at = now


@dataclass(slots=True)
class Runtime:
    """Shared by all Pods of all simulated nodes. `start_seconds`: from pulled image to running container."""

    client: Client
    clock: Clock
    programs: Programs
    images: Images
    mounts: Mounts
    usages: Usages = field(default_factory=Usages)
    start_seconds: float = 0.4
    _recorders: dict[str, Recorder] = field(default_factory=dict)

    def record(self, pod: Object, kind: EventKind, reason: str, message: str, path: str = "") -> None:
        """Say something about a Pod, as the kubelet of its node."""
        node = pod["spec"]["nodeName"]
        recorder = self._recorders.get(node)
        if recorder is None:
            recorder = self._recorders[node] = Recorder(self.client, self.clock, "kubelet", node)
        recorder.record(pod, kind, reason, message, field=path)


def container_id(pod: Object, name: str, attempt: int) -> str:
    """The id of one start of a container: 64 hexadecimal digits, the same in every run."""
    text = f"{pod['metadata']['uid']}/{name}/{attempt}"
    return f"containerd://{hashlib.sha256(text.encode()).hexdigest()}"


def described(pod: Object) -> str:
    """A Pod as the kubelet's messages name it."""
    meta = pod["metadata"]
    return f"{meta['name']}_{meta['namespace']}({meta['uid']})"


def duration(seconds: int) -> str:
    """Seconds as Go prints a duration: 10s, 1m20s, 5m0s."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def grace_of(pod: Object) -> float:
    """The seconds between SIGTERM and SIGKILL, where nothing else is said."""
    return float(pod["spec"].get("terminationGracePeriodSeconds", 30))
