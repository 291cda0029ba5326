"""FakeCluster: a Kubernetes cluster in memory, ready to use.

    with FakeCluster() as cluster:
        client = cluster.client()
        client.create(DEPLOYMENTS, web)
        cluster.run_until(lambda: condition_is_true(client.get(DEPLOYMENTS, "web", "default"), "Available"))

Time stands still until somebody lets it pass: `settle` does what is due now, `advance` and `run_until`
move from one due moment to the next. With a real clock an event loop drives `manager` instead.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from fake_cluster import bootstrap
from fake_cluster import platform as openshift
from fake_cluster.api import Api
from fake_cluster.api.access.users import ADMINISTRATOR, User, authenticated
from fake_cluster.controllers import all_controllers
from fake_cluster.controllers.horizontal_pod_autoscaler import NAME as AUTOSCALER
from fake_cluster.kinds import Kinds
from fake_cluster.kinds.refs import HORIZONTAL_POD_AUTOSCALERS, NODE_METRICS, NODES, POD_METRICS
from fake_cluster.machinery.clock import Clock, VirtualClock
from fake_cluster.machinery.controller import Controller
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.machinery.manager import Manager
from fake_cluster.manifests import ManifestError, read_manifests
from fake_cluster.node.agent import NAME as AGENT
from fake_cluster.node.agent import NodeAgent
from fake_cluster.node.metrics import NodeMetrics, PodMetrics
from fake_cluster.node.report import unready_pods
from fake_cluster.node.scheduler import Scheduler
from fake_cluster.node.specs import NodeSpec, node_object, workers
from fake_cluster.objects import Object, key_of
from fake_cluster.store import Store

if TYPE_CHECKING:  # half a second to import, which only those who ask for it spend
    from kubernetes.client import ApiClient

Platform = Literal["kubernetes", "openshift"]
YOUNG = 50_000
"""New objects after which Python looks for garbage while a cluster runs."""
PATIENCE = 300.0
"""Seconds of the cluster's time that `run_until` waits if nothing else is said."""


class NotReachedError(TimeoutError):
    """What was waited for has not come. The text says what everybody was still waiting for."""


def _nobody_listens(host: str, port: int) -> str:
    raise OSError(f"dial tcp {host}:{port}: connect: connection refused")


