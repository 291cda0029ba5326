"""What a pass of the operator knows when it renders the objects of a registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.keys import ManagedKeys
from quaysim.operator.refs import QUAY_REGISTRIES
from quaysim.operator.settings import Settings
from quaysim.operator.traits import Manifests, Traits


@dataclass(frozen=True, slots=True)
class Bucket:
    """An object bucket and its credentials."""

    name: str
    host: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the operator has found out about the cluster.

    `hostname` is the registry's server hostname, `wildcard` the PEM chain of the router's certificate.
    """

    routes: bool = False
    apps_domain: str = ""
    hostname: str = ""
    wildcard: str = ""
    claims: bool = False
    bucket: Bucket | None = None
    monitoring: bool = False


@dataclass(frozen=True)
class Context:
    """One registry with everything that decides about its objects.

    `images` are those of "quay", "clair", "redis" and "postgres"; `upgrade` chooses the overlay with the
    migration Job; `secrets` gives the suffixed names of the generated Secrets by their base names;
    `field_groups` are the parts of the configuration that the config editor shows read-only.
    """

    registry: Object
    settings: Settings
    bundle: Bundle
    surroundings: Surroundings
    keys: ManagedKeys
    images: Mapping[str, str]
    upgrade: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)
    field_groups: Sequence[str] = ()
    traits: Traits = field(default_factory=Traits)

    @property
    def manifests(self) -> Manifests:
        """What the objects of this version look like."""
        return self.traits.manifests

    @cached_property
    def name(self) -> str:
        """The registry's name, which begins the name of each of its objects."""
        return str(self.registry["metadata"]["name"])

    @cached_property
    def namespace(self) -> str:
        """The registry's namespace."""
        return str(self.registry["metadata"]["namespace"])

    @cached_property
    def components(self) -> list[Object]:
        """The entries of `spec.components`."""
        return components_of(self.registry)

    @cached_property
    def managed(self) -> frozenset[str]:
        """The kinds that are declared managed."""
        return managed_kinds(self.components)

    @cached_property
    def overrides(self) -> Mapping[str, Mapping[str, Any]]:
        """The overrides of each managed kind that has some."""
        return {
            entry["kind"]: entry["overrides"]
            for entry in self.components
            if entry["managed"] and entry.get("overrides")
        }

    @cached_property
    def owner(self) -> Object:
        """The owner reference that every object gets."""
        return owner_of(self.registry)

    @cached_property
    def hostname_annotations(self) -> Mapping[str, str]:
        """The annotations of every object and nearly every Pod template."""
        return {
            "quay-buildmanager-hostname": self.bundle.build_host,
            "quay-operator-service-endpoint": self.settings.service_endpoint,
            "quay-registry-hostname": self.surroundings.hostname,
        }

    @property
    def own_certificate(self) -> bool:
        """Whether the bundle has a complete certificate pair."""
        return self.bundle.certificate_pair is not None

    @property
    def tls_at_the_router(self) -> bool:
        """Whether the router ends TLS with the cluster's certificate."""
        return "tls" in self.managed

    def full(self, base: str) -> str:
        """The name of one of the registry's objects."""
        return f"{self.name}-{base}"


def owner_of(registry: Object) -> Object:
    """The owner reference to a registry: neither controlling nor blocking its deletion."""
    return {
        "apiVersion": QUAY_REGISTRIES.api_version,
        "kind": QUAY_REGISTRIES.kind,
        "name": registry["metadata"]["name"],
        "uid": registry["metadata"]["uid"],
    }


def components_of(registry: Object) -> list[Object]:
    """The entries of `spec.components`."""
    return (registry.get("spec") or {}).get("components") or []


def managed_kinds(components: list[Object]) -> frozenset[str]:
    """The kinds that are declared managed; quay always is."""
    return frozenset(entry["kind"] for entry in components if entry["managed"]) | {"quay"}
