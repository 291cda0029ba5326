"""Component mirror: the workers that mirror repositories of other registries."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.objects import Object
from quaysim.operator.components.common import (
    Component,
    Fields,
    deployment,
    from_secret,
    metadata,
    mount,
    proxy_variables,
    resources,
    scaled,
    spread_over_nodes,
    value,
)
from quaysim.operator.components.quay import (
    awaited,
    certificates_volume,
    config_volume,
    configuration_variables,
)
from quaysim.operator.context import Context
from quaysim.operator.health import DeploymentCheck, Health, Verdict, not_managed, not_ready

_UNMANAGED = "Mirror not managed by the operator"


def _config(_: Context) -> Fields:
    return {"FEATURE_REPO_MIRROR": True, "REPO_MIRROR_INTERVAL": 30, "REPO_MIRROR_TLS_VERIFY": True}


def _wait_for_quay(context: Context) -> Object:
    return {
        "name": "quay-mirror-init",
        "image": context.images["quay"],
        "command": ["/bin/sh", "-c", "curl $QUAY_APP_SERVICE_HOST --connect-timeout 360"],
        "env": [value("QUAY_APP_SERVICE_HOST", context.full("quay-app"))],
    }


def _objects(context: Context) -> Iterable[Object]:
    container = {
        "name": "quay-mirror",
        "image": context.images["quay"],
        "command": ["/quay-registry/quay-entrypoint.sh"],
        "args": ["repomirror-nomigrate"],
        "env": [
            *configuration_variables(context),
            value("ENSURE_NO_MIGRATION", "true"),
            *proxy_variables(context),
        ],
        "resources": resources(("500m", "512Mi"), ("1", "2Gi")),
        "volumeMounts": [
            mount("config", "/conf/stack"),
            mount("extra-ca-certs", "/conf/stack/extra_ca_certs", read_only=True),
        ],
    }
    own = from_secret(context.secrets["quay-config-tls"])
    pod = {
        **spread_over_nodes(context, "quay-mirror"),
        "serviceAccountName": context.full("quay-app"),
        "volumes": [config_volume(context), certificates_volume(context, own)],
        "initContainers": [_wait_for_quay(context)],
        "containers": [container],
    }
    spec = {**scaled(context, "mirror"), "strategy": {"type": "Recreate"}}
    meta = metadata(context, "quay-mirror", label="quay-mirror", component="mirror")
    yield deployment(context, meta, pod, label="quay-mirror", spec=spec)


_DEPLOYMENT = DeploymentCheck(
    "quay-mirror",
    label="Mirror deployment",
    kind="mirror",
    scaling_down="Mirror component is being scaled down",
    scaled_down="Mirror manually scaled down",
)


def _check(health: Health) -> Verdict:
    """Quay comes first, even for a mirror that nobody manages."""
    if not health.verdicts["quay"].ready:
        waiting = not_ready("Awaiting for component quay to become available")
        return waiting if awaited(health) else waiting.untimed()
    return _DEPLOYMENT(health) if "mirror" in health.managed else not_managed(_UNMANAGED)


MIRROR = Component(
    kind="mirror",
    condition="ComponentMirrorReady",
    check=_check,
    fields=frozenset({
        "FEATURE_REPO_MIRROR",
        "REPO_MIRROR_INTERVAL",
        "REPO_MIRROR_SERVER_HOSTNAME",
        "REPO_MIRROR_TLS_VERIFY",
    }),
    configurable_when_managed=True,
    field_group="RepoMirror",
    overridable=frozenset({"affinity", "env", "replicas"}),
    config=_config,
    objects=_objects,
)  # fmt: skip
