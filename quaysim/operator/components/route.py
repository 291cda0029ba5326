"""Component route: how the registry, its builders and its config editor are reached from outside."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.objects import Object
from fake_cluster.platform.refs import ROUTES
from quaysim.operator.components.common import Component, Fields, metadata
from quaysim.operator.context import Context
from quaysim.operator.health import Health, Verdict, not_ready, ready

_TIMEOUT = {"haproxy.router.openshift.io/timeout": "60s"}


def _config(context: Context) -> Fields:
    return {
        "SERVER_HOSTNAME": context.surroundings.hostname,
        "PREFERRED_URL_SCHEME": "https",
        "EXTERNAL_TLS_TERMINATION": not context.own_certificate,
    }


def _route(metadata: Object, host: str, service: str, target: str, termination: str) -> Object:
    """An empty host leaves the choice to the router."""
    return {
        "apiVersion": ROUTES.api_version,
        "kind": "Route",
        "metadata": metadata,
        "spec": {
            "host": host,
            "to": {"kind": "Service", "name": service},
            "port": {"targetPort": target},
            "tls": {"termination": termination, "insecureEdgeTerminationPolicy": "Redirect"},
        },
    }


def _objects(context: Context) -> Iterable[Object]:
    at_router = context.tls_at_the_router
    termination, target = ("edge", "http") if at_router else ("passthrough", "https")
    quay = context.full("quay-app")
    timeout = _TIMEOUT if context.manifests.route_timeout else {}
    yield _route(
        metadata(context, "quay", label="quay-app-route", component="route", annotations=timeout),
        context.surroundings.hostname,
        quay,
        target,
        termination,
    )
    yield _route(
        metadata(context, "quay-builder", label="quay-builder-route", component="route"),
        context.bundle.build_host,
        quay,
        "grpc",
        termination,
    )
    yield _route(
        metadata(context, "quay-config-editor", label="quay-config-route", component="route"),
        "",
        context.full("quay-config-editor"),
        "http",
        "edge",
    )


def _admitted(ingress: Object) -> bool:
    conditions = ingress.get("conditions") or []
    return any(item["type"] == "Admitted" and item["status"] == "True" for item in conditions)


def _check(health: Health) -> Verdict:
    route = health.owned(ROUTES)
    if route is None:
        return not_ready("Route not found")
    ingresses = (route.get("status") or {}).get("ingress")
    if not ingresses:
        return not_ready("Route found but no ingress")
    if not all(_admitted(ingress) for ingress in ingresses):
        return not_ready("Route not fully admitted")
    return ready("Route admitted")


ROUTE = Component(
    kind="route",
    condition="ComponentRouteReady",
    check=_check,
    unmanaged="Route is not managed by the operator",
    required=True,
    fields=frozenset({"EXTERNAL_TLS_TERMINATION", "PREFERRED_URL_SCHEME", "SERVER_HOSTNAME"}),
    field_group="HostSettings",
    configurable_when_managed=True,
    config=_config,
    objects=_objects,
)
