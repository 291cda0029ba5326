"""What differs from one version of the operator to the next: one entry for each version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from quaysim.operator.components import COMPONENTS, REPORTED, Component

_IMAGES = MappingProxyType({
    "quay": "quay.io/projectquay/quay"
    "@sha256:5660d7174218e1cb21bf6ef406602dbe8c01c878c630a9f310fe3e5560d4c2cd",
    "clair": "quay.io/projectquay/clair"
    "@sha256:77ffab0e44458d5725f2e9e5f2f57bda74b3bd073030611ca7cf5d753130c858",
    "redis": "centos/redis-32-centos7"
    "@sha256:06dbb609484330ec6be6090109f1fa16e936afcf975d1cbc5fff3e6c7cae7542",
    "postgres": "centos/postgresql-10-centos7"
    "@sha256:de1560cb35e5ec643e7b3a772ebaac8e3a7a2a8e8271d9e91ff023539b4dfb33",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Messages:
    """Texts of conditions that later versions have reworded. Braces hold what differs each time."""

    bundle_missing: str = "unable to get `configBundleSecret`: {error}"
    bundle_not_created: str = "unable to create base config bundle `Secret`: {error}"
    keys_unreadable: str = "unable to retrieve managed keys `Secret`: {error}"
    routes_unknown: str = "could not check for `Routes` API: {error}"
    storage_unknown: str = "error checking for object storage support: {error}"
    monitoring_unknown: str = "could not check for monitoring support: {error}"
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


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the operator.

    `components` in the order of the defaults, `reported` in the order of the status controller.
    """

    version: str
    components: tuple[Component, ...]
    reported: tuple[Component, ...]
    images: Mapping[str, str]
    messages: Messages = Messages()

    def component(self, kind: str) -> Component | None:
        """The component of that kind; None for a kind that this version does not know."""
        return next((component for component in self.components if component.kind == kind), None)


RELEASES: Mapping[str, Release] = {
    "3.7.10": Release("3.7.10", COMPONENTS, REPORTED, _IMAGES),
}


def release(version: str) -> Release:
    """The release of that version. Raises `ValueError` for one that is not simulated."""
    found = RELEASES.get(version)
    if found is None:
        raise ValueError(f"operator version {version!r} is not simulated; there is {', '.join(RELEASES)}")
    return found
