"""The main controller: one pass over a QuayRegistry, step by step.

The order of the steps decides which of several problems is reported; it is that of operator 3.7.10. A
pass ends with the next look after ten seconds, or after a minute when there was nothing left to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import JOBS, SECRETS
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Result
from fake_cluster.machinery.events import Recorder
from fake_cluster.objects import Key, Object, is_terminating
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS
from quaysim.operator import conditions as named
from quaysim.operator.applying import ApplyError, apply_all
from quaysim.operator.bundle import CONFIG, Bundle, bundle_of
from quaysim.operator.components.quay import UPGRADE_JOB
from quaysim.operator.conditions import conditions_of, fresh, go_time, with_condition, without
from quaysim.operator.configuration import base_config
from quaysim.operator.context import Context, Surroundings, components_of, managed_kinds
from quaysim.operator.defaults import problem_with_configuration, same_components, with_defaults
from quaysim.operator.deletion import FINALIZER, finalize, mark_namespace
from quaysim.operator.discovery import (
    Dial,
    DiscoveryError,
    checked_hostname,
    find_bucket,
    monitoring_problem,
    no_such_kind,
    probe_router,
)
from quaysim.operator.errors import Blocked, InflateError, OperatorCrash
from quaysim.operator.goyaml import dump
from quaysim.operator.keys import ManagedKeys, find_keys
from quaysim.operator.kustomize import encoded
from quaysim.operator.migration import failure_of, in_progress
from quaysim.operator.overrides import problem_with_overrides
from quaysim.operator.refs import QUAY_REGISTRIES
from quaysim.operator.releases import Messages, Release
from quaysim.operator.rendering import Inflation, inflate
from quaysim.operator.settings import Settings

SOON = Result(requeue_after=10.0)
COMPLETE = Result(requeue_after=60.0)


def _status(registry: Object) -> Object:
    return registry.get("status") or {}


def _with_status(registry: Object, **fields: object) -> Object:
    """The registry with some fields of its status changed; None and "" take a field away."""
    status = {key: value for key, value in (_status(registry) | fields).items() if value}
    return registry | {"status": status}


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The main controller. `dial` gives the certificates that a host and port serve, as PEM."""

    client: Client
    clock: Clock
    settings: Settings
    release: Release
    rng: Random
    dial: Dial
    recorder: Recorder

    @property
    def _messages(self) -> Messages:
        return self.release.messages

    async def __call__(self, key: Key) -> Result | None:
        """One pass over one registry: steps 1 to 4, and where a blocked or fatal pass ends."""
        registry = self.client.find(QUAY_REGISTRIES, key.name, key.namespace)
        if registry is None:
            return None
        if is_terminating(registry):
            finalize(self.client, registry, all_namespaces=not self.settings.watch_namespace)
            return None
        if in_progress(registry):
            return self._follow_migration(registry)
        try:
            return await self._reconcile(registry)
        except Blocked as block:
            return self._block(registry, block)
        except OperatorCrash as crash:
            self.recorder.record(registry, "Warning", "OperatorCrashed", f"panic: {crash}")
            return SOON

    async def _reconcile(self, registry: Object) -> Result:
        """Steps 4 to 25. Raises `Blocked` where the rollout cannot go on."""
        if not registry.get("spec", {}).get("configBundleSecret"):
            return self._create_bundle(registry)
        bundle = self._bundle(registry)
        keys = self._keys(registry)
        surroundings = await self._surroundings(registry, bundle)
        components = with_defaults(components_of(registry), surroundings, bundle, self.release)
        self._check_overrides(components)
        if not same_components(components_of(registry), components):
            return self._declare(registry, components)
        self._check_configuration(components, bundle)
        inflation = self._inflate(Context(registry, self.settings, bundle, surroundings, keys, {}))
        await self._apply(inflation)
        if surroundings.monitoring:
            self._mark_namespace(registry)
        return self._conclude(registry, inflation)

    # --- steps 4 to 7: the bundle and the keys -----------------------------------------------------------

    def _create_bundle(self, registry: Object) -> Result:
        metadata = registry["metadata"]
        owner = {"apiVersion": registry["apiVersion"], "kind": registry["kind"]}
        owner |= {"name": metadata["name"], "uid": metadata["uid"]}
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "generateName": f"{metadata['name']}-config-bundle-",
                "namespace": metadata["namespace"],
                "ownerReferences": [owner],
            },
            "data": encoded({CONFIG: dump(base_config(self.settings))}),
        }
        try:
            created = self.client.create(SECRETS, secret)
        except ApiError as error:
            message = self._messages.bundle_not_created.format(error=error)
            raise Blocked(named.CONFIG_INVALID, message) from error
        spec = (registry.get("spec") or {}) | {"configBundleSecret": created["metadata"]["name"]}
        self.client.replace(QUAY_REGISTRIES, registry | {"spec": spec})
        return SOON

    def _bundle(self, registry: Object) -> Bundle:
        name = registry["spec"]["configBundleSecret"]
        secret = self.client.find(SECRETS, name, registry["metadata"]["namespace"])
        if secret is None:
            message = self._messages.bundle_missing.format(error=f'Secret "{name}" not found')
            raise Blocked(named.CONFIG_INVALID, message)
        return bundle_of(secret)

    def _keys(self, registry: Object) -> ManagedKeys:
        metadata = registry["metadata"]
        try:
            return find_keys(self.client, Key(metadata["namespace"], metadata["name"]))
        except ApiError as error:
            message = self._messages.keys_unreadable.format(error=error)
            raise Blocked(named.CONFIG_INVALID, message) from error

    # --- steps 8 to 11: what the cluster offers ----------------------------------------------------------

    async def _surroundings(self, registry: Object, bundle: Bundle) -> Surroundings:
        """Routes first, then buckets, the build manager's name, monitoring."""
        found = await self._routes(registry, bundle)
        managed = managed_kinds(components_of(registry))
        found = self._storage(registry, found, required="objectstorage" in managed)
        _ = bundle.build_manager
        problem = monitoring_problem(self.client, self.settings.watch_namespace)
        if problem and "monitoring" in managed:
            message = self._messages.monitoring_unknown.format(error=problem)
            raise Blocked(named.MONITORING_DEPENDENCY, message)
        return replace(found, monitoring=not problem)

    async def _routes(self, registry: Object, bundle: Bundle) -> Surroundings:
        metadata = registry["metadata"]
        try:
            hostname = checked_hostname(bundle)
            router = await probe_router(self.client, registry, self.dial)
        except DiscoveryError as error:
            message = self._messages.routes_unknown.format(error=error)
            raise Blocked(named.ROUTE_DEPENDENCY, message) from error
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
        claims, bucket, problem = self.client.serves(OBJECT_BUCKET_CLAIMS), None, ""
        try:
            bucket = find_bucket(self.client, registry) if claims else None
        except DiscoveryError as error:
            problem = str(error)
        if not claims:
            problem = f"unable to list object bucket claims: {no_such_kind(OBJECT_BUCKET_CLAIMS)}"
        if problem and required:
            message = self._messages.storage_unknown.format(error=problem)
            raise Blocked(named.STORAGE_DEPENDENCY, message)
        return replace(found, claims=claims, bucket=bucket)

    # --- steps 13 to 18: from the declaration to the objects ---------------------------------------------

    def _check_overrides(self, components: list[Object]) -> None:
        accepted = {component.kind: component.overridable for component in self.release.components}
        problem = problem_with_overrides(components, managed_kinds(components), accepted)
        if problem:
            message = self._messages.overrides_invalid.format(error=problem)
            raise Blocked(named.OVERRIDE_INVALID, message)

    def _declare(self, registry: Object, components: list[Object]) -> Result:
        """Write the defaults into the spec; that starts the next pass at once."""
        self.client.replace(
            QUAY_REGISTRIES, registry | {"spec": registry["spec"] | {"components": components}}
        )
        return SOON

    def _check_configuration(self, components: list[Object], bundle: Bundle) -> None:
        problem = problem_with_configuration(components, bundle, self.release)
        if problem:
            raise Blocked(named.CONFIG_INVALID, problem)

    def _inflate(self, context: Context) -> Inflation:
        try:
            return inflate(context, self.release, self.rng)
        except InflateError as error:
            message = self._messages.not_inflated.format(error=error)
            raise Blocked(named.CREATION_FAILED, message) from error

    async def _apply(self, inflation: Inflation) -> None:
        try:
            await apply_all(self.client, inflation.objects)
        except ApplyError as error:
            message = self._messages.not_applied.format(error=error)
            raise Blocked(named.CREATION_FAILED, message) from error

    def _mark_namespace(self, registry: Object) -> None:
        try:
            mark_namespace(self.client, registry["metadata"]["namespace"])
        except ApiError as error:
            raise Blocked(named.MONITORING_DEPENDENCY, str(error)) from error

    # --- steps 20 to 25: what is said of it --------------------------------------------------------------

    def _conclude(self, registry: Object, inflation: Inflation) -> Result:
        """A write that meets somebody else's is tried again with the next pass."""
        try:
            return self._report(registry, inflation)
        except ApiError as error:
            if error.reason != "Conflict":
                raise
            return SOON

    def _report(self, registry: Object, inflation: Inflation) -> Result:
        context, messages = inflation.context, self._messages
        registry = _with_status(
            registry,
            conditions=without(conditions_of(registry), named.ROLLOUT_BLOCKED),
            configEditorEndpoint=_editor_endpoint(context),
            configEditorCredentialsSecret=inflation.editor_credentials,
        )
        registry = self._say(
            registry, named.ROLLOUT_BLOCKED, named.CREATION_SUCCESS, messages.created, status=False
        )
        if "objectstorage" in context.managed and context.surroundings.bucket is None:
            return SOON
        endpoint = f"https://{context.surroundings.hostname}"
        if _status(registry).get("registryEndpoint") != endpoint:
            registry = self._write_status(_with_status(registry, registryEndpoint=endpoint))
        if _status(registry).get("currentVersion") != self.settings.version:
            reason = named.MIGRATIONS_IN_PROGRESS
            self._say(registry, named.COMPONENTS_CREATED, reason, messages.migrating, status=False)
            return SOON
        self._add_finalizer(registry)
        return COMPLETE

    def _add_finalizer(self, registry: Object) -> None:
        metadata = registry["metadata"]
        finalizers = metadata.get("finalizers") or []
        if FINALIZER not in finalizers:
            changed = metadata | {"finalizers": [*finalizers, FINALIZER]}
            self.client.replace(QUAY_REGISTRIES, registry | {"metadata": changed})

    # --- step 3: while a migration runs ------------------------------------------------------------------

    def _follow_migration(self, registry: Object) -> Result:
        """Nothing else is looked at meanwhile, not even a change of the spec."""
        metadata, messages = registry["metadata"], self._messages
        job = self.client.find(JOBS, f"{metadata['name']}-{UPGRADE_JOB}", metadata["namespace"])
        if job is None:
            self._migration_ended(registry, named.MIGRATIONS_JOB_MISSING, messages.migration_job_missing)
        elif _status(job).get("succeeded") == 1 and _status(job).get("active") != 1:
            self._migrated(registry)
        elif _status(job).get("active") != 1:
            reason = failure_of(job, messages.migration_failed)
            self._migration_ended(registry, named.MIGRATIONS_FAILED, reason)
        return SOON

    def _migration_ended(self, registry: Object, reason: str, message: str) -> None:
        self._say(registry, named.COMPONENTS_CREATED, reason, message, status=False)

    def _migrated(self, registry: Object) -> None:
        """The one success that is not told by an Event, and leaves lastUpdated alone."""
        created = fresh(
            named.COMPONENTS_CREATED,
            status=True,
            reason=named.CREATION_SUCCESS,
            message=self._messages.migrated,
            now=self.clock.now(),
        )
        conditions = with_condition(conditions_of(registry), created)
        self._write_status(
            _with_status(registry, conditions=conditions, currentVersion=self.settings.version)
        )

    # --- how things are said -----------------------------------------------------------------------------

    def _block(self, registry: Object, block: Blocked) -> Result:
        self._say(registry, named.ROLLOUT_BLOCKED, block.reason, block.message, status=True)
        return SOON

    def _say(self, registry: Object, kind: str, reason: str, message: str, *, status: bool) -> Object:
        """Tell a condition by an Event and write it; a true one is always a warning."""
        now = self.clock.now()
        condition = fresh(kind, status=status, reason=reason, message=message, now=now)
        self.recorder.record(registry, "Warning" if status else "Normal", reason, message)
        conditions = with_condition(conditions_of(registry), condition)
        return self._write_status(_with_status(registry, conditions=conditions, lastUpdated=go_time(now)))

    def _write_status(self, registry: Object) -> Object:
        return self.client.replace(QUAY_REGISTRIES, registry, subresource="status")


def _editor_endpoint(context: Context) -> str:
    """Where the config editor is reached; nowhere without a managed Route."""
    if not context.surroundings.routes or "route" not in context.managed:
        return ""
    host = f"{context.full('quay-config-editor')}-{context.namespace}"
    return f"https://{host}.{context.surroundings.apps_domain}"
