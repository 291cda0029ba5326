"""JSON as Go reads it: the first value of a text, and what is wrong with it in the words of encoding/json."""

from __future__ import annotations

import json
import re
from typing import Any

_CONTEXTS = (
    ("Expecting value", "looking for beginning of value"),
    ("Expecting property name", "looking for beginning of object key string"),
    ("Expecting ':' delimiter", "after object key"),
    ("Illegal trailing comma", "looking for beginning of object key string"),
    ("Invalid control character", "in string literal"),
    ("Invalid \\escape", "in string escape code"),
    ("Invalid \\uXXXX escape", "in \\u hexadecimal character escape"),
)
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACE = " \t\r\n"


class JsonError(Exception):
    """Why a text is not the JSON that is needed."""


def first_value(body: bytes) -> Any:
    """The first value in the text; what follows is not looked at. Raises `JsonError`."""
    text = body.decode(errors="replace")
    begin = len(text) - len(text.lstrip(_SPACE))
    if begin == len(text):
        raise JsonError("EOF")
    try:
        return json.JSONDecoder().raw_decode(text, begin)[0]
    except json.JSONDecodeError as error:
        raise JsonError(_explained(text, error)) from error
    except RecursionError as error:
        raise JsonError("exceeded max depth") from error


def _explained(text: str, error: json.JSONDecodeError) -> str:
    if error.msg.startswith("Unterminated string") or not text[error.pos :].strip(_SPACE):
        return "unexpected EOF"
    character = text[error.pos :].lstrip(_SPACE)[0]
    quoted = {"'": r"'\''", '"': "'\"'"}.get(character, f"'{character}'")
    return f"invalid character {quoted} {_context(text, error)}"


def _context(text: str, error: json.JSONDecodeError) -> str:
    for begin, context in _CONTEXTS:
        if error.msg.startswith(begin):
            return context
    return "after array element" if _in_array(text[: error.pos]) else "after object key:value pair"


def _in_array(before: str) -> bool:
    """Whether the innermost open bracket is that of an array."""
    open_: list[str] = []
    for character in _STRINGS.sub("", before):
        if character in "[{":
            open_.append(character)
        elif character in "]}" and open_:
            open_.pop()
    return open_[-1:] == ["["]


def kind_of(value: Any) -> str:
    """What encoding/json calls a value."""
    if isinstance(value, bool):
        return "bool"
    kinds: dict[type, str] = {str: "string", int: "number", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "null")
