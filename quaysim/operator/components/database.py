"""A PostgreSQL database of its own for one component: what Quay's and Clair's have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fake_cluster.objects import Object
from quaysim.operator.components.common import (
    component_labels,
    config_map,
    deployment,
    metadata,
    mount,
    port,
    resources,
    service,
    service_account,
)
from quaysim.operator.context import Context
from quaysim.operator.overrides import volume_size

DEFAULT_SIZE = "50Gi"
SETTINGS_FILE = "postgresql.conf.sample"
SETTINGS = """\
huge_pages = off
logging_collector = on
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
"""
_SCRIPTS = "/usr/share/container-scripts/postgresql/start"


@dataclass(frozen=True, slots=True)
class Database:
    """In what one database differs from the other.

    `component`: value of both label and annotation. `sized_by`: the component kind whose volumeSize
    counts. `settings`: name of the ConfigMap with the server's settings. `bootstrap`: the Secret with a
    script for the start, if any.
    """

    base: str
    component: str
    sized_by: str
    settings: str
    variables: list[Object]
    bootstrap: str = ""


def _volumes(context: Context, database: Database) -> tuple[list[Object], list[Object]]:
    volumes: list[Object] = [
        {"name": database.settings, "configMap": {"name": context.full(database.settings)}},
        {"name": "postgres-data", "persistentVolumeClaim": {"claimName": context.full(database.base)}},
    ]
    mounts = [
        mount(database.settings, f"/usr/share/pgsql/{SETTINGS_FILE}", sub_path=SETTINGS_FILE),
        mount("postgres-data", "/var/lib/pgsql/data"),
    ]
    if database.bootstrap and not context.manifests.database_init:
        volumes.insert(1, {"name": "postgres-bootstrap", "secret": {"secretName": database.bootstrap}})
        script = "create-extensions.sh"
        mounts.append(mount("postgres-bootstrap", f"{_SCRIPTS}/{script}", read_only=True, sub_path=script))
    return volumes, mounts


def _server(context: Context, database: Database) -> Object:
    volumes, mounts = _volumes(context, database)
    container = {
        "name": "postgres",
        "image": context.images["postgres"],
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"containerPort": 5432, "protocol": "TCP"}],
        "env": database.variables,
        "resources": resources(("500m", "2Gi")),
        "volumeMounts": mounts,
    }
    pod = {
        "terminationGracePeriodSeconds": 180,
        "serviceAccountName": context.full(database.base),
        "volumes": volumes,
        "containers": [container],
    }
    return deployment(
        context,
        metadata(context, database.base, label=database.component, component=database.component),
        pod,
        label=database.component,
        spec={"replicas": 1, "strategy": {"type": "Recreate"}},
        pod_annotations={},
    )


def _claim(context: Context, database: Database) -> Object:
    size = volume_size(context.overrides.get(database.sized_by, {}), DEFAULT_SIZE)
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(context, database.base, label=database.component, component=database.component),
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def database_objects(context: Context, database: Database) -> Iterable[Object]:
    """A database server with its volume."""
    labels = component_labels(context, database.component)
    yield service_account(context, database.base, database.component)
    yield config_map(metadata(context, database.settings), {SETTINGS_FILE: SETTINGS})
    yield service(
        metadata(context, database.base, label=database.component, component=database.component),
        labels,
        port(5432, 5432, "postgres"),
    )
    yield _claim(context, database)
    yield _server(context, database)
