"""How cells of `kubectl get` are written: ages, counts, lists and selectors.

Source: the printers of kube-apiserver (pkg/printers) and apimachinery's HumanDuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fake_cluster.kinds.ages import age_since
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object

NONE = "<none>"
Cell = Callable[[Object, float], Any]


def at(obj: Any, path: str, default: Any = None) -> Any:
    """The value at a dotted path, or `default`."""
    for field in path.split("."):
        obj = obj.get(field) if isinstance(obj, dict) else None
    return default if obj is None else obj


def field(path: str, default: Any = NONE) -> Cell:
    """A cell with the value of a field."""
    return lambda obj, now: at(obj, path, default)  # noqa: ARG005 - cells know the time


def count(path: str) -> Cell:
    """A cell with the number of entries of a list or map."""
    return lambda obj, now: len(at(obj, path, ()))  # noqa: ARG005 - cells know the time


def joined(values: Any, separator: str = ",") -> str:
    """Values of a list, or `<none>`."""
    return separator.join(str(value) for value in values) or NONE


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector as text, as `kubectl get -l` takes it."""
    if selector is None:
        return NONE
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    parts += [_requirement(item) for item in selector.get("matchExpressions") or ()]
    return ",".join(parts) or NONE


def _requirement(item: Mapping[str, Any]) -> str:
    key, values = item["key"], ",".join(sorted(item.get("values") or ()))
    forms = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
    return str(forms.get(item["operator"], f"!{key}"))


def labels_text(labels: Mapping[str, str] | None) -> str:
    """Labels as `a=b,c=d`."""
    return joined(f"{key}={value}" for key, value in sorted((labels or {}).items()))


def age(obj: Object, now: float) -> str:
    """How long ago the object was made."""
    return age_since(obj["metadata"].get("creationTimestamp"), now)


def name(obj: Object, now: float) -> str:
    """The object's name."""
    del now
    return str(obj["metadata"]["name"])


NAME = Column("Name", name, format="name", description="Name must be unique within a namespace.")
AGE = Column("Age", age, description="How long ago the object was made.")


def wide(title: str, value: Cell) -> Column:
    """A column that only `-o wide` shows."""
    return Column(title, value, priority=1)


def containers(obj: Object, key: str) -> str:
    """A property of all containers of a workload's template."""
    return joined(item.get(key, "") for item in at(obj, "spec.template.spec.containers", ()))


def container_columns(selector: Cell | None = None) -> list[Column]:
    """The wide columns of workloads: containers, images, selector."""
    chosen = selector or (lambda obj, _: selector_text(at(obj, "spec.selector")))
    return [
        wide("Containers", lambda obj, _: containers(obj, "name")),
        wide("Images", lambda obj, _: containers(obj, "image")),
        wide("Selector", chosen),
    ]
