"""How long patch, apply and the book-keeping of owners take: `python -m tests.benchmarks.apply`."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

from fake_cluster.api.apply import Configurations, Writer, apply, track_create, track_update
from fake_cluster.api.patch import json_patch, merge_patch, strategic_merge_patch
from fake_cluster.kinds import definitions
from fake_cluster.objects import Object, copy_of

DEPLOYMENT = definitions.struct("apps/v1.Deployment")

APPLIER = Writer("quay-operator", "Apply", "apps/v1", "2026-01-01T00:00:00Z")
KNOWN = Configurations()
COUNTER = itertools.count()
SPEC = frozenset({"spec"})
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


def applied(live: Object | None, config: Object) -> Any:
    """Apply a configuration by force."""
    return apply(live, config, DEPLOYMENT, APPLIER, force=True, configurations=KNOWN)


def never_seen(live: Object | None, config: Object) -> Any:
    """Apply a configuration with an annotation that it never had before."""
    config["metadata"]["annotations"]["a"] = str(next(COUNTER))
    return applied(live, config)


def stored_deployment(config: Object) -> tuple[Object, Object]:
    """The Deployment as stored, with two owners, and the same with another status."""
    live = defaulted(config)
    live["metadata"]["managedFields"] = applied(None, config).managed
    status = copy_of(live)
    status["status"] |= {"readyReplicas": 2, "updatedReplicas": 2}
    status["status"]["conditions"][0] |= {"status": "False", "reason": "other"}
    live["metadata"]["managedFields"] = track_update(live, status, DEPLOYMENT, CONTROLLER, ignored=SPEC)
    status["metadata"]["managedFields"] = live["metadata"]["managedFields"]
    return live, status


def measure_apply(live: Object, config: Object) -> None:
    """Print what server-side apply costs."""
    new, changed, less = copy_of(config), copy_of(config), copy_of(config)
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "other"
    del less["spec"]["template"]["spec"]["containers"][0]["env"][3]
    measured("apply: create", lambda: never_seen(None, new))
    measured("apply: nothing changed", lambda: applied(live, config))
    measured("apply: one value changed", lambda: applied(live, changed))
    measured("apply: one value changed, never seen", lambda: never_seen(live, new))
    measured("apply: one element given up", lambda: applied(live, less))


def measure_tracking(live: Object, status: Object) -> None:
    """Print what ordinary writes pay for ownership."""
    scaled, same = copy_of(live), copy_of(live)
    scaled["spec"]["replicas"] = 5
    measured("track_create", lambda: track_create(live, DEPLOYMENT, CREATOR))
    measured("track_update: status", lambda: track_update(live, status, DEPLOYMENT, CONTROLLER, ignored=SPEC))
    measured("track_update: spec.replicas", lambda: track_update(live, scaled, DEPLOYMENT, CREATOR))
    measured("track_update: nothing changed", lambda: track_update(live, same, DEPLOYMENT, CREATOR))


def measure_patches(live: Object) -> None:
    """Print what the three kinds of patches cost."""
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "quay-app", "image": "other"}]}}}}
    operations = [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    measured("strategic merge patch", lambda: strategic_merge_patch(live, patch, DEPLOYMENT))
    measured("merge patch", lambda: merge_patch(live, {"metadata": {"labels": {"a": "b"}}}))
    measured("JSON patch", lambda: json_patch(live, operations))


def main() -> None:
    """Print all numbers."""
    config = deployment()
    live, status = stored_deployment(config)
    of_spec = leaves(live) - leaves(live["metadata"])
    sys.stdout.write(f"a Deployment of {leaves(config)} leaves, {of_spec} as stored\n")
    measure_apply(live, config)
    measure_tracking(live, status)
    measure_patches(live)


if __name__ == "__main__":
    main()
