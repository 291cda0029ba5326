"""The targets of a session on a foreign cluster: nothing is done to it before the first scenario is due."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from quaysim.targets.base import Target, Targets
from quaysim.targets.clock import ServerClock
from quaysim.targets.kubeconfig import Cluster, KubeconfigTargets
from quaysim.targets.preparing import Preparation
from quaysim.targets.run import Run, new_run
from quaysim.targets.settings import Known, Settings, known_from


class ForeignTargets(Targets):
    """One process prepares the cluster and tells the others, which have `told`, what it has found."""

    def __init__(
        self, cluster: Cluster, settings: Settings, told: Mapping[str, Any] | None = None, letter: str = ""
    ) -> None:
        self.cluster = cluster
        self.settings = settings
        self.run = new_run() if told is None else Run(told["run"])
        self._letter = letter
        self._preparation: Preparation | None = None
        self._known: Known | None = None if told is None else known_from(told)
        self._targets: KubeconfigTargets | None = None

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Make the cluster ready, once; raises CannotRun and ApiError."""
        if self._known is None:
            self._preparation = Preparation(self.cluster, self.run, self.settings, tell)
            self._known = self._preparation.begin()

    def told(self) -> dict[str, Any]:
        """What another process of this run is to be told."""
        if self._known is None:
            raise RuntimeError("the cluster has not been prepared")
        return {"run": self.run.id, **self._known.as_plain()}

    def open(self, needs: Collection[str]) -> Target:
        """A target for one scenario."""
        if self._targets is None:
            self.prepare(_silently)
            self._targets = self._made()
        return self._targets.open(needs)

    def _made(self) -> KubeconfigTargets:
        if self._known is None:
            raise RuntimeError("the cluster has not been prepared")
        preparation = self._preparation
        clock = preparation.clock if preparation else ServerClock(self.cluster.date, self._known.clock)
        keep = self.settings.keep
        return KubeconfigTargets(self.cluster, self.run, clock, self._known, letter=self._letter, keep=keep)

    def describe(self) -> str:
        """Where the cluster is, and what the run is called."""
        whose = {"real": "its own operator", "simulated": "the simulated operator"}[self.settings.operator]
        return f"the cluster at {self.cluster.host} with {whose}, run {self.run.id}"

    def finish(self) -> None:
        """Remove what the run has left, and end."""
        if self._preparation is not None:
            self._preparation.end()
        else:
            self.cluster.close()


def _silently(line: str) -> None:
    del line
