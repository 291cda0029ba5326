"""YAML as the operator's libraries read and write it.

Reading follows the YAML of Go: no sexagesimal numbers, no timestamps, and error texts with the line as
go-yaml counts it. Writing gives what `yaml.Marshal` gives for plain data: block style, sorted keys,
quotes only where a string would otherwise be something else. Quay's own configuration is written with
an indent of two, Clair's with an indent of four.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from fake_cluster.yaml_limits import check_depth

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?")
_MERGE = re.compile(r"<<|=")
_OTHER_THAN_TEXT = (_NULL, _BOOL, _INT, _FLOAT, _BASE_60, _TIMESTAMP, _MERGE)
_SIMPLE = re.compile(r"[A-Za-z/][A-Za-z0-9_/.+=-]*")
_NOT_PLAIN = re.compile(r"[-?:](\s|$)|[,\[\]{}#&*!|>'\"%@`]|---|\.\.\.|\s|.*(\s$|:\s|:$|\s#)", re.DOTALL)
_UNPRINTABLE = re.compile(r"[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


class YamlError(Exception):
    """A text that is not the YAML that is needed, in the words of go-yaml."""


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 as go-yaml understands it."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    (
        "bool",
        r"(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE)$",
        "yYnNoOtTfF",
    ),
    ("int", r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("merge", r"<<$", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _explained(error: yaml.YAMLError) -> str:
    """go-yaml's text: it prefers the line where the construct began, and counts scanner errors from one."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return "yaml: control characters are not allowed"
    context, problem = error.context_mark, error.problem_mark
    line = (context.line if context else 0) or (problem.line if problem else 0)
    if line and isinstance(error, yaml.scanner.ScannerError):
        line += 1
    where = f"line {line}: " if line else ""
    return f"yaml: {where}{error.problem or 'unknown problem parsing YAML content'}"


@lru_cache(maxsize=1024)
def _parsed(text: bytes) -> Any:
    try:
        check_depth(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError as error:
        raise YamlError(_explained(error)) from error
    except ValueError as error:
        raise YamlError(f"yaml: {error}") from error


def _kind_of(value: Any) -> str:
    if isinstance(value, list):
        return "!!seq"
    if isinstance(value, str):
        shown = value if len(value) <= 10 else f"{value[:7]}..."
        return f"!!str `{shown}`"
    tag = "!!bool" if isinstance(value, bool) else "!!float" if isinstance(value, float) else "!!int"
    return f"{tag} `{str(value).lower()}`"


def load_mapping(text: bytes) -> dict[str, Any] | None:
    """The mapping in `text`; None where the document is empty. The result is shared: do not change it.

    Raises `YamlError`.
    """
    value = _parsed(text)
    if value is None or isinstance(value, dict):
        return value
    raise YamlError(
        f"yaml: unmarshal errors:\n  line 1: cannot unmarshal {_kind_of(value)} into map[string]interface {{}}"
    )


def _natural(key: Any) -> list[tuple[bool, str]]:
    """go-yaml sorts letters after everything else."""
    return [(letter.isalpha(), letter) for letter in str(key)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _UNPRINTABLE.sub(lambda found: _escape(ord(found[0])), escaped) + '"'


def _escape(code: int) -> str:
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    """A string of one line."""
    if any(pattern.fullmatch(text) for pattern in _OTHER_THAN_TEXT):
        return _quoted(text)
    if _SIMPLE.fullmatch(text):
        return text
    if "\n" in text or _UNPRINTABLE.search(text):
        return _quoted(text)
    if _NOT_PLAIN.match(text):
        return "'" + text.replace("'", "''") + "'"
    return text


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, Sequence) else f"{value:g}" if isinstance(value, float) else str(value)


def _literal(text: str, indent: int) -> list[str] | None:
    """A block scalar, for texts of several lines that allow it."""
    body = text.rstrip("\n")
    if _UNPRINTABLE.search(text) or "\t" in text or re.search(r" \n| $", text) or not body:
        return None
    ends = len(text) - len(body)
    header = "|" + (str(indent) if text[0] in " \n" else "") + ("-", "", "+")[min(ends, 2)]
    lines = text.split("\n")[: -1 if ends else None]
    return [header, *(" " * indent + line if line else "" for line in lines)]


class _Writer:
    def __init__(self, indent: int, *, indent_lists: bool) -> None:
        self.indent = indent
        self.list_pad = " " * indent if indent_lists else ""

    def mapping(self, value: Mapping[str, Any]) -> list[str]:
        lines: list[str] = []
        pad = " " * self.indent
        for key in sorted(value, key=_natural):
            name, item = _text(str(key)), value[key]
            if isinstance(item, Mapping) and item:
                lines.append(f"{name}:")
                lines.extend([pad + line for line in self.mapping(item)])
            elif isinstance(item, list | tuple) and item:
                lines.append(f"{name}:")
                lines.extend([self.list_pad + line for line in self.sequence(item)])
            else:
                first, *rest = self.leaf(item)
                lines.append(f"{name}: {first}")
                lines.extend(rest)
        return lines

    def sequence(self, value: Sequence[Any]) -> list[str]:
        lines: list[str] = []
        for item in value:
            first, *rest = self.value(item)
            lines.append(f"- {first}")
            lines.extend(["  " + line for line in rest])
        return lines

    def value(self, value: Any) -> list[str]:
        if isinstance(value, Mapping) and value:
            return self.mapping(value)
        if isinstance(value, list | tuple) and value:
            return self.sequence(value)
        return self.leaf(value)

    def leaf(self, value: Any) -> list[str]:
        if isinstance(value, str) and "\n" in value:
            return _literal(value, self.indent) or [_quoted(value)]
        return [_scalar(value)]


_QUAY, _CLAIR = _Writer(2, indent_lists=False), _Writer(4, indent_lists=True)


def dump(value: Mapping[str, Any]) -> bytes:
    """As Quay's configuration is written."""
    return ("\n".join(_QUAY.value(value)) + "\n").encode()


def dump_wide(value: Mapping[str, Any]) -> bytes:
    """As Clair's configuration is written."""
    return ("\n".join(_CLAIR.value(value)) + "\n").encode()
