"""Component quay: the registry itself and its config editor; always managed."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.kinds.refs import JOBS
from fake_cluster.objects import Object
from quaysim.operator.components.common import (
    Component,
    config_map,
    deployment,
    field_value,
    from_config_map,
    from_secret,
    metadata,
    mount,
    port,
    projected,
    proxy_variables,
    resources,
    scaled,
    secret_value,
    service,
    service_account,
    spread_over_nodes,
    value,
)
from quaysim.operator.components.common import component_labels as labels_of
from quaysim.operator.context import Context
from quaysim.operator.health import DeploymentCheck, Health, Verdict, not_ready, ready
from quaysim.operator.overrides import with_variables

UPGRADE_JOB = "quay-app-upgrade"
EDITOR_CREDENTIALS = "quay-config-editor-credentials"

_DEPENDENCIES = ("postgres", "objectstorage", "clair", "clairpostgres", "tls", "redis")
_APP = DeploymentCheck(
    "quay-app", kind="quay", scaling_down="Quay component is being scaled down", ok="Quay component healthy"
)
_EDITOR = DeploymentCheck("quay-config-editor")


def awaited(health: Health) -> list[str]:
    """The components that Quay waits for."""
    return [kind for kind in _DEPENDENCIES if not health.verdicts[kind].ready]


def _check(health: Health) -> Verdict:
    missing = awaited(health)
    if missing:
        return not_ready(f"Awaiting for component {','.join(missing)} to become available")
    for check in (_migrated, _APP, _EDITOR):
        verdict = check(health)
        if not verdict.ready:
            return verdict
    return ready("Quay component healthy")


def _migrated(health: Health) -> Verdict:
    job = health.find(JOBS, UPGRADE_JOB)
    if job is None:
        return not_ready(f"Job {health.name}-{UPGRADE_JOB} not found")
    if not (job.get("status") or {}).get("succeeded"):
        return not_ready(f"Job {health.name}-{UPGRADE_JOB} not finished")
    return ready("")


def config_volume(context: Context) -> Object:
    """Quay's configuration and its certificates."""
    return projected(
        "config",
        from_secret(context.secrets["quay-config-secret"]),
        from_secret(context.secrets["quay-config-tls"]),
    )


def certificates_volume(context: Context, *further: Object) -> Object:
    """The certificates that Quay trusts."""
    if not context.manifests.trusted_ca:
        return {"name": "extra-ca-certs", "configMap": {"name": context.full("cluster-service-ca")}}
    return projected(
        "extra-ca-certs",
        from_config_map(context.full("cluster-service-ca")),
        from_config_map(context.full("cluster-trusted-ca")),
        from_secret(context.secrets["extra-ca-certs"]),
        *further,
    )


def configuration_variables(context: Context) -> list[Object]:
    """Where Quay's programs find their configuration."""
    return [
        value("QE_K8S_CONFIG_SECRET", context.secrets["quay-config-secret"]),
        field_value("QE_K8S_NAMESPACE", "metadata.namespace"),
        value("DEBUGLOG", "false"),
    ]


def worker_variables() -> list[Object]:
    """How many workers Quay runs."""
    counts = {"WEB": "4", "SECSCAN": "2", "REGISTRY": "8"}
    return [value(f"WORKER_COUNT_{name}", count) for name, count in counts.items()]


def _probe(context: Context, timeout: int) -> Object:
    secure = not context.tls_at_the_router and not context.upgrade
    port_number, scheme = (8443, "HTTPS") if secure else (8080, "HTTP")
    request = {"path": "/health/instance", "port": port_number, "scheme": scheme}
    return {"httpGet": request, "timeoutSeconds": timeout, "periodSeconds": 15, "failureThreshold": 10}


def _version_added(context: Context, made: Object) -> Object:
    """QUAY_VERSION comes last, whatever the overrides say."""
    if not context.manifests.versioned:
        return made
    for container in made["spec"]["template"]["spec"]["containers"]:
        version = value("QUAY_VERSION", context.settings.version)
        container["env"] = with_variables(container["env"], [version])
    return made


