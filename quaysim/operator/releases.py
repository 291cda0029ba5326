"""The versions of the operator, and all that differs between them: one entry for each.

What a version says is in its `Messages`, what it consists of in its components, when and how it does
things and what its objects look like in its `Traits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from quaysim.operator.components import COMPONENTS, REPORTED, Component
from quaysim.operator.components.older import COMPONENTS_36, REPORTED_36
from quaysim.operator.messages import Messages
from quaysim.operator.traits import Keys, Manifests, Rhythm, Rules, Traits

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
class Release:
    """One version of the operator.

    `components` in the order of the defaults, `reported` in the order of the status controller.
    """

    version: str
    components: tuple[Component, ...]
    reported: tuple[Component, ...]
    images: Mapping[str, str]
    messages: Messages = field(default_factory=Messages)
    traits: Traits = field(default_factory=Traits)

    def component(self, kind: str) -> Component | None:
        """The component of that kind; None for a kind that this version does not know."""
        known = (component for component in self.components if component.declarable)
        return next((component for component in known if component.kind == kind), None)


_MESSAGES_36 = Messages(
    bundle_missing="unable to retrieve referenced `configBundleSecret`: {name}, error: {error}",
    storage_unknown="could not check for `ObjectBucketClaims` API: {error}",
    override_unmanaged="cannot set overrides on unmanaged component {kind}",
    overrides_invalid="could not validate overrides on spec.components: {error}",
    not_inflated="could not inflate QuayRegistry into Kubernetes objects: {error}",
    certificate_invalid="provided certificate/key pair not valid for host '{host}': {error}",
    not_applied="all Kubernetes objects not created/updated successfully: {error}",
)

# No pass without a reason; every pass recreates Services, migrates, and makes new secrets.
_TRAITS_36 = Traits(
    rhythm=Rhythm(
        blocked=None,
        waiting_for_claim=1.0,
        bucket_unknown=0.0,
        migrating=1.0,
        complete=None,
        recreation=1.0,
    ),
    rules=Rules(
        panics_at_unknown_kinds=True,
        routes_optional=True,
        recreated=frozenset({"Job", "Service"}),
        migrates_always=True,
        all_overrides=False,
    ),
    keys=Keys(suffixed=True, remade=frozenset({"CONFIG_EDITOR_PW", "SECURITY_SCANNER_V4_PSK"})),
    manifests=Manifests(
        base="base",
        app_label="quay-app",
        replicas=MappingProxyType({"quay": 2, "clair": 2, "mirror": 1}),
        grpc_port=False,
        spread=False,
        proxy=False,
        versioned=False,
        trusted_ca=False,
        database_init=True,
        route_timeout=False,
        scanner_inside=False,
        pool=False,
        templating=False,
    ),
)

RELEASES: Mapping[str, Release] = {
    "3.6.4": Release("3.6.4", COMPONENTS_36, REPORTED_36, _IMAGES, _MESSAGES_36, _TRAITS_36),
    "3.7.10": Release("3.7.10", COMPONENTS, REPORTED, _IMAGES),
}


def release(version: str) -> Release:
    """The release of that version. Raises `ValueError` for one that is not simulated."""
    found = RELEASES.get(version)
    if found is None:
        raise ValueError(f"operator version {version!r} is not simulated; there is {', '.join(RELEASES)}")
    return found
