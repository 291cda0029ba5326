"""Defaults of the kinds that make Pods: apps, batch and the old ReplicationController."""

from __future__ import annotations

from fake_cluster.kinds.defaults import pods, storage
from fake_cluster.objects import Object

_QUARTER = "25%"


def deployment(obj: Object) -> None:
    """One replica, a rolling update by a quarter, ten old ReplicaSets, ten minutes to progress."""
    spec = obj.setdefault("spec", {})
    pods.template(spec.setdefault("template", {}))
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _rolling(strategy, maxUnavailable=_QUARTER, maxSurge=_QUARTER)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def _rolling(strategy: Object, **values: int | str) -> None:
    rolling = strategy.get("rollingUpdate")
    if rolling is None:
        rolling = strategy["rollingUpdate"] = {}
    for field, value in values.items():
        rolling.setdefault(field, value)


def replica_set(obj: Object) -> None:
    """One replica; labels come from the template."""
    spec = obj.setdefault("spec", {})
    pods.template(spec.setdefault("template", {}))
    spec.setdefault("replicas", 1)


def replication_controller(obj: Object) -> None:
    """One replica; selector and labels come from the template."""
    replica_set(obj)
    labels = (obj["spec"]["template"].get("metadata") or {}).get("labels")
    if labels:
        obj["spec"].setdefault("selector", dict(labels))
        obj["metadata"].setdefault("labels", dict(labels))


def stateful_set(obj: Object) -> None:
    """Ordered Pods, rolling update of all partitions; claims are retained."""
    spec = obj.setdefault("spec", {})
    pods.template(spec.setdefault("template", {}))
    spec.setdefault("podManagementPolicy", "OrderedReady")
    strategy = spec.setdefault("updateStrategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _rolling(strategy, partition=0)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    retention.setdefault("whenDeleted", "Retain")
    retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    for claim in spec.get("volumeClaimTemplates") or ():
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        storage.persistent_volume_claim(claim)


def daemon_set(obj: Object) -> None:
    """A rolling update of one Pod at a time."""
    spec = obj.setdefault("spec", {})
    pods.template(spec.setdefault("template", {}))
    strategy = spec.setdefault("updateStrategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _rolling(strategy, maxUnavailable=1, maxSurge=0)
    spec.setdefault("revisionHistoryLimit", 10)


def job(obj: Object) -> None:
    """One completion, six retries; labels come from the template."""
    spec = obj.setdefault("spec", {})
    _job_spec(spec)
    labels = (spec["template"].get("metadata") or {}).get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)


def _job_spec(spec: Object) -> None:
    pods.template(spec.setdefault("template", {}))
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = spec["parallelism"] = 1
    spec.setdefault("parallelism", 1)
    by_index = "backoffLimitPerIndex" in spec
    spec.setdefault("backoffLimit", 2_147_483_647 if by_index else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    policy = spec.get("podFailurePolicy")
    spec.setdefault("podReplacementPolicy", "Failed" if policy else "TerminatingOrFailed")
    for rule in (policy or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            pattern.setdefault("status", "True")


def cron_job(obj: Object) -> None:
    """Concurrent runs are allowed; three successes and one failure are kept."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    template = spec.setdefault("jobTemplate", {})
    template.setdefault("metadata", {})
    inner = template.setdefault("spec", {})
    pods.template(inner.setdefault("template", {}))
