"""Make `fields.json`: the field numbers of the built-in kinds, `python -m fake_cluster.api.protobuf.vendor kubectl`.

A kubectl up to 1.34 carries the descriptors of all types that it can send, each as a compressed
FileDescriptorProto. Of these we keep what the schemas of `fake_cluster.kinds` reach.

In the data a field is its name, or a list with the name of the struct whose fields stand in its place
(Go embeds it; in JSON there is no field of its own).
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from fake_cluster.api.protobuf.wire import Value, fields

SCHEMAS: Final = Path(__file__).parents[2] / "kinds" / "data"
_MAGIC: Final = re.compile(rb"\x1f\x8b\x08")
_LARGEST: Final = 1 << 20
_PACKAGE: Final = re.compile(r"^\.?k8s\.io\.(?:api|apimachinery\.pkg\.apis)\.(\w+)\.(v\d\w*)")
_MESSAGE: Final = 11
"""The number of the type "message" in a FieldDescriptorProto."""

Field = str | list[str]
Messages = dict[str, dict[str, tuple[str, str]]]
"""Struct to field number to the field's name and, for a message, its struct."""


def messages(binary: bytes) -> Messages:
    """The messages of the descriptors in a program."""
    found: Messages = {}
    for document in _descriptors(binary):
        content = list(fields(document))
        package = next((_text(value) for number, value in content if number == 2), "")
        header = _PACKAGE.match(package)
        if header:
            prefix = f"{header[1]}/{header[2]}"
            found |= dict(_message(prefix, _bytes(value)) for number, value in content if number == 4)
    return found


def _descriptors(binary: bytes) -> Iterator[bytes]:
    for start in _MAGIC.finditer(binary):
        try:
            content = zlib.decompressobj(31).decompress(binary[start.start() :], _LARGEST)
        except zlib.error:
            continue
        if content[:1] == b"\n" and b"/generated.proto" in content[:100]:
            yield content


def _message(prefix: str, data: bytes) -> tuple[str, dict[str, tuple[str, str]]]:
    content = list(fields(data))
    name = next(_text(value) for number, value in content if number == 1)
    return f"{prefix}.{name}", dict(_field(_bytes(value)) for number, value in content if number == 2)


def _field(data: bytes) -> tuple[str, tuple[str, str]]:
    content = dict(fields(data))
    target = _text(content.get(6, b"")) if content[5] == _MESSAGE else ""
    header = _PACKAGE.match(target)
    struct = f"{header[1]}/{header[2]}.{target.rpartition('.')[2]}" if header else ""
    return str(content[3]), (_text(content[1]), struct)


def _text(value: Value) -> str:
    return _bytes(value).decode()


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""


def table(found: Messages) -> dict[str, dict[str, Field]]:
    """The fields of all structs that the schemas have, and of those embedded in them."""
    schemas = {name: data for path in sorted(SCHEMAS.glob("*.json")) for name, data in _structs(path).items()}
    made: dict[str, dict[str, Field]] = {}
    for struct, names in schemas.items():
        _add(made, found, struct, names)
    return dict(sorted(made.items()))


def _structs(path: Path) -> dict[str, set[str]]:
    return {name: set(data["fields"]) for name, data in orjson.loads(path.read_bytes()).items()}


def _add(made: dict[str, dict[str, Field]], found: Messages, struct: str, names: set[str]) -> None:
    if struct not in found or struct in made:
        return
    made[struct] = {}
    shown = {
        name.lower(): name for name in names
    }  # a few have capitals of their own in descriptors: `aPIGroup`
    for number, (name, embedded) in found[struct].items():
        if name.lower() in shown:
            made[struct][number] = shown[name.lower()]
        elif embedded in found:
            made[struct][number] = [embedded]
            _add(made, found, embedded, names)


def main() -> None:
    """Write the data from the program that is named on the command line."""
    made = table(messages(Path(sys.argv[1]).read_bytes()))
    target = Path(__file__).parent / "fields.json"
    target.write_bytes(orjson.dumps(made))


if __name__ == "__main__":
    main()
