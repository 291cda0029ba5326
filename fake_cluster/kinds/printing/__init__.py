"""The columns that `kubectl get` shows of built-in kinds; each module has a table by resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fake_cluster.kinds.printing import cluster, metrics, network, pods, workloads
from fake_cluster.kinds.printing.cells import AGE, NAME
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import ResourceRef

_PLAIN: Final = (NAME, AGE)
_TABLES: Final[dict[tuple[str, str], Sequence[Column]]] = {
    **pods.TABLES,
    **workloads.TABLES,
    **network.TABLES,
    **cluster.TABLES,
    **metrics.TABLES,
}
_TABLES[("events.k8s.io", "events")] = _TABLES[("", "events")]


SCALE_COLUMNS: Final = workloads.SCALE


def columns_of(ref: ResourceRef) -> Sequence[Column]:
    """The columns of a kind: name and age for those without columns of their own."""
    return _TABLES.get((ref.group, ref.plural), _PLAIN)
