"""In what one version of the operator differs from the next: data that passes and manifests read.

The defaults are those of 3.7.10. What a version does otherwise is said in `releases`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the main controller looks again, in seconds; None for not before something changes.

    `blocked` after a block, `waiting_for_claim` after one that waits for a bucket, `bucket_unknown` after
    a pass that could not know the bucket yet, `migrating` between two looks at the Job, `complete` after a
    complete pass, `recreation` between two tries to create what had to be deleted first.
    """

    blocked: float | None = 10.0
    waiting_for_claim: float = 10.0
    bucket_unknown: float = 10.0
    migrating: float = 10.0
    complete: float | None = 60.0
    recreation: float = 2.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a version checks, and how it goes about it.

    `panics_at_unknown_kinds`: it dies of a component kind that it does not know. `routes_optional`: a
    failing Routes probe blocks only where route is declared managed. `recreated`: kinds that are deleted
    and created again in each pass. `migrates_always`: the upgrade Job runs in every pass.
    `all_overrides`: the API knows other overrides than volumeSize.
    """

    panics_at_unknown_kinds: bool = False
    routes_optional: bool = False
    recreated: frozenset[str] = frozenset({"Job"})
    migrates_always: bool = False
    all_overrides: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """What is made up once and kept.

    `suffixed`: the Secret's name has a suffix. `remade`: made up anew in each pass, and not kept.
    """

    suffixed: bool = False
    remade: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Manifests:
    """What the objects look like.

    `base`: the annotation `quay-component` of Quay's own objects; `app_label`: the label of its Deployment
    and Service. `replicas`: fixed numbers by component, whoever manages the autoscaler. `grpc_port`,
    `spread`, `proxy`, `versioned`: Quay's port for builders, anti-affinity, proxy variables, QUAY_VERSION.
    `trusted_ca`: the cluster's trusted CAs and the bundle's own, as volumes made of several sources.
    `database_init`: a Job creates PostgreSQL's extension, instead of a script in the database's Pod.
    `route_timeout`: the Route has a time-out. `scanner_inside`: Clair's address is a full name.
    `pool`: Clair's connections are limited. `templating`: braces in alerts are single.
    """

    base: str = "quay"
    app_label: str = "quay"
    replicas: Mapping[str, int] = field(default_factory=dict)
    grpc_port: bool = True
    spread: bool = True
    proxy: bool = True
    versioned: bool = True
    trusted_ca: bool = True
    database_init: bool = False
    route_timeout: bool = True
    scanner_inside: bool = True
    pool: bool = True
    templating: bool = True


@dataclass(frozen=True, slots=True)
class Traits:
    """Everything that a pass has to know of its version, beside components, images and messages."""

    rhythm: Rhythm = Rhythm()
    rules: Rules = Rules()
    keys: Keys = Keys()
    manifests: Manifests = Manifests()
