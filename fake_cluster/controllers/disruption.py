"""PodDisruptionBudgets: how many Pods may be evicted now.

Source: documentation "Specifying a Disruption Budget for your Application".
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers import pods as of_pods
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.rolling_update import replicas_of, scaled
from fake_cluster.controllers.status import find, with_condition, write_status
from fake_cluster.kinds.refs import DEPLOYMENTS, POD_DISRUPTION_BUDGETS, PODS, REPLICA_SETS, STATEFUL_SETS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import parse_timestamp
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.objects import Key, Object, controller_of, is_terminating, key_of, labels_of
from fake_cluster.selectors import label_test, matches

ALLOWED = "DisruptionAllowed"
EVICTION_TAKES = 120.0
"""Seconds after which an eviction that has not led to a deletion is forgotten."""


class DisruptionController:
    """Status for PodDisruptionBudgets."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._budgets = context.informers[POD_DISRUPTION_BUDGETS]
        self._pods = context.informers[PODS]
        self._scales = {
            ref.kind: context.informers[ref] for ref in (DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS)
        }

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(POD_DISRUPTION_BUDGETS, self._budgets.first(own_key)),
            Source(PODS, self._pods.first(self._budgets_of_pod)),
            *(
                Source(informer.ref, informer.first(self._budgets_around))
                for informer in self._scales.values()
            ),
        )
        return Controller("disruption-controller", self.reconcile, sources)

    def _budgets_of_pod(self, event: Event) -> Iterable[Key]:
        budgets = self._budgets.find("namespace", event.obj["metadata"]["namespace"])
        labels = labels_of(event.obj)
        return [key_of(budget) for budget in budgets if matches(budget["spec"].get("selector"), labels)]

    def _budgets_around(self, event: Event) -> Iterable[Key]:
        """A new size changes what a percentage means."""
        budgets = self._budgets.find("namespace", event.obj["metadata"]["namespace"])
        same = event.old is not None and event.old["spec"].get("replicas") == event.obj["spec"].get(
            "replicas"
        )
        return () if same else [key_of(budget) for budget in budgets]

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one budget."""
        budget = self._budgets.get(key)
        if budget is None:
            return None
        test = label_test(budget["spec"].get("selector"))
        pods = [pod for pod in self._pods.find("namespace", key.namespace) if test(labels_of(pod))]
        pods = [pod for pod in pods if of_pods.phase(pod) not in of_pods.FINISHED]
        expected, desired = self._expectation(budget, pods)
        disrupted = self._disrupted(budget, pods)
        healthy = sum(
            of_pods.is_ready(pod) and not is_terminating(pod) and pod["metadata"]["name"] not in disrupted
            for pod in pods
        )
        self._write(budget, expected, desired, healthy, disrupted)
        return Result(requeue_after=EVICTION_TAKES) if disrupted else None

    # --- how many there are to be -----------------------------------------------------------------

    def _expectation(self, budget: Object, pods: list[Object]) -> tuple[int, int]:
        """The Pods that there are to be, and how many of them have to be healthy."""
        spec = budget["spec"]
        if "maxUnavailable" in spec:
            expected = self._expected(pods)
            return expected, max(0, expected - scaled(spec["maxUnavailable"], expected, up=True))
        minimum = spec.get("minAvailable", 1)
        if isinstance(minimum, int):
            return len(pods), minimum
        expected = self._expected(pods)
        return expected, scaled(minimum, expected, up=True)

    def _expected(self, pods: list[Object]) -> int:
        """The sizes of the controllers of these Pods, together."""
        sizes: dict[str, int] = {}
        for pod in pods:
            owner = self._topmost(pod)
            if owner is not None:
                sizes[owner["metadata"]["uid"]] = replicas_of(owner)
        return sum(sizes.values())

    def _topmost(self, obj: Object) -> Object | None:
        """The workload above a Pod that has a size: its ReplicaSet's Deployment, or a StatefulSet."""
        reference = controller_of(obj)
        if reference is None or reference["kind"] not in self._scales:
            return None
        owner = self._scales[reference["kind"]].get(Key(obj["metadata"]["namespace"], reference["name"]))
        return None if owner is None else self._topmost(owner) or owner

    def _disrupted(self, budget: Object, pods: list[Object]) -> Object:
        """Evictions that have been allowed, but have not led to a deletion yet."""
        known: Object = (budget.get("status") or {}).get("disruptedPods") or {}
        alive = {pod["metadata"]["name"] for pod in pods if not is_terminating(pod)}
        now = self._context.clock.now()
        return {
            name: moment
            for name, moment in known.items()
            if name in alive and parse_timestamp(moment) + EVICTION_TAKES > now
        }

    # --- status -----------------------------------------------------------------------------------

    def _write(self, budget: Object, expected: int, desired: int, healthy: int, disrupted: Object) -> None:
        allowed = max(0, healthy - desired) if expected > 0 else 0
        status: Object = {
            "observedGeneration": budget["metadata"].get("generation", 0),
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "conditions": self._conditions(budget, allowed),
        }
        status |= {"disruptedPods": disrupted} if disrupted else {}
        client = self._context.client
        self._budgets.note(write_status(client, POD_DISRUPTION_BUDGETS, budget, status))

    def _conditions(self, budget: Object, allowed: int) -> list[Object]:
        before: list[Object] = (budget.get("status") or {}).get("conditions") or []
        status, reason = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
        known = find(before, ALLOWED)
        generation = budget["metadata"].get("generation", 0)
        new = {
            "type": ALLOWED,
            "status": status,
            "reason": reason,
            "message": "",
            "observedGeneration": generation,
        }
        moment = self._context.timestamp()
        if known is not None and known["status"] == status:
            moment = known["lastTransitionTime"]
        return with_condition(before, {**new, "lastTransitionTime": moment})
