"""A comparison for readers, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import orjson
from rich.console import Console
from rich.markup import escape

from quaysim.diff.comparison import Comparison, ObjectComparison, counted

_WIDTH = 400


def percentage(equal: int, total: int) -> float:
    """Equal fields in a hundred; it is 100 only if all are equal."""
    return 100.0 if equal == total else min(99.99, 100 * equal / total)


def as_json(comparison: Comparison) -> str:
    """The comparison as one JSON object, with what differs only."""
    equal, total = counted(comparison.objects)
    data = {
        "recorded": comparison.recorded,
        "simulated": comparison.simulated,
        "equal": comparison.same,
        "fields": {"equal": equal, "total": total, "percent": round(percentage(equal, total), 2)},
        "conditions": _counts(comparison.conditions),
        "objects": {"total": len(comparison.objects), "differing": _differing(comparison.objects)},
        "differingConditions": _differing(comparison.conditions),
        "differingEvents": _differing(comparison.events),
        "notCompared": dict(comparison.left_out),
    }
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() + "\n"


def _counts(parts: Iterable[ObjectComparison]) -> dict[str, int]:
    equal, total = counted(parts)
    return {"equal": equal, "total": total}


def _differing(parts: Iterable[ObjectComparison]) -> list[dict[str, object]]:
    return [asdict(part) for part in parts if part.only or part.differences]


def as_text(comparison: Comparison, console: Console) -> None:
    """The comparison for readers: what differs first, the counts last."""
    for part in comparison.parts:
        _part(part, console)
    equal, total = counted(comparison.objects)
    told, conditions = counted(comparison.conditions)
    console.print(f"{len(comparison.objects)} objects")
    console.print(f"{equal} of {total} fields equal ({percentage(equal, total):.2f} %)")
    if conditions:
        console.print(f"{told} of {conditions} conditions equal, their order among them")
    if comparison.events:
        said, all_ = counted(comparison.events)
        console.print(f"{said} of {all_} Events equal")
    for reason, count in sorted(comparison.left_out.items()):
        console.print(f"[dim]not compared: {count} {reason}[/]")


def _part(part: ObjectComparison, console: Console) -> None:
    place = f"{part.namespace}/{part.name}" if part.namespace else part.name
    title = escape(f"{part.kind} {place}")
    if part.only:
        console.print(f"[bold]{title}[/]: only {part.only}", soft_wrap=True)
    elif part.differences:
        console.print(f"[bold]{title}[/]: {len(part.differences)} of {part.total} differ", soft_wrap=True)
    for difference in part.differences:
        console.print(f"  {escape(difference.field)}", soft_wrap=True)
        console.print(f"    [red]- {_shown(difference.recorded)}[/]", soft_wrap=True)
        console.print(f"    [green]+ {_shown(difference.simulated)}[/]", soft_wrap=True)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    single = text.replace("\n", "\\n")
    return escape(single if len(single) <= _WIDTH else f"{single[:_WIDTH]}… ({len(text)} characters)")
