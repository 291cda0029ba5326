"""What a pass learns of the cluster, and which of it keeps the rollout from going on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS
from quaysim.operator.bundle import Bundle
from quaysim.operator.conditions import (
    CONFIG_INVALID,
    MONITORING_DEPENDENCY,
    ROUTE_DEPENDENCY,
    STORAGE_DEPENDENCY,
)
from quaysim.operator.context import Surroundings, components_of, managed_kinds
from quaysim.operator.discovery import (
    Dial,
    DiscoveryError,
    checked_hostname,
    find_bucket,
    monitoring_problem,
    no_such_kind,
    probe_router,
)
from quaysim.operator.errors import Blocked
from quaysim.operator.goyaml import YamlError
from quaysim.operator.messages import Messages


@dataclass(frozen=True, slots=True)
class Survey:
    """Looks around in the cluster for one registry. Everything raises `Blocked`.

    `routes_optional`: a failing Routes probe blocks only where route is declared managed.
    """

    client: Client
    dial: Dial
    messages: Messages
    watch_namespace: str
    routes_optional: bool = False

    async def __call__(self, registry: Object, bundle: Bundle) -> Surroundings:
        """Routes, then buckets, then the build manager's name, then monitoring."""
        managed = managed_kinds(components_of(registry))
        found = await self._routes(registry, bundle)
        found = self._storage(registry, found, required="objectstorage" in managed)
        _check_build_manager(bundle)
        return replace(found, monitoring=self._monitoring(required="monitoring" in managed))

    async def _routes(self, registry: Object, bundle: Bundle) -> Surroundings:
        metadata = registry["metadata"]
        try:
            hostname = checked_hostname(bundle)
            router = await probe_router(self.client, registry, self.dial)
        except DiscoveryError as error:
            if self.routes_optional and "route" not in managed_kinds(components_of(registry)):
                return Surroundings()
            raise Blocked(ROUTE_DEPENDENCY, self.messages.routes_unknown.format(error=error)) from error
        if router is None:
            return Surroundings(hostname=hostname)
        default = f"{metadata['name']}-quay-{metadata['namespace']}.{router.apps_domain}"
        return Surroundings(
            routes=True,
            apps_domain=router.apps_domain,
            hostname=hostname or default,
            wildcard=router.wildcard,
        )

    def _storage(self, registry: Object, found: Surroundings, *, required: bool) -> Surroundings:
        """A claim that still waits for its bucket matters only where storage is declared managed."""
        if not self.client.serves(OBJECT_BUCKET_CLAIMS):
            missing = f"unable to list object bucket claims: {no_such_kind(OBJECT_BUCKET_CLAIMS)}"
            self._require_storage(missing, required=required)
            return found
        try:
            return replace(found, claims=True, bucket=find_bucket(self.client, registry))
        except DiscoveryError as error:
            self._require_storage(str(error), required=required)
            return replace(found, claims=True)

    def _require_storage(self, problem: str, *, required: bool) -> None:
        if required:
            raise Blocked(STORAGE_DEPENDENCY, self.messages.storage_unknown.format(error=problem))

    def _monitoring(self, *, required: bool) -> bool:
        problem = monitoring_problem(self.client, self.watch_namespace)
        if problem and required:
            raise Blocked(MONITORING_DEPENDENCY, self.messages.monitoring_unknown.format(error=problem))
        return not problem


def _check_build_manager(bundle: Bundle) -> None:
    """Where routes are optional, this is the first to trip over a config.yaml that cannot be read."""
    try:
        bundle.check_build_manager()
    except YamlError as error:
        raise Blocked(CONFIG_INVALID, f"unable to parse config.yaml: {error}") from error
