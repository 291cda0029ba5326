"""A resource: one kind in one version at one place of the API, and everything that the kind itself decides.

A write goes through a resource as: `decode` → `default` → (admission) → `prepare_…` → `validate_…` →
`to_storage`. Reads go through `from_storage`. Objects that come out of `decode` are fresh and may be
changed in place; those that are called `old` are stored and are not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from fake_cluster.errors import FieldError
from fake_cluster.kinds.schema import Struct
from fake_cluster.objects import Object, ResourceRef

FieldValidation = Literal["Ignore", "Warn", "Strict"]
ALL_VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})


class Decoded(NamedTuple):
    """A decoded body: a fresh object, and the warnings about what was dropped from it."""

    obj: Object
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `kubectl get`. `value` is called with an object and the cluster's time.

    `type` is "string", "integer", "number", "boolean" or "date"; columns of `priority` above 0 are shown
    by `-o wide` only.
    """

    name: str
    value: Callable[[Object, float], Any]
    type: str = "string"
    format: str = ""
    priority: int = 0
    description: str = ""


@dataclass(frozen=True, eq=False)
class Resource(ABC):
    """One kind in one version. `storage` is where its objects are stored: itself for nearly all.

    `subresources` are "status", "scale", "log" and the like; `verbs` those of the collection itself.
    Objects of a kind that `is_computed` are made up for each request and stored nowhere.
    """

    ref: ResourceRef
    storage: ResourceRef
    singular: str
    list_kind: str
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: frozenset[str] = ALL_VERBS
    subresources: frozenset[str] = frozenset()
    is_custom: bool = False
    has_generation: bool = False
    has_defaults_beyond_spec: bool = True
    is_computed: bool = False

    @property
    @abstractmethod
    def schema(self) -> Struct:
        """The fields of an object of this kind."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """The columns of `kubectl get`."""

    @abstractmethod
    def decode(self, body: Any, *, strict: FieldValidation = "Ignore") -> Decoded:
        """A canonical copy of a body: unknown fields dropped, empty ones too, quantities canonical.

        ApiError 400 for wrong JSON types of built-in kinds, and for unknown fields if "Strict".
        """

    @abstractmethod
    def default(self, obj: Object) -> None:
        """Fill in the defaults."""

    @abstractmethod
    def prepare_create(self, obj: Object) -> None:
        """Make a new object begin as it should: its initial status, generation 1."""

    @abstractmethod
    def prepare_update(self, new: Object, old: Object) -> None:
        """Keep what an ordinary update cannot change; move the generation if the spec changed."""

    @abstractmethod
    def prepare_status_update(self, new: Object, old: Object) -> None:
        """Keep everything but the status."""

    @abstractmethod
    def validate_create(self, obj: Object) -> list[FieldError]:
        """What is wrong with a new object, metadata included."""

    @abstractmethod
    def validate_update(self, new: Object, old: Object) -> list[FieldError]:
        """What is wrong with an update."""

    def to_storage(self, obj: Object) -> Object:
        """The object in its storage version."""
        return obj

    def from_storage(self, obj: Object) -> Object:
        """A stored object in this version."""
        return obj
