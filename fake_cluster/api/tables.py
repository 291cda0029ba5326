"""Objects as rows, with the columns that `kubectl get` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fake_cluster.errors import bad_request
from fake_cluster.kinds import Resource
from fake_cluster.kinds.printing import SCALE_COLUMNS
from fake_cluster.objects import Object


def partial(obj: Object) -> Object:
    """An object reduced to its metadata."""
    head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    return head | {"metadata": obj.get("metadata", {})}


_INCLUDED: dict[str, Callable[[Object], Object | None]] = {
    "": partial,
    "Metadata": partial,
    "Object": lambda obj: obj,
    "None": lambda _: None,
}


def table_of(
    resource: Resource, objects: Sequence[Object], metadata: Mapping[str, Any], include: str, now: float
) -> Object:
    """A `Table` of these objects; `include` says what of an object its row carries, `now` gives the ages."""
    included = _INCLUDED.get(include)
    if included is None:
        raise bad_request(f'unrecognized includeObject value: "{include}"')
    columns = resource.columns if _is_own(resource, objects) else SCALE_COLUMNS
    definitions = [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "description": column.description,
            "priority": column.priority,
        }
        for column in columns
    ]
    rows = [
        {"cells": [column.value(obj, now) for column in columns], "object": included(obj)} for obj in objects
    ]
    head: Object = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
    return head | {"columnDefinitions": definitions, "rows": rows}


def _is_own(resource: Resource, objects: Sequence[Object]) -> bool:
    """Whether the objects are of the resource's kind: the only others are those of the subresource scale."""
    return resource.ref.kind == "Scale" or not objects or objects[0].get("kind") != "Scale"