def _app(context: Context) -> Object:
    ports = (8443, 8080, 8081, 9091, *((55443,) if context.manifests.grpc_port else ()))
    container = {
        "name": "quay-app",
        "image": context.images["quay"],
        "args": ["registry-nomigrate"],
        "ports": [{"containerPort": number, "protocol": "TCP"} for number in ports],
        "env": [*configuration_variables(context), *worker_variables(), *proxy_variables(context)],
        "resources": resources(("2", "8Gi"), ("2", "8Gi")),
        "startupProbe": _probe(context, 20),
        "readinessProbe": _probe(context, 10),
        "livenessProbe": _probe(context, 10),
        "volumeMounts": [
            mount("config", "/conf/stack"),
            mount("extra-ca-certs", "/conf/stack/extra_ca_certs", read_only=True),
        ],
    }
    pod = {
        **spread_over_nodes(context, "quay-app"),
        "serviceAccountName": context.full("quay-app"),
        "volumes": [config_volume(context), certificates_volume(context)],
        "containers": [container],
    }
    meta = metadata(
        context, "quay-app", label=context.manifests.app_label, component=context.manifests.base, app=True
    )
    spec: Object = {"replicas": 0} if context.upgrade else scaled(context, "quay")
    return _version_added(context, deployment(context, meta, pod, label="quay-app", spec=spec, app=True))


def _editor(context: Context) -> Object:
    annotation = "metadata.annotations['{}']".format
    container = {
        "name": "quay-config-editor",
        "image": context.images["quay"],
        "args": ["config", "$(QUAY_PASSWORD)", "$(QUAY_OPERATOR_ENDPOINT)"],
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
        "env": [
            value("QUAY_CONFIG_PATH", "/conf/stack"),
            value("DEBUGLOG", "true"),
            secret_value("QUAY_PASSWORD", context.secrets[EDITOR_CREDENTIALS], "password"),
            field_value("MY_POD_NAMESPACE", "metadata.namespace"),
            field_value("MY_POD_NAME", "metadata.name"),
            field_value("QUAY_OPERATOR_ENDPOINT", annotation("quay-operator-service-endpoint")),
            field_value("QUAY_CONFIG_READ_ONLY_FIELD_GROUPS", annotation("quay-managed-fieldgroups")),
        ],
        "volumeMounts": [
            mount("config", "/conf/stack"),
            mount("extra-ca-certs", "/conf/stack/extra_ca_certs"),
        ],
    }
    pod = {"volumes": [config_volume(context), certificates_volume(context)], "containers": [container]}
    made = deployment(
        context,
        metadata(
            context,
            "quay-config-editor",
            label="quay-config-editor",
            component=context.manifests.base,
            app=True,
        ),
        pod,
        label="quay-config-editor",
        spec={"replicas": 1},
        app=True,
        pod_annotations={
            **context.hostname_annotations,
            "quay-managed-fieldgroups": ",".join(context.field_groups),
        },
    )
    return _version_added(context, made)


def _services(context: Context) -> Iterable[Object]:
    yield service(
        metadata(
            context, "quay-app", label=context.manifests.app_label, component=context.manifests.base, app=True
        ),
        labels_of(context, "quay-app", app=True),
        port(443, 8443, "https"),
        port(80, 8080, "http"),
        port(8081, 8081, "jwtproxy"),
        port(55443, 55443, "grpc"),
    )
    yield service(
        metadata(
            context,
            "quay-config-editor",
            label="quay-config-editor",
            component=context.manifests.base,
            app=True,
        ),
        labels_of(context, "quay-config-editor", app=True),
        port(80, 8080, "http"),
    )


def _objects(context: Context) -> Iterable[Object]:
    base = context.manifests.base
    yield service_account(context, "quay-app", base, app=True)
    inject = {"service.beta.openshift.io/inject-cabundle": "true"}
    yield config_map(metadata(context, "cluster-service-ca", component=base, app=True, annotations=inject))
    if context.manifests.trusted_ca:
        trusted = {"config.openshift.io/inject-trusted-cabundle": "true"}
        yield config_map(metadata(context, "cluster-trusted-ca", app=True, labels=trusted))
    yield from _services(context)
    yield _app(context)
    yield _editor(context)


QUAY = Component(
    kind="quay",
    condition="ComponentQuayReady",
    check=_check,
    overridable=frozenset({"affinity", "env", "replicas"}),
    objects=_objects,
)
