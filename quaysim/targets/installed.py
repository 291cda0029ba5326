"""The operator as it is installed on a cluster: a Deployment, and controllers that work while its Pod runs.

Scaled to 0 it looks at nothing; scaled up again it looks at everything, as any operator that starts.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from typing import Any

from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.objects import Key, Object, key_of
from quaysim.targets.resources import DEPLOYMENTS, QUAY_REGISTRIES

NAMESPACE = "openshift-operators"


def installed(client: Client, controllers: Iterable[Controller], version: str) -> Sequence[Controller]:
    """Create the operator's Deployment; its controllers, bound to it."""
    key = Key(NAMESPACE, f"quay-operator.v{version}")
    client.create(DEPLOYMENTS, _deployment(key))
    return [_bound(client, controller, key) for controller in controllers]


def _deployment(key: Key) -> Object:
    labels = {"name": "quay-operator-alm-owned"}
    container = {"name": "quay-operator", "image": "registry.redhat.io/quay/quay-operator-rhel8"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "apiVersion": DEPLOYMENTS.api_version,
        "kind": DEPLOYMENTS.kind,
        "metadata": {"name": key.name, "namespace": key.namespace},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


def _runs(deployment: Object | None) -> bool:
    return bool(((deployment or {}).get("status") or {}).get("availableReplicas"))


def _bound(client: Client, controller: Controller, key: Key) -> Controller:
    """A controller that works as long as the Deployment has a Pod."""

    def reconcile(registry: Key) -> Result | Coroutine[Any, Any, Result | None] | None:
        runs = _runs(client.find(DEPLOYMENTS, key.name, key.namespace))
        return controller.reconcile(registry) if runs else None

    def started(event: Event) -> Iterable[Key]:
        if key_of(event.obj) != key or not _runs(event.obj) or _runs(event.old):
            return ()
        return [key_of(registry) for registry in client.list(QUAY_REGISTRIES)]

    return replace(
        controller, reconcile=reconcile, sources=[*controller.sources, Source(DEPLOYMENTS, started)]
    )
