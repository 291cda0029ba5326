"""Component redis: build logs and user events."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.objects import Object
from quaysim.operator.components.common import (
    Component,
    Fields,
    component_labels,
    deployment,
    metadata,
    port,
    resources,
    service,
    service_account,
)
from quaysim.operator.context import Context
from quaysim.operator.health import DeploymentCheck


def _config(context: Context) -> Fields:
    server = {"host": context.full("quay-redis"), "port": 6379}
    return {"BUILDLOGS_REDIS": server, "USER_EVENTS_REDIS": server}


def _objects(context: Context) -> Iterable[Object]:
    yield service_account(context, "quay-redis", "redis")
    yield service(
        metadata(context, "quay-redis", label="redis", component="redis"),
        component_labels(context, "redis"),
        port(6379, 6379),
    )
    container = {
        "name": "redis-master",
        "image": context.images["redis"],
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"containerPort": 6379, "protocol": "TCP"}],
        "resources": resources(("500m", "1Gi"), ("4", "16Gi")),
    }
    pod = {"serviceAccountName": context.full("quay-redis"), "containers": [container]}
    meta = metadata(context, "quay-redis", label="redis", component="redis")
    yield deployment(context, meta, pod, label="redis", spec={"replicas": 1})


REDIS = Component(
    kind="redis",
    condition="ComponentRedisReady",
    check=DeploymentCheck("quay-redis", label="Redis deployment"),
    unmanaged="Redis not managed by the operator",
    required=True,
    fields=frozenset({"BUILDLOGS_REDIS", "USER_EVENTS_REDIS"}),
    field_group="Redis",
    overridable=frozenset({"env"}),
    config=_config,
    objects=_objects,
)
