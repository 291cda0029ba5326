"""YAML documents that know their lines.

YAML is read as the API server reads it: YAML 1.1 without timestamps, so that `2022-01-01` stays a
string and `y` is a boolean. What JSON cannot hold is refused where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import yaml

from fake_cluster.yaml_limits import check_depth
from quaysim.plan.problems import UnreadableInput

MAX_VALUES = 1_000_000
"""How many values a document may unfold to; aliases of aliases reach billions with a few lines."""

_JSON_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "value")
)
_SEGMENT = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_YES_AND_NO = re.compile(r"^(?:y|Y|n|N)$")


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 as the API server understands it."""


def _boolean(loader: _Loader, node: yaml.ScalarNode) -> bool:
    text = loader.construct_scalar(node).lower()
    return text in {"y", "yes", "on", "true"}


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _YES_AND_NO, list("yYnN"))
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)


@dataclass(frozen=True)
class Document:
    """One YAML document: its value, and where each of its fields stands."""

    file: str
    value: Any
    node: yaml.Node

    def line(self, field: str = "") -> int:
        """The line of a field such as `spec.components[0].kind`, or of what encloses it."""
        node, line = self.node, self.node.start_mark.line
        for segment in _segments(field):
            found = _child(node, segment)
            if found is None:
                break
            line, node = found
        return int(line) + 1

    def problem(self, message: str, field: str = "") -> UnreadableInput:
        """What is wrong with a field, at its place."""
        return UnreadableInput(message, file=self.file, line=self.line(field), field=field)

    def part(self, field: str, value: Any) -> Document:
        """A value inside this document, as a document of its own."""
        node = self.node
        for segment in _segments(field):
            found = _child(node, segment)
            node = found[1] if found else node
        return Document(self.file, value, node)


def read_documents(text: str, file: str) -> list[Document]:
    """The documents of a YAML text; empty ones are left out. Raises UnreadableInput."""
    try:
        check_depth(text)
        return list(_documents(text, file))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise UnreadableInput(f"not YAML: {error.problem or error.context}", file=file, line=line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableInput(f"not YAML: {error}", file=file) from error


def _documents(text: str, file: str) -> Iterator[Document]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                continue
            _Soundness(file).check(node, "")
            value = loader.construct_document(node)
            if value is not None:
                yield Document(file, value, node)
    finally:
        loader.dispose()


class _Soundness:
    """Whether a document can be JSON: string keys, no key twice, no foreign types, of bounded size."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._sizes: dict[int, int] = {}

    def check(self, node: yaml.Node, path: str) -> int:
        """The number of values that the node unfolds to."""
        if id(node) in self._sizes:
            return self._counted(node, self._sizes[id(node)], path)
        self._sizes[id(node)] = MAX_VALUES + 1  # until it is known: an alias to itself has no end
        size = 1 + sum(self.check(child, child_path) for child, child_path in self._children(node, path))
        self._sizes[id(node)] = size
        return self._counted(node, size, path)

    def _counted(self, node: yaml.Node, size: int, path: str) -> int:
        if size > MAX_VALUES:
            self._refuse(node, path, "its aliases unfold without bounds")
        return size

    def _children(self, node: yaml.Node, path: str) -> Iterator[tuple[yaml.Node, str]]:
        if isinstance(node, yaml.MappingNode):
            yield from self._fields(node, path)
        elif isinstance(node, yaml.SequenceNode):
            yield from ((item, f"{path}[{index}]") for index, item in enumerate(node.value))
        else:
            self._scalar(node, path)

    def _fields(self, node: yaml.MappingNode, path: str) -> Iterator[tuple[yaml.Node, str]]:
        seen: set[str] = set()
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                yield value, path
                continue
            if key.tag != "tag:yaml.org,2002:str":
                self._refuse(key, path, f"a field name must be a string; write {_quoted(key)}")
            child_path = f"{path}.{key.value}" if path else key.value
            if key.value in seen:
                self._refuse(key, child_path, "the field is there twice")
            seen.add(key.value)
            yield value, child_path

    def _scalar(self, node: yaml.Node, path: str) -> None:
        if node.tag not in _JSON_TAGS:
            self._refuse(node, path, f"values of type {node.tag} cannot be sent to the API")
        if node.tag.endswith(":int") and len(node.value) > 18 and not _is_64_bits(node.value):
            self._refuse(node, path, "the number does not fit into 64 bits")

    def _refuse(self, node: yaml.Node, path: str, message: str) -> NoReturn:
        raise UnreadableInput(message, file=self._file, line=node.start_mark.line + 1, field=path)


def _is_64_bits(text: str) -> bool:
    try:
        return -(2**63) <= int(text.replace("_", ""), 0) < 2**63
    except ValueError:
        return False


def _quoted(key: yaml.Node) -> str:
    return f'"{key.value}"' if isinstance(key, yaml.ScalarNode) else "it as text"


@cache
def _segments(field: str) -> tuple[str, ...]:
    return tuple(index or name for index, name in _SEGMENT.findall(field))


def _child(node: yaml.Node, segment: str) -> tuple[int, yaml.Node] | None:
    """The line and the node of a field or an item."""
    if isinstance(node, yaml.MappingNode):
        pairs = ((key.start_mark.line, value) for key, value in node.value if key.value == segment)
        return next(pairs, None)
    if isinstance(node, yaml.SequenceNode) and segment.isdigit() and int(segment) < len(node.value):
        item = node.value[int(segment)]
        return item.start_mark.line, item
    return None
