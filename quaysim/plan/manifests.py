"""Manifests: the objects that a user would apply, each with the file and line it comes from.

Read as `kubectl apply -f` reads them: files of several documents, `List` objects, directories (their
own YAML and JSON files, in order of name), `-` for standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fake_cluster.objects import Object
from quaysim.plan.documents import Document, read_documents
from quaysim.plan.problems import UnreadableInput

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
STDIN = "-"


@dataclass(frozen=True)
class Manifest:
    """One object as it was written."""

    document: Document

    @property
    def obj(self) -> Object:
        """The object, as the file has it."""
        return cast("Object", self.document.value)

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.obj["kind"])

    @property
    def place(self) -> str:
        """`FILE:LINE`."""
        return f"{self.document.file}:{self.document.line()}"


def read_manifests(files: Sequence[str]) -> list[Manifest]:
    """The objects of files, directories and standard input. Raises UnreadableInput."""
    found = [manifest for file in files for text, name in _texts(file) for manifest in _manifests(text, name)]
    if not found:
        raise UnreadableInput("no objects here", file=", ".join(map(_shown, files)))
    return found


def read_text(path: Path) -> str:
    """A file's text. Raises UnreadableInput."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableInput("not text: it is not UTF-8", file=str(path)) from error
    except OSError as error:
        raise UnreadableInput(_reason(error), file=str(path)) from error


def _texts(file: str) -> Iterator[tuple[str, str]]:
    if file == STDIN:
        yield _standard_input(), _shown(file)
    elif Path(file).is_dir():
        yield from ((read_text(path), str(path)) for path in _manifest_files(Path(file)))
    else:
        yield read_text(Path(file)), file


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UnreadableInput("not text: it is not UTF-8", file=_shown(STDIN)) from error


def _manifest_files(directory: Path) -> Iterable[Path]:
    found = sorted(path for path in directory.iterdir() if path.suffix in SUFFIXES and path.is_file())
    if not found:
        raise UnreadableInput("no .yaml, .yml or .json file in this directory", file=str(directory))
    return found


def _manifests(text: str, file: str) -> Iterator[Manifest]:
    for document in read_documents(text, file):
        yield from _objects(document)


def _objects(document: Document) -> Iterator[Manifest]:
    value = document.value
    if not isinstance(value, dict):
        raise document.problem(f"an object is expected here, not {_type_name(value)}")
    for field in ("apiVersion", "kind"):
        if not isinstance(value.get(field), str) or not value[field]:
            raise document.problem("Required value: every object has one, as text", field)
    if value["kind"].endswith("List") and isinstance(value.get("items"), list):
        for index, item in enumerate(value["items"]):
            yield from _objects(document.part(f"items[{index}]", item))
        return
    if not isinstance(value.get("metadata", {}), dict):
        raise document.problem("a mapping is expected here", "metadata")
    yield Manifest(document)


def _type_name(value: object) -> str:
    names = {list: "a list", str: "text", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "this")


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _shown(file: str) -> str:
    return "standard input" if file == STDIN else file
