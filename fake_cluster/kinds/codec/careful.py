"""The decoder that explains: where unknown fields are, and what Go says about a value of the wrong type.

It decodes exactly as `fast` does, node by node with the path at hand. Go reports the first value of a
wrong type, by the path without list indexes and the struct that holds the field; unknown fields are
reported all, with indexes.

Source: messages of encoding/json and sigs.k8s.io/json as kube-apiserver 1.36 prints them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fake_cluster.kinds.codec.fast import copied, decoder, keeps_empty
from fake_cluster.kinds.codec.scalars import PARSERS, Malformed, Mismatch, json_type
from fake_cluster.kinds.go_types import GO_NAMES
from fake_cluster.kinds.schema import Anything, ListOf, MapOf, Node, Scalar, Struct


class _Place(NamedTuple):
    """Where a value is: `path` with indexes, `go_path` without, `owner` the struct and its field."""

    path: str = ""
    go_path: str = ""
    owner: str = ""
    field: str = ""

    def of_field(self, node: Struct, name: str) -> _Place:
        return _Place(_dotted(self.path, name), _dotted(self.go_path, name), node.name, name)

    def of_item(self, index: int) -> _Place:
        return self._replace(path=f"{self.path}[{index}]")

    def of_key(self, key: str) -> _Place:
        return self._replace(path=_dotted(self.path, key))


def _dotted(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@dataclass(slots=True)
class Findings:
    """What a careful decoding found out. `error` is Go's message, empty if all types are right."""

    obj: Any = None
    unknown: list[str] = field(default_factory=list)
    error: str = ""


def examine(node: Struct, value: Any) -> Findings:
    """Decode a body with all that can be said about it."""
    findings = Findings()
    findings.obj = _walk(node, value, _Place(), findings)
    return findings


def _walk(node: Node, value: Any, place: _Place, findings: Findings) -> Any:
    if isinstance(node, Anything):
        return copied(value)
    if isinstance(node, Scalar):
        return _scalar(node, value, place, findings)
    if isinstance(node, ListOf):
        return _list(node, value, place, findings)
    if value.__class__ is not dict:
        _mistyped(node, json_type(value), place, findings)
        return {}
    if isinstance(node, Struct):
        return _struct(node, value, place, findings)
    return {key: _item(node.values, item, place.of_key(key), findings) for key, item in value.items()}


def _list(node: ListOf, value: Any, place: _Place, findings: Findings) -> Any:
    if value.__class__ is not list:
        _mistyped(node, json_type(value), place, findings)
        return []
    return [_item(node.items, item, place.of_item(index), findings) for index, item in enumerate(value)]


def _item(node: Node, value: Any, place: _Place, findings: Findings) -> Any:
    """An item of a list or a value of a map: null is the zero of its type."""
    if value is None and not isinstance(node, Anything):
        return _ZEROS.get(node.kind, "") if isinstance(node, Scalar) else _empty(node)
    return _walk(node, value, place, findings)


def _empty(node: Node) -> Any:
    return None if isinstance(node, ListOf | MapOf) else decoder(node)({})


_ZEROS = {"boolean": False, "int32": 0, "int64": 0, "integer": 0, "number": 0, "quantity": "0"}


def _struct(node: Struct, value: dict[str, Any], place: _Place, findings: Findings) -> Any:
    found = {}
    for name, item in value.items():
        child = node.fields.get(name)
        if child is None:
            findings.unknown.append(_dotted(place.path, name))
        elif item is not None:
            decoded = _walk(child, item, place.of_field(node, name), findings)
            if decoded or keeps_empty(node, name, child):
                found[name] = decoded
    return decoder(node)({}) | found if node.always else found


def _scalar(node: Scalar, value: Any, place: _Place, findings: Findings) -> Any:
    try:
        return PARSERS[node.kind](value)
    except Mismatch as mismatch:
        _mistyped(node, mismatch.got or json_type(value), place, findings)
    except Malformed as malformed:
        findings.error = findings.error or str(malformed)
    return None


def _mistyped(node: Node, got: str, place: _Place, findings: Findings) -> None:
    kind = GO_NAMES.get(f"{place.owner}.{place.field}") or go_type(node)
    where = "value" if not place.owner else f"struct field {_local(place.owner)}.{place.go_path}"
    findings.error = findings.error or f"json: cannot unmarshal {got} into Go {where} of type {kind}"


def _local(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def go_type(node: Node) -> str:
    """The Go type of a node, as error messages name it."""
    if isinstance(node, Struct):
        return node.name.rsplit("/", 1)[-1]
    if isinstance(node, ListOf):
        return f"[]{go_type(node.items)}"
    if isinstance(node, MapOf):
        return f"map[string]{go_type(node.values)}"
    return _GO_TYPES.get(node.kind, node.kind) if isinstance(node, Scalar) else "interface {}"


_GO_TYPES = {
    "boolean": "bool",
    "integer": "int64",
    "number": "float64",
    "quantity": "resource.Quantity",
    "int-or-string": "intstr.IntOrString",
    "time": "v1.Time",
    "micro-time": "v1.MicroTime",
    "bytes": "[]uint8",
}
