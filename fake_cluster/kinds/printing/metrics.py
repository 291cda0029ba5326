"""The columns of metrics: what Pods and nodes use, and over which time. Source: metrics-server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from fake_cluster.kinds.printing.cells import NAME, Cell, column, field
from fake_cluster.kinds.quantities import amount, text_of
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object


def _used(obj: Object) -> Iterable[Any]:
    """The usage of a node, or of each container of a Pod."""
    return [obj["usage"]] if "usage" in obj else [item["usage"] for item in obj.get("containers", ())]


def _sum(name: str, *, binary: bool) -> Cell:
    return lambda obj: text_of(sum((amount(usage[name]) for usage in _used(obj)), amount("0")), binary=binary)


_COLUMNS: Final = (
    NAME,
    column("cpu", _sum("cpu", binary=False)),
    column("memory", _sum("memory", binary=True)),
    column("Window", field("window")),
)
TABLES: Final[dict[tuple[str, str], tuple[Column, ...]]] = {
    ("metrics.k8s.io", "nodes"): _COLUMNS,
    ("metrics.k8s.io", "pods"): _COLUMNS,
}
