"""Rules of the kinds that make Pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fake_cluster.errors import FieldError, forbidden_field, invalid_value, not_supported, required
from fake_cluster.kinds.validation import pods
from fake_cluster.kinds.validation.selectors import check_template
from fake_cluster.objects import Object

_IMMUTABLE = "field is immutable"
_NOT_NEGATIVE = "must be greater than or equal to 0"
_COUNTS = ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")


def _counts(spec: Mapping[str, Any], fields: Sequence[str] = _COUNTS) -> Iterator[FieldError]:
    for field in fields:
        value = spec.get(field)
        if value is not None and value < 0:
            yield invalid_value(f"spec.{field}", value, _NOT_NEGATIVE)


def deployment(obj: Object) -> Iterator[FieldError]:
    """Selector and template; a strategy that can make progress."""
    spec = obj["spec"]
    yield from _counts(spec)
    yield from check_template(spec, "deployment")
    yield from pods.check_template(spec.get("template") or {}, "spec.template")
    yield from _strategy(spec.get("strategy") or {})
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= spec.get("minReadySeconds", 0):
        yield invalid_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _strategy(strategy: Mapping[str, Any]) -> Iterator[FieldError]:
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "Recreate" and rolling is not None:
        text = "may not be specified when strategy `type` is 'Recreate'"
        yield forbidden_field("spec.strategy.rollingUpdate", text)
    elif kind == "RollingUpdate" and rolling is None:
        yield required("spec.strategy.rollingUpdate", "this should be defaulted and never be nil")
    elif kind == "RollingUpdate":
        if all(_is_zero((rolling or {}).get(field)) for field in ("maxUnavailable", "maxSurge")):
            text = "may not be 0 when `maxSurge` is 0"
            yield invalid_value(
                "spec.strategy.rollingUpdate.maxUnavailable", (rolling or {})["maxUnavailable"], text
            )
    elif kind != "Recreate":
        yield not_supported("spec.strategy.type", kind, ("Recreate", "RollingUpdate"))


def _is_zero(value: Any) -> bool:
    return value in {0, "0%"}


def fixed_selector(new: Object, old: Object) -> Iterator[FieldError]:
    """Deployments, ReplicaSets and DaemonSets never change their selector."""
    if new["spec"].get("selector") != old["spec"].get("selector"):
        yield invalid_value("spec.selector", new["spec"].get("selector"), _IMMUTABLE)


def replica_set(obj: Object) -> Iterator[FieldError]:
    """Selector and template."""
    spec = obj["spec"]
    yield from _counts(spec)
    yield from check_template(spec, "replicaset")
    yield from pods.check_template(spec.get("template") or {}, "spec.template")


def daemon_set(obj: Object) -> Iterator[FieldError]:
    """Selector and template."""
    spec = obj["spec"]
    yield from check_template(spec, "daemonset")
    yield from pods.check_template(spec.get("template") or {}, "spec.template")
    yield from _counts(spec)


def stateful_set(obj: Object) -> Iterator[FieldError]:
    """Selector and template; known policies."""
    spec = obj["spec"]
    if spec.get("podManagementPolicy") not in {"OrderedReady", "Parallel"}:
        text = "must be 'OrderedReady' or 'Parallel'"
        yield invalid_value("spec.podManagementPolicy", spec.get("podManagementPolicy"), text)
    yield from _counts(spec)
    yield from check_template(spec, "statefulset")
    yield from pods.check_template(_with_claims(spec), "spec.template")


def _with_claims(spec: Mapping[str, Any]) -> Object:
    """The Pod template with a volume for every claim template: its containers mount them by name."""
    template = spec.get("template") or {}
    pod = template.get("spec") or {}
    templates = spec.get("volumeClaimTemplates") or ()
    claims = [name for claim in templates if (name := (claim.get("metadata") or {}).get("name"))]
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    own = [volume for volume in pod.get("volumes") or () if volume.get("name") not in claims]
    return {**template, "spec": {**pod, "volumes": [*own, *volumes]}}


_STATEFUL = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


def stateful_set_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Only a few fields of a StatefulSet's spec can change."""
    fixed = [{k: v for k, v in obj["spec"].items() if k not in _STATEFUL} for obj in (new, old)]
    if fixed[0] != fixed[1]:
        listed = ", ".join(f"'{field}'" for field in _STATEFUL[:-1])
        text = (
            f"updates to statefulset spec for fields other than {listed} and 'minReadySeconds' are forbidden"
        )
        yield forbidden_field("spec", text)


def job(obj: Object) -> Iterator[FieldError]:
    """Counts, and a template whose Pods may end."""
    spec = obj["spec"]
    yield from _counts(spec, ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit"))
    yield from _counts(spec, ("ttlSecondsAfterFinished",))
    if spec.get("completionMode") == "Indexed" and spec.get("completions") is None:
        yield required("spec.completions", "when completion mode is Indexed")
    yield from _job_template(spec.get("template") or {}, "spec.template")


def _job_template(template: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    policy = (template.get("spec") or {}).get("restartPolicy")
    if policy == "Always":
        yield FieldError(
            "FieldValueRequired",
            f"{path}.spec.restartPolicy",
            'Required value: valid values: "OnFailure", "Never"',
        )
    yield from pods.check_template(template, path, ("Always", "OnFailure", "Never"))


_FIXED_JOB = ("completions", "selector", "template", "completionMode", "podFailurePolicy")


def job_update(new: Object, old: Object) -> Iterator[FieldError]:
    """A Job's template, selector and completions stay."""
    for field in _FIXED_JOB:
        if new["spec"].get(field) != old["spec"].get(field):
            yield invalid_value(f"spec.{field}", new["spec"].get(field), _IMMUTABLE)


_CONCURRENCY = ("Allow", "Forbid", "Replace")


def cron_job(obj: Object) -> Iterator[FieldError]:
    """A schedule of five fields, and a Job template."""
    spec = obj["spec"]
    schedule = spec.get("schedule") or ""
    if not schedule:
        yield required("spec.schedule")
    elif not schedule.startswith("@") and len(schedule.split()) != 5:
        text = f"expected exactly 5 fields, found {len(schedule.split())}: {_go_list(schedule)}"
        yield invalid_value("spec.schedule", schedule, text)
    if spec.get("concurrencyPolicy") not in _CONCURRENCY:
        yield not_supported("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), _CONCURRENCY)
    inner = ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    yield from _job_template(inner, "spec.jobTemplate.spec.template")


def _go_list(schedule: str) -> str:
    """Words as Go prints a list of them."""
    return f"[{' '.join(schedule.split())}]"


def autoscaler(obj: Object) -> Iterator[FieldError]:
    """Bounds in order, and a target."""
    spec = obj["spec"]
    low, high = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if low is not None and low < 1:
        yield invalid_value("spec.minReplicas", low, "must be greater than or equal to 1")
    if high < 1:
        yield invalid_value("spec.maxReplicas", high, "must be greater than 0")
    if low is not None and high < low:
        yield invalid_value("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef") or {}
    for field in ("kind", "name"):
        if not target.get(field):
            yield required(f"spec.scaleTargetRef.{field}")


def disruption_budget(obj: Object) -> Iterator[FieldError]:
    """One of minAvailable and maxUnavailable."""
    spec = obj.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        text = "minAvailable and maxUnavailable cannot be both set"
        yield invalid_value("spec", spec, text)
