"""What a scenario knows of the cluster that it runs on.

A target is an API client, a clock and a few facts. Nothing else: whatever a step does or looks at goes
through the Kubernetes API, so that the same scenario runs on the fake cluster and on a real one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef

if TYPE_CHECKING:  # half a second to import, which whoever only collects scenarios need not spend
    from kubernetes.client import ApiClient

PATIENCE = 300.0
"""Seconds of the cluster's clock that a wait takes at most, if nothing else is said."""


class NotInTime(AssertionError):  # noqa: N818 - reads as the sentence that it is
    """What was waited for did not come."""

    def __init__(self, what: str, seconds: float, detail: str = "") -> None:
        self.waited = f"waited for {seconds:.0f} s of the cluster's time" + (f"\n{detail}" if detail else "")
        super().__init__(f"{what}: {self.waited}")


class Unsupported(Exception):  # noqa: N818 - not an error: the scenario cannot be checked here
    """A target lacks something that a scenario needs. `str()` names it."""


class CannotRun(Exception):  # noqa: N818 - a sentence for the person at the command line
    """Nothing can be run on this cluster in this way; `str()` says why in one sentence."""


class NoCluster(Exception):  # noqa: N818 - not an error: nothing can be checked here
    """There is no cluster to run on; `str()` says why in one sentence."""


class Target(ABC):
    """A cluster, as one scenario sees it.

    `client` and `api_client` speak to the same API server, as this project's controllers and as every
    Python program do. `namespaces` are those that were made for the scenario.
    """

    client: Client
    api_client: ApiClient
    capabilities: frozenset[str]
    namespaces: list[str]

    @property
    @abstractmethod
    def apps_domain(self) -> str:
        """The domain under which the router gives host names, such as `apps.example.com`."""

    @abstractmethod
    def now(self) -> float:
        """The cluster's time, in seconds since the epoch."""

    @abstractmethod
    def wait_until(self, check: Callable[[], bool], timeout: float = PATIENCE, what: str = "") -> None:
        """Wait until `check()` is true; raises NotInTime after `timeout` seconds of the cluster's clock.

        `check` looks at the cluster through the API only: it is asked again after something has changed.
        """

    @abstractmethod
    def pass_time(self, seconds: float) -> None:
        """Let `seconds` of the cluster's clock pass."""

    @abstractmethod
    def new_namespace(self) -> str:
        """Create a namespace for this scenario, which is removed with it, and return its name."""

    @abstractmethod
    def history(self, ref: ResourceRef, namespace: str, since: str) -> list[tuple[str, Object]]:
        """All changes of a kind in a namespace after resourceVersion `since`: (event type, object)."""

    @abstractmethod
    def close(self) -> None:
        """Remove what the scenario has made."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Targets(ABC):
    """Where scenarios get their targets from: one per session, made from the command line's options."""

    @abstractmethod
    def open(self, needs: Collection[str]) -> Target:
        """A target for one scenario; raises Unsupported if it cannot have what the scenario needs."""

    @abstractmethod
    def describe(self) -> str:
        """One line that says what scenarios run on, for the head of the run and for failures."""

    def prepare(self, tell: Callable[[str], None]) -> None:  # noqa: B027 - not every target needs it
        """Do what has to be done once before the first scenario; `tell` shows a line to whoever looks."""

    def told(self) -> dict[str, Any]:
        """What the processes of a parallel run have to be told by the one that has prepared it."""
        return {}

    def finish(self) -> None:  # noqa: B027 - as above
        """Do what has to be done after the last scenario."""


def missing(needs: Collection[str], capabilities: Collection[str]) -> str:
    """The needs that are not among the capabilities, as a reason to skip; empty if all are."""
    lacking = sorted(set(needs) - set(capabilities))
    return f"not supported by this cluster: {', '.join(lacking)}" if lacking else ""
