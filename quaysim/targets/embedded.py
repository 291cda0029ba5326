"""A fake cluster as a target: in this process, on virtual time, with the simulated operator.

Scenarios reach it as they would reach any other cluster, through the official client.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fake_cluster.cluster import FakeCluster, Platform
from fake_cluster.machinery.rest import RestClient
from fake_cluster.objects import Object, ResourceRef
from quaysim import operator
from quaysim.targets.base import PATIENCE, NotInTime, Target
from quaysim.targets.capabilities import ONE_NAMESPACE, OPERATOR_36, OPERATOR_DEPLOYMENT, PLAIN, RBAC
from quaysim.targets.installed import installed
from quaysim.targets.raw import replay
from quaysim.targets.resources import NAMESPACES

NAMESPACE = "quay-enterprise"
"""The namespace of the documentation's examples, and of most scenarios."""
OLD_VERSION = "3.6.4"
"""Of the operator, for scenarios about operator 3.6."""


class FakeTarget(Target):
    """One scenario's fake cluster."""

    def __init__(self, seed: int, domain: str, capabilities: frozenset[str]) -> None:
        platform: Platform = "kubernetes" if PLAIN in capabilities else "openshift"
        self.cluster = FakeCluster(platform, seed, apps_domain=domain, rbac=RBAC in capabilities)
        self.api_client = self.cluster.kube_client()
        self.client = RestClient(self.api_client)
        self.capabilities = capabilities
        self._domain = domain
        self.namespaces = []
        self._run_operator(Random(seed), NAMESPACE if ONE_NAMESPACE in capabilities else "")

    def _run_operator(self, rng: Random, watch_namespace: str) -> None:
        cluster, client = self.cluster, self.cluster.client("quay-operator")
        settings = operator.Settings(watch_namespace=watch_namespace)
        if OPERATOR_36 in self.capabilities:
            settings = operator.Settings(OLD_VERSION, watch_namespace)
        operator.install(client, settings.version)
        controllers = operator.controllers(client, settings, cluster.clock, rng, cluster.peer_chain)
        if OPERATOR_DEPLOYMENT in self.capabilities:
            controllers = list(installed(client, controllers, settings.version))
        cluster.add(controllers)

    @property
    def apps_domain(self) -> str:
        """The router's domain."""
        return self._domain

    def now(self) -> float:
        """Virtual time."""
        return self.cluster.clock.now()

    def wait_until(self, check: Callable[[], bool], timeout: float = PATIENCE, what: str = "") -> None:
        """Run the cluster until `check()` is true."""
        try:
            self.cluster.run_until(self._after_changes(check), timeout, what)
        except TimeoutError as error:
            _, *still_to_come = str(error).splitlines()
            raise NotInTime(what, timeout, "\n".join(still_to_come)) from None

    def _after_changes(self, check: Callable[[], bool]) -> Callable[[], bool]:
        """The same question, which is asked only if something was written since the last time."""
        store, asked = self.cluster.api.store, -1

        def ask() -> bool:
            nonlocal asked
            if store.revision == asked:
                return False
            answer = check()
            asked = store.revision
            return answer

        return ask

    def pass_time(self, seconds: float) -> None:
        """Run the cluster for `seconds` of virtual time."""
        self.cluster.advance(seconds)

    def new_namespace(self) -> str:
        """Create a namespace: the one of the documentation's examples first."""
        name = f"{NAMESPACE}-{len(self.namespaces) + 1}" if self.namespaces else NAMESPACE
        self.client.create(NAMESPACES, {"metadata": {"name": name}})
        self.namespaces.append(name)
        self.cluster.settle()
        return name

    def history(self, ref: ResourceRef, namespace: str, since: str) -> list[tuple[str, Object]]:
        """What the server remembers of these objects since then."""
        return replay(self.api_client, ref, namespace, since)

    def close(self) -> None:
        """Throw the cluster away; its parts know each other, so its objects are let go by hand."""
        self.cluster.close()
        self.cluster.api.store.clear()
