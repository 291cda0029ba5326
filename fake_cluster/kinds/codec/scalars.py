"""Leaves of built-in kinds: from JSON to the canonical form, or what Go says about them.

A parser takes a JSON value and returns the canonical one. `Mismatch`: JSON of another type; `Malformed`:
the right type, but not parsable, with the message of the Go type's own parser.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from fake_cluster.kinds.quantities import QuantityError, canonical

Parser = Callable[[Any], Any]


class Mismatch(Exception):  # noqa: N818 - it is no error until the careful decoder says so
    """A JSON value of another type than the field's. `got` overrides what Go calls the value."""

    def __init__(self, got: str = "") -> None:
        super().__init__(got)
        self.got = got


class Malformed(Exception):  # noqa: N818 - see Mismatch
    """A value that the Go type's own parser refuses, in its words."""


def json_type(value: Any) -> str:
    """What Go's JSON decoder calls a value."""
    return _JSON_TYPES.get(value.__class__, "number")


_JSON_TYPES: Final = {str: "string", bool: "bool", dict: "object", list: "array", type(None): "null"}


def string(value: Any) -> Any:
    """Text."""
    if value.__class__ is str:
        return value
    raise Mismatch


def boolean(value: Any) -> Any:
    """True or false."""
    if value.__class__ is bool:
        return value
    raise Mismatch


def _integer(limit: int) -> Parser:
    def parse(value: Any) -> Any:
        if value.__class__ is int and -limit <= value < limit:
            return value
        raise Mismatch(f"number {value}" if value.__class__ in (int, float) else "")

    return parse


def number(value: Any) -> Any:
    """A float64."""
    if value.__class__ in (int, float):
        return value
    raise Mismatch


def quantity(value: Any) -> Any:
    """A quantity, canonical; plain numbers are quantities too."""
    try:
        return canonical(value if value.__class__ is str else _bare(value))
    except QuantityError as error:
        raise Malformed(str(error)) from None


def _bare(value: Any) -> str:
    return str(value) if value.__class__ in (int, float) else ""


def int_or_string(value: Any) -> Any:
    """A port or a percentage."""
    if value.__class__ is str:
        return value
    if value.__class__ is int and -(1 << 31) <= value < 1 << 31:
        return value
    got = f"number {value}" if value.__class__ in (int, float) else json_type(value)
    raise Malformed(f"json: cannot unmarshal {got} into Go value of type int32")


_UTC_SECONDS: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def time(value: Any) -> Any:
    """A moment, in UTC with seconds."""
    if value.__class__ is str and _UTC_SECONDS.fullmatch(value):
        return value
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_time(value: Any) -> Any:
    """A moment, in UTC with microseconds."""
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(value: Any) -> datetime:
    if value.__class__ is not str:
        raise Malformed(f"json: cannot unmarshal {json_type(value)} into Go value of type string")
    if not _TIME.fullmatch(value):
        layout = "2006-01-02T15:04:05Z07:00"
        raise Malformed(f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"')
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise Malformed(f'parsing time "{value}": day out of range') from None


def base64_text(value: Any) -> Any:
    """Bytes: base64, without line breaks."""
    if value.__class__ is not str:
        raise Mismatch
    text = value.replace("\n", "").replace("\r", "") if "\n" in value or "\r" in value else value
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raise Malformed(f"illegal base64 data at input byte {_wrong_byte(text)}") from None
    return text


def _wrong_byte(text: str) -> int:
    found = re.match(r"(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}", text)
    position = found.end() if found else 0
    return position if position < len(text) else len(text) - len(text) % 4


PARSERS: Final[dict[str, Parser]] = {
    "string": string,
    "boolean": boolean,
    "int32": _integer(1 << 31),
    "int64": _integer(1 << 63),
    "integer": _integer(1 << 63),
    "number": number,
    "quantity": quantity,
    "int-or-string": int_or_string,
    "time": time,
    "micro-time": micro_time,
    "bytes": base64_text,
    "duration": string,
}
