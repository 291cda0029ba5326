"""Which objects a `LabelSelector` means.

Deployments, disruption budgets and others carry their selector as an object with `matchLabels` and
`matchExpressions`; this is what it asks of labels. (The selectors of requests are text; the API
parses them.) Source: API reference, LabelSelector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

LabelTest = Callable[[Mapping[str, str]], bool]


def _in(key: str, values: frozenset[str]) -> LabelTest:
    return lambda labels: labels.get(key) in values


def _not_in(key: str, values: frozenset[str]) -> LabelTest:
    """Matches objects without the label, too."""
    return lambda labels: labels.get(key) not in values


def _exists(key: str, values: frozenset[str]) -> LabelTest:
    del values
    return lambda labels: key in labels


def _does_not_exist(key: str, values: frozenset[str]) -> LabelTest:
    del values
    return lambda labels: key not in labels


_OPERATORS: dict[str, Callable[[str, frozenset[str]], LabelTest]] = {
    "In": _in,
    "NotIn": _not_in,
    "Exists": _exists,
    "DoesNotExist": _does_not_exist,
}


def label_test(selector: Mapping[str, Any] | None) -> LabelTest:
    """What a LabelSelector asks of labels: an empty one matches everything, None nothing."""
    if selector is None:
        return lambda labels: False  # noqa: ARG005 - nothing matches, whatever the labels
    wanted = (selector.get("matchLabels") or {}).items()
    tests = [
        _OPERATORS[expression["operator"]](expression["key"], frozenset(expression.get("values") or ()))
        for expression in selector.get("matchExpressions") or ()
    ]
    if not tests:
        return lambda labels: wanted <= labels.items()
    return lambda labels: wanted <= labels.items() and all(test(labels) for test in tests)


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector matches these labels."""
    return label_test(selector)(labels)
