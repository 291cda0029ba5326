"""Advice on geo-replication: several registries in several clusters that act as one."""

from __future__ import annotations

from collections.abc import Iterator

from quaysim.plan.advice.looking import STORAGE_PREFERENCE, Hint, Look, Tip
from quaysim.plan.places import at_component, at_registry, in_config


def _own_clair_database(look: Look) -> Iterator[Hint]:
    if look.geo_replicated and look.manages("clair", "clairpostgres"):
        yield Hint(
            "clairpostgres is managed in a geo-replicated registry: each region would have a Clair database of "
            "its own.",
            "Set `managed: false` for clairpostgres and name the shared database in clair-config.yaml.",
            at_component(kind="clairpostgres"),
        )


def _own_services(look: Look) -> Iterator[Hint]:
    shared = {"postgres": "database", "redis": "Redis"}
    for kind, what in shared.items():
        if look.geo_replicated and look.manages(kind):
            yield Hint(
                f"{kind} is managed in a geo-replicated registry: all regions must share one {what}.",
                f"Set `managed: false` for {kind} and configure the shared one.",
                at_component(kind=kind),
            )


def _no_certificate(look: Look) -> Iterator[Hint]:
    if look.geo_replicated and look.subject.contents.certificate_pair is None:
        yield Hint(
            "Geo-replication needs a certificate and its key for the common host name.",
            "Add ssl.cert and ssl.key, the same ones in each region.",
            at_component(kind="tls"),
        )


def _no_hostname(look: Look) -> Iterator[Hint]:
    if look.geo_replicated and "SERVER_HOSTNAME" not in look.config:
        yield Hint(
            "Geo-replicated registries share one SERVER_HOSTNAME, that of the global load balancer.",
            "Set SERVER_HOSTNAME, the same one in each region.",
            at_registry("spec.configBundleSecret"),
        )


def _unknown_preference(look: Look) -> Iterator[Hint]:
    for kind, index, variable in look.override_variables():
        location = variable.get("value")
        named = variable.get("name") == STORAGE_PREFERENCE
        if named and look.locations and location not in look.locations:
            yield Hint(
                f"{STORAGE_PREFERENCE} of {kind} names {location}, which DISTRIBUTED_STORAGE_CONFIG does not have.",
                f"Name one of {', '.join(look.locations)}.",
                at_component(f"overrides.env[{index}].value", kind=kind),
            )


def _preference_of_one(look: Look) -> Iterator[Hint]:
    having = {
        kind for kind, _, variable in look.override_variables() if variable.get("name") == STORAGE_PREFERENCE
    }
    for kind in {"quay", "mirror"} - having if having else ():
        if look.manages(kind):
            other = next(iter(sorted(having)))
            yield Hint(
                f"{STORAGE_PREFERENCE} is set for {other}, not for {kind}: they would prefer different storage.",
                f"Set it for {kind}, too.",
                at_component("overrides.env", kind=other),
            )


def _single_location(look: Look) -> Iterator[Hint]:
    replicates = look.config.get("FEATURE_STORAGE_REPLICATION") is True
    if replicates and len(look.locations) < 2 and not look.manages("objectstorage"):
        yield Hint(
            "FEATURE_STORAGE_REPLICATION is on, and there is one storage location at most.",
            "Add the storage of the other regions to DISTRIBUTED_STORAGE_CONFIG.",
            in_config("FEATURE_STORAGE_REPLICATION"),
        )


TIPS = (
    Tip("georeplication-own-clair-database", "10.2", _own_clair_database),
    Tip("georeplication-own-services", "10.2", _own_services),
    Tip("georeplication-without-certificate", "10.2", _no_certificate),
    Tip("georeplication-without-hostname", "10.3.1.1", _no_hostname),
    Tip("georeplication-preference-unknown", "10.3.1.1", _unknown_preference),
    Tip("georeplication-preference-of-one", "10.3.1.1", _preference_of_one),
    Tip("georeplication-single-location", "10.3.1.1", _single_location),
)
