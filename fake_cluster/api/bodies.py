"""What a request carries: bytes into JSON values, by content type, within limits.

YAML bodies are YAML 1.1 as Go reads it: `y` and `off` are booleans, dates are strings, and there are no
sexagesimal numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
import yaml

from fake_cluster.api.protobuf import MEDIA_TYPE as PROTOBUF
from fake_cluster.api.protobuf import read_protobuf
from fake_cluster.errors import ApiError, bad_request, unsupported_media_type
from fake_cluster.yaml_limits import check_depth

LARGEST_BODY = 3 * 1024 * 1024
"""Bytes that kube-apiserver reads of a request before it gives up."""
_ACCEPTED = (
    "the body of the request was in an unknown format - accepted media types include: "
    "application/json, application/yaml, application/vnd.kubernetes.protobuf"
)


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 with Go's idea of scalars."""


_TAG = "tag:yaml.org,2002:"
_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in {_TAG + "timestamp", _TAG + "bool", _TAG + "int", _TAG + "float"}
    ]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_BOOL = re.compile(
    r"(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)\Z"
)
_INT = re.compile(r"(?:[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+)\Z")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z"
)
_Loader.add_implicit_resolver(_TAG + "bool", _BOOL, list("yYnNtTfFoO"))
_Loader.add_implicit_resolver(_TAG + "int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver(_TAG + "float", _FLOAT, list("-+0123456789."))
_TRUE = frozenset({"y", "yes", "true", "on"})


def _construct_bool(loader: _Loader, node: yaml.ScalarNode) -> bool:
    return loader.construct_scalar(node).lower() in _TRUE


def _construct_int(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node).replace("_", "").lower()
    digits = text.lstrip("+-")
    old_octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdecimal()
    value = int(digits, 8 if old_octal else 0)
    return -value if text.startswith("-") else value


_Loader.add_constructor(_TAG + "bool", _construct_bool)
_Loader.add_constructor(_TAG + "int", _construct_int)


def read_json(data: bytes) -> Any:
    """A JSON body; 400 if it is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"couldn't get version/kind; json parse error: {_go_words(data, error)}") from None


def _go_words(data: bytes, error: orjson.JSONDecodeError) -> str:
    if error.pos >= len(data.rstrip()):
        return "unexpected end of JSON input"
    found = data.decode("utf-8", "replace")[error.pos : error.pos + 1]
    return f"invalid character {found!r} looking for beginning of value"


def read_yaml(data: bytes) -> Any:
    """A YAML (or JSON) body; 400 if it is none."""
    return _checked(data, yaml.load)


def read_yaml_stream(data: bytes) -> list[Any]:
    """All documents of a YAML stream; 400 if it is none."""
    documents: list[Any] = _checked(data, lambda text, loader: list(yaml.load_all(text, loader)))
    return documents


def _checked(data: bytes, load: Callable[[bytes, type[_Loader]], Any]) -> Any:
    """What `load` reads, as JSON has it."""
    try:
        check_depth(data)
        value = load(data, _Loader)
        return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
    except (yaml.YAMLError, orjson.JSONEncodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        text = " ".join(str(error).split())
        raise bad_request(f"error converting YAML to JSON: yaml: {text}") from None


_READERS: dict[str, Callable[[bytes], Any]] = {
    "": read_json,
    "application/json": read_json,
    "application/yaml": read_yaml,
    "text/yaml": read_yaml,
    "application/x-www-form-urlencoded": read_json,
    PROTOBUF: read_protobuf,
}


def media_type(content_type: str) -> str:
    """`application/json` of `application/json; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()


def check_size(data: bytes) -> None:
    """413 for more than anybody may send."""
    if len(data) > LARGEST_BODY:
        message = f"Request entity too large: limit is {LARGEST_BODY}"
        raise ApiError(413, "RequestEntityTooLarge", message)


def read_body(data: bytes, content_type: str) -> Any:
    """The body of a create, update or delete."""
    check_size(data)
    reader = _READERS.get(media_type(content_type))
    if reader is None:
        raise unsupported_media_type(_ACCEPTED)
    return reader(data)


PATCH_TYPES = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}


def read_patch(data: bytes, content_type: str, *, custom: bool) -> tuple[str, Any]:
    """The kind of a patch and its body; custom resources know no strategic merge."""
    check_size(data)
    kind = PATCH_TYPES.get(media_type(content_type))
    if kind is None or (custom and kind == "strategic"):
        accepted = [name for name in PATCH_TYPES if not (custom and "strategic" in name)]
        raise unsupported_media_type(_ACCEPTED.rpartition(": ")[0] + ": " + ", ".join(accepted))
    if kind == "apply":
        return kind, read_yaml(data)
    try:
        return kind, orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"error decoding patch: {_go_words(data, error)}") from None
