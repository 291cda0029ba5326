"""HorizontalPodAutoscaler: keeps the size of its target between `minReplicas` and `maxReplicas`.

It looks every 15 seconds. Without metrics a size within the bounds is left as it is, and the conditions
say why. Source: documentation "Horizontal Pod Autoscaling"; texts as recorded with Kubernetes 1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.status import compact, with_condition, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import DEPLOYMENTS, HORIZONTAL_POD_AUTOSCALERS, REPLICA_SETS, STATEFUL_SETS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.machinery.events import EventKind
from fake_cluster.objects import Key, Object, ResourceRef, condition, key_of

PERIOD = 15.0
"""Seconds between two looks, and before the first (kube-controller-manager's default)."""
_TARGETS = {(ref.api_version, ref.kind): ref for ref in (DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS)}
ABLE, ACTIVE = "AbleToScale", "ScalingActive"
_GOT_SCALE = "the HPA controller was able to get the target's current scale"
_NO_SCALE = "the HPA controller was unable to get the target's current scale: "
_DISABLED = "scaling is disabled since the replica count of the target is zero"
_NO_METRICS = (
    "unable to get metrics for resource {0}: unable to fetch metrics from resource metrics API: "
    "the server could not find the requested resource (get pods.metrics.k8s.io)"
)
_UNKNOWN_METRIC = "unable to fetch metrics from custom metrics API: no custom metrics API"


class HorizontalPodAutoscalerController:
    """Sizes for the targets of autoscalers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = context.client
        self._autoscalers = context.informers[HORIZONTAL_POD_AUTOSCALERS]
        self._events = context.recorder("horizontal-pod-autoscaler")
        self._next_look: dict[Key, float] = {}
        self._resting: dict[tuple[str, Key], set[Key]] = {}
        self._at_rest: set[Key] = set()

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = [Source(HORIZONTAL_POD_AUTOSCALERS, self._autoscalers.first(own_key))]
        sources += [Source(ref, self._at_rest_over) for ref in _TARGETS.values()]
        return Controller("horizontal-pod-autoscaler-controller", self.reconcile, sources)

    def _at_rest_over(self, event: Event) -> Iterable[Key]:
        """The autoscalers that have stopped looking because nothing changed about this target."""
        return self._resting.pop((event.ref.plural, key_of(event.obj)), ())

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one autoscaler; events only see to it that there will be a look.

        A look without effect would have none the next time, so it rests until the target changes, and
        then goes on at the next of its moments, as if it had been looking all the time.
        """
        autoscaler = self._autoscalers.get(key)
        if autoscaler is None:
            self._next_look.pop(key, None)
            self._at_rest.discard(key)
            return None
        now = self._context.clock.now()
        due = self._next_look.setdefault(key, now + PERIOD)
        if now > due and key in self._at_rest:
            due += ceil((now - due) / PERIOD) * PERIOD
            self._next_look[key] = due
        self._at_rest.discard(key)
        if now < due:
            return Result(requeue_after=due - now)
        self._next_look[key] = now + PERIOD
        if self._look(autoscaler):
            return Result(requeue_after=PERIOD)
        ref, name, namespace = self._reference(autoscaler)
        self._at_rest.add(key)
        if ref is not None:
            self._resting.setdefault((ref.plural, Key(namespace, name)), set()).add(key)
        return None

    def _look(self, autoscaler: Object) -> bool:
        """Look at the target once; False if there was nothing to do and nothing to say."""
        try:
            target = self._target(autoscaler)
        except ApiError as error:
            self._say(autoscaler, "Warning", "FailedGetScale", error.message)
            failed = self._condition(ABLE, "False", "FailedGetScale", _NO_SCALE + error.message)
            self._write(autoscaler, [failed], {})
            return True
        current = int(target["spec"].get("replicas", 1 if "template" in target["spec"] else 0))
        desired, reason = _bounded(autoscaler, current)
        conditions = [self._condition(ABLE, "True", "SucceededGetScale", _GOT_SCALE)]
        if desired != current:
            self._scale(autoscaler, target, desired)
            self._say(autoscaler, "Normal", "SuccessfulRescale", f"New size: {desired}; reason: {reason}")
            message = f"the HPA controller was able to update the target scale to {desired}"
            conditions = [self._condition(ABLE, "True", "SucceededRescale", message)]
        elif not current:
            conditions.append(self._condition(ACTIVE, "False", "ScalingDisabled", _DISABLED))
        else:
            conditions.append(self._without_metrics(autoscaler))
        return self._write(autoscaler, conditions, self._numbers(autoscaler, target, current, desired))

    # --- the target -------------------------------------------------------------------------------

    def _reference(self, autoscaler: Object) -> tuple[ResourceRef | None, str, str]:
        reference = autoscaler["spec"]["scaleTargetRef"]
        ref = _TARGETS.get((reference.get("apiVersion", ""), reference["kind"]))
        return ref, reference["name"], autoscaler["metadata"]["namespace"]

    def _target(self, autoscaler: Object) -> Object:
        ref, name, namespace = self._reference(autoscaler)
        if ref is None:
            reference = autoscaler["spec"]["scaleTargetRef"]
            message = f'no matches for kind "{reference["kind"]}" in group "{_group(reference)}"'
            raise ApiError(404, "NotFound", message)
        try:
            return self._client.get(ref, name, namespace)
        except ApiError as error:
            if error.code == 404:
                message = f'{ref.plural}/scale.{ref.group} "{name}" not found'
                raise ApiError(404, "NotFound", message) from error
            raise

    def _scale(self, autoscaler: Object, target: Object, replicas: int) -> None:
        ref, name, namespace = self._reference(autoscaler)
        if ref is not None:
            version = target["metadata"]["resourceVersion"]
            body = {"metadata": {"resourceVersion": version}, "spec": {"replicas": replicas}}
            self._client.patch(ref, name, body, namespace, subresource="scale")

    # --- status -----------------------------------------------------------------------------------

    def _without_metrics(self, autoscaler: Object) -> Object:
        metric: Object = next(iter(autoscaler["spec"].get("metrics") or ()), {})
        name = (metric.get("resource") or {}).get("name")
        reason = "FailedGetResourceMetric" if name else "FailedGetPodsMetric"
        failure = f"failed to get {name} utilization: {_NO_METRICS.format(name)}" if name else _UNKNOWN_METRIC
        if condition(autoscaler, ACTIVE) is None:
            self._say(autoscaler, "Warning", reason, failure)
        message = f"the HPA was unable to compute the replica count: {failure}"
        return self._condition(ACTIVE, "False", reason, message)

    def _condition(self, kind: str, status: str, reason: str, message: str) -> Object:
        return {
            "type": kind,
            "status": status,
            "lastTransitionTime": self._context.timestamp(),
            "reason": reason,
            "message": message,
        }

    def _numbers(self, autoscaler: Object, target: Object, current: int, desired: int) -> Object:
        before = autoscaler.get("status") or {}
        scaled = self._context.timestamp() if current != desired else before.get("lastScaleTime")
        counted = (target.get("status") or {}).get("replicas", 0) if current == desired else current
        measured = [{"type": ""} for _ in autoscaler["spec"].get("metrics") or ()]
        numbers = compact(lastScaleTime=scaled, currentReplicas=counted, currentMetrics=measured)
        return {**numbers, "desiredReplicas": desired}

    def _write(self, autoscaler: Object, conditions: list[Object], numbers: Object) -> bool:
        before = autoscaler.get("status") or {}
        kept: list[Object] = before.get("conditions") or []
        for new in conditions:
            kept = with_condition(kept, new)
        status = {**before, "desiredReplicas": 0, **numbers, "conditions": kept}
        written = write_status(self._client, HORIZONTAL_POD_AUTOSCALERS, autoscaler, status)
        self._autoscalers.note(written)
        return bool(written["metadata"]["resourceVersion"] != autoscaler["metadata"]["resourceVersion"])

    def _say(self, autoscaler: Object, kind: EventKind, reason: str, message: str) -> None:
        self._events.record(autoscaler, kind, reason, message)


def _group(reference: Object) -> str:
    return str(reference.get("apiVersion", "")).rpartition("/")[0]


def _bounded(autoscaler: Object, current: int) -> tuple[int, str]:
    """The size that the bounds ask for, and which bound it was; a size of zero switches scaling off."""
    minimum = autoscaler["spec"].get("minReplicas", 1)
    maximum = autoscaler["spec"]["maxReplicas"]
    if not current and minimum:
        return 0, ""
    if current > maximum:
        return maximum, "Current number of replicas above Spec.MaxReplicas"
    if current < minimum:
        return minimum, "Current number of replicas below Spec.MinReplicas"
    return current, ""
