"""The printer columns of a custom resource."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fake_cluster.kinds.ages import age_since
from fake_cluster.kinds.custom.jsonpath import found
from fake_cluster.kinds.printing.cells import AGE, NAME
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object


def columns_of(version: Object) -> Sequence[Column]:
    """Name first, then what the definition says; the age if it says nothing."""
    given = version.get("additionalPrinterColumns")
    return (NAME, *(_column(item) for item in given)) if given else (NAME, AGE)


def _column(item: Object) -> Column:
    return Column(
        name=item["name"],
        value=_cell(item["jsonPath"], item["type"]),
        type=item["type"],
        format=item.get("format", ""),
        priority=item.get("priority", 0),
        description=item.get("description", ""),
    )


def _cell(path: str, kind: str) -> Callable[[Object, float], Any]:
    def cell(obj: Object, now: float) -> Any:
        value = found(path, obj)
        if kind == "date":
            return age_since(value, now) if isinstance(value, str) else None
        return value

    return cell
