"""Built-in resources: decoded by the published schema, with the defaults, rules and habits of their kind.

They are made once for each process; what belongs to one kind alone is in the tables of `defaults`,
`strategies`, `validation`, `conversion` and `printing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from fake_cluster.errors import FieldError, bad_request
from fake_cluster.kinds import catalogue, conversion, defaults, printing, strategies, validation
from fake_cluster.kinds.codec.careful import examine
from fake_cluster.kinds.codec.fast import DOUBTS, Decoder, decoder
from fake_cluster.kinds.definitions import struct, struct_name
from fake_cluster.kinds.resource import Column, Decoded, FieldValidation, Resource
from fake_cluster.kinds.schema import Struct
from fake_cluster.objects import Object


class BuiltIn(Resource):
    """A resource that every cluster has."""

    @cached_property
    def schema(self) -> Struct:
        """The fields of an object of this kind."""
        return struct(struct_name(self.ref))

    @cached_property
    def columns(self) -> Sequence[Column]:
        """The columns of `kubectl get`. They read the storage version, whatever version is asked for."""
        columns = printing.columns_of(self.ref)
        return columns if self.ref == self.storage else [self._converting(item) for item in columns]

    def _converting(self, column: Column) -> Column:
        return replace(column, value=lambda obj, now: column.value(self.to_storage(obj), now))

    @cached_property
    def _decode(self) -> Decoder:
        return decoder(self.schema)

    @cached_property
    def _head(self) -> Object:
        return {"kind": self.ref.kind, "apiVersion": self.ref.api_version}

    @cached_property
    def _default(self) -> defaults.Default | None:
        return defaults.of(self.ref)

    @cached_property
    def _strategy(self) -> strategies.Strategy:
        return strategies.of(self.ref)

    @cached_property
    def _rules(self) -> validation.Rules:
        return validation.of(self.ref)

    def decode(self, body: Any, *, strict: FieldValidation = "Ignore") -> Decoded:
        """See `Resource.decode`."""
        try:
            decoded = Decoded(self._head | self._decode(body) | self._head)
        except DOUBTS:
            decoded = self._decode_carefully(body, strict)
        if self._strategy.read is not None:
            self._strategy.read(decoded.obj)
        return decoded

    def _decode_carefully(self, body: Any, strict: FieldValidation) -> Decoded:
        findings = examine(self.schema, body)
        if findings.error:
            raise bad_request(f"{self._refusal}: {findings.error}")
        warnings = [f'unknown field "{path}"' for path in findings.unknown]
        if warnings and strict == "Strict":
            raise bad_request(f"{self._refusal}: strict decoding error: {', '.join(warnings)}")
        return Decoded(self._head | findings.obj | self._head, warnings if strict == "Warn" else ())

    @property
    def _refusal(self) -> str:
        kind = self.ref.kind
        return f'{kind} in version "{self.ref.version}" cannot be handled as a {kind}'

    def default(self, obj: Object) -> None:
        """See `Resource.default`."""
        if self._default is not None:
            self._default(obj)

    def prepare_create(self, obj: Object) -> None:
        """See `Resource.prepare_create`."""
        if "status" in self.subresources and not self._strategy.creates_status:
            obj.pop("status", None)
            obj.update(self._empty_status())
        obj["metadata"].pop("generation", None)
        if self.has_generation:
            obj["metadata"]["generation"] = 1
        if self._strategy.create is not None:
            self._strategy.create(obj)

    def _empty_status(self) -> Object:
        field = self.schema.fields["status"]
        return {"status": decoder(field)({})} if "status" in self.schema.always else {}

    def prepare_update(self, new: Object, old: Object) -> None:
        """See `Resource.prepare_update`."""
        if "status" in self.subresources:
            _take(new, old, "status")
        if self._strategy.update is not None:
            self._strategy.update(new, old)
        generation = old["metadata"].get("generation")
        if generation is not None:
            new["metadata"]["generation"] = generation + self._strategy.moves(new, old)
        else:
            new["metadata"].pop("generation", None)

    def prepare_status_update(self, new: Object, old: Object) -> None:
        """See `Resource.prepare_status_update`."""
        _take(new, old, "spec")
        if "generation" in old["metadata"]:
            new["metadata"]["generation"] = old["metadata"]["generation"]
        if self._strategy.status is not None:
            self._strategy.status(new, old)

    def validate_create(self, obj: Object) -> list[FieldError]:
        """See `Resource.validate_create`."""
        return validation.check_create(self._rules, obj)

    def validate_update(self, new: Object, old: Object) -> list[FieldError]:
        """See `Resource.validate_update`."""
        return validation.check_update(self._rules, new, old)

    def to_storage(self, obj: Object) -> Object:
        """See `Resource.to_storage`."""
        return conversion.to_storage(self.ref, obj)

    def from_storage(self, obj: Object) -> Object:
        """See `Resource.from_storage`."""
        return conversion.from_storage(self.ref, obj)


def _take(new: Object, old: Object, field: str) -> None:
    """Make a field of `new` that of `old`."""
    if field in old:
        new[field] = old[field]
    else:
        new.pop(field, None)


def _made(entry: catalogue.Entry) -> BuiltIn:
    return BuiltIn(
        ref=entry.ref,
        storage=entry.storage or entry.ref,
        singular=catalogue.singular_of(entry),
        list_kind=f"{entry.ref.kind}List",
        short_names=entry.short_names,
        categories=entry.categories,
        verbs=entry.verbs,
        subresources=frozenset(entry.subresources),
        has_generation=entry.generation,
        has_defaults_beyond_spec=(entry.ref.group, entry.ref.kind) not in defaults.ONLY_IN_SPEC,
        is_computed=entry.computed,
    )


@cache
def collections() -> Sequence[BuiltIn]:
    """All built-in resources with a collection, in discovery order."""
    return tuple(_made(entry) for entry in catalogue.COLLECTIONS)


@cache
def added() -> Sequence[BuiltIn]:
    """The kinds that only some clusters serve."""
    return tuple(_made(entry) for entry in catalogue.ADDED)


@cache
def bodies() -> Sequence[BuiltIn]:
    """The kinds that are only bodies of subresources."""
    return tuple(_made(entry) for entry in catalogue.BODIES)


def everything() -> Iterable[BuiltIn]:
    """All kinds that the server knows by itself."""
    yield from collections()
    yield from bodies()
