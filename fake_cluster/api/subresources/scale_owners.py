"""Who owns the replicas: between the fields of an object and those of its Scale.

A Scale has one field that somebody can own, `.spec.replicas`. What is owned through it is written down in
the object's own `managedFields`, under subresource "scale" and with the path that the object has for it.
Source: the behaviour of kube-apiserver 1.29 and later.
"""

from __future__ import annotations

from collections.abc import Sequence

from fake_cluster.api.apply.fieldsets import MEMBER, FieldSet, difference, intersection, union
from fake_cluster.kinds.refs import SCALE
from fake_cluster.objects import Object

_IN_SCALE: FieldSet = {"f:spec": {"f:replicas": MEMBER}}


def field_at(path: str) -> FieldSet:
    """The set of the one field at a path such as `.spec.replicas`."""
    fields: FieldSet = MEMBER
    for name in reversed(path.lstrip(".").split(".")):
        fields = {f"f:{name}": fields}
    return fields


def of_scale(entries: Sequence[Object], path: str) -> list[Object]:
    """The entries of an object that own its replicas, as entries of its Scale."""
    wanted = field_at(path)
    own = {"apiVersion": SCALE.api_version, "fieldsV1": _IN_SCALE}
    return [entry | own for entry in entries if intersection(entry["fieldsV1"], wanted)]


def of_object(entries: Sequence[Object], scaled: Sequence[Object], path: str, version: str) -> list[Object]:
    """The object's entries when its Scale has the entries `scaled`; `version` is the object's apiVersion."""
    field, left = field_at(path), {_identity(entry): entry for entry in scaled}
    result = []
    for entry in entries:
        fields: FieldSet | None = entry["fieldsV1"]
        if left.pop(_identity(entry), None) is not None:
            fields = union(entry["fieldsV1"], field)
        elif intersection(entry["fieldsV1"], field):
            fields = difference(entry["fieldsV1"], field)
        if fields:
            result.append(entry | {"fieldsV1": fields})
    return [*result, *(entry | {"apiVersion": version, "fieldsV1": field} for entry in left.values())]


def _identity(entry: Object) -> tuple[str, ...]:
    return entry.get("manager", ""), entry["operation"], entry.get("subresource", "")
