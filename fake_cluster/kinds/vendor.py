"""Make `data/*.json`, the schemas of the built-in kinds: `python -m fake_cluster.kinds.vendor`.

Reads the OpenAPI definitions in the development dependency `kubernetes-validate`, keeps what the
kinds of `refs.py` reach, adds what `go_types.py` knows, and writes one file for each API group.

A node in the data is a word (`"string"`, `"int32"`, `"quantity"` …, with `?` behind a pointer), the
name of a struct (`"core/v1.Container"`), `{"list": node, …}` or `{"map": node, …}`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

import orjson

from fake_cluster.kinds import refs
from fake_cluster.kinds.definitions import struct_name
from fake_cluster.kinds.go_types import ALWAYS, STRING_POINTERS, VALUES
from fake_cluster.objects import ResourceRef

VERSION: Final = "v1.36.0"
DATA: Final = Path(__file__).parent / "data"
_HEADER: Final = re.compile(r"^io\.k8s\.(?:.*\.)?([a-z]+)\.(v\d\w*)\.(\w+)$")
_WORDS: Final = {
    "Quantity": "quantity",
    "IntOrString": "int-or-string",
    "Time": "time",
    "MicroTime": "micro-time",
    "JSON": "anything",
    "JSONSchemaPropsOrArray": "anything",
    "JSONSchemaPropsOrBool": "anything",
    "JSONSchemaPropsOrStringArray": "anything",
    "FieldsV1": "anything",
    "RawExtension": "anything",
}
_FORMATS: Final = {"int32": "int32", "int64": "int64", "byte": "bytes", "double": "number"}
_TYPES: Final = {"string": "string", "boolean": "boolean", "integer": "integer", "number": "number"}
_ZEROS: Final = {
    "string": "",
    "boolean": False,
    "int32": 0,
    "int64": 0,
    "number": 0,
    "int-or-string": 0,
    "quantity": "0",
}
_SELECTORS: Final = {"meta/v1.LabelSelector", "core/v1.NodeSelector"}
_POINTERS: Final = {"boolean", "int32", "int64", "number"}

Definition = dict[str, Any]


def short_name(name: str) -> str:
    """`core/v1.Container` for `io.k8s.api.core.v1.Container`."""
    found = _HEADER.match(name)
    return "{}/{}.{}".format(*found.groups()) if found else name.rsplit(".", 1)[-1]


_META: Final = "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1."
_USAGE: Final = {
    "type": "object",
    "additionalProperties": {"$ref": "#/$defs/io.k8s.apimachinery.pkg.api.resource.Quantity"},
}


def _measured(**fields: Definition) -> Definition:
    properties = {
        "metadata": {"$ref": f"{_META}ObjectMeta"},
        "timestamp": {"$ref": f"{_META}Time"},
        "window": {"type": "string"},
    }
    heads = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
    return {"properties": heads | properties | fields, "required": ["timestamp", "window", *fields]}


METRICS: Final[dict[str, Definition]] = {
    "metrics/v1beta1.NodeMetrics": _measured(usage=_USAGE),
    "metrics/v1beta1.PodMetrics": _measured(
        containers={"type": "array", "items": {"$ref": "#/$defs/io.k8s.metrics.v1beta1.ContainerMetrics"}}
    ),
    "metrics/v1beta1.ContainerMetrics": {
        "properties": {"name": {"type": "string"}, "usage": _USAGE},
        "required": ["name", "usage"],
    },
}
"""What the package lacks: metrics are an API of a server of their own (k8s.io/metrics)."""


def definitions() -> dict[str, Definition]:
    """All definitions of the package, and those of metrics, by their short names."""
    package = resources.files("kubernetes_validate")
    path = package / "kubernetes-json-schema" / f"{VERSION}-local" / "_definitions.json"
    found = {short_name(name): body for name, body in orjson.loads(path.read_bytes())["$defs"].items()}
    return found | METRICS


def _word(name: str) -> str:
    return _WORDS.get(name.rsplit(".", 1)[-1], name)


def _type_of(schema: Definition) -> str:
    kinds = schema.get("type", [])
    return next((kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"), "")


def node(schema: Definition) -> Any:
    """The node of one property."""
    if "$ref" in schema:
        return _word(short_name(schema["$ref"].removeprefix("#/$defs/")))
    kind = _type_of(schema)
    if kind == "array":
        return _list(schema)
    if "additionalProperties" in schema:
        atomic = {"atomic": True} if schema.get("x-kubernetes-map-type") == "atomic" else {}
        return {"map": node(schema["additionalProperties"]), **atomic}
    return _FORMATS.get(schema.get("format", "")) or _TYPES.get(kind, "anything")


def _list(schema: Definition) -> Definition:
    found: Definition = {"list": node(schema["items"])}
    if (list_type := schema.get("x-kubernetes-list-type", "atomic")) != "atomic":
        found["type"] = list_type
    if keys := schema.get("x-kubernetes-list-map-keys"):
        found["keys"] = keys
    strategies = schema.get("x-kubernetes-patch-strategy", "").split(",")
    if "merge" in strategies:
        found["merge"] = schema.get("x-kubernetes-patch-merge-key", "")
    if _retains_keys(schema):
        found["retain"] = True
    return found


def _pointer(name: str, key: str, word: Any) -> bool:
    """Whether an optional scalar field keeps an explicit zero."""
    if word == "string":
        return key in STRING_POINTERS.get(name, ())
    return isinstance(word, str) and word in _POINTERS and key not in VALUES.get(name, ())


def _zero(word: Any) -> Any:
    """What Go writes for an unset field without `omitempty`: null for lists, maps and times."""
    if not isinstance(word, str) or word in _SELECTORS:
        return None
    return {} if "." in word else _ZEROS.get(word)


def _unset(name: str, key: str, word: Any) -> Any:
    return None if key in STRING_POINTERS.get(name, ()) else _zero(word)


def struct(name: str, schema: Definition) -> Definition:
    """The data of one struct."""
    required = sorted(set(schema.get("required", ())) - {"apiVersion", "kind"})
    properties = schema.get("properties", {})
    words = {key: node(value) for key, value in properties.items()}
    always = ALWAYS.get(name, {}) | {key: _unset(name, key, words[key]) for key in required}
    if words.get("metadata") == "meta/v1.ObjectMeta":
        always = {"metadata": {}} | always
    found: Definition = {"fields": {key: _marked(name, key, word, always) for key, word in words.items()}}
    found |= {"required": required} if required else {}
    found |= {"always": always} if always else {}
    found |= {"atomic": True} if schema.get("x-kubernetes-map-type") == "atomic" else {}
    retained = [key for key, value in properties.items() if "$ref" in value and _retains_keys(value)]
    return found | ({"retain": retained} if retained else {})


def _marked(name: str, key: str, word: Any, always: Definition) -> Any:
    return f"{word}?" if key not in always and _pointer(name, key, word) else word


def _retains_keys(schema: Definition) -> bool:
    return "retainKeys" in schema.get("x-kubernetes-patch-strategy", "").split(",")


def _mentioned(data: Any) -> Iterator[str]:
    if isinstance(data, str) and "." in data:
        yield data
    elif isinstance(data, dict):
        for key in ("list", "map"):
            yield from _mentioned(data.get(key))


def reachable(roots: Iterable[str], known: dict[str, Definition]) -> dict[str, Definition]:
    """The structs that the roots need, themselves included."""
    found: dict[str, Definition] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = struct(name, known[name])
            waiting += [item for value in found[name]["fields"].values() for item in _mentioned(value)]
    return found


def roots() -> list[str]:
    """The kinds of `refs.py`."""
    return sorted({struct_name(ref) for ref in vars(refs).values() if isinstance(ref, ResourceRef)})


def files() -> dict[str, dict[str, Definition]]:
    """What belongs into each file, by its name without the suffix."""
    found = reachable(roots(), definitions())
    groups: dict[str, dict[str, Definition]] = {}
    for name in sorted(found):
        groups.setdefault(name.split("/")[0], {})[name] = found[name]
    return groups


def main() -> None:
    """Write the files."""
    groups = files()
    for group, structs in groups.items():
        (DATA / f"{group}.json").write_bytes(orjson.dumps(structs, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.write(
        f"Kubernetes {VERSION}: {sum(map(len, groups.values()))} structs in {len(groups)} files\n"
    )


if __name__ == "__main__":
    main()
