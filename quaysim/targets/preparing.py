"""Making a foreign cluster ready for a run: looking at it, bringing what it lacks, starting the operator.

Nothing is made before it is known that the run can take place, and nothing cluster-scoped before it has been
told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import SystemRandom

from fake_cluster.kinds.refs import NAMESPACES, SERVICE_ACCOUNTS, STORAGE_CLASSES
from fake_cluster.objects import annotations_of
from quaysim import operator
from quaysim.standins import STAND_INS, BadStandIns, Brought
from quaysim.standins.background import Background
from quaysim.standins.dialing import StandInDoor, answers, dial
from quaysim.standins.scoped import ScopedClient
from quaysim.targets.base import CannotRun, NotInTime
from quaysim.targets.capabilities import ALL_NAMESPACES, overridden, served
from quaysim.targets.changes import Changes
from quaysim.targets.clock import ServerClock
from quaysim.targets.kubeconfig import Cluster, KubeconfigTarget, KubeconfigTargets
from quaysim.targets.probing import PATIENCE, PROBE, Prober
from quaysim.targets.removal import Removal
from quaysim.targets.resources import NODES, QUAY_REGISTRIES
from quaysim.targets.run import Run
from quaysim.targets.settings import Known, Settings

DEFAULT_DOMAIN = "apps.example.com"
NEEDED_BY_REAL = "autoscaling-v2beta2"
DIAL_SECONDS = 3.0
TRIED = ("router", "certificates", "buckets", "pods")
Tell = Callable[[str], None]


class Preparation:
    """One run's hold on a cluster, from its beginning to its end."""

    def __init__(self, cluster: Cluster, run: Run, settings: Settings, tell: Tell) -> None:
        self.cluster = cluster
        self.run = run
        self.settings = settings
        self._tell = tell
        self._found = served(cluster.client)
        self._check()
        self.clock = ServerClock(cluster.date)
        self._had_registries = cluster.client.serves(QUAY_REGISTRIES)
        self._client = ScopedClient(cluster.background, run)
        self._domain = settings.apps_domain
        self._brought = Brought(self._client, self._changes, self.clock, self._domain or DEFAULT_DOMAIN)
        self._operator: Background | None = None

    def _changes(self) -> Changes:
        return Changes(self.cluster.background)

    def _check(self) -> None:
        """Raise CannotRun where it is known from the beginning that nothing will work."""
        found = overridden(self._found, self.settings.declared)
        if self.settings.operator == "real" and NEEDED_BY_REAL not in found:
            raise CannotRun(
                f"{self.cluster.host} does not serve autoscaling/v2beta2, which ended with Kubernetes 1.25 and "
                f"which operator 3.7.10 needs; if yours does not, say `{NEEDED_BY_REAL}: true` in --capabilities"
            )

    # --- the beginning --------------------------------------------------------------------------------

    def begin(self) -> Known:
        """Make the cluster ready. Raises CannotRun, and whatever the cluster refuses."""
        self._put_up(self._lacking())
        with self._probing() as prober:
            self._find_out(prober)
        self._found |= self._nodes()
        return self._known()

    def _known(self) -> Known:
        found = overridden(self._found, self.settings.declared)
        return Known(found, self._domain or DEFAULT_DOMAIN, self.clock.known)

    def _target(self) -> KubeconfigTarget:
        """A target for the preparation itself."""
        return KubeconfigTarget(KubeconfigTargets(self.cluster, self.run, self.clock, self._known()))

    def _nodes(self) -> frozenset[str]:
        """Nodes that the run has made may be changed, if there are no others."""
        nodes = self.cluster.client.list(NODES)
        return frozenset({"nodes"} if nodes and all(map(self.run.made, nodes)) else ())

    def _put_up(self, names: frozenset[str]) -> None:
        would_make = list(self._brought.would_make(names - set(self._brought.names)))
        if would_make:
            self._tell(f"run {self.run.id} makes in the cluster: {', '.join(would_make)}")
        try:
            self._brought.put_up(names)
        except BadStandIns as error:
            raise CannotRun(str(error)) from error
        self._found |= served(self.cluster.client)
        if "openshift-apis" in names:
            self._found -= {"plain-kubernetes"}

    def _lacking(self) -> frozenset[str]:
        """The stand-ins that discovery alone shows to be missing, or those that were named."""
        own = frozenset({"quay-api"} if self.settings.operator == "simulated" else ())
        if self.settings.stand_ins is not None:
            return self.settings.stand_ins | own
        names = set(own)
        if not self.cluster.client.list(NODES):
            names |= {"nodes"} | (set() if self._has_storage() else {"volumes"})
        if list(STAND_INS["openshift-apis"].makes(self._client, self.run.id)):
            names |= {"openshift-apis"}
        names |= set() if "route-api" in self._found else {"router", "certificates"}
        names |= set() if "obc-api" in self._found else {"buckets"}
        return frozenset(names)

    def _has_storage(self) -> bool:
        mark = "storageclass.kubernetes.io/is-default-class"
        return any(annotations_of(found).get(mark) == "true" for found in self._client.list(STORAGE_CLASSES))

    # --- trying things out ----------------------------------------------------------------------------

    @contextmanager
    def _probing(self) -> Iterator[Prober]:
        """A namespace for probes, in which Pods can be made."""
        with self._target() as target:
            namespace = self.run.namespace(PROBE)
            target.client.create(NAMESPACES, {"metadata": {"name": namespace}})
            target.namespaces.append(namespace)
            self._need_accounts(target, namespace)
            yield Prober(target.waiting, namespace)

    def _need_accounts(self, target: KubeconfigTarget, namespace: str) -> None:
        """Where nobody gives namespaces their ServiceAccounts, nobody runs the other controllers either."""

        def there() -> bool:
            return target.client.find(SERVICE_ACCOUNTS, "default", namespace) is not None

        try:
            target.waiting.until(there, PATIENCE, "namespaces get ServiceAccounts", at_least=5)
        except NotInTime:
            if self.settings.stand_ins is not None:
                raise CannotRun(
                    f"{self.cluster.host} runs no kube-controller-manager: bring `controllers` with --stand-ins"
                ) from None
            self._put_up(frozenset({"controllers"}))
            target.wait_until(there, what="namespaces get ServiceAccounts")

    def _find_out(self, prober: Prober) -> None:
        known = self._found | ({"has-nodes"} if self.cluster.client.list(NODES) else set())
        works = prober.works(TRIED, known)
        self._found |= (works - {"certificates"}) | ({"rbac"} if prober.has_rbac() else set())
        if self.settings.stand_ins is None:
            self._bring_the_rest(works)
        if "router" in works:
            self._ask_router(prober)
        self._have_an_operator(prober)

    def _bring_the_rest(self, works: frozenset[str]) -> None:
        """What is served but not looked after is looked after by a stand-in."""
        idle = {"router", "certificates", "buckets"} - works - set(self._brought.names)
        if idle:
            self._put_up(frozenset(idle))
            self._found |= idle - {"certificates"}

    def _ask_router(self, prober: Prober) -> None:
        """The apps domain, and whether the router can be called from here."""
        ingress = (prober.found("router") or {})["status"]["ingress"][0]
        prefix = f"router-{ingress.get('routerName', '')}."
        self._domain = self._domain or str(ingress.get("routerCanonicalHostname", "")).removeprefix(prefix)
        if "router" not in self._brought.names and answers(ingress["host"], DIAL_SECONDS):
            self._found |= {"router-answers"}

    # --- the operator ---------------------------------------------------------------------------------

    def _have_an_operator(self, prober: Prober) -> None:
        simulated = self.settings.operator == "simulated"
        if simulated and not self._had_registries:
            self._run_operator()
        if not (simulated or self._had_registries):
            return
        answered = bool(prober.works(("quay-operator",), {"quay-api"}))
        if simulated and self._operator is None:
            if answered:
                raise CannotRun(
                    f"an operator is at work in {self.cluster.host}: take it with --operator=real"
                )
            self._run_operator()
            answered = True
        self._found |= {"quay-operator", ALL_NAMESPACES} if answered else set()

    def _run_operator(self) -> None:
        """Run the simulated operator in this process, for the run's namespaces."""
        reachable = "router-answers" in self._found
        door = dial if reachable else StandInDoor(self._domain or DEFAULT_DOMAIN)
        background = Background("quay-operator", self._client, self.clock)
        controllers = operator.controllers(
            self._client, operator.Settings(), self.clock, SystemRandom(), door
        )
        background.add(controllers)
        background.start()
        self._operator = background

    # --- the end --------------------------------------------------------------------------------------

    def end(self) -> None:
        """Remove what is left, unless it is to be kept, and stop working."""
        with ExitStack() as stack:
            stack.callback(self._brought.close)
            if self._operator is not None:
                stack.callback(self._operator.close)
            if self.settings.keep:
                self._tell(f"kept; remove it with: quaysim cleanup --run {self.run.id}")
                return
            self._remove()

    def _remove(self) -> None:
        with self._target() as target:
            removal = Removal(self.cluster.api_client, target.waiting)
            removal.remove_all()
        if removal.left:
            left = ", ".join(removal.left)
            self._tell(f"left in the cluster: {left}; remove it with: quaysim cleanup --run {self.run.id}")
