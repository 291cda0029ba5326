"""What fills the cells of `kubectl get`: ages, counts and the other forms that kinds share.

Source: `pkg/printers/internalversion` of the API server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fake_cluster.kinds.ages import age_since
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object

NONE: Final = "<none>"
UNSET: Final = "<unset>"
Cell = Callable[[Object], Any]
TimedCell = Callable[[Object, float], Any]


def column(name: str, cell: Cell, kind: str = "string", *, wide: bool = False) -> Column:
    """A column that does not depend on the time; `wide` ones are shown by `-o wide` only."""
    return Column(name, lambda obj, _now: cell(obj), kind, priority=int(wide))


def wide(name: str, cell: Cell, kind: str = "string") -> Column:
    """A column of `-o wide`."""
    return column(name, cell, kind, wide=True)


def timed(name: str, cell: TimedCell, *, wide: bool = False) -> Column:
    """A column that tells how long ago something was."""
    return Column(name, cell, priority=int(wide))


def at(obj: Any, path: str, default: Any = None) -> Any:
    """The value at a dotted path; `default` where there is none."""
    for step in path.split("."):
        obj = obj.get(step) if isinstance(obj, dict) else None
    return default if obj is None else obj


def field(path: str, default: Any = "") -> Cell:
    """A cell that shows the field at a dotted path."""
    return lambda obj: at(obj, path, default)


def count(path: str) -> Cell:
    """A cell that counts a list or a map."""
    return lambda obj: len(at(obj, path, ()))


def name_of(obj: Object) -> Any:
    """The name; answers to questions have none."""
    return obj["metadata"].get("name", "")


def age(obj: Object, now: float) -> Any:
    """How long the object has been there."""
    return age_since(obj["metadata"].get("creationTimestamp"), now)


def since(path: str) -> TimedCell:
    """How long ago the time at a dotted path was."""

    def cell(obj: Object, now: float) -> Any:
        moment = at(obj, path)
        return age_since(moment, now) if moment else NONE

    return cell


def labels(selector: Mapping[str, str] | None) -> str:
    """`a=b,c=d`."""
    return ",".join(f"{key}={value}" for key, value in sorted((selector or {}).items())) or NONE


_OPERATORS: Final[dict[str, str]] = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def selector(value: Mapping[str, Any] | None) -> str:
    """A label selector as kubectl writes it."""
    if value is None:
        return NONE
    parts = [f"{key}={text}" for key, text in sorted((value.get("matchLabels") or {}).items())]
    for item in value.get("matchExpressions") or ():
        values = ",".join(sorted(item.get("values") or ()))
        parts.append(_OPERATORS.get(item["operator"], "{key}").format(key=item["key"], values=values))
    return ",".join(parts) or NONE


def listed(items: Sequence[Any], limit: int = 3) -> str:
    """The first few, and how many more."""
    shown = ",".join(str(item) for item in items[:limit])
    return f"{shown} + {len(items) - limit} more..." if len(items) > limit else shown or NONE


def containers(path: str) -> Cell:
    """The names of a template's containers."""
    return lambda obj: ",".join(item["name"] for item in at(obj, path, ()))


def images(path: str) -> Cell:
    """The images of a template's containers."""
    return lambda obj: ",".join(item.get("image", "") for item in at(obj, path, ()))


NAME: Final = Column("Name", lambda obj, _now: name_of(obj), format="name", description="Name of the object")
AGE: Final = Column("Age", age, description="Time since the object was created")
CREATED_AT: Final = column("Created At", field("metadata.creationTimestamp"), "date")
