"""What advice is made of: a table of tips, each with what it looks for, and what it says when it finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.objects import Object
from quaysim.plan.places import Where
from quaysim.plan.subject import Subject


@dataclass(frozen=True)
class Look:
    """What tips look at: a registry as it was given, and what became of it.

    `merged` is the `config.yaml` that Quay would get, empty where nothing is deployed; `objects` is
    everything in the cluster, `created` what the operator made for this registry.
    """

    subject: Subject
    registry: Object
    objects: Sequence[Object]
    created: Sequence[Object]
    merged: Mapping[str, Any]

    @property
    def config(self) -> Mapping[str, Any]:
        """The user's `config.yaml`."""
        return self.subject.config

    def manages(self, *kinds: str) -> bool:
        """Whether all of these components are managed."""
        return self.subject.managed.issuperset(kinds)

    def mapping(self, field: str) -> Mapping[str, Any]:
        """A field of `config.yaml` that should be a mapping; empty if it is not."""
        value = self.config.get(field)
        return value if isinstance(value, Mapping) else {}

    @property
    def locations(self) -> Mapping[str, Any]:
        """The storage locations of `config.yaml`."""
        return self.mapping("DISTRIBUTED_STORAGE_CONFIG")

    @property
    def geo_replicated(self) -> bool:
        """Whether this is one of several registries that share their storage. Documentation 10."""
        preference = any(
            variable.get("name") == STORAGE_PREFERENCE for _, _, variable in self.override_variables()
        )
        return self.config.get("FEATURE_STORAGE_REPLICATION") is True or len(self.locations) > 1 or preference

    def override_variables(self) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
        """The environment variables that are overridden: component, position, variable."""
        for kind, overrides in self.subject.given.overrides.items():
            for index, variable in enumerate(overrides.get("env") or ()):
                yield kind, index, variable

    @property
    def hostname(self) -> str:
        """The host name of the registry."""
        given = self.subject.given
        default = f"{given.name}-quay-{given.namespace}.{given.setup.apps_domain}"
        return str(self.config.get("SERVER_HOSTNAME") or default)


STORAGE_PREFERENCE = "QUAY_DISTRIBUTED_STORAGE_PREFERENCE"


@dataclass(frozen=True)
class Hint:
    """What was found: what is wrong with it, what to do, where it stands."""

    message: str
    fix: str
    where: Where


@dataclass(frozen=True)
class Tip:
    """A recommendation of the documentation, or what experience with the operator adds to it."""

    name: str
    section: str
    look: Callable[[Look], Iterable[Hint]]


@dataclass(frozen=True)
class Advice:
    """A hint at its place, with the section of the documentation."""

    name: str
    message: str
    fix: str
    section: str
    place: str
    field: str

    def as_json(self) -> dict[str, str]:
        """All parts by name."""
        return dict(vars(self))


def advice_from(tips: Iterable[Tip], look: Look) -> Iterator[Advice]:
    """What the tips find."""
    for tip in tips:
        for hint in tip.look(look):
            place, field = hint.where(look.subject, {})
            yield Advice(tip.name, hint.message, hint.fix, tip.section, place, field)
