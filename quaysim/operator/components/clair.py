"""Component clair: the scanner of vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fake_cluster.objects import Object
from quaysim.operator.components.common import (
    Component,
    Fields,
    component_labels,
    deployment,
    from_config_map,
    from_secret,
    metadata,
    mount,
    port,
    projected,
    proxy_variables,
    resources,
    scaled,
    service,
    service_account,
    spread_over_nodes,
    value,
)
from quaysim.operator.context import Context
from quaysim.operator.goyaml import dump_wide
from quaysim.operator.health import DeploymentCheck
from quaysim.operator.kustomize import Data

CONFIG_FILES = "clair-config-secret"

# Clair's database takes 1000 connections; ten Pods of three parts each leave 33 to each part.
_POOL_AUTOSCALED, _POOL_FIXED = 33, 10


def _endpoint(context: Context) -> str:
    name = context.full("clair-app")
    if context.manifests.scanner_inside:
        return f"http://{name}.{context.namespace}.svc.cluster.local"
    return f"http://{name}:80"


def _config(context: Context) -> Fields:
    return {
        "FEATURE_SECURITY_SCANNER": True,
        "SECURITY_SCANNER_V4_ENDPOINT": _endpoint(context),
        "SECURITY_SCANNER_V4_NAMESPACE_WHITELIST": ["admin"],
        "FEATURE_SECURITY_NOTIFICATIONS": True,
        "SECURITY_SCANNER_INDEXING_INTERVAL": 30,
        "SECURITY_SCANNER_V4_PSK": context.keys.scanner_shared_key,
    }


def _connection(context: Context) -> str:
    pool = _POOL_AUTOSCALED if "horizontalpodautoscaler" in context.managed else _POOL_FIXED
    limit = f" pool_max_conns={pool}" if context.manifests.pool else ""
    host = context.full("clair-postgres")
    return f"host={host} port=5432 dbname=postgres user=postgres password=postgres sslmode=disable{limit}"


def _own_config(context: Context, hostname: str) -> dict[str, Any]:
    connection = _connection(context)
    return {
        "http_listen_addr": ":8080",
        "log_level": "info",
        "indexer": {
            "connstring": connection,
            "scanlock_retry": 10,
            "layer_scan_concurrency": 5,
            "migrations": True,
        },
        "matcher": {"connstring": connection, "migrations": True},
        "notifier": {
            "connstring": connection,
            "migrations": True,
            "delivery_interval": "1m0s",
            "poll_interval": "5m0s",
            "webhook": {
                "target": f"https://{hostname}/secscan/notification",
                "callback": f"http://{context.full('clair-app')}/notifier/api/v1/notifications",
            },
        },
        "auth": {"psk": {"key": context.keys.scanner_shared_key, "iss": ["quay", "clairctl"]}},
        "metrics": {"name": "prometheus"},
    }


def _secrets(context: Context) -> dict[str, Data]:
    """Sections of the user's Clair configuration stand for the operator's. Without a host: nothing."""
    hostname = context.surroundings.hostname if "route" in context.managed else context.bundle.server_hostname
    if not hostname:
        return {CONFIG_FILES: {}}
    config = _own_config(context, hostname) | dict(context.bundle.clair_config)
    return {CONFIG_FILES: {"config.yaml": dump_wide(config), **context.bundle.clair_certificates}}


def _volumes(context: Context) -> list[Object]:
    config = {"name": "config", "secret": {"secretName": context.secrets[CONFIG_FILES]}}
    if not context.manifests.trusted_ca:
        service_ca = {"name": context.full("cluster-service-ca")}
        return [config, {"name": "certificates", "configMap": service_ca}]
    trusted = context.full("cluster-trusted-ca")
    bundle = {"key": "ca-bundle.crt", "path": "tls-ca-bundle.pem"}
    return [
        {"name": "cluster-trusted-ca", "configMap": {"name": trusted, "items": [bundle]}},
        config,
        projected(
            "certificates",
            from_secret(context.secrets["extra-ca-certs"]),
            from_secret(context.secrets["quay-config-tls"]),
            from_config_map(context.full("cluster-service-ca")),
            from_config_map(trusted),
        ),
    ]


def _mounts(context: Context) -> list[Object]:
    trusted = mount("cluster-trusted-ca", "/etc/pki/ca-trust/extracted/pem", read_only=True)
    common = [mount("config", "/clair/"), mount("certificates", "/var/run/certs")]
    return [trusted, *common] if context.manifests.trusted_ca else common


def _app(context: Context) -> Object:
    container = {
        "name": "clair-app",
        "image": context.images["clair"],
        "imagePullPolicy": "IfNotPresent",
        "ports": [
            {"name": "clair-http", "containerPort": 8080, "protocol": "TCP"},
            {"name": "clair-intro", "containerPort": 8089, "protocol": "TCP"},
        ],
        "env": [
            value("CLAIR_CONF", "/clair/config.yaml"),
            value("CLAIR_MODE", "combo"),
            *proxy_variables(context),
        ],
        "resources": resources(("2", "2Gi"), ("4", "16Gi")),
        "startupProbe": {"tcpSocket": {"port": "clair-intro"}, "periodSeconds": 10, "failureThreshold": 300},
        "readinessProbe": {"tcpSocket": {"port": 8080}},
        "volumeMounts": _mounts(context),
    }
    pod = {
        **spread_over_nodes(context, "clair-app"),
        "serviceAccountName": context.full("clair-app"),
        "volumes": _volumes(context),
        "containers": [container],
    }
    meta = metadata(context, "clair-app", label="clair-app", component="clair")
    return deployment(context, meta, pod, label="clair-app", spec=scaled(context, "clair"))


def _objects(context: Context) -> Iterable[Object]:
    yield service_account(context, "clair-app", "clair")
    yield service(
        metadata(context, "clair-app", label="clair-app", component="clair"),
        component_labels(context, "clair-app"),
        port(80, 8080, "clair-http"),
        port(8089, 8089, "clair-introspection"),
    )
    yield _app(context)


CLAIR = Component(
    kind="clair",
    condition="ComponentClairReady",
    check=DeploymentCheck(
        "clair-app",
        ok="Clair component healthy",
        kind="clair",
        scaling_down="Clair component is being scaled down",
        scaled_down="Clair manually scaled down",
    ),
    unmanaged="Clair not managed by the operator",
    fields=frozenset({
        "FEATURE_SECURITY_SCANNER",
        "SECURITY_SCANNER_ENDPOINT",
        "SECURITY_SCANNER_INDEXING_INTERVAL",
        "SECURITY_SCANNER_NOTIFICATIONS",
        "SECURITY_SCANNER_V4_ENDPOINT",
        "SECURITY_SCANNER_V4_NAMESPACE_WHITELIST",
    }),
    field_group="SecurityScanner",
    overridable=frozenset({"affinity", "volumeSize", "env", "replicas"}),
    config=_config,
    secrets=_secrets,
    objects=_objects,
)  # fmt: skip
