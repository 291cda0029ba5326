"""Runs a setup on a fresh cluster until nothing changes any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from fake_cluster.cluster import FakeCluster
from fake_cluster.objects import Object, ResourceRef, condition_is_true, copy_of
from quaysim import operator
from quaysim.operator import QUAY_REGISTRIES, Settings
from quaysim.plan.applying import Remark, apply_setup
from quaysim.plan.problems import UnreadableInput
from quaysim.plan.setup import RegistryInput, Setup, check_bundles, check_registries

STEP = 10.0
"""Seconds between two looks at the cluster: the operator's shortest period."""
QUIET = 70.0
"""Seconds without change after which a verdict stands: longer than every period of the operator."""
PATIENCE = 320.0
"""The same where nothing is decided: the operator waits up to 300 s for a router."""
LIMIT = 1800.0
"""Seconds of the cluster's time after which it is not going to settle."""

_PASSING = frozenset({"Event", "Lease"})
_VOLATILE = frozenset(
    {
        "resourceVersion",
        "managedFields",
        "lastUpdated",
        "lastUpdateTime",
        "lastTransitionTime",
        "lastProbeTime",
    }
)


@dataclass(frozen=True)
class Outcome:
    """The cluster when nothing changed any more.

    `objects`: everything that is there now and was not there before. `available_after`: seconds of the
    cluster's time until each registry was available, by (namespace, name).
    """

    setup: Setup
    objects: list[Object]
    remarks: list[Remark]
    available_after: dict[tuple[str, str], float]

    def registry(self, given: RegistryInput) -> Object:
        """What became of a registry."""
        return next(
            obj
            for obj in self.objects
            if obj["kind"] == "QuayRegistry"
            and (obj["metadata"]["namespace"], obj["metadata"]["name"]) == (given.namespace, given.name)
        )


def simulate(setup: Setup) -> Outcome:
    """Apply the setup to a fresh cluster with the operator and let time pass. Raises UnreadableInput."""
    return _Simulation(setup).run()


class _Simulation:
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.cluster = FakeCluster(platform=setup.platform, apps_domain=setup.apps_domain)
        self._client = self.cluster.client("quaysim-plan")
        self._available_after: dict[tuple[str, str], float] = {}

    def run(self) -> Outcome:
        with self.cluster as cluster:
            self._run_operator()
            check_bundles(self.setup)
            cluster.settle()
            before = {obj["metadata"]["uid"] for obj in self._objects()}
            remarks = apply_setup(cluster.api, self.setup)
            check_registries(self.setup)
            self._until_quiet()
            new = [obj for obj in self._objects() if obj["metadata"]["uid"] not in before]
            return Outcome(self.setup, [_shown(obj) for obj in new], remarks, self._available_after)

    def _run_operator(self) -> None:
        cluster, client = self.cluster, self.cluster.client("quay-operator")
        settings = Settings(version=self.setup.operator_version)
        try:
            controllers = operator.controllers(client, settings, cluster.clock, Random(0), cluster.peer_chain)
        except ValueError as error:
            raise UnreadableInput(str(error)) from error
        operator.install(client)
        cluster.add(controllers)

    def _until_quiet(self) -> None:
        start = changed = self.cluster.clock.now()
        seen: dict[str, Any] = {}
        while True:
            self.cluster.advance(STEP)
            now, state = self.cluster.clock.now(), self._state()
            if state != seen:
                seen, changed = state, now
            decided = self._look_at_registries(now - start)
            if now - changed >= (QUIET if decided else PATIENCE) or now - start >= LIMIT:
                return

    def _look_at_registries(self, elapsed: float) -> bool:
        """Whether each registry is available or blocked."""
        registries = self._client.list(QUAY_REGISTRIES)
        for registry in registries:
            if condition_is_true(registry, "Available"):
                key = registry["metadata"]["namespace"], registry["metadata"]["name"]
                self._available_after.setdefault(key, elapsed)
        return all(
            condition_is_true(registry, "Available") or condition_is_true(registry, "RolloutBlocked")
            for registry in registries
        )

    def _state(self) -> dict[str, Any]:
        """Everything that would not change if the operator only repeated itself."""
        lasting = (obj for obj in self._objects() if obj["kind"] not in _PASSING and not _is_probe(obj))
        return {obj["metadata"]["uid"]: _lasting(obj) for obj in lasting}

    def _objects(self) -> Iterator[Object]:
        """Everything that is stored; what the server makes up when asked, such as metrics, has no uid."""
        for resource in self.cluster.api.kinds.resources():
            if "list" in resource.verbs and resource.ref == resource.storage:
                listed = (_typed(obj, resource.ref) for obj in self._client.list(resource.ref))
                yield from (obj for obj in listed if "uid" in obj["metadata"])


def _typed(obj: Object, ref: ResourceRef) -> Object:
    return obj if "kind" in obj else {"apiVersion": ref.api_version, "kind": ref.kind, **obj}


def _is_probe(obj: Object) -> bool:
    """The Route that the operator makes for a second in each pass, to ask the router for its domain."""
    return obj["kind"] == "Route" and bool(obj["spec"].get("to", {}).get("name") == "none")


def _lasting(value: Any) -> Any:
    """An object without what moves while nothing happens."""
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items() if key not in _VOLATILE}
    return [_lasting(item) for item in value] if isinstance(value, list) else value


def _shown(obj: Object) -> Object:
    """A copy without the bookkeeping of field managers."""
    shown = copy_of(obj)
    shown["metadata"].pop("managedFields", None)
    return shown
