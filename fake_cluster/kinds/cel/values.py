"""Values of custom resources as expressions see them: by the types of their schema.

Numbers are doubles, dates are timestamps, and fields whose names are no identifiers are escaped. What the
schema does not declare cannot be seen. Source: documentation, "Validation rules" of custom resources.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

Schema = Mapping[str, Any]
_RESERVED: Final = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_ESCAPES: Final = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@lru_cache(maxsize=4096)
def escaped(name: str) -> str:
    """A field's name as expressions write it."""
    if name in _RESERVED:
        return f"__{name}__"
    for text, escape in _ESCAPES:
        name = name.replace(text, escape)
    return name


def _duration(text: str) -> timedelta:
    parts = re.findall(r"([\d.]+)(ns|us|µs|ms|s|m|h)", text)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return timedelta(seconds=-seconds if text.startswith("-") else seconds)


_FORMATS: Final[dict[str, Callable[[str], Any]]] = {
    "date-time": datetime.fromisoformat,
    "date": lambda text: datetime.fromisoformat(f"{text}T00:00:00+00:00"),
    "duration": _duration,
    "byte": base64.b64decode,
}
_METADATA: Final = ("name", "generateName")


def _read(form: str, text: str) -> Any:
    """The value that a text of some format stands for; a text that is wrong, and told to be, stays one."""
    try:
        return _FORMATS[form](text)
    except ValueError:
        return text


def seen(schema: Schema, value: Any) -> Any:
    """A value of the right shape, as expressions see it."""
    if value.__class__ is dict:
        return _object(schema, value)
    if value.__class__ is list:
        items = schema.get("items") or {}
        return [seen(items, item) for item in value]
    if value.__class__ is str and schema.get("format") in _FORMATS:
        return _read(schema["format"], value)
    return float(value) if schema.get("type") == "number" and value.__class__ is int else value


def _object(schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
    fields, others = schema.get("properties") or {}, schema.get("additionalProperties")
    if not fields and others.__class__ is dict:
        return {name: seen(others, item) for name, item in value.items()}
    found = {escaped(name): seen(fields[name], item) for name, item in value.items() if name in fields}
    if schema.get("x-kubernetes-preserve-unknown-fields") and not fields:
        return value
    if schema.get("x-kubernetes-embedded-resource"):
        found |= root_fields(value)
    return found


def root_fields(value: Mapping[str, Any]) -> dict[str, Any]:
    """What rules at the root of an object may see besides its own fields."""
    metadata = value.get("metadata") or {}
    fields = {name: value[name] for name in ("apiVersion", "kind") if name in value}
    return fields | {"metadata": {name: metadata[name] for name in _METADATA if name in metadata}}
