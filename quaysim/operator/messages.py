"""What the operator says, as far as versions say it differently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Messages:
    """Texts of conditions that later versions have reworded. Braces hold what differs each time."""

    bundle_missing: str = "unable to get `configBundleSecret`: {error}"
    bundle_not_created: str = "unable to create base config bundle `Secret`: {error}"
    keys_unreadable: str = "unable to retrieve managed keys `Secret`: {error}"
    routes_unknown: str = "could not check for `Routes` API: {error}"
    storage_unknown: str = "error checking for object storage support: {error}"
    monitoring_unknown: str = "could not check for monitoring support: {error}"
    override_unmanaged: str = "cannot set overrides on unmanaged {kind}"
    overrides_invalid: str = "invalid overrides: {error}"
    not_inflated: str = "could not inflate kubernetes objects: {error}"
    certificate_invalid: str = "provided certificate pair not valid for host '{host}': {error}"
    not_applied: str = "error creating object: {error}"
    created: str = "All objects created/updated successfully"
    migrating: str = "running database migrations"
    migrated: str = "All registry components created"
    migration_failed: str = "failed to run migrations"
    migration_job_missing: str = "upgrade job not found"
    available: str = "All components reporting as healthy"
    unavailable: str = "Some components are not ready"
