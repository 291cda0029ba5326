"""Request bodies in protobuf, which typed Go clients send for built-in kinds: `kubectl create`, for one.

Answers are JSON all the same: those clients accept both. What a body means is said by the schemas that
everything else uses; only the numbers of fields come from `fields.json`.

Source: API concepts, "Kubernetes Protobuf encoding"; k8s.io/apimachinery, generated.proto.
"""

from __future__ import annotations

import base64
import functools
import struct as packing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import orjson

from fake_cluster.api.protobuf.wire import BrokenMessageError, Value, fields, signed
from fake_cluster.errors import bad_request
from fake_cluster.kinds import definitions
from fake_cluster.kinds.schema import Anything, ListOf, MapOf, Node, Struct
from fake_cluster.machinery.clock import micro_timestamp, timestamp
from fake_cluster.objects import Object

MEDIA_TYPE: Final = "application/vnd.kubernetes.protobuf"
_MAGIC: Final = b"k8s\x00"
_DATA: Final = Path(__file__).parent / "fields.json"
_OPTIONS: Final = "meta/v1.DeleteOptions"


def read_protobuf(data: bytes) -> Any:
    """The object that a body describes; 400 if it is not one."""
    if not data.startswith(_MAGIC):
        raise bad_request(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
        )
    try:
        unknown = dict(fields(data[len(_MAGIC) :]))
        meta = dict(fields(_content(unknown.get(1, b""))))
        api_version, kind = (_content(meta.get(number, b"")).decode() for number in (1, 2))
        schema = definitions.struct(_type_name(api_version, kind))
        return {"apiVersion": api_version, "kind": kind} | _object(schema, _content(unknown.get(2, b"")))
    except KeyError:
        raise bad_request(f'no kind "{kind}" is registered for version "{api_version}"') from None
    except (BrokenMessageError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(f"proto: {error}") from None


def _type_name(api_version: str, kind: str) -> str:
    group, _, version = api_version.rpartition("/")
    package = f"{(group or 'core').split('.', 1)[0]}/{version}"
    return _OPTIONS if kind == "DeleteOptions" else f"{package}.{kind}"


@functools.cache
def _table() -> dict[str, dict[str, str | list[str]]]:
    table: dict[str, dict[str, str | list[str]]] = orjson.loads(_DATA.read_bytes())
    return table


def _content(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise BrokenMessageError("wrong wireType = 0 for a message")
    return value


def _object(schema: Struct, data: bytes, name: str = "") -> Object:
    """A message as the object that JSON would carry; `name` is that of an embedded struct."""
    numbers = _table()[name or schema.name]
    obj: Object = {}
    for number, value in fields(data):
        field = numbers.get(str(number))
        if isinstance(field, list):
            obj |= _object(schema, _content(value), field[0])
        elif field is not None:
            _put(obj, schema, field, value)
    return obj


def _put(obj: Object, schema: Struct, field: str, value: Value) -> None:
    node = schema.fields[field]
    if isinstance(node, ListOf):
        obj.setdefault(field, []).append(_value(node.items, value))
    elif isinstance(node, MapOf):
        key, content = _entry(node.values, _content(value))
        obj.setdefault(field, {})[key] = content
    else:
        shown = _value(node, value)
        if shown or field in schema.keeps or field in schema.required or isinstance(shown, dict):
            obj[field] = shown


def _entry(node: Node, data: bytes) -> tuple[str, Any]:
    """One entry of a map."""
    content = dict(fields(data))
    return _content(content.get(1, b"")).decode(), _value(node, content.get(2, b""))


def _value(node: Node, value: Value) -> Any:
    if isinstance(node, Struct):
        return _object(node, _content(value))
    if isinstance(node, ListOf):  # inside another list or a map it is a message with items
        return [_value(node.items, item) for number, item in fields(_content(value)) if number == 1]
    if isinstance(node, MapOf):
        return dict(_entry(node.values, _content(entry)) for _, entry in fields(_content(value)))
    if isinstance(node, Anything):
        return _raw(_content(value))
    return _SCALARS[node.kind](value)


def _raw(data: bytes) -> Any:
    """JSON in bytes: RawExtension, FieldsV1."""
    text = _content(dict(fields(data)).get(1, b""))
    return orjson.loads(text) if text else None


# --- scalars ------------------------------------------------------------------------------------------


def _text(value: Value) -> str:
    return _content(value).decode()


def _integer(value: Value) -> int:
    return signed(value if isinstance(value, int) else 0)


def _number(value: Value) -> float:
    return float(packing.unpack("<d", packing.pack("<Q", value))[0])


def _bytes(value: Value) -> str:
    return base64.b64encode(_content(value)).decode()


def _first(value: Value) -> bytes:
    return _content(dict(fields(_content(value))).get(1, b""))


def _quantity(value: Value) -> str:
    return _first(value).decode() or "0"


def _int_or_string(value: Value) -> int | str:
    content = dict(fields(_content(value)))
    if content.get(1):
        return _text(content.get(3, b""))
    return _integer(content.get(2, 0))


def _moment(write: Callable[[float], str]) -> Callable[[Value], str | None]:
    """A time is seconds and nanoseconds; without any it is not set."""

    def read(value: Value) -> str | None:
        content = dict(_numbers(fields(_content(value))))
        return write(content.get(1, 0) + content.get(2, 0) / 1e9) if content else None

    return read


def _numbers(found: Iterable[tuple[int, Value]]) -> Iterable[tuple[int, int]]:
    return ((number, _integer(value)) for number, value in found)


_SCALARS: Final[dict[str, Callable[[Value], Any]]] = {
    "string": _text,
    "boolean": bool,
    "integer": _integer,
    "int32": _integer,
    "int64": _integer,
    "number": _number,
    "quantity": _quantity,
    "int-or-string": _int_or_string,
    "time": _moment(timestamp),
    "micro-time": _moment(micro_timestamp),
    "bytes": _bytes,
    "duration": _text,
}
