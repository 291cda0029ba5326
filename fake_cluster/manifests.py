"""Manifests that a cluster begins with: YAML text, files and directories.

Read as the API server reads YAML; a List counts as its items. What a manifest leaves out (a namespace)
is for whoever applies it to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fake_cluster.api.bodies import read_yaml_stream
from fake_cluster.errors import ApiError
from fake_cluster.objects import Object

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


class ManifestError(ValueError):
    """A manifest cannot be used; the text says which and why, in one sentence."""


def read_manifests(source: str | Path) -> list[Object]:
    """The objects of a YAML text, or of a file or directory given as a `Path`. Raises ManifestError."""
    if isinstance(source, str):
        return list(_objects(source.encode(), "the manifest"))
    return [obj for path in _files(source) for obj in _objects(_bytes(path), str(path))]


def _files(path: Path) -> Iterable[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _objects(data: bytes, place: str) -> Iterator[Object]:
    try:
        documents = read_yaml_stream(data)
    except ApiError as error:
        raise ManifestError(f"{place}: {error.message}") from error
    for document in documents:
        if document is not None:
            yield from _flattened(document, place)


def _flattened(document: Any, place: str) -> Iterator[Object]:
    if not isinstance(document, dict):
        raise ManifestError(f"{place}: an object is a mapping, this is a {type(document).__name__}")
    if isinstance(document.get("items"), list) and str(document.get("kind", "")).endswith("List"):
        for item in document["items"]:
            yield from _flattened(item, place)
        return
    for field in ("apiVersion", "kind"):
        if not isinstance(document.get(field), str):
            raise ManifestError(f"{place}: an object without {field}")
    if not isinstance((document.get("metadata") or {}).get("name"), str):
        raise ManifestError(f"{place}: a {document['kind']} without metadata.name")
    yield document
