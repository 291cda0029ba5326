"""Path elements: how a field, and an element of a list, is named in sets of fields and in messages.

Source: structured-merge-diff's path elements; measured: keys that are absent take their schema's
default, k:{"port":80,"protocol":"TCP"}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

import orjson

from fake_cluster.kinds.schema import ListOf, Node, Struct

_DEFAULTS = {"protocol": "TCP"}
"""Keys of built-in lists that have a default (ports of containers and services); custom ones say so in their schema."""


class NoElementError(ValueError):
    """An element of a list that cannot be named: it lacks its keys, or is of a wrong type."""


def element_of(item: Any, node: ListOf) -> str:
    """The path element of a list's element: `k:{"name":"x"}` in a map, `v:"x"` in a set."""
    if node.list_type == "set":
        return _value_element(item)
    if type(item) is not dict:
        kind = "a null element" if item is None else "non-map elements"
        raise NoElementError(f"associative list with keys may not have {kind}")
    keys = node.keys
    if len(keys) == 1:
        key = keys[0]
        value = item.get(key)
        if type(value) is str:
            return f'k:{{"{key}":{quoted(value)}}}'
    return _key_element(item, node)


def _key_element(item: dict[str, Any], node: ListOf) -> str:
    defaults = _key_defaults(node.items)
    parts = []
    for key in sorted(node.keys):
        value = item.get(key, defaults.get(key))
        if value is not None:
            parts.append(f'"{key}":{_json(value)}')
    if not parts:
        names = " ".join(f'"{key}"' for key in node.keys)
        raise NoElementError(
            f"associative list with keys has an element that omits all key fields [{names}] "
            "(and doesn't have default values for any key fields)"
        )
    return f"k:{{{','.join(parts)}}}"


def _key_defaults(item: Node) -> Mapping[str, Any]:
    if not isinstance(item, Struct):
        return {}
    return _DEFAULTS if item.name else item.defaults


def _value_element(item: Any) -> str:
    if type(item) is dict:
        raise NoElementError("associative list without keys has an element that's a map type")
    if type(item) is list:
        raise NoElementError("not supported: associative list with lists as elements")
    if item is None:
        raise NoElementError("associative list without keys has an element that's an explicit null")
    return f"v:{_json(item)}"


def _json(value: Any) -> str:
    if type(value) is str:
        return quoted(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def indexed(items: Sequence[Any], node: ListOf) -> dict[str, Any]:
    """The elements of a list by their path elements; duplicates, which updates may bring in, as a tuple."""
    found: dict[str, Any] = {}
    for item in items:
        try:
            element = element_of(item, node)
        except NoElementError:
            continue
        found[element] = (*_several(found[element]), item) if element in found else item
    return found


def _several(found: Any) -> tuple[Any, ...]:
    return found if type(found) is tuple else (found,)


def shown(path: Sequence[str]) -> str:
    """A path as messages have it: `.spec.ports[port=80,protocol="TCP"].name`."""
    return "".join(map(_shown, path))


def _shown(element: str) -> str:
    kind, rest = element[:2], element[2:]
    if kind == "f:":
        return f".{rest}"
    if kind == "k:":
        keys = orjson.loads(rest)
        return f"[{','.join(f'{key}={_json(value)}' for key, value in keys.items())}]"
    return f"[={rest}]" if kind == "v:" else f"[{rest}]"
