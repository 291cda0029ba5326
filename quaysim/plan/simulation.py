"""Runs a setup on a fresh cluster until nothing changes any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import DEPLOYMENTS, HORIZONTAL_POD_AUTOSCALERS, NODES, PODS
from fake_cluster.machinery.controller import Controller
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, ResourceRef, condition_is_true, copy_of
from quaysim import operator
from quaysim.operator import QUAY_REGISTRIES, Settings
from quaysim.plan.applying import Remark, apply_setup
from quaysim.plan.history import History, Recorder
from quaysim.plan.log import collected_log
from quaysim.plan.nodes import Placement, node_specs, placement_of
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
SCALING = 60.0
"""Seconds that a cluster gets to run the Pods of its autoscalers."""
DEFAULT_NODES = 3
"""Generous ones, where nobody says how large they are."""

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
    cluster's time until each registry was available, by (namespace, name); of an upgrade, since it began.
    `minimum`, `maximum`: where the Pods are, if the sizes of the nodes are given. `history`: what happened
    during an upgrade. `log`: what the operator wrote to its log, each line once.
    """

    setup: Setup
    objects: list[Object]
    remarks: list[Remark]
    available_after: dict[tuple[str, str], float]
    minimum: Placement | None = None
    maximum: Placement | None = None
    history: History | None = None
    log: Sequence[str] = ()

    def registry(self, given: RegistryInput) -> Object:
        """What became of a registry."""
        return registry_in(self.objects, given.namespace, given.name)


def registry_in(objects: Iterable[Object], namespace: str, name: str) -> Object:
    """A QuayRegistry among other objects."""
    return next(
        obj
        for obj in objects
        if obj["kind"] == "QuayRegistry"
        and (obj["metadata"]["namespace"], obj["metadata"]["name"]) == (namespace, name)
    )


def simulate(setup: Setup) -> Outcome:
    """Apply the setup to a fresh cluster with the operator and let time pass. Raises UnreadableInput.

    With `from_version` the operator is first that one; when nothing changes any more, the new one takes
    its place.
    """
    with collected_log() as lines:
        outcome = _Simulation(setup).run()
    return replace(outcome, log=list(lines))


class _Simulation:
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        nodes = node_specs(setup.nodes) if setup.nodes else DEFAULT_NODES
        # No metrics: nobody knows the load of a registry that is not there yet.
        self.cluster = FakeCluster(
            platform=setup.platform, apps_domain=setup.apps_domain, nodes=nodes, metrics=False
        )
        self._client = self.cluster.client("quaysim-plan")
        self._available_after: dict[tuple[str, str], float] = {}
        self._known: dict[str, tuple[str, Any]] = {}
        self._before: set[str] = set()

    def run(self) -> Outcome:
        with self.cluster as cluster:
            running = self._start_operator(self.setup.from_version or self.setup.operator_version)
            check_bundles(self.setup)
            cluster.settle()
            self._before = {obj["metadata"]["uid"] for obj in self._objects()}
            remarks = apply_setup(cluster.api, self.setup)
            check_registries(self.setup)
            self._until_quiet()
            history = self._upgrade(running) if self.setup.from_version else None
            objects, minimum = self._new_objects(), self._placement()
            maximum = self._scaled_up() if self.setup.nodes else None
            return Outcome(self.setup, objects, remarks, self._available_after, minimum, maximum, history)

    def _start_operator(self, version: str) -> list[Controller]:
        return self._add_operator(version, self.cluster.client("quay-operator"))

    def _add_operator(self, version: str, client: DirectClient) -> list[Controller]:
        cluster, settings = self.cluster, Settings(version=version)
        try:
            controllers = operator.controllers(client, settings, cluster.clock, Random(0), cluster.peer_chain)
        except ValueError as error:
            raise UnreadableInput(str(error)) from error
        operator.install(client, version)
        cluster.add(controllers)
        return controllers

    def _upgrade(self, running: Iterable[Controller]) -> History:
        """Another operator takes over from the one that is running."""
        for controller in running:
            self.cluster.manager.remove(controller)
        refs = [ref for ref in self._refs() if ref.kind not in _PASSING]
        recorder = Recorder(self.cluster, refs, before=self._new_objects())
        self._add_operator(self.setup.operator_version, recorder.client)
        self._available_after.clear()
        self._until_quiet()
        return recorder.history()

    # --- time ---------------------------------------------------------------------------------------------

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
        return {obj["metadata"]["uid"]: self._lasting(obj) for obj in lasting}

    def _lasting(self, obj: Object) -> Any:
        """What lasts of an object; nothing is looked through twice."""
        uid, version = obj["metadata"]["uid"], obj["metadata"]["resourceVersion"]
        known = self._known.get(uid)
        if known is None or known[0] != version:
            known = self._known[uid] = version, _lasting(obj)
        return known[1]

    # --- objects ------------------------------------------------------------------------------------------

    def _new_objects(self) -> list[Object]:
        return [_shown(obj) for obj in self._objects() if obj["metadata"]["uid"] not in self._before]

    def _objects(self) -> Iterator[Object]:
        """Everything that is stored; what the server makes up when asked, such as metrics, has no uid."""
        for ref in self._refs():
            listed = (_typed(obj, ref) for obj in self._client.list(ref))
            yield from (obj for obj in listed if "uid" in obj["metadata"])

    def _refs(self) -> Iterator[ResourceRef]:
        for resource in self.cluster.api.kinds.resources():
            if "list" in resource.verbs and resource.ref == resource.storage:
                yield resource.ref

    # --- nodes --------------------------------------------------------------------------------------------

    def _placement(self) -> Placement | None:
        if not self.setup.nodes:
            return None
        return placement_of(self._client.list(NODES), self._client.list(PODS), self.setup.nodes)

    def _scaled_up(self) -> Placement | None:
        """Where the Pods are when every autoscaler has gone to its end."""
        for autoscaler in self._client.list(HORIZONTAL_POD_AUTOSCALERS):
            name, namespace = (
                autoscaler["spec"]["scaleTargetRef"]["name"],
                autoscaler["metadata"]["namespace"],
            )
            target = self._client.find(DEPLOYMENTS, name, namespace)
            if target is not None and target["spec"].get("replicas"):
                size = {"spec": {"replicas": autoscaler["spec"]["maxReplicas"]}}
                self._client.patch(DEPLOYMENTS, name, size, namespace, subresource="scale")
        self.cluster.advance(SCALING)
        return self._placement()


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
