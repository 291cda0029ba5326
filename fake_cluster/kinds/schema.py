"""What the fields of a kind are: one tree that drives everything that depends on fields.

The same nodes are made from the schemas of built-in kinds and from a CustomResourceDefinition's
structural schema. Decoding and defaulting walk them, strategic merge patch reads the merge keys,
server-side apply reads the list types.

Sources: the `x-kubernetes-*` extensions of the OpenAPI schema (API conventions, "Merge strategy").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ScalarKind = Literal[
    "string", "boolean", "integer", "int32", "int64", "number", "quantity", "int-or-string", "time",
    "micro-time", "bytes", "duration",
]  # fmt: skip
ListType = Literal["atomic", "set", "map"]


@dataclass(eq=False, slots=True)
class Scalar:
    """A leaf. `rules` are a CRD's value rules (pattern, minimum, enum …), None for built-in kinds."""

    kind: ScalarKind
    rules: Mapping[str, Any] | None = None
    nullable: bool = False


@dataclass(eq=False, slots=True)
class Anything:
    """A value of any shape, kept as it is and owned as a whole."""

    nullable: bool = True
    rules: Mapping[str, Any] | None = None


@dataclass(eq=False, slots=True)
class Struct:
    """An object with named fields. Nodes may be recursive.

    `atomic`: server-side apply owns it as a whole (`x-kubernetes-map-type: atomic`).
    `retain_keys`: its patch strategy has retainKeys. `preserve_unknown`: unknown fields are kept.
    `name` is the Go type of a built-in kind ("core/v1.Container"), empty in custom resources. `keeps`
    are scalar fields whose explicit zero is kept (pointers in Go), `always` the fields that are written
    even when nobody set them, with their zero; all other empty fields vanish.
    """

    fields: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    defaults: dict[str, Any] = field(default_factory=dict)
    atomic: bool = False
    retain_keys: bool = False
    preserve_unknown: bool = False
    embedded_resource: bool = False
    rules: Mapping[str, Any] | None = None
    nullable: bool = False
    name: str = ""
    keeps: frozenset[str] = frozenset()
    always: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class MapOf:
    """An object with arbitrary keys and values of one kind."""

    values: Node
    atomic: bool = False
    rules: Mapping[str, Any] | None = None
    nullable: bool = False


@dataclass(eq=False, slots=True)
class ListOf:
    """A list.

    `list_type` and `keys` are for server-side apply; `merge_key` is for strategic merge patch, which
    merges the list if `merges` (by value where `merge_key` is empty) and replaces it otherwise.
    """

    items: Node
    list_type: ListType = "atomic"
    keys: tuple[str, ...] = ()
    merges: bool = False
    merge_key: str = ""
    retain_keys: bool = False
    rules: Mapping[str, Any] | None = None
    nullable: bool = False


Node = Scalar | Anything | Struct | MapOf | ListOf
