"""How the operator brings its objects into the cluster."""

from __future__ import annotations

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    HORIZONTAL_POD_AUTOSCALERS,
    HORIZONTAL_POD_AUTOSCALERS_V2BETA2,
    JOBS,
    PERSISTENT_VOLUME_CLAIMS,
    ROLE_BINDINGS,
    ROLES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
)
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.controller import sleep
from fake_cluster.objects import Object
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, PROMETHEUS_RULES, ROUTES, SERVICE_MONITORS
from quaysim.operator.discovery import TIMED_OUT
from quaysim.operator.traits import Traits

FIELD_MANAGER = "quay-operator"
PATIENCE_SECONDS = 600.0

_REFS = {
    ref.kind: ref
    for ref in (
        CONFIG_MAPS, DEPLOYMENTS, JOBS, OBJECT_BUCKET_CLAIMS, PERSISTENT_VOLUME_CLAIMS, PROMETHEUS_RULES, ROLES,
        ROLE_BINDINGS, ROUTES, SECRETS, SERVICES, SERVICE_ACCOUNTS, SERVICE_MONITORS,
    )
}  # fmt: skip


class ApplyError(Exception):
    """An object could not be brought into the cluster."""


async def _recreate(client: Client, obj: Object, poll: float) -> None:
    """What cannot be changed, such as a Job: the old one goes with its Pods, and then the new one comes."""
    ref, name, namespace = _REFS[obj["kind"]], obj["metadata"]["name"], obj["metadata"]["namespace"]
    try:
        client.delete(ref, name, namespace, propagation="Foreground")
    except ApiError as error:
        if error.reason != "NotFound":
            raise
    for _ in range(int(PATIENCE_SECONDS / poll)):
        await sleep(poll)
        try:
            client.create(ref, obj)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
        else:
            return
    raise ApplyError(TIMED_OUT)


def _apply_autoscaler(client: Client, autoscaler: Object) -> None:
    """In the operator's own API version as long as the server has it; the fields are the same in v2."""
    if client.serves(HORIZONTAL_POD_AUTOSCALERS_V2BETA2):
        client.apply(HORIZONTAL_POD_AUTOSCALERS_V2BETA2, autoscaler, manager=FIELD_MANAGER)
        return
    current = autoscaler | {"apiVersion": HORIZONTAL_POD_AUTOSCALERS.api_version}
    client.apply(HORIZONTAL_POD_AUTOSCALERS, current, manager=FIELD_MANAGER)


async def apply_all(client: Client, objects: list[Object], traits: Traits) -> None:
    """Bring the objects into the cluster, one after the other. Raises `ApplyError`."""
    recreated, poll = traits.rules.recreated, traits.rhythm.recreation
    try:
        for obj in objects:
            if obj["kind"] in recreated:
                await _recreate(client, obj, poll)
            elif obj["kind"] == "HorizontalPodAutoscaler":
                _apply_autoscaler(client, obj)
            else:
                client.apply(_REFS[obj["kind"]], obj, manager=FIELD_MANAGER)
    except ApiError as error:
        raise ApplyError(str(error)) from error
