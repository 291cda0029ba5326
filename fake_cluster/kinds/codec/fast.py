"""The decoder of built-in kinds, compiled to one closure for each node.

It only does bodies that are all right: at the first unknown field or wrong value it raises `Doubtful`,
and the careful decoder takes over to say where and why.

Like a Go struct that was read and written again, what comes out has no nulls, no empty lists and maps,
no zeros of fields that are no pointers, and all fields that have no `omitempty`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from fake_cluster.kinds.codec.scalars import PARSERS, Malformed, Mismatch
from fake_cluster.kinds.schema import Anything, ListOf, MapOf, Node, Scalar, Struct

Decoder = Callable[[Any], Any]
Rule = tuple[type | None, Decoder, bool]


class Doubtful(Exception):  # noqa: N818 - a signal, not an error
    """Something in the body is not as it should be."""


DOUBTS = (Doubtful, Mismatch, Malformed)
_decoders: dict[Node, Decoder] = {}


def decoder(node: Node) -> Decoder:
    """The decoder of a node; made when first asked for."""
    found = _decoders.get(node)
    if found is None:
        found = _decoders[node] = _COMPILERS[node.__class__](node)
    return found


class _Rules(dict[str, Rule]):
    """The rules of a struct's fields by name, each made when first asked for: most never are."""

    def __init__(self, node: Struct) -> None:
        self._node = node

    def __missing__(self, name: str) -> Rule:
        field = self._node.fields.get(name)
        if field is None:
            raise Doubtful
        plain = _PLAIN.get(field.kind) if isinstance(field, Scalar) else None
        rule = self[name] = (plain, decoder(field), keeps_empty(self._node, name, field))
        return rule


def _struct(node: Struct) -> Decoder:
    rules = _Rules(node)
    always = {name: _zero_of(node.fields[name], zero) for name, zero in node.always.items()}

    def decode(value: Any) -> Any:
        if value.__class__ is not dict:
            raise Doubtful
        found = {}
        for name, item in value.items():
            plain, decode_field, kept = rules[name]
            if plain is item.__class__:
                if item or kept:
                    found[name] = item
            elif item is not None and ((decoded := decode_field(item)) or kept):
                found[name] = decoded
        for name, zero in always.items():
            if name not in found:
                found[name] = zero()
        return found

    return decode


def _zero_of(node: Node, zero: Any) -> Callable[[], Any]:
    """What is written where the field is missing: a zero, or an empty struct with its own zeros."""

    def make() -> Any:
        return decoder(node)({}) if isinstance(node, Struct) and zero is not None else zero

    return make


_PLAIN: dict[str, type] = {"string": str, "boolean": bool}


def keeps_empty(node: Struct, name: str, field: Node) -> bool:
    """Whether a field stays when its value is empty, as Go writes it."""
    if name in node.always or name in node.keeps:
        return True
    return isinstance(field, Struct | Anything) or (
        isinstance(field, Scalar) and field.kind not in _VANISHING
    )


_VANISHING = frozenset({"string", "boolean", "int32", "int64", "integer", "number", "bytes"})


def _list(node: ListOf) -> Decoder:
    if isinstance(node.items, Scalar) and node.items.kind == "string":
        return _strings
    decode_item = decoder(node.items)

    def decode(value: Any) -> Any:
        if value.__class__ is not list or None in value:
            raise Doubtful
        return [decode_item(item) for item in value]

    return decode


def _strings(value: Any) -> Any:
    if value.__class__ is not list:
        raise Doubtful
    for item in value:
        if item.__class__ is not str:
            raise Doubtful
    return value.copy()


def _map(node: MapOf) -> Decoder:
    if isinstance(node.values, Scalar) and node.values.kind == "string":
        return _string_map
    decode_value = decoder(node.values)

    def decode(value: Any) -> Any:
        if value.__class__ is not dict:
            raise Doubtful
        return {key: decode_value(item) for key, item in value.items()}

    return decode


def _string_map(value: Any) -> Any:
    if value.__class__ is not dict:
        raise Doubtful
    for item in value.values():
        if item.__class__ is not str:
            raise Doubtful
    return value.copy()


def _anything(node: Anything) -> Decoder:
    del node
    return copied


def copied(value: Any) -> Any:
    """A copy of any JSON value."""
    return orjson.loads(orjson.dumps(value)) if value.__class__ in (dict, list) else value


def _scalar(node: Scalar) -> Decoder:
    return PARSERS[node.kind]


_COMPILERS: dict[type, Callable[[Any], Decoder]] = {
    Struct: _struct,
    ListOf: _list,
    MapOf: _map,
    Anything: _anything,
    Scalar: _scalar,
}
