"""Component postgres: Quay's own database."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from fake_cluster.objects import Object
from quaysim.operator.components.common import Component, Fields, secret_value, value
from quaysim.operator.components.database import Database, database_objects
from quaysim.operator.context import Context
from quaysim.operator.health import DeploymentCheck
from quaysim.operator.kustomize import Data

CONFIG_SECRET, BOOTSTRAP_SECRET = "postgres-config-secret", "postgres-bootstrap"
BOOTSTRAP_SCRIPT, BOOTSTRAP_SUFFIX = "create-extensions.sh", "9dgc2mdh7d"

# Quay searches by trigram, and its migrations expect the extension to be there.
# This script is our own; the Secret's suffix is that of the real one's (measured, operator 3.7.10).
_CREATE_EXTENSIONS = b"""\
#!/bin/bash
# Runs at each start of the database, beside the image's own start scripts.
set -e
echo "making sure that the extension pg_trgm exists"
psql --set ON_ERROR_STOP=1 -d "$POSTGRESQL_DATABASE" -c "CREATE EXTENSION IF NOT EXISTS pg_trgm;"
"""


def _config(context: Context) -> Fields:
    return {
        "DB_URI": context.keys.db_uri,
        "DB_CONNECTION_ARGS": {"autorollback": True, "threadlocals": True},
    }


def _credentials(context: Context) -> Data:
    """Nothing at all where the URI is none."""
    try:
        uri = urlsplit(context.keys.db_uri)
    except ValueError:
        return {}
    return {
        "database-username": unquote(uri.username or "").encode(),
        "database-password": unquote(uri.password or "").encode(),
        "database-name": uri.path[1:].encode(),
        "database-root-password": context.keys.db_root_password.encode(),
    }


def _secrets(context: Context) -> dict[str, Data]:
    return {
        CONFIG_SECRET: _credentials(context),
        BOOTSTRAP_SECRET: {BOOTSTRAP_SCRIPT: _CREATE_EXTENSIONS},
    }


def _variables(context: Context) -> list[Object]:
    secret = context.secrets[CONFIG_SECRET]
    return [
        secret_value("POSTGRESQL_USER", secret, "database-username"),
        secret_value("POSTGRESQL_DATABASE", secret, "database-name"),
        secret_value("POSTGRESQL_ADMIN_PASSWORD", secret, "database-root-password"),
        secret_value("POSTGRESQL_PASSWORD", secret, "database-password"),
        value("POSTGRESQL_SHARED_BUFFERS", "256MB"),
        value("POSTGRESQL_MAX_CONNECTIONS", "2000"),
    ]


def _objects(context: Context) -> Iterable[Object]:
    database = Database(
        base="quay-database",
        component="postgres",
        sized_by="postgres",
        settings="postgres-conf-sample",
        variables=_variables(context),
        bootstrap=context.secrets[BOOTSTRAP_SECRET],
    )
    return database_objects(context, database)


POSTGRES = Component(
    kind="postgres",
    condition="ComponentPostgresReady",
    check=DeploymentCheck("quay-database", label="Postgres deployment"),
    unmanaged="Postgres not managed by the operator",
    required=True,
    fields=frozenset({"DB_URI", "DB_CONNECTION_ARGS"}),
    field_group="Database",
    overridable=frozenset({"volumeSize", "env"}),
    config=_config,
    secrets=_secrets,
    objects=_objects,
)
