"""How Go prints JSON values with `%v`: error messages of the real server quote objects that way."""

from __future__ import annotations

import json
from typing import Any


def go_value(value: Any) -> str:
    """A JSON value in Go's words: `map[image:z name:c]`, `[a b]`, `<nil>`, `true`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_value(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_value, value))}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def go_type(value: Any) -> str:
    """The Go type that a decoded JSON value has, such as `map[string]interface {}` or `int64`."""
    names = {dict: "map[string]interface {}", list: "[]interface {}", str: "string", bool: "bool"}
    names |= {int: "int64", float: "float64", type(None): "<nil>"}
    return names[type(value)]


def go_syntax(value: Any) -> str:
    """A JSON value as Go source, what `%#v` prints: `"x"`, `[]interface {}{1, true}`."""
    if isinstance(value, dict):
        fields = ", ".join(f"{json.dumps(key)}:{go_syntax(value[key])}" for key in sorted(value))
        return f"map[string]interface {{}}{{{fields}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(go_syntax, value))}}}"
    if value is None:
        return "interface {}(nil)"
    return json.dumps(value, ensure_ascii=False)
