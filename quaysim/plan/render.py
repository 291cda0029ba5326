"""A verdict on paper: text for people, YAML with every object, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import yaml

from fake_cluster.objects import Object
from quaysim.plan.paper import CARE, EMPTY, Line, heading, line
from quaysim.plan.text import placement_lines, registry_lines
from quaysim.plan.verdict import Verdict


def as_text(verdict: Verdict, *, rules: bool = False) -> Iterator[Line]:
    """The verdict for people; with `rules`, each rule that was looked at."""
    for remark in verdict.remarks:
        yield line((f"Warning: {remark}", CARE))
    for index, registry in enumerate(verdict.registries):
        if index or verdict.remarks:
            yield EMPTY
        yield from registry_lines(verdict, registry, rules=rules)
    yield from placement_lines(verdict)
    if verdict.outcome.log:
        yield from heading("The operator's log")
        yield from (line(f"  {text}") for text in verdict.outcome.log)


def as_yaml(verdict: Verdict) -> str:
    """Every object as one stream of documents: the QuayRegistries first, the Events last."""
    objects = sorted(verdict.outcome.objects, key=_rank)
    return "".join(f"---\n{dump_yaml(obj)}" for obj in objects)


def as_json(verdict: Verdict) -> str:
    """The verdict for programs."""
    return dump_json(verdict.as_json())


def dump_json(value: Any) -> str:
    """JSON for programs and people."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as blocks."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump_yaml(value: Any) -> str:
    """YAML without aliases: kubectl and people read it."""
    plain: Any = orjson.loads(orjson.dumps(value))
    return str(yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))


def _rank(obj: Object) -> int:
    return {"QuayRegistry": 0, "Event": 2}.get(obj["kind"], 1)
