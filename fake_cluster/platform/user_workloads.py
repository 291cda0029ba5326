"""Monitoring of user workloads: a Prometheus beside the cluster's own, which an administrator switches on.

The Cluster Monitoring Operator reads ConfigMap `cluster-monitoring-config`. Source: OpenShift documentation
"Enabling monitoring for user-defined projects".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import yaml

from fake_cluster.kinds.refs import CONFIG_MAPS, DEPLOYMENTS, STATEFUL_SETS
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, ResourceRef, key_of

CONFIGURATION = Key("openshift-monitoring", "cluster-monitoring-config")
NAMESPACE = "openshift-user-workload-monitoring"
WORKLOADS: dict[str, tuple[ResourceRef, int, tuple[str, ...]]] = {
    "prometheus-operator": (DEPLOYMENTS, 1, ("prometheus-operator", "kube-rbac-proxy")),
    "prometheus-user-workload": (
        STATEFUL_SETS,
        2,
        (
            "prometheus",
            "config-reloader",
            "thanos-sidecar",
            "kube-rbac-proxy-metrics",
            "kube-rbac-proxy-thanos",
        ),
    ),
    "thanos-ruler-user-workload": (
        STATEFUL_SETS,
        2,
        ("thanos-ruler", "config-reloader", "thanos-ruler-proxy"),
    ),
}
"""Name → kind, replicas and containers of what runs in NAMESPACE."""


def user_workload_monitoring(client: Client) -> Controller:
    """The part of the Cluster Monitoring Operator that looks after user workloads."""
    return Controller(
        "cluster-monitoring-operator", partial(_reconcile, client), (Source(CONFIG_MAPS, _key),)
    )


def _key(event: Event) -> Iterable[Key]:
    return (CONFIGURATION,) if key_of(event.obj) == CONFIGURATION else ()


def _reconcile(client: Client, key: Key) -> None:
    config_map = client.find(CONFIG_MAPS, key.name, key.namespace)
    wanted = config_map is not None and is_enabled((config_map.get("data") or {}).get("config.yaml", ""))
    for name, (ref, replicas, containers) in WORKLOADS.items():
        found = client.find(ref, name, NAMESPACE)
        if wanted and found is None:
            client.create(ref, _workload(ref, name, replicas, containers))
        elif found is not None and not wanted:
            client.delete(ref, name, NAMESPACE)


def is_enabled(text: str) -> bool:
    """Whether a config.yaml switches the monitoring of user workloads on; one that is no YAML does not."""
    try:
        configuration: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    return isinstance(configuration, dict) and configuration.get("enableUserWorkload") is True


def _workload(ref: ResourceRef, name: str, replicas: int, containers: Iterable[str]) -> Object:
    labels = {"app.kubernetes.io/name": name}
    pod = {"containers": [{"name": container, "image": f"openshift/{container}"} for container in containers]}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}}
    spec |= {"template": {"metadata": {"labels": labels}, "spec": pod}}
    spec |= {"serviceName": name} if ref == STATEFUL_SETS else {}
    metadata = {"name": name, "namespace": NAMESPACE, "labels": labels}
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": metadata, "spec": spec}
