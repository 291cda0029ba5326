"""HorizontalPodAutoscaler: keeps the size of its target between `minReplicas` and `maxReplicas`.

It looks every 15 seconds, and rests while another look would see and say the same. The size is that which
the metrics ask for; without metrics it is left as it is, and the conditions say why.

Source: documentation "Horizontal Pod Autoscaling"; texts as recorded with Kubernetes 1.36, and those of
`pkg/controller/podautoscaler`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.replica_calculator import Advice, MetricError, Sight, advise
from fake_cluster.controllers.scaling_rules import DOWN_WINDOW, NEVER, History, decide
from fake_cluster.controllers.status import compact, with_condition, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import (
    DEPLOYMENTS,
    HORIZONTAL_POD_AUTOSCALERS,
    POD_METRICS,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
)
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.machinery.events import EventKind
from fake_cluster.objects import Key, Object, ResourceRef, condition, key_of, labels_of
from fake_cluster.selectors import label_test

PERIOD = 15.0
"""Seconds between two looks, and before the first (kube-controller-manager's default)."""
_TARGETS = {(ref.api_version, ref.kind): ref for ref in (DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS)}
NAME = "horizontal-pod-autoscaler-controller"
ABLE, ACTIVE, LIMITED = "AbleToScale", "ScalingActive", "ScalingLimited"
_GOT_SCALE = "the HPA controller was able to get the target's current scale"
_NO_SCALE = "the HPA controller was unable to get the target's current scale: "
_DISABLED = "scaling is disabled since the replica count of the target is zero"
_FOUND = "the HPA was able to successfully calculate a replica count from "


@dataclass(slots=True)
class _Verdict:
    """What a look has come to. `changes_at`: when another may come to something else by itself."""

    replicas: int
    reason: str
    conditions: list[Object]
    statuses: list[Object]
    changes_at: float = NEVER


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
        self._histories: dict[Key, History] = {}

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = [Source(HORIZONTAL_POD_AUTOSCALERS, self._autoscalers.first(own_key))]
        sources += [Source(ref, self._at_rest_over) for ref in _TARGETS.values()]
        return Controller(NAME, self.reconcile, sources)

    def _at_rest_over(self, event: Event) -> Iterable[Key]:
        """The autoscalers that have stopped looking because nothing changed about this target."""
        return self._resting.pop((event.ref.plural, key_of(event.obj)), ())

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one autoscaler; events only see to it that there will be a look.

        A look without effect would have none the next time, so it rests until the target changes, or what
        holds it back is over, and then goes on at the next of its moments, as if it had been looking all
        the time.
        """
        autoscaler = self._autoscalers.get(key)
        if autoscaler is None:
            self._next_look.pop(key, None)
            self._at_rest.discard(key)
            self._histories.pop(key, None)
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
        again = self._look(autoscaler)
        if again <= now + PERIOD:
            return Result(requeue_after=PERIOD)
        ref, name, namespace = self._reference(autoscaler)
        self._at_rest.add(key)
        if ref is not None:
            self._resting.setdefault((ref.plural, Key(namespace, name)), set()).add(key)
        return Result(requeue_after=again - now) if again != NEVER else None

    def _look(self, autoscaler: Object) -> float:
        """Look at the target once; until when there is nothing more to do and nothing to say."""
        now = self._context.clock.now()
        try:
            target = self._target(autoscaler)
        except ApiError as error:
            self._say(autoscaler, "Warning", "FailedGetScale", error.message)
            failed = self._condition(ABLE, "False", "FailedGetScale", _NO_SCALE + error.message)
            self._write(autoscaler, [failed], {})
            return now
        current = int(target["spec"].get("replicas", 1 if "template" in target["spec"] else 0))
        verdict = self._judge(autoscaler, target, current)
        if verdict.replicas != current:
            self._rescale(autoscaler, target, verdict, verdict.replicas - current)
        numbers = self._numbers(autoscaler, target, current, verdict)
        return now if self._write(autoscaler, verdict.conditions, numbers) else verdict.changes_at

    def _rescale(self, autoscaler: Object, target: Object, verdict: _Verdict, change: int) -> None:
        size = verdict.replicas
        self._scale(autoscaler, target, size)
        self._history(autoscaler).scaled(self._context.clock.now(), change)
        self._say(autoscaler, "Normal", "SuccessfulRescale", f"New size: {size}; reason: {verdict.reason}")
        message = f"the HPA controller was able to update the target scale to {size}"
        verdict.conditions[0] = self._condition(ABLE, "True", "SucceededRescale", message)

    # --- the size ---------------------------------------------------------------------------------

    def _history(self, autoscaler: Object) -> History:
        return self._histories.setdefault(key_of(autoscaler), History())

    def _judge(self, autoscaler: Object, target: Object, current: int) -> _Verdict:
        """The size that the target is to have; the first of the conditions says whether it can be scaled."""
        got = self._condition(ABLE, "True", "SucceededGetScale", _GOT_SCALE)
        metrics = autoscaler["spec"].get("metrics") or []
        unknown = [{"type": ""} for _ in metrics]
        desired, reason = _bounded(autoscaler, current)
        if desired != current:
            return _Verdict(desired, reason, [got], unknown)
        if not current:
            disabled = self._condition(ACTIVE, "False", "ScalingDisabled", _DISABLED)
            return _Verdict(0, "", [got, disabled], unknown)
        advice = advise(metrics, current, self._sight(target))
        if advice.failure is not None:
            failed = self._without_metrics(autoscaler, advice.failure)
            return _Verdict(current, "", [got, failed], advice.statuses, advice.changes_at)
        return self._follow(autoscaler, current, advice)

    def _sight(self, target: Object) -> Sight:
        """The Pods of a target, and what they use."""
        namespace, selector = target["metadata"]["namespace"], target["spec"]["selector"]
        informer, now = self._context.informers[PODS], self._context.clock.now()
        if not self._client.serves(POD_METRICS):
            return Sight((), None, now)
        labels = selector.get("matchLabels") or {}
        found = informer.find_labelled(namespace, labels) if labels else informer.find("namespace", namespace)
        matches = label_test(selector)
        pods = [pod for pod in found if matches(labels_of(pod))]
        asked = (self._client.find(POD_METRICS, pod["metadata"]["name"], namespace) for pod in pods)
        return Sight(pods, {item["metadata"]["name"]: item for item in asked if item is not None}, now)

    def _follow(self, autoscaler: Object, current: int, advice: Advice) -> _Verdict:
        """Do what the metrics ask for, as far and as fast as the autoscaler allows."""
        now, history = self._context.clock.now(), self._history(autoscaler)
        if not history.recommendations:
            history.recommend(now, current, DOWN_WINDOW)
        history.rest_until(now - PERIOD)
        decision = decide(autoscaler["spec"], current, advice.replicas, history, now)
        conditions = [
            self._condition(ABLE, "True", *decision.able),
            self._condition(ACTIVE, "True", "ValidMetricFound", _FOUND + advice.metric),
            self._condition(LIMITED, str(decision.is_limited), *decision.limit),
        ]
        above = decision.replicas > current
        reason = f"{advice.metric} above target" if above else "All metrics below target"
        changes_at = min(advice.changes_at, decision.changes_at)
        return _Verdict(decision.replicas, reason, conditions, advice.statuses, changes_at)

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

    def _without_metrics(self, autoscaler: Object, failure: MetricError) -> Object:
        """The condition of metrics that say nothing; an Event tells it once."""
        message = f"the HPA was unable to compute the replica count: {failure}"
        said = condition(autoscaler, ACTIVE)
        if said is None or said["message"] != message:
            self._say(autoscaler, "Warning", failure.reason, str(failure))
        return self._condition(ACTIVE, "False", failure.reason, message)

    def _condition(self, kind: str, status: str, reason: str, message: str) -> Object:
        return {
            "type": kind,
            "status": status,
            "lastTransitionTime": self._context.timestamp(),
            "reason": reason,
            "message": message,
        }

    def _numbers(self, autoscaler: Object, target: Object, current: int, verdict: _Verdict) -> Object:
        before, desired = autoscaler.get("status") or {}, verdict.replicas
        scaled = self._context.timestamp() if current != desired else before.get("lastScaleTime")
        counted = (target.get("status") or {}).get("replicas", 0) if current == desired else current
        numbers = compact(lastScaleTime=scaled, currentReplicas=counted, currentMetrics=verdict.statuses)
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
