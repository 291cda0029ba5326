"""The components of 3.6 as far as they differ from today's.

Quay's own objects are called base and stand in no list; Clair brings its own database; the checks are
more lenient; and the certificate is looked for under a name that nobody documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fake_cluster.kinds.refs import SECRETS
from fake_cluster.objects import Object
from quaysim.operator.bundle import TLS_KEY, bundle_of
from quaysim.operator.components.clair import CLAIR
from quaysim.operator.components.clairpostgres import CLAIR_POSTGRES
from quaysim.operator.components.common import Component, component_labels, metadata, secret_value, value
from quaysim.operator.components.horizontalpodautoscaler import HPA
from quaysim.operator.components.mirror import MIRROR
from quaysim.operator.components.monitoring import MONITORING
from quaysim.operator.components.objectstorage import OBJECT_STORAGE
from quaysim.operator.components.postgres import BOOTSTRAP_SECRET, CONFIG_SECRET, POSTGRES
from quaysim.operator.components.quay import QUAY
from quaysim.operator.components.redis import REDIS
from quaysim.operator.components.route import ROUTE
from quaysim.operator.components.tls import TLS
from quaysim.operator.context import Context
from quaysim.operator.health import DeploymentCheck, Health, Verdict, not_managed, not_ready, ready

_DEPENDENCIES = ("postgres", "objectstorage", "clair", "tls", "redis")
_INIT, _SCRIPTS = "quay-postgres-init", "/scripts"
_CLAIR_OK, _BASE_OK = "Clair component healthy", "Base component healthy"
_CLAIR_DEPLOYMENTS = tuple(
    DeploymentCheck(base, ok=_CLAIR_OK, needs_pods=False) for base in ("clair-postgres", "clair-app")
)
_BASE_DEPLOYMENTS = tuple(
    DeploymentCheck(base, ok=_BASE_OK, needs_pods=False) for base in ("quay-app", "quay-config-editor")
)
_MIRROR = DeploymentCheck("quay-mirror", label="Mirror deployment", needs_pods=False)


def _all_of(checks: Iterable[DeploymentCheck], health: Health, ok: str) -> Verdict:
    verdicts = (check(health) for check in checks)
    return next((verdict for verdict in verdicts if not verdict.ready), ready(ok))


def _check_base(health: Health) -> Verdict:
    missing = [kind for kind in _DEPENDENCIES if not health.verdicts[kind].ready]
    if missing:
        return not_ready(f"Awaiting for component {','.join(missing)} to become available")
    return _all_of(_BASE_DEPLOYMENTS, health, _BASE_OK)


def _check_clair(health: Health) -> Verdict:
    return _all_of(_CLAIR_DEPLOYMENTS, health, _CLAIR_OK)


def _check_mirror(health: Health) -> Verdict:
    if not health.verdicts["quay"].ready:
        return not_ready("Awaiting for component base to become available")
    return (
        _MIRROR(health) if "mirror" in health.managed else not_managed("Mirror not managed by the operator")
    )


def _check_tls(health: Health) -> Verdict:
    """It looks for `ssl.crt` where the documentation, and the rest of the operator, say `ssl.cert`."""
    name = (health.registry.get("spec") or {}).get("configBundleSecret")
    if not name:
        return not_ready("Config bundle secret not populated")
    secret = health.client.find(SECRETS, name, health.registry["metadata"]["namespace"])
    if secret is None:
        return not_ready("Config bundle does not exist")
    given = {"ssl.crt", TLS_KEY} & bundle_of(secret).data.keys()
    if "tls" in health.managed:
        return not_ready("TLS managed but config bundle contain certs") if given else ready(_WILDCARD)
    missing = len(given) < 2
    return not_ready("TLS unmanaged but config bundle does not contain certs") if missing else ready(_OWN)


_WILDCARD, _OWN = "Using cluster wildcard certs", "Config bundle contains certs"


def _clair_objects(context: Context) -> Iterable[Object]:
    yield from CLAIR.objects(context)
    for obj in CLAIR_POSTGRES.objects(context):
        annotations: Mapping[str, str] = obj["metadata"]["annotations"]
        if "quay-component" in annotations:
            obj["metadata"]["annotations"] = {**annotations, "quay-component": "clair"}
        if obj["kind"] == "Deployment":
            obj["spec"]["template"]["metadata"]["annotations"] = dict(context.hostname_annotations)
        yield obj


def _init_job(context: Context) -> Object:
    """The Job that creates the extension in Quay's database, in each pass."""
    secret = context.secrets[CONFIG_SECRET]
    container = {
        "name": _INIT,
        "image": context.images["postgres"],
        "command": ["/bin/bash", "-c", f"{_SCRIPTS}/create-extensions.sh"],
        "env": [
            value("PGHOST", context.full("quay-database")),
            value("PGUSER", "postgres"),
            secret_value("PGPASSWORD", secret, "database-root-password"),
            secret_value("POSTGRESQL_DATABASE", secret, "database-name"),
        ],
        "volumeMounts": [{"name": "postgres-bootstrap", "mountPath": _SCRIPTS, "readOnly": True}],
    }
    script = {"secretName": context.secrets[BOOTSTRAP_SECRET], "defaultMode": 0o755}
    pod = {
        "restartPolicy": "OnFailure",
        "volumes": [{"name": "postgres-bootstrap", "secret": script}],
        "containers": [container],
    }
    labels = component_labels(context, _INIT)
    template = {
        "metadata": {"labels": labels, "annotations": dict(context.hostname_annotations)},
        "spec": pod,
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(context, _INIT, label=_INIT, component="postgres"),
        "spec": {"template": template},
    }


def _postgres_objects(context: Context) -> Iterable[Object]:
    yield from POSTGRES.objects(context)
    yield _init_job(context)


def _lenient(component: Component, base: str, label: str) -> Component:
    """A Deployment without Pods counts as healthy."""
    return replace(component, check=DeploymentCheck(base, label=label, needs_pods=False))


_NONE: frozenset[str] = frozenset()
_SIZE = frozenset({"volumeSize"})

BASE_36 = replace(
    QUAY, condition="ComponentBaseReady", check=_check_base, overridable=_NONE, declarable=False
)
POSTGRES_36 = replace(
    _lenient(POSTGRES, "quay-database", "Postgres deployment"), overridable=_SIZE, objects=_postgres_objects
)
CLAIR_36 = replace(CLAIR, check=_check_clair, overridable=_SIZE, objects=_clair_objects)
REDIS_36 = replace(_lenient(REDIS, "quay-redis", "Redis deployment"), overridable=_NONE)
MIRROR_36 = replace(MIRROR, check=_check_mirror, overridable=_NONE)
TLS_36 = replace(TLS, check=_check_tls)

COMPONENTS_36: tuple[Component, ...] = (
    BASE_36, POSTGRES_36, CLAIR_36, REDIS_36, HPA, OBJECT_STORAGE, ROUTE, MIRROR_36, MONITORING, TLS_36,
)  # fmt: skip
REPORTED_36: tuple[Component, ...] = (
    HPA, ROUTE, MONITORING, POSTGRES_36, OBJECT_STORAGE, CLAIR_36, TLS_36, REDIS_36, BASE_36, MIRROR_36,
)  # fmt: skip
