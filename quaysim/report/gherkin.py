"""The feature files of a run as the reports tell them: every scenario with its sentences, rows filled in.

Scenarios are found by the line where they begin and the values of their example row, which is what an outcome
knows of them; or by their title alone where nothing has come of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gherkin.ast_builder import AstBuilder
from gherkin.errors import ParserError
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

Row = tuple[int, tuple[str, ...]]
_CHAPTER = re.compile(r"(\d+)-(.+)")


@dataclass(frozen=True)
class Sentence:
    """A step as it is read. `argument` is its table or text, as lines."""

    keyword: str
    text: str
    line: int
    argument: str = ""


@dataclass(frozen=True)
class Case:
    """A scenario, or a row of an outline. `pickle` is what Cucumber makes of it; None if it cannot be read."""

    id: str
    uri: str
    title: str
    line: int = 0
    feature: str = ""
    rule: str = ""
    tags: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    pickle: Mapping[str, Any] | None = None

    @property
    def chapter(self) -> str:
        """The chapter of the documentation: the directory, such as `03-preparation`."""
        return next((part for part in Path(self.uri).parts if _CHAPTER.fullmatch(part)), "")

    @property
    def behaviours(self) -> list[str]:
        """The ids of the catalogue entries that it proves."""
        return self.tagged("behaviour")

    @property
    def sections(self) -> list[str]:
        """The sections of the documentation that it is about."""
        return self.tagged("section")

    def tagged(self, name: str) -> list[str]:
        """The values of the tags of a name."""
        prefix = f"@{name}:"
        return [tag.removeprefix(prefix) for tag in self.tags if tag.startswith(prefix)]


def chapter_title(chapter: str) -> str:
    """`03-preparation` as a heading."""
    found = _CHAPTER.fullmatch(chapter)
    return f"{int(found[1])} {found[2].replace('-', ' ').capitalize()}" if found else "Other scenarios"


@dataclass
class FeatureFile:
    """One feature file: its text, its syntax tree and its pickles, in Cucumber's terms."""

    uri: str
    text: str
    document: dict[str, Any]
    pickles: list[dict[str, Any]]

    @cached_property
    def nodes(self) -> dict[str, Mapping[str, Any]]:
        """Every node of the tree by its id."""
        return {node["id"]: node for node in _walk(self.document["feature"]) if "id" in node}

    @cached_property
    def rules(self) -> dict[str, str]:
        """Id of a scenario → the name of its rule."""
        rules = (child["rule"] for child in self.document["feature"]["children"] if "rule" in child)
        return {
            inner["scenario"]["id"]: rule["name"]
            for rule in rules
            for inner in rule["children"]
            if "scenario" in inner
        }

    @cached_property
    def by_row(self) -> dict[Row, dict[str, Any]]:
        """The pickles by line and row."""
        return {self._row(pickle): pickle for pickle in self.pickles}

    @cached_property
    def by_title(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The first pickle of each scenario by rule and title."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for pickle in self.pickles:
            scenario = self.nodes[pickle["astNodeIds"][0]]
            found.setdefault((self.rules.get(scenario["id"], ""), scenario["name"]), pickle)
        return found

    def _row(self, pickle: Mapping[str, Any]) -> Row:
        scenario, *row = (self.nodes[node] for node in pickle["astNodeIds"])
        values = tuple(cell["value"] for cell in row[0]["cells"]) if row else ()
        return scenario["location"]["line"], values

    def case(self, id_: str, line: int, values: tuple[str, ...]) -> Case | None:
        """The scenario at a line, with these values."""
        pickle = self.by_row.get((line, values))
        return self._case(id_, pickle) if pickle is not None else None

    def case_by_id(self, id_: str) -> Case | None:
        """The scenario that a node id names; of an outline, with the title of the whole."""
        _, *names = id_.split("::")
        title = names[-1] if names else ""
        rule = names[-2] if len(names) > 1 else ""
        whole = title.rpartition("[")[0] if title.endswith("]") else title
        pickle = self.by_title.get((rule, title)) or self.by_title.get((rule, whole))
        return self._case(id_, pickle) if pickle is not None else None

    def _case(self, id_: str, pickle: Mapping[str, Any]) -> Case:
        scenario = self.nodes[pickle["astNodeIds"][0]]
        return Case(
            id_,
            self.uri,
            pickle["name"],
            scenario["location"]["line"],
            self.document["feature"]["name"],
            self.rules.get(scenario["id"], ""),
            tuple(dict.fromkeys(tag["name"] for tag in pickle["tags"])),
            tuple(self._sentence(step) for step in pickle["steps"]),
            pickle,
        )

    def _sentence(self, step: Mapping[str, Any]) -> Sentence:
        node = self.nodes[step["astNodeIds"][0]]
        argument = step.get("argument") or {}
        return Sentence(node["keyword"].strip(), step["text"], node["location"]["line"], _argument(argument))


def _argument(argument: Mapping[str, Any]) -> str:
    if "docString" in argument:
        return str(argument["docString"]["content"])
    if "dataTable" not in argument:
        return ""
    rows = [[cell["value"] for cell in row["cells"]] for row in argument["dataTable"]["rows"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )


def _walk(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from _walk(item)


@dataclass
class FeatureFiles:
    """The feature files of a run, read once each. `ids` gives out the ids of Cucumber Messages."""

    root: Path
    ids: IdGenerator = field(default_factory=IdGenerator)
    _read: dict[str, FeatureFile | None] = field(default_factory=dict)

    def get(self, uri: str) -> FeatureFile | None:
        """A file by its path below the root; None if it cannot be read."""
        if uri not in self._read:
            self._read[uri] = self._parse(uri)
        return self._read[uri]

    def _parse(self, uri: str) -> FeatureFile | None:
        try:
            text = (self.root / uri).read_text(encoding="utf-8")
            document: Any = Parser(AstBuilder(self.ids)).parse(text)
        except (OSError, UnicodeDecodeError, ParserError):
            return None
        if not document.get("feature"):
            return None
        document["uri"] = uri
        pickles: list[Any] = list(Compiler(self.ids).compile(document))
        return FeatureFile(uri, text, document, pickles)

    def read(self) -> list[FeatureFile]:
        """Those that could be read, in the order of their paths."""
        return [self._read[uri] for uri in sorted(self._read) if self._read[uri] is not None]  # type: ignore[misc]

    def digest(self) -> str:
        """What tells this state of the feature files from any other."""
        whole = hashlib.sha256()
        for file in self.read():
            whole.update(f"{file.uri}\0{len(file.text)}\0{file.text}".encode())
        return f"sha256:{whole.hexdigest()}"
