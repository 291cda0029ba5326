"""Sets of objects in files: multi-document YAML, Lists, and directories such as that of a recording."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fake_cluster.objects import Object

GIVEN = "input.yaml"
"""In a directory: what was applied. Its objects are the question, not the outcome."""

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})

Identity = tuple[str, str, str]
"""Kind, namespace and name."""


class UnreadableSet(Exception):  # noqa: N818 - it names what the user gave, not what we did wrong
    """A file or directory that holds no objects; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class ObjectSet:
    """Objects, and which of them somebody had applied himself."""

    name: str
    objects: list[Object]
    given: frozenset[Identity] = frozenset()


class _Loader(yaml.CSafeLoader):
    """YAML without timestamps: the API has them as strings."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def identity(obj: Object) -> Identity:
    """What an object is called. API versions do not count: the same object has several."""
    metadata = obj["metadata"]
    return obj["kind"], metadata.get("namespace") or "", metadata.get("name") or ""


def read_set(path: str) -> ObjectSet:
    """The objects of a file, of a directory, or of standard input (`-`). Raises `UnreadableSet`."""
    if path == "-":
        return ObjectSet("standard input", list(_objects(_documents(sys.stdin.read(), path), path)))
    place = Path(path)
    if not place.is_dir():
        return ObjectSet(path, _in_file(place))
    files = sorted(file for file in place.iterdir() if file.suffix in _SUFFIXES)
    objects = [obj for file in files if file.name != GIVEN for obj in _in_file(file)]
    if not objects:
        raise UnreadableSet(f"{path}: no objects in this directory")
    applied = [obj for file in files if file.name == GIVEN for obj in _in_file(file)]
    return ObjectSet(path, objects, frozenset(identity(obj) for obj in applied))


def _in_file(file: Path) -> list[Object]:
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise UnreadableSet(f"{file}: {reason}") from error
    return list(_objects(_documents(text, str(file)), str(file)))


def _documents(text: str, file: str) -> list[Any]:
    try:
        return list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableSet(f"{file}: not YAML: {' '.join(str(error).split())}") from error


def _objects(documents: list[Any], file: str) -> Iterator[Object]:
    for document in documents:
        if isinstance(document, list):
            yield from (_event(item, file) for item in document)
        elif isinstance(document, dict) and isinstance(document.get("items"), list):
            yield from _objects(document["items"], file)
        elif document is not None:
            yield _checked(document, file)


def _checked(document: Any, file: str) -> Object:
    is_object = isinstance(document, dict) and isinstance(document.get("kind"), str)
    if not is_object or not isinstance(document.get("metadata"), dict):
        raise UnreadableSet(f"{file}: a document without kind and metadata is no object")
    checked: Object = document
    return checked


def _event(item: Any, file: str) -> Object:
    """An Event of a recording's list, which has only what matters of it."""
    if not isinstance(item, dict) or "/" not in str(item.get("involved")):
        raise UnreadableSet(f"{file}: an item of the list is no Event")
    kind, name = item["involved"].split("/", maxsplit=1)
    said = {field: item.get(field) for field in ("type", "reason", "message", "count")}
    return {"kind": "Event", "metadata": {}, "involvedObject": {"kind": kind, "name": name}, **said}
