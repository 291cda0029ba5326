"""Label selectors inside objects, and that they fit the templates that they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fake_cluster.errors import FieldError, forbidden_field, invalid_value, required
from fake_cluster.kinds.validation import names
from fake_cluster.kinds.validation.metadata import check_labels
from fake_cluster.selectors import matches

_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_EMPTY = "empty selector is invalid for "
_MISMATCH = "`selector` does not match template `labels`"


def check_selector(selector: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """A LabelSelector: known operators with the values that they need."""
    yield from check_labels(selector.get("matchLabels") or {}, f"{path}.matchLabels")
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        yield from _expression(expression, f"{path}.matchExpressions[{index}]")


def _expression(expression: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    operator, values = expression.get("operator"), expression.get("values")
    if operator in {"In", "NotIn"} and not values:
        yield required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in {"Exists", "DoesNotExist"} and values:
        yield forbidden_field(
            f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        )
    elif operator not in _OPERATORS:
        yield invalid_value(f"{path}.operator", operator or "", "not a valid selector operator")
    for text in names.qualified_name(expression.get("key") or ""):
        yield invalid_value(f"{path}.key", expression.get("key") or "", text)


def check_template(spec: Mapping[str, Any], kind: str, path: str = "spec") -> Iterator[FieldError]:
    """The selector of a workload: there, not empty, and matching its own Pods."""
    selector = spec.get("selector")
    if selector is None:
        yield required(f"{path}.selector")
        return
    yield from check_selector(selector, f"{path}.selector")
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid_value(f"{path}.selector", selector, f"{_EMPTY}{kind}")
        return
    if any(check_selector(selector, "")):
        return
    found = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if not matches(selector, found):
        yield invalid_value(f"{path}.template.metadata.labels", found, _MISMATCH)
