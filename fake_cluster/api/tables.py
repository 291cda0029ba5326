"""Objects as rows, with the columns that `kubectl get` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fake_cluster.kinds import Resource
from fake_cluster.objects import Object


def table_of(resource: Resource, objects: Sequence[Object], metadata: Mapping[str, object], include: str) -> Object:
    """A `Table` of these objects."""
    del resource, objects, include
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
