"""How long patch, apply and the book-keeping of owners take: `python -m tests.benchmarks.apply`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from fake_cluster.api.apply import Configurations, Writer, apply, track_create, track_update
from fake_cluster.api.patch import json_patch, merge_patch, strategic_merge_patch
from fake_cluster.objects import Object, copy_of
from tests.patch.nodes import DEPLOYMENT

APPLIER = Writer("quay-operator", "Apply", "apps/v1", "2026-01-01T00:00:00Z")
CREATOR = Writer("kubectl-create", "Update", "apps/v1", "2026-01-01T00:00:00Z")
CONTROLLER = Writer("kube-controller-manager", "Update", "apps/v1", "2026-01-01T00:00:00Z", "status")


def container(name: str) -> Object:
    """A container of about forty leaves, as an operator applies it."""
    return {
        "name": name,
        "image": "quay.io/projectquay/quay:v3.7.10",
        "command": ["/quay-registry/quay-entrypoint.sh", "registry"],
        "env": [{"name": f"VARIABLE_{i}", "value": str(i)} for i in range(10)],
        "ports": [
            {"name": f"p{port}", "containerPort": port, "protocol": "TCP"} for port in (8080, 8443, 9091)
        ],
        "resources": {"limits": {"cpu": "2", "memory": "8Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}},
        "readinessProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 15},
        "livenessProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 15},
        "volumeMounts": [{"name": f"v{i}", "mountPath": f"/conf/{i}"} for i in range(4)],
    }


def deployment() -> Object:
    """A Deployment of about 150 leaves."""
    labels = {"app": "quay", "quay-component": "quay-app", "quay-operator/quayregistry": "registry"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "registry",
            "namespace": "ns",
            "labels": labels,
            "annotations": {"a": "1", "b": "2"},
        },
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "quay"}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "containers": [container("quay-app"), container("sidecar")],
                    "initContainers": [{"name": "init", "image": "quay", "command": ["true"]}],
                    "volumes": [{"name": f"v{i}", "secret": {"secretName": f"s{i}"}} for i in range(4)],
                    "serviceAccountName": "quay",
                    "securityContext": {"fsGroup": 1001},
                },
            },
        },
    }


def defaulted(obj: Object) -> Object:
    """As the API stores it: with defaults, uid, status."""
    obj = copy_of(obj)
    obj["metadata"] |= {
        "uid": "u",
        "resourceVersion": "7",
        "generation": 1,
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    obj["spec"] |= {"revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
    pod = obj["spec"]["template"]["spec"]
    pod |= {"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30}
    for item in pod["containers"]:
        item |= {"imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log"}
        for probe in ("readinessProbe", "livenessProbe"):
            item[probe] |= {"timeoutSeconds": 1, "failureThreshold": 3}
    obj["status"] = {
        "replicas": 2, "readyReplicas": 1, "observedGeneration": 1,
        "conditions": [
            {"type": kind, "status": "True", "reason": "r", "message": "m", "lastTransitionTime": "t"}
            for kind in ("Available", "Progressing")
        ],
    }  # fmt: skip
    return obj


def leaves(value: Any) -> int:
    """How many scalars a value holds."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else 1


def measured(name: str, action: Callable[[], object], times: int = 2000) -> None:
    """Print the best of five averages, in microseconds."""
    best = min(_seconds(action, times // 5) for _ in range(5))
    sys.stdout.write(f"{name:48} {best * 1e6:9.1f} µs\n")


def _seconds(action: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times


def main() -> None:
    """Print all numbers."""
    config, known = deployment(), Configurations()
    live = defaulted(config)

    def applied(live: Object | None, config: Object, known: Configurations = known) -> Any:
        return apply(live, config, DEPLOYMENT, APPLIER, force=True, configurations=known)

    live["metadata"]["managedFields"] = applied(None, config).managed
    status = copy_of(live)
    status["status"] |= {"readyReplicas": 2, "updatedReplicas": 2}
    status["status"]["conditions"][0] |= {"status": "False", "reason": "other"}
    live["metadata"]["managedFields"] += track_update(
        live, status, DEPLOYMENT, CONTROLLER, ignored=frozenset({"spec"})
    )[1:]
    changed = copy_of(config)
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "other"
    less = copy_of(config)
    del less["spec"]["template"]["spec"]["containers"][0]["env"][3]
    scaled = copy_of(live)
    scaled["spec"]["replicas"] = 5
    sys.stdout.write(
        f"a Deployment of {leaves(config)} leaves, {leaves(live) - leaves(live['metadata'])} as stored\n"
    )
    measured("apply: create, configuration never seen", lambda: applied(None, config, Configurations()))
    measured("apply: nothing changed", lambda: applied(live, config))
    measured("apply: nothing changed, never seen", lambda: applied(live, config, Configurations()))
    measured("apply: one value changed", lambda: applied(live, changed))
    measured("apply: one element given up", lambda: applied(live, less))
    measured("track_create", lambda: track_create(live, DEPLOYMENT, CREATOR))
    measured(
        "track_update: status",
        lambda: track_update(live, status, DEPLOYMENT, CONTROLLER, ignored=frozenset({"spec"})),
    )
    measured("track_update: spec.replicas", lambda: track_update(live, scaled, DEPLOYMENT, CREATOR))
    same = copy_of(live)
    measured("track_update: nothing changed", lambda: track_update(live, same, DEPLOYMENT, CREATOR))
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "quay-app", "image": "other"}]}}}}
    measured("strategic merge patch", lambda: strategic_merge_patch(live, patch, DEPLOYMENT))
    measured("merge patch", lambda: merge_patch(live, {"metadata": {"labels": {"a": "b"}}}))
    operations = [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    measured("JSON patch", lambda: json_patch(live, operations))


if __name__ == "__main__":
    main()
