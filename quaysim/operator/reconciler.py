"""The main controller: one pass over a QuayRegistry, step by step.

The order of the steps decides which of several problems is reported; it is that of operator 3.7.10. A
pass ends with the next look after ten seconds, or after a minute when there was nothing left to do.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from random import Random

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import SECRETS
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.controller import Result
from fake_cluster.objects import Key, Object, is_terminating, key_of
from quaysim.operator import migration
from quaysim.operator.applying import ApplyError, apply_all
from quaysim.operator.bundle import CONFIG, Bundle, bundle_of
from quaysim.operator.conditions import (
    CONFIG_INVALID,
    CREATION_FAILED,
    CREATION_SUCCESS,
    MONITORING_DEPENDENCY,
    OVERRIDE_INVALID,
    ROLLOUT_BLOCKED,
    STORAGE_DEPENDENCY,
    conditions_of,
    without,
)
from quaysim.operator.configuration import base_config
from quaysim.operator.context import Context, components_of, managed_kinds, owner_of
from quaysim.operator.defaults import problem_with_configuration, same_components, with_defaults
from quaysim.operator.deletion import FINALIZER, finalize, mark_namespace
from quaysim.operator.errors import Blocked, InflateError
from quaysim.operator.goyaml import dump
from quaysim.operator.keys import ManagedKeys, find_keys
from quaysim.operator.kustomize import encoded
from quaysim.operator.messages import Messages
from quaysim.operator.overrides import problem_with_overrides
from quaysim.operator.refs import QUAY_REGISTRIES
from quaysim.operator.releases import Release
from quaysim.operator.rendering import Inflation, inflate
from quaysim.operator.reporting import Reporter, status_of, with_status
from quaysim.operator.settings import Settings
from quaysim.operator.survey import Survey
from quaysim.operator.traits import Rhythm


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The main controller."""

    client: Client
    settings: Settings
    release: Release
    rng: Random
    survey: Survey
    reporter: Reporter

    @property
    def _messages(self) -> Messages:
        return self.release.messages

    @property
    def _rhythm(self) -> Rhythm:
        return self.release.traits.rhythm

    async def __call__(self, key: Key) -> Result | None:
        """One pass over one registry: steps 1 to 3, and what becomes of a pass that ends early."""
        registry = self.client.find(QUAY_REGISTRIES, key.name, key.namespace)
        if registry is None:
            return None
        if is_terminating(registry):
            finalize(self.client, registry, all_namespaces=not self.settings.watch_namespace)
            return None
        if migration.in_progress(registry):
            with suppress(ApiError):
                migration.follow(self.reporter, registry, self.release, self.settings.version)
            return Result(self._rhythm.migrating)
        try:
            return await self._reconcile(registry)
        except Blocked as block:
            self.reporter.say(registry, ROLLOUT_BLOCKED, block.reason, block.message, status=True)
            waits = block.reason == STORAGE_DEPENDENCY
            return Result(self._rhythm.waiting_for_claim if waits else self._rhythm.blocked)

    async def _reconcile(self, registry: Object) -> Result:
        """Steps 4 to 25. Raises `Blocked` where the rollout cannot go on."""
        if not (registry.get("spec") or {}).get("configBundleSecret"):
            return self._create_bundle(registry)
        bundle = self._bundle(registry)
        keys = self._keys(registry)
        surroundings = await self.survey(registry, bundle)
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
        """The edit of the spec starts the next pass at once."""
        metadata = {
            "generateName": f"{registry['metadata']['name']}-config-bundle-",
            "namespace": registry["metadata"]["namespace"],
            "ownerReferences": [owner_of(registry)],
        }
        data = encoded({CONFIG: dump(base_config(self.settings))})
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
        try:
            created = self.client.create(SECRETS, secret)
        except ApiError as error:
            raise Blocked(CONFIG_INVALID, self._messages.bundle_not_created.format(error=error)) from error
        spec = (registry.get("spec") or {}) | {"configBundleSecret": created["metadata"]["name"]}
        self.client.replace(QUAY_REGISTRIES, registry | {"spec": spec})
        return Result(self._rhythm.blocked)

    def _bundle(self, registry: Object) -> Bundle:
        name = registry["spec"]["configBundleSecret"]
        secret = self.client.find(SECRETS, name, registry["metadata"]["namespace"])
        if secret is None:
            missing = f'Secret "{name}" not found'
            raise Blocked(CONFIG_INVALID, self._messages.bundle_missing.format(name=name, error=missing))
        return bundle_of(secret)

    def _keys(self, registry: Object) -> ManagedKeys:
        try:
            return find_keys(self.client, key_of(registry), self.release.traits.keys, self.rng)
        except ApiError as error:
            raise Blocked(CONFIG_INVALID, self._messages.keys_unreadable.format(error=error)) from error

    # --- steps 13 to 19: from the declaration to the objects ---------------------------------------------

    def _check_overrides(self, components: list[Object]) -> None:
        accepted = {component.kind: component.overridable for component in self.release.components}
        problem = problem_with_overrides(components, managed_kinds(components), accepted, self._messages)
        if problem:
            raise Blocked(OVERRIDE_INVALID, self._messages.overrides_invalid.format(error=problem))

    def _declare(self, registry: Object, components: list[Object]) -> Result:
        """Write the defaults into the spec; that starts the next pass at once. A failure is only logged."""
        declared = registry | {"spec": registry["spec"] | {"components": components}}
        with suppress(ApiError):
            self.client.replace(QUAY_REGISTRIES, declared)
        return Result(self._rhythm.blocked)

    def _check_configuration(self, components: list[Object], bundle: Bundle) -> None:
        problem = problem_with_configuration(components, bundle, self.release)
        if problem:
            raise Blocked(CONFIG_INVALID, problem)

    def _inflate(self, context: Context) -> Inflation:
        try:
            return inflate(context, self.release, self.rng)
        except InflateError as error:
            raise Blocked(CREATION_FAILED, self._messages.not_inflated.format(error=error)) from error

    async def _apply(self, inflation: Inflation) -> None:
        try:
            await apply_all(self.client, inflation.objects, self.release.traits)
        except ApplyError as error:
            raise Blocked(CREATION_FAILED, self._messages.not_applied.format(error=error)) from error

    def _mark_namespace(self, registry: Object) -> None:
        try:
            mark_namespace(self.client, registry["metadata"]["namespace"])
        except ApiError as error:
            raise Blocked(MONITORING_DEPENDENCY, str(error)) from error

    # --- steps 20 to 25: what is said of it --------------------------------------------------------------

    def _conclude(self, registry: Object, inflation: Inflation) -> Result:
        """Somebody else's write in the meantime is not an error: the next pass is soon enough."""
        try:
            return self._report(registry, inflation)
        except ApiError as error:
            if error.reason != "Conflict":
                raise
            return Result(self._rhythm.migrating)

    def _report(self, registry: Object, inflation: Inflation) -> Result:
        context, reporter = inflation.context, self.reporter
        registry = with_status(
            registry,
            conditions=without(conditions_of(registry), ROLLOUT_BLOCKED),
            configEditorEndpoint=_editor_endpoint(context),
            configEditorCredentialsSecret=inflation.editor_credentials,
        )
        registry = reporter.say(
            registry, ROLLOUT_BLOCKED, CREATION_SUCCESS, self._messages.created, status=False
        )
        if "objectstorage" in context.managed and context.surroundings.bucket is None:
            return Result(self._rhythm.bucket_unknown)
        endpoint = f"https://{context.surroundings.hostname}"
        if status_of(registry).get("registryEndpoint") != endpoint:
            registry = reporter.write(registry, registryEndpoint=endpoint)
        if status_of(registry).get("currentVersion") != self.settings.version:
            migration.announce(reporter, registry, self.release)
            return Result(self._rhythm.migrating)
        self._add_finalizer(registry)
        return Result(self._rhythm.complete)

    def _add_finalizer(self, registry: Object) -> None:
        metadata = registry["metadata"]
        finalizers = metadata.get("finalizers") or []
        if FINALIZER not in finalizers:
            changed = metadata | {"finalizers": [*finalizers, FINALIZER]}
            self.client.replace(QUAY_REGISTRIES, registry | {"metadata": changed})


def _editor_endpoint(context: Context) -> str:
    """Where the config editor is reached; nowhere without a managed Route."""
    if not context.surroundings.routes or "route" not in context.managed:
        return ""
    host = f"{context.full('quay-config-editor')}-{context.namespace}"
    return f"https://{host}.{context.surroundings.apps_domain}"
