"""Protocol buffers as bytes: a message is a sequence of numbered values.

Source: the encoding guide of Protocol Buffers. Kubernetes uses varints, fixed64 for doubles, and bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

Value = int | bytes
"""A varint or fixed number as an integer, everything else as its bytes."""

_LONGEST_VARINT = 10
_FIXED = {1: 8, 5: 4}


class BrokenMessageError(ValueError):
    """The bytes are not a message."""


def fields(data: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message in their order: number and value."""
    position, end = 0, len(data)
    while position < end:
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, position = _varint(data, position)
            yield number, value
            continue
        if kind == 2:
            size, position = _varint(data, position)
        else:
            size = _FIXED.get(kind, end)
        if position + size > end:
            raise BrokenMessageError("unexpected EOF")
        content = data[position : position + size]
        position += size
        yield number, content if kind == 2 else int.from_bytes(content, "little")


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """The number at a position, and the position behind it."""
    value = 0
    for index, byte in enumerate(data[position : position + _LONGEST_VARINT]):
        value |= (byte & 127) << (7 * index)
        if byte < 128:
            return value, position + index + 1
    raise BrokenMessageError(
        "unexpected EOF" if position >= len(data) - _LONGEST_VARINT else "integer overflow"
    )


def signed(value: int) -> int:
    """A varint as a two's complement number of 64 bits."""
    return value - (1 << 64) if value >= 1 << 63 else value
