"""The quick way to read a configuration: one closure for each node of the schema.

It only does configurations that are all right. At the first thing that is not, it gives up with `DoubtfulError`,
and `typed` takes over to say what is wrong and where. Both give the same sets of fields.
"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring as quoted
from typing import Any

from fake_cluster.api.apply.elements import NoElementError, element_of
from fake_cluster.api.apply.fieldsets import MEMBER, FieldSet
from fake_cluster.api.apply.typed import TYPES, UNCHECKED
from fake_cluster.kinds.schema import ListOf, MapOf, Node, Scalar, Struct

Reader = Callable[[Any], FieldSet | None]
"""From a value to the fields that it sets, seen from itself; None for none at all."""

_Rule = tuple[str, frozenset[type], Reader]
"""Of a field: its path element, the types of values that are plain members, the reader of others."""


class DoubtfulError(Exception):
    """Something in the configuration is not as it should be."""


DOUBTS = (DoubtfulError, NoElementError)

_NULL = frozenset({type(None)})


class Readers:
    """The readers of schema nodes, made when first asked for."""

    def __init__(self) -> None:
        self._known: dict[Node, Reader] = {}

    def of(self, node: Node) -> Reader:
        """The reader of a node."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = self._made(node)
        return found

    def _made(self, node: Node) -> Reader:
        if isinstance(node, Scalar):
            return _anything if node.kind in UNCHECKED else _doubtful
        if isinstance(node, Struct):
            return _whole(self._struct(node)) if node.atomic else self._struct(node)
        if isinstance(node, MapOf):
            return _whole(self._map(node)) if node.atomic else self._map(node)
        if isinstance(node, ListOf):
            return _LISTS[node.list_type](node, self.of(node.items))
        return _anything

    def _struct(self, node: Struct) -> Reader:
        rules: dict[str, _Rule] = {}

        def read(value: Any) -> FieldSet | None:
            if value.__class__ is not dict:
                raise DoubtfulError
            fields: FieldSet = {}
            for name, item in value.items():
                element, members, read_field = rules.get(name) or self._rule(node, name, rules)
                if item.__class__ in members:
                    fields[element] = MEMBER
                elif (below := read_field(item)) is not None:
                    fields[element] = below
            return fields or (None if value else MEMBER)

        return read

    def _rule(self, node: Struct, name: str, rules: dict[str, _Rule]) -> _Rule:
        field = node.fields.get(name)
        if field is not None:
            members = TYPES[field.kind] if isinstance(field, Scalar) else _NULL
            rule = rules[name] = (f"f:{name}", members, self.of(field))
            return rule
        if not node.preserve_unknown:
            raise DoubtfulError
        return f"f:{name}", _NULL, _free

    def _map(self, node: MapOf) -> Reader:
        values = node.values
        members = TYPES[values.kind] if isinstance(values, Scalar) else _NULL
        read_value = self.of(values)

        def read(value: Any) -> FieldSet | None:
            if value.__class__ is not dict:
                raise DoubtfulError
            return {
                f"f:{name}": MEMBER if item.__class__ in members else _itself(read_value(item))
                for name, item in value.items()
            }

        return read


def _itself(fields: FieldSet | None) -> FieldSet:
    return {".": MEMBER, **fields} if fields else MEMBER


def _whole(check: Reader) -> Reader:
    def read(value: Any) -> FieldSet | None:
        check(value)
        return MEMBER

    return read


def _doubtful(value: Any) -> FieldSet | None:
    del value
    raise DoubtfulError


def _anything(value: Any) -> FieldSet | None:
    """Objects without a schema are owned by key, everything else as a whole."""
    if value.__class__ is not dict:
        return MEMBER
    return {f"f:{name}": _itself(_anything(item)) for name, item in value.items()}


def _free(value: Any) -> FieldSet | None:
    return _itself(_anything(value))


# --- lists --------------------------------------------------------------------------------------------


def _atomic_list(node: ListOf, read_item: Reader) -> Reader:
    members = TYPES[node.items.kind] if isinstance(node.items, Scalar) else _NULL

    def read(value: Any) -> FieldSet | None:
        if value.__class__ is not list:
            raise DoubtfulError
        for item in value:
            if item.__class__ not in members:
                read_item(item)
        return MEMBER

    return read


def _set(node: ListOf, read_item: Reader) -> Reader:
    del read_item

    def read(value: Any) -> FieldSet | None:
        if value.__class__ is not list:
            raise DoubtfulError
        fields = {element_of(item, node): MEMBER for item in value}
        if len(fields) < len(value):
            raise DoubtfulError
        return fields or None

    return read


def _map_list(node: ListOf, read_item: Reader) -> Reader:
    key = node.keys[0] if len(node.keys) == 1 else ""

    def read(value: Any) -> FieldSet | None:
        if value.__class__ is not list:
            raise DoubtfulError
        fields: FieldSet = {}
        for item in value:
            name = item.get(key) if key and item.__class__ is dict else None
            element = f'k:{{"{key}":{quoted(name)}}}' if name.__class__ is str else element_of(item, node)
            fields[element] = _itself(read_item(item))
        if len(fields) < len(value):
            raise DoubtfulError
        return fields or None

    return read


_LISTS: dict[str, Callable[[ListOf, Reader], Reader]] = {
    "atomic": _atomic_list,
    "set": _set,
    "map": _map_list,
}