@contextmanager
def _little_garbage() -> Iterator[None]:
    """Look for garbage less often: what a cluster keeps are trees, and searching them takes half the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], YOUNG) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class FakeCluster:
    """A cluster: its API, its controllers, its nodes and its clock.

    `seed` decides everything random: same seed, same run. `nodes` is a number of generous workers or a
    list of NodeSpec; with `run_nodes=False` there are none, and whoever likes brings their own. `apps_domain`
    is the domain of the router's host names on OpenShift.

    With `rbac` roles decide who may do what; clients in process, and those without a user, are administrators.

    `faults` are what clients must bear with; see `fake_cluster.api.faults`.

    `programs` decides what runs in containers, `images` what can be pulled: there a test makes Pods fail.
    `usages` says how much of the processor and of memory they use: autoscalers and `kubectl top` look at it,
    unless the cluster is to be without `metrics`, as one without a metrics server is.
    """

    def __init__(  # noqa: PLR0913 - what can be chosen about a cluster
        self,
        platform: Platform = "kubernetes",
        seed: int = 0,
        clock: Clock | None = None,
        apps_domain: str = "apps.example.com",
        nodes: int | Sequence[NodeSpec] = 3,
        *,
        run_nodes: bool = True,
        rbac: bool = False,
        metrics: bool = True,
    ) -> None:
        self.platform = platform
        self.seed = seed
        self.apps_domain = apps_domain
        self.clock = clock or VirtualClock()
        self.api = Api(Kinds(), Store(), self.clock, Random(seed))
        self.faults = self.api.faults
        self.faults.rng = Random(f"{seed} faults")
        self.manager = Manager(self.clock, seed)
        bootstrap.install(self.client("kube-apiserver"))
        if rbac:
            bootstrap.install_roles(self.client("kube-apiserver"))
            self.api.access.switch_on_rbac()
        kubelet = self.client("kubelet")
        self.node_agent = NodeAgent(kubelet, self.clock, partial(self.manager.enqueue, AGENT))
        self.programs = self.node_agent.programs
        self.images = self.node_agent.images
        self.usages = self.node_agent.usages
        if run_nodes:
            self._run_nodes(workers(nodes) if isinstance(nodes, int) else nodes)
        if run_nodes and metrics:
            self._measure()
        self._run(
            all_controllers(self.client("kube-controller-manager"), self.clock, Random(f"{seed} controllers"))
        )
        self._dial: Callable[[str, int], str] = _nobody_listens
        if platform == "openshift":
            self._install_openshift()
        self.manager.run_ready()

    def _run_nodes(self, specs: Iterable[NodeSpec]) -> None:
        for spec in specs:
            self.add_node(spec)
        self.api.core.containers = self.node_agent
        self._run(Scheduler(self.client("kube-scheduler"), self.clock).controllers())
        self._run(self.node_agent.controllers())

    def _measure(self) -> None:
        """Serve what nodes and Pods use, as a metrics server does."""
        client, usage_of = self.client("metrics-server"), self.node_agent.usage
        self.api.serve(NODE_METRICS, NodeMetrics(client, self.clock, usage_of))
        self.api.serve(POD_METRICS, PodMetrics(client, self.clock, usage_of))
        self.usages.changed = self._wake_autoscalers

    def _wake_autoscalers(self) -> None:
        """Metrics cannot be watched: tell autoscalers at rest that there is something to look at."""
        for autoscaler in self.client().list(HORIZONTAL_POD_AUTOSCALERS):
            self.manager.enqueue(AUTOSCALER, key_of(autoscaler))

    def _install_openshift(self) -> None:
        rng = Random(f"{self.seed} openshift")
        installed = openshift.install(self.client("openshift"), self.clock, rng, self.apps_domain)
        self.api.core.admission.extend(installed.on_create, installed.on_update)
        self._run(installed.controllers)
        self._dial = installed.peer_chain

    # --- clients ----------------------------------------------------------------------------------

    def client(self, user_agent: str = "fake-cluster") -> DirectClient:
        """A client that calls the API in process."""
        return DirectClient(self.api, user_agent)

    def kube_client(
        self, user_agent: str = "", *, user: str = "", groups: Sequence[str] = (), token: str = ""
    ) -> ApiClient:
        """The official client's `ApiClient`, in process; its watches let time pass while they wait.

        It is the administrator's, or that of a `user` in `groups`, or it brings a bearer `token`.
        """
        from fake_cluster.transport import kube_client  # noqa: PLC0415 - half a second, only for those who ask

        virtual = isinstance(self.clock, VirtualClock)
        who = authenticated(user, tuple(groups)) if user else ADMINISTRATOR
        return kube_client(
            self.api,
            idle=self.let_time_pass if virtual else None,
            user_agent=user_agent,
            token=token or (self.token_for(who) if user or self.api.access.rbac else ""),
        )

    def token_for(self, user: User) -> str:
        """A bearer token with which clients are that user."""
        return self.api.access.authentication.token_for(user)

    def peer_chain(self, host: str, port: int) -> str:
        """The certificates (PEM) that a TLS server shows there; OSError where nobody listens."""
        return self._dial(host, port)

    # --- parts ------------------------------------------------------------------------------------

    def add_node(self, spec: NodeSpec) -> None:
        """Add a node that is ready."""
        client, status = self.client("kubelet"), {"capacity": dict(spec.capacity)}
        node = client.create(NODES, node_object(spec, len(client.list(NODES))))
        self.node_agent.report(node | {"status": status})

    def add(self, controllers: Iterable[Controller]) -> None:
        """Run more controllers in this cluster."""
        self._run(controllers)

    def load(self, source: str | Path) -> list[Object]:
        """Apply manifests: a YAML text, or a file or directory as a `Path`; in their order, as stored.

        Objects without a namespace go to `default`. Raises ManifestError for what cannot be read or is of
        a kind that the cluster does not have, and ApiError for what it refuses.
        """
        client = self.client("fake-cluster")
        return [self._applied(client, obj) for obj in read_manifests(source)]

    def _applied(self, client: DirectClient, obj: Object) -> Object:
        resource = self.api.kinds.by_kind(obj["apiVersion"], obj["kind"])
        if resource is None:
            raise ManifestError(f'no kind "{obj["kind"]}" in version "{obj["apiVersion"]}" on this cluster')
        if resource.ref.namespaced:
            obj = obj | {"metadata": {"namespace": "default"} | obj["metadata"]}
        return client.apply(resource.ref, obj, manager="fake-cluster")

    def _run(self, controllers: Iterable[Controller]) -> None:
        client = self.client()
        for controller in controllers:
            self.manager.add(controller, client)

    # --- time -------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Do everything that is due now; no time passes."""
        self.manager.run_ready()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, and everything happen that is due until then."""
        clock = self._virtual_clock()
        end = clock.now() + seconds
        with _little_garbage():
            self.settle()
            while self._advance_to_next_due(clock, end):
                self.settle()
        clock.advance_to(end)

    def run_until(self, reached: Callable[[], object], timeout: float = PATIENCE, what: str = "") -> None:
        """Let time pass until `reached()` is true; it is asked again whenever something has happened.

        Raises NotReachedError when `timeout` seconds have gone by, or when nothing is left to happen.
        """
        clock = self._virtual_clock()
        end = clock.now() + timeout
        seen: tuple[int, int] | None = None
        with _little_garbage():
            while True:
                self.settle()
                state = (self.api.store.revision, self.manager.passes)
                if state != seen and reached():
                    return
                seen = state
                if not self._advance_to_next_due(clock, end):
                    break
        text = self._not_reached(what, timeout)
        clock.advance_to(end)
        if not reached():
            raise NotReachedError(text)

    def _not_reached(self, what: str, timeout: float) -> str:
        """What was expected, and what everybody waits for."""
        over = f"within {timeout:g} s of the cluster's time"
        why = over if self.manager.next_due() is not None else f"{over}, and nothing more is going to happen"
        waiting = [*self.manager.waiting(), *unready_pods(self.client())]
        lines = [f"{what or 'what was waited for'}: not {why}", *waiting, f"seed {self.seed}"]
        return "\n  ".join(lines)

    def let_time_pass(self, deadline: float) -> bool:
        """Run the cluster until something is written; False if that is not to happen before `deadline`.

        This is what in-process watches wait with.
        """
        clock, revision = self._virtual_clock(), self.api.store.revision
        while True:
            self.settle()
            if self.api.store.revision != revision:
                return True
            if not self._advance_to_next_due(clock, deadline):
                if deadline != float("inf"):
                    clock.advance_to(deadline)
                return False

    def _advance_to_next_due(self, clock: VirtualClock, end: float) -> bool:
        due = None if self.manager.is_running else self.manager.next_due()
        if due is None or due > end:
            return False
        clock.advance_to(due)
        return True

    def _virtual_clock(self) -> VirtualClock:
        if not isinstance(self.clock, VirtualClock):
            raise TypeError(
                "This cluster runs on real time: time passes by itself, drive its manager instead."
            )
        return self.clock

    # --- life -------------------------------------------------------------------------------------

    def close(self) -> None:
        """Stop the cluster's controllers and nodes."""
        self.manager.close()
        self.node_agent.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
