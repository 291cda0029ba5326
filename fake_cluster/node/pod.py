"""One Pod on its node: waits for its volumes, runs its containers in order, and ends them.

`sync` brings the Pod up to the present; what it looks like then is `status`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fake_cluster.machinery.clock import timestamp
from fake_cluster.node.container import Container, Role, role_of
from fake_cluster.node.mounts import Wanted
from fake_cluster.node.pod_status import conditions_of, initialized, merged_conditions, phase_of
from fake_cluster.node.probing import NEVER
from fake_cluster.node.runtime import Runtime, grace_of
from fake_cluster.objects import Object, is_terminating

DEADLINE = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")


class PodRunner:
    """A Pod that is bound to a node. `host` is the node's address; `address` the Pod's own.

    `wake` asks for a sync out of turn, for instance when a program ends by itself.
    """

    def __init__(  # noqa: PLR0913 - all of it is what a Pod on a node is
        self, runtime: Runtime, pod: Object, host: str, address: str, *, now: float, wake: Callable[[], None]
    ) -> None:
        self.pod = pod
        self.uid: str = pod["metadata"]["uid"]
        self.host = host
        self.address = host if pod["spec"].get("hostNetwork") else address
        self.written = 0
        self.init = [
            self._container(runtime, spec, wake, init=True)
            for spec in pod["spec"].get("initContainers") or ()
        ]
        self.main = [self._container(runtime, spec, wake, init=False) for spec in pod["spec"]["containers"]]
        self._runtime = runtime
        self._started_at = now
        self._mounted = False
        self._wanted: tuple[Wanted, ...] = ()
        self._over: tuple[str, str] | None = None
        self._phase = "Pending"

    def _container(
        self, runtime: Runtime, spec: Object, wake: Callable[[], None], *, init: bool
    ) -> Container:
        return Container(runtime, self.pod, spec, role_of(spec, init=init), wake)

    @property
    def containers(self) -> list[Container]:
        """All containers, init containers first."""
        return [*self.init, *self.main]

    @property
    def is_gone(self) -> bool:
        """Whether it has been told to go, and nothing of it runs any more."""
        return is_terminating(self.pod) and not any(c.is_running for c in self.containers)

    @property
    def wanted(self) -> Iterable[Wanted]:
        """The objects that it waits for."""
        return [*self._wanted, *(c.wanted for c in self.containers if c.wanted)]

    # --- life -------------------------------------------------------------------------------------

    def sync(self, now: float) -> float:
        """Do everything that is due; when something is due next (infinite: never by itself)."""
        for container in self.containers:
            container.pod = self.pod
        if is_terminating(self.pod):
            self._end_all(now, float(self.pod["metadata"].get("deletionGracePeriodSeconds") or 0))
        elif self._phase in ("Succeeded", "Failed"):
            return NEVER
        elif self._deadline() <= now:
            self._over = DEADLINE
            self._end_all(now, grace_of(self.pod))
        elif self._mount():
            self._run(now)
        self._phase = self._phase_now()
        return self._next_due()

    def _next_due(self) -> float:
        if self._over or is_terminating(self.pod):
            return min(c.due for c in self.containers)
        if not self._mounted:
            return self._deadline()
        return min(self._deadline(), *(c.due for c in self._at_work()))

    def _deadline(self) -> float:
        seconds = self.pod["spec"].get("activeDeadlineSeconds")
        return NEVER if seconds is None or self._over else self._started_at + float(seconds)

    def _mount(self) -> bool:
        """Mount the volumes; False if something for them is missing."""
        if self._mounted:
            return True
        troubles = self._runtime.mounts.volume_troubles(self.pod)
        for trouble in troubles:
            self._runtime.record(self.pod, "Warning", "FailedMount", trouble.message)
        self._wanted = tuple(trouble.wanted for trouble in troubles)
        self._mounted = not troubles
        return self._mounted

    def _at_work(self) -> list[Container]:
        """The containers whose turn it is: init containers one after the other, then all others."""
        for number, container in enumerate(self.init):
            if not initialized([container]):
                return self.init[: number + 1]
        return self.containers

    def _run(self, now: float) -> None:
        synced: set[str] = set()
        while todo := [c for c in self._at_work() if c.name not in synced]:
            for container in todo:
                container.retry()
                container.sync(now)
                synced.add(container.name)
        if all(c.has_ended for c in self.main):
            grace = grace_of(self.pod)
            self._end(now, grace, [c for c in self.init if c.role is Role.SIDECAR])

    def _end_all(self, now: float, grace: float) -> None:
        self._end(now, grace, self.containers)

    def _end(self, now: float, grace: float, containers: Iterable[Container]) -> None:
        for container in containers:
            container.end(now, grace)
            container.sync(now)

    # --- how it looks -----------------------------------------------------------------------------

    def _phase_now(self) -> str:
        if self._over and not any(c.is_running for c in self.containers):
            return "Failed"
        return phase_of(self.init, self.main)

    def status(self, now: float) -> Object:
        """The status to report."""
        conditions = conditions_of(self.pod, self._phase, self.init, self.main, sandbox=self._mounted)
        status: Object = {
            "phase": self._phase,
            "conditions": merged_conditions(self.pod, conditions, now),
            "hostIP": self.host,
            "hostIPs": [{"ip": self.host}],
            "startTime": timestamp(self._started_at),
            "containerStatuses": [container.status() for container in self.main],
        }
        if self.init:
            status["initContainerStatuses"] = [container.status() for container in self.init]
        if self._mounted:
            status |= {"podIP": self.address, "podIPs": [{"ip": self.address}]}
        if self._over and self._phase == "Failed":
            status |= {"reason": self._over[0], "message": self._over[1]}
        return status
