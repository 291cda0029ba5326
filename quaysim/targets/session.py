"""The targets of a session on a foreign cluster: nothing is done to it before the first scenario is due."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from quaysim.targets.base import NoCluster, Target, Targets
from quaysim.targets.clock import ServerClock
from quaysim.targets.connection import Options
from quaysim.targets.kubeconfig import Cluster, KubeconfigTargets
from quaysim.targets.run import Run, new_run
from quaysim.targets.settings import Known, Settings, known_from
from quaysim.targets.sources import Given, Source

if TYPE_CHECKING:
    from quaysim.targets.preparing import Preparation


class ForeignTargets(Targets):
    """The cluster of `source`. One process prepares it and tells the others, which begin with `told`."""

    def __init__(
        self, source: Source, settings: Settings, told: Mapping[str, Any] | None = None, letter: str = ""
    ) -> None:
        self.settings = settings
        self.run = new_run() if told is None else Run(told["run"])
        self._source = source
        self._letter = letter
        self._no_cluster = ""
        self._cluster: Cluster | None = None
        self._preparation: Preparation | None = None
        self._targets: KubeconfigTargets | None = None
        self._known: Known | None = None
        if isinstance(source, Given):
            self._connect(source.options)
        if told is not None:
            self._take(told)

    def _connect(self, options: Options) -> Cluster:
        """The connection to the cluster, which answers; raises BadKubeconfig."""
        self._cluster = self._cluster or Cluster(options)
        self._cluster.check()
        return self._cluster

    def _take(self, told: Mapping[str, Any]) -> None:
        """What another process has found out."""
        self._no_cluster = told["no_cluster"]
        if not self._no_cluster:
            self._known = known_from(told)
            cluster = self._connect(Options(told["kubeconfig"], told["context"], not_a_test_cluster=True))
            self._open(cluster, ServerClock(cluster.date, self._known.clock), self._known)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Make the cluster ready, once; raises CannotRun, NoCluster if so wished, and ApiError."""
        if self._targets is not None or self._no_cluster:
            return
        from quaysim.targets.preparing import Preparation  # noqa: PLC0415 - the workers of a run need none

        try:
            cluster = self._connect(self._source.start())
        except NoCluster as error:
            if self.settings.require_containers:
                raise
            self._no_cluster = str(error)
            return
        self._preparation = Preparation(cluster, self.run, self.settings, tell)
        self._known = self._preparation.begin()
        self._open(cluster, self._preparation.clock, self._known)

    def _open(self, cluster: Cluster, clock: ServerClock, known: Known) -> None:
        self._targets = KubeconfigTargets(
            cluster, self.run, clock, known, letter=self._letter, keep=self.settings.keep
        )

    def told(self) -> dict[str, Any]:
        """What another process of this run is to be told."""
        told: dict[str, Any] = {"run": self.run.id, "no_cluster": self._no_cluster}
        if self._known is None or self._cluster is None:
            return told
        options = self._cluster.options
        way = {"kubeconfig": options.kubeconfig, "context": options.context}
        return told | way | self._known.as_plain()

    def open(self, needs: Collection[str]) -> Target:
        """A target for one scenario; raises NoCluster where there is no cluster."""
        self.prepare(_silently)
        if self._targets is None:
            raise NoCluster(self._no_cluster)
        return self._targets.open(needs)

    def describe(self) -> str:
        """What the cluster is, and what the run is called."""
        where = f"the cluster at {self._cluster.host}" if self._cluster else self._source.where
        whose = {"real": "its own operator", "simulated": "the simulated operator"}[self.settings.operator]
        return f"{where} with {whose}, run {self.run.id}"

    def finish(self) -> None:
        """Remove what the run has left, and end."""
        with ExitStack() as stack:
            stack.callback(self._source.stop)
            if self._cluster is not None:
                stack.callback(self._cluster.close)
            if self._preparation is not None:
                self._preparation.end()


def _silently(line: str) -> None:
    del line
