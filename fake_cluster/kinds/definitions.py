"""The schemas of the built-in kinds, as nodes: read from `data/*.json` when first asked for.

One file holds one API group. Nodes are made once for each process and shared by all clusters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

import orjson

from fake_cluster.kinds.schema import Anything, ListOf, MapOf, Node, Scalar, ScalarKind, Struct
from fake_cluster.objects import ResourceRef

_DATA: Final = Path(__file__).parent / "data"
_files: dict[str, dict[str, Any]] = {}
_structs: dict[str, Struct] = {}
_leaves: dict[str, Node] = {"anything": Anything()}


_SAME_AS: Final = {"autoscaling/v2beta2": "autoscaling/v2"}
"""Versions that are served no more by the release of the data, with the later one of the same shape."""


def struct_name(ref: ResourceRef) -> str:
    """The type of a kind, as the data calls it."""
    if ref.kind == "DeleteOptions":
        return "meta/v1.DeleteOptions"
    package = f"{(ref.group or 'core').split('.', 1)[0]}/{ref.version}"
    return f"{_SAME_AS.get(package, package)}.{ref.kind}"


def struct(name: str) -> Struct:
    """The schema of a type such as `apps/v1.Deployment`; KeyError if there is none."""
    found = _structs.get(name)
    if found is None:
        found = _structs[name] = Struct(name=name)
        _fill(found, _file(name.split("/", 1)[0])[name])
    return found


def _file(group: str) -> dict[str, Any]:
    found = _files.get(group)
    if found is None:
        found = _files[group] = orjson.loads((_DATA / f"{group}.json").read_bytes())
    return found


def _fill(node: Struct, data: dict[str, Any]) -> None:
    keeps = []
    for key, word in data["fields"].items():
        node.fields[key] = _node(word)
        if word.__class__ is str and word[-1] == "?":
            keeps.append(key)
    node.keeps = frozenset(keeps)
    node.required = frozenset(data.get("required", ()))
    node.always = data.get("always", {})
    node.atomic = data.get("atomic", False)
    for key in data.get("retain", ()):
        cast("Struct", node.fields[key]).retain_keys = True


def _node(word: Any) -> Node:
    if word.__class__ is dict:
        return _list(word) if "list" in word else MapOf(_node(word["map"]), atomic=word.get("atomic", False))
    return struct(word) if "." in word else _leaf(word.rstrip("?"))


def _leaf(word: str) -> Node:
    found = _leaves.get(word)
    if found is None:
        found = _leaves[word] = Scalar(cast("ScalarKind", word))
    return found


def _list(data: dict[str, Any]) -> ListOf:
    return ListOf(
        _node(data["list"]),
        list_type=data.get("type", "atomic"),
        keys=tuple(data.get("keys", ())),
        merges="merge" in data,
        merge_key=data.get("merge", ""),
        retain_keys=data.get("retain", False),
    )
