"""A cluster that a kubeconfig leads to: a real one, or `quaysim serve` in another process.

Every scenario gets a namespace of its own, whose name begins with the run's id, and which is removed
afterwards. The cluster's time is what its API server says in the `Date` header of an answer. Nothing is
touched that the run has not made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from fake_cluster.errors import ApiError
from fake_cluster.objects import Object, ResourceRef
from quaysim.targets.base import PATIENCE, NotInTime, Target, Targets, Unsupported, missing
from quaysim.targets.capabilities import changeable
from quaysim.targets.changes import Changes
from quaysim.targets.connection import BadKubeconfig, Options, connect
from quaysim.targets.raw import replay, request
from quaysim.targets.resources import NAMESPACES, QUAY_REGISTRIES, SERVICE_ACCOUNTS
from quaysim.targets.run import Run
from quaysim.targets.scenario_client import ScenarioClient
from quaysim.targets.turns import ALONE, Turn
from quaysim.targets.waits import Waiting

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

    from quaysim.targets.clock import ServerClock
    from quaysim.targets.settings import Known

__all__ = ["BadKubeconfig", "Cluster", "KubeconfigTarget", "KubeconfigTargets", "Options", "connect"]


class Cluster:
    """The connection to a cluster: one client for the scenarios, one for watches and work in the background."""

    def __init__(self, options: Options) -> None:
        from fake_cluster.machinery.rest import RestClient  # noqa: PLC0415 - as in `connect`

        self.options = options
        self.api_client: ApiClient = connect(options)
        self.client = RestClient(self.api_client)
        self.background = RestClient(connect(options))
        self.host = str(self.api_client.configuration.host)

    def check(self) -> None:
        """Ask the cluster for its time; raises BadKubeconfig if it does not answer."""
        import urllib3.exceptions  # noqa: PLC0415 - as in `connect`

        try:
            self.date()
        except (ApiError, OSError, urllib3.exceptions.HTTPError) as error:
            reason = getattr(error, "reason", None) or error
            raise BadKubeconfig(f"{self.host} does not answer: {reason}") from error

    def date(self) -> float:
        """The API server's clock, in whole seconds since the epoch."""
        answer = request(self.api_client, "/version")
        return parsedate_to_datetime(answer.headers["Date"]).timestamp()

    def close(self) -> None:
        """End all watches."""
        self.client.close()
        self.background.close()


class KubeconfigTargets(Targets):
    """Targets on one cluster, which is ready for them. `letter` keeps the processes of a run apart."""

    def __init__(  # noqa: PLR0913 - what is known of a run
        self,
        cluster: Cluster,
        run: Run,
        clock: ServerClock,
        known: Known,
        *,
        letter: str = "",
        keep: bool = False,
    ) -> None:
        self.cluster = cluster
        self.run = run
        self.clock = clock
        self.capabilities = known.capabilities
        self.apps_domain = known.apps_domain
        self.keep = keep
        self._names = (f"{letter}{number}" for number in count(1))

    def open(self, needs: Collection[str]) -> Target:
        """A target for one scenario."""
        if reason := missing(needs, self.capabilities):
            raise Unsupported(reason)
        alone = bool(ALONE & set(needs))
        target = KubeconfigTarget(self, Turn(self.cluster.host, alone=alone))
        if alone and not self.keep:
            target.wait_until_alone()
        return target

    def describe(self) -> str:
        """Where the cluster is."""
        return f"the cluster at {self.cluster.host}, run {self.run.id}"

    def next_namespace(self) -> str:
        """The name of another namespace of this run: short, as it becomes part of host names."""
        return self.run.namespace(next(self._names))


class KubeconfigTarget(Target):
    """One scenario's view of such a cluster."""

    client: ScenarioClient

    def __init__(self, targets: KubeconfigTargets, turn: Turn | None = None) -> None:
        self.targets = targets
        self.api_client = targets.cluster.api_client
        self.capabilities = targets.capabilities
        self.client = ScenarioClient(targets.cluster.client, targets.run, changeable(targets.capabilities))
        self.namespaces = []
        self._turn = turn
        self._changes = Changes(targets.cluster.background)
        self.waiting = Waiting(self.client, self._changes, targets.clock)

    @property
    def apps_domain(self) -> str:
        """The domain under which the router gives host names."""
        return self.targets.apps_domain

    def now(self) -> float:
        """The API server's clock."""
        return self.targets.clock.now()

    def wait_until(self, check: Callable[[], bool], timeout: float = PATIENCE, what: str = "") -> None:
        """Wait until `check()` is true, looking whenever something has changed."""
        self.waiting.until(check, timeout, what)

    def pass_time(self, seconds: float) -> None:
        """Wait until the API server's clock has moved on."""
        self.waiting.pass_time(seconds)

    def new_namespace(self) -> str:
        """Create a namespace of this run."""
        name = self.targets.next_namespace()
        self.client.create(NAMESPACES, {"metadata": {"name": name}})
        self.namespaces.append(name)
        account = partial(self.client.find, SERVICE_ACCOUNTS, "default", name)
        self.wait_until(lambda: account() is not None, what=f"namespace {name} is ready for Pods")
        return name

    def wait_until_alone(self) -> None:
        """Wait until nothing is left of the scenarios before: their Pods would still take room on nodes."""
        try:
            self.wait_until(self._is_alone, what="what other scenarios have made is gone")
        except NotInTime:
            self.close()
            raise

    def _is_alone(self) -> bool:
        has = self.targets.run.has_namespace
        return not any(has(item["metadata"]["name"]) for item in self.client.list(NAMESPACES))

    def history(self, ref: ResourceRef, namespace: str, since: str) -> list[tuple[str, Object]]:
        """What the server remembers of these objects since then."""
        return replay(self.api_client, ref, namespace, since)

    def close(self) -> None:
        """Remove what the scenario has made, and let the next one have the cluster."""
        try:
            if not self.targets.keep:
                self._remove_namespaces()
        finally:
            self._changes.close()
            if self._turn is not None:
                self._turn.close()

    def _remove_namespaces(self) -> None:
        """Remove the registries first, while the operator can still tidy up; then the namespaces."""
        for namespace in self.namespaces:
            for registry in self._registries(namespace):
                self.client.delete(QUAY_REGISTRIES, registry["metadata"]["name"], namespace)
        for namespace in self.namespaces:
            gone = partial(self._has_no_registry, namespace)
            self.wait_until(gone, what=f"the registries of {namespace} are gone")
            self.client.delete(NAMESPACES, namespace)

    def _registries(self, namespace: str) -> list[Object]:
        if "quay-operator" not in self.capabilities:
            return []
        return list(self.client.list(QUAY_REGISTRIES, namespace))

    def _has_no_registry(self, namespace: str) -> bool:
        return not self._registries(namespace)
