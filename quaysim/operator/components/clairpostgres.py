"""Component clairpostgres: Clair's own database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.components.common import Component, value
from quaysim.operator.components.database import Database, database_objects
from quaysim.operator.context import Context
from quaysim.operator.health import DeploymentCheck

_VARIABLES = {
    "POSTGRESQL_USER": "postgres",
    "POSTGRESQL_DATABASE": "postgres",
    "POSTGRESQL_PASSWORD": "postgres",
    "POSTGRESQL_ADMIN_PASSWORD": "postgres",
    "POSTGRESQL_MAX_CONNECTIONS": "1000",
}


def _configured(bundle: Bundle) -> bool:
    """One of Clair's parts is told its database."""
    parts = (bundle.clair_config.get(part) for part in ("matcher", "indexer", "notifier"))
    return any(isinstance(part, Mapping) and part.get("connstring") for part in parts)


def _objects(context: Context) -> Iterable[Object]:
    database = Database(
        base="clair-postgres",
        component="clair-postgres",
        sized_by="clair",
        settings="clair-postgres-conf-sample",
        variables=[value(name, text) for name, text in _VARIABLES.items()],
    )
    return database_objects(context, database)


CLAIR_POSTGRES = Component(
    kind="clairpostgres",
    condition="ComponentClairPostgresReady",
    check=DeploymentCheck("clair-postgres", ok="ClairPostgres component healthy"),
    unmanaged="ClairPostgres not managed by the operator",
    configured=_configured,
    objects=_objects,
)
