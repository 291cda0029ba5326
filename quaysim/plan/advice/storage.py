"""Advice on object storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quaysim.plan.advice.looking import Hint, Look, Tip
from quaysim.plan.places import in_config

_CONFIG, _PREFERENCE = "DISTRIBUTED_STORAGE_CONFIG", "DISTRIBUTED_STORAGE_PREFERENCE"
_DEFAULTS = "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS"
_FIELDS = (_CONFIG, _PREFERENCE, _DEFAULTS)
_DRIVERS = (
    "S3Storage",
    "CloudFrontedS3Storage",
    "GoogleCloudStorage",
    "AzureStorage",
    "RadosGWStorage",
    "SwiftStorage",
    "RHOCSStorage",
)
_LOCAL = "LocalStorage"


def _drivers(look: Look) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Location, driver and arguments of each storage that is given as `[driver, arguments]`."""
    for location, value in look.locations.items():
        if isinstance(value, Sequence) and value and isinstance(value[0], str) and not isinstance(value, str):
            arguments = value[1] if len(value) > 1 and isinstance(value[1], Mapping) else {}
            yield location, value[0], arguments


def _local(look: Look) -> Iterator[Hint]:
    for location, driver, _ in _drivers(look):
        if driver == _LOCAL:
            yield Hint(
                f"Storage location {location} is on the local file system, which Quay does not support.",
                "Use object storage: S3, Google Cloud, Azure, Ceph, Swift or NooBaa.",
                in_config(f"{_CONFIG}.{location}"),
            )


def _unknown_driver(look: Look) -> Iterator[Hint]:
    for location, driver, _ in _drivers(look):
        if driver not in _DRIVERS and driver != _LOCAL:
            yield Hint(
                f"The documentation knows no storage driver {driver} (location {location}).",
                f"Choose one of {', '.join(_DRIVERS)}.",
                in_config(f"{_CONFIG}.{location}"),
            )


def _half(look: Look) -> Iterator[Hint]:
    given = [field for field in (*_FIELDS, "FEATURE_STORAGE_REPLICATION") if field in look.config]
    missing = [field for field in (_CONFIG, _PREFERENCE) if field not in look.config]
    if given and missing and not look.manages("objectstorage"):
        yield Hint(
            f"{' and '.join(missing)} missing: the operator is content with {given[0]}, but Quay is not.",
            f"Add {' and '.join(missing)}.",
            in_config(given[0]),
        )


def _unknown_location(look: Look) -> Iterator[Hint]:
    for field in (_PREFERENCE, _DEFAULTS):
        named = look.config.get(field)
        for location in named if isinstance(named, list) and look.locations else ():
            if location not in look.locations:
                yield Hint(
                    f"{field} names {location}, which {_CONFIG} does not have.",
                    f"Name one of {', '.join(look.locations)}.",
                    in_config(field),
                )


def _secondary_azure(look: Look) -> Iterator[Hint]:
    for location, driver, arguments in _drivers(look):
        if driver == "AzureStorage" and "-secondary" in str(arguments.get("endpoint_url") or ""):
            yield Hint(
                f"The endpoint_url of {location} is a secondary endpoint; Azure refuses it.",
                "Use the primary endpoint of the Blob service.",
                in_config(f"{_CONFIG}.{location}"),
            )


def _signing_key(look: Look) -> Iterator[Hint]:
    for location, driver, arguments in _drivers(look):
        name = arguments.get("cloudfront_privatekey_filename")
        if driver == "CloudFrontedS3Storage" and name and name not in look.subject.contents.data:
            yield Hint(
                f"The signing key {name} of {location} is not in the bundle.",
                f"Add {name} to the bundle, beside config.yaml.",
                in_config(f"{_CONFIG}.{location}"),
            )


def _replication(look: Look) -> Iterator[Hint]:
    if "FEATURE_STORAGE_REPLICATION" in look.config and look.manages("objectstorage"):
        yield Hint(
            "The documentation sets FEATURE_STORAGE_REPLICATION as a feature among others; with managed "
            "objectstorage it blocks the rollout.",
            "Remove it; or set `managed: false` for objectstorage and configure at least two locations.",
            in_config("FEATURE_STORAGE_REPLICATION"),
        )


TIPS = (
    Tip("storage-is-local", "3.2.2.1", _local),
    Tip("storage-driver-unknown", "1.6.3", _unknown_driver),
    Tip("storage-half-configured", "3.2.1", _half),
    Tip("storage-location-unknown", "3.2.1.1", _unknown_location),
    Tip("storage-azure-secondary", "3.2.1.3", _secondary_azure),
    Tip("storage-signing-key-missing", "8.5", _signing_key),
    Tip("replication-with-managed-storage", "3.1.5", _replication),
)
