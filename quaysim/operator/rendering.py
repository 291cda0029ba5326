"""From a registry and its bundle to the objects that are applied: what the operator calls inflating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from fake_cluster.objects import Object
from quaysim.operator.certificates import problem_with_pair
from quaysim.operator.components import Component
from quaysim.operator.components.common import metadata
from quaysim.operator.components.postgres import BOOTSTRAP_SECRET, BOOTSTRAP_SUFFIX
from quaysim.operator.components.quay import EDITOR_CREDENTIALS
from quaysim.operator.configuration import quay_config_secret
from quaysim.operator.context import Context
from quaysim.operator.errors import InflateError, OperatorCrash
from quaysim.operator.keys import MANAGED_KEYS, completed
from quaysim.operator.kustomize import Data, encoded, hash_suffix
from quaysim.operator.migration import upgrade_job
from quaysim.operator.releases import Release

EDITOR_USER = b"quayconfig"
FIXED_SUFFIXES = {BOOTSTRAP_SECRET: BOOTSTRAP_SUFFIX}


@dataclass(frozen=True, slots=True)
class Inflation:
    """The objects of a registry in the order in which they are applied: Deployments last."""

    objects: list[Object]
    context: Context

    @property
    def editor_credentials(self) -> str:
        """The name of the Secret with the config editor's password."""
        return self.context.secrets[EDITOR_CREDENTIALS]


def images_of(release: Release, other: Mapping[str, str]) -> dict[str, str]:
    """The images to use. Raises `InflateError` for one without tag or digest."""
    for image in other.values():
        if len(image.split("@")) != 2 and len(image.split(":")) != 2:
            raise InflateError(f"image override must be reference by tag or manifest digest: {image}")
    return {**release.images, **other}


def settled(context: Context, release: Release, rng: Random) -> Context:
    """The context with its keys complete and its overlay chosen.

    The migration overlay is due for another version, and when the database has become another one.
    Raises `OperatorCrash` where the bundle has no configuration at all, not even an empty mapping.
    """
    if not context.bundle.has_config:
        raise OperatorCrash("assignment to entry in nil map")
    keys = completed(context.keys, context.bundle.config, context.managed, context.name, rng)
    version = (context.registry.get("status") or {}).get("currentVersion", "")
    upgrade = version != context.settings.version or keys.db_uri != context.keys.db_uri
    images = images_of(release, context.settings.images)
    return replace(context, keys=keys, images=images, upgrade=upgrade)


def check_certificate(context: Context, release: Release) -> None:
    """The pair of the bundle must serve the registry's host and its build manager's."""
    pair = context.bundle.certificate_pair
    if pair is None:
        return
    hosts = [context.surroundings.hostname, *filter(None, [context.bundle.build_host])]
    for host in hosts:
        problem = problem_with_pair(*pair, host)
        if problem:
            raise InflateError(release.messages.certificate_invalid.format(host=host, error=problem))


def _tls_files(context: Context) -> Data:
    files = {"ocp-cluster-wildcard.cert": context.surroundings.wildcard.encode()}
    own = dict(zip(("ssl.cert", "ssl.key"), context.bundle.certificate_pair or (), strict=False))
    return {**(files if context.surroundings.routes else {}), **own}


def _proxy(context: Context) -> Data:
    """The registry's own host is never reached through the proxy."""
    settings = context.settings
    others = [settings.no_proxy] if settings.no_proxy else []
    direct = ",".join([context.surroundings.hostname, *others])
    return {
        "HTTP_PROXY": settings.http_proxy.encode(),
        "HTTPS_PROXY": settings.https_proxy.encode(),
        "NO_PROXY": direct.encode(),
    }


def _base_secrets(context: Context) -> dict[str, Data]:
    password, manifests = context.keys.config_editor_password.encode(), context.manifests
    return {
        "quay-config-tls": _tls_files(context),
        **({"extra-ca-certs": context.bundle.extra_certificates} if manifests.trusted_ca else {}),
        **({"quay-proxy-config": _proxy(context)} if manifests.proxy else {}),
        EDITOR_CREDENTIALS: {"username": EDITOR_USER, "password": password},
    }


def _secret(context: Context, base: str, name: str, data: Mapping[str, str]) -> Object:
    made = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(context, base) | {"name": name},
        "type": "Opaque",
    }
    return made | ({"data": data} if data else {})


def _hashed(context: Context, base: str, data: Data) -> Object:
    content = encoded(data)
    known = not context.manifests.database_init  # of 3.7's script only
    suffix = (FIXED_SUFFIXES.get(base) if known else "") or hash_suffix(content)
    return _secret(context, base, f"{context.full(base)}-{suffix}", content)


def _secrets(context: Context, managed: list[Component]) -> dict[str, Object]:
    suffix, config = quay_config_secret(context, managed)
    name = f"{context.full('quay-config-secret')}-{suffix}"
    made = {"quay-config-secret": _secret(context, "quay-config-secret", name, encoded(config))}
    contents = _base_secrets(context)
    for component in managed:
        contents |= component.secrets(context)
    made |= {base: _hashed(context, base, data) for base, data in contents.items()}
    keys = context.keys.data(context.traits.keys.remade)
    if context.traits.keys.suffixed:
        return made | {MANAGED_KEYS: _hashed(context, MANAGED_KEYS, keys)}
    return made | {MANAGED_KEYS: _secret(context, MANAGED_KEYS, context.full(MANAGED_KEYS), encoded(keys))}


def _field_groups(context: Context, managed: list[Component]) -> list[str]:
    groups = {component.kind: component.field_group for component in managed}
    listed = (groups.get(entry["kind"], "") for entry in context.components)
    return [group for group in listed if group]


def inflate(context: Context, release: Release, rng: Random) -> Inflation:
    """All objects of a registry. Raises `InflateError`, and `OperatorCrash` where the real one dies."""
    context = settled(replace(context, traits=release.traits), release, rng)
    check_certificate(context, release)
    managed = [component for component in release.components if component.kind in context.managed]
    secrets = _secrets(context, managed)
    names = {base: secret["metadata"]["name"] for base, secret in secrets.items()}
    context = replace(context, secrets=names, field_groups=_field_groups(context, managed))
    objects = [obj for component in managed for obj in component.objects(context)]
    workloads = [obj for obj in objects if obj["kind"] == "Deployment"]
    others = [obj for obj in objects if obj["kind"] != "Deployment"]
    migrates = context.upgrade or context.traits.rules.migrates_always
    job = [upgrade_job(context)] if migrates else []
    return Inflation([*secrets.values(), *others, *job, *workloads], context)
