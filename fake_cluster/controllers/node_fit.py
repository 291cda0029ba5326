"""On which nodes a DaemonSet has its Pods: what a Pod's template asks of a node.

Source: documentation "Assigning Pods to Nodes", "Taints and Tolerations" and "DaemonSet".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fake_cluster.objects import Object, labels_of

_CONDITIONS = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
DAEMON_TOLERATIONS: tuple[Object, ...] = (
    {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"},
    {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"},
    *(
        {"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": "NoSchedule"}
        for name in _CONDITIONS
    ),
)
"""What every Pod of a DaemonSet tolerates."""


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and text.lstrip("-").isdigit() else None


def _greater(value: str | None, values: list[str]) -> bool:
    left, right = _integer(value), _integer(values[0])
    return left is not None and right is not None and left > right


def _less(value: str | None, values: list[str]) -> bool:
    left, right = _integer(value), _integer(values[0])
    return left is not None and right is not None and left < right


_OPERATORS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": _greater,
    "Lt": _less,
}


def _holds(expressions: Iterable[Object], values: Mapping[str, str]) -> bool:
    return all(
        _OPERATORS[item["operator"]](values.get(item["key"]), item.get("values") or [])
        for item in expressions
    )


def _matches_term(term: Object, node: Object) -> bool:
    by_label, by_field = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not by_label and not by_field:
        return False
    name = {"metadata.name": node["metadata"]["name"]}
    return _holds(by_label, labels_of(node)) and _holds(by_field, name)


def is_selected(spec: Object, node: Object) -> bool:
    """Whether a Pod's node selector and required node affinity allow the node."""
    selector = (spec.get("nodeSelector") or {}).items()
    if not selector <= labels_of(node).items():
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    terms: list[Object] = (required or {}).get("nodeSelectorTerms") or []
    return required is None or any(_matches_term(term, node) for term in terms)


def tolerates(tolerations: Iterable[Object], taint: Object) -> bool:
    """Whether one of the tolerations is for this taint."""
    return any(_is_for(toleration, taint) for toleration in tolerations)


def _is_for(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    exists = toleration.get("operator") == "Exists"
    if not toleration.get("key"):
        return exists
    same_value = exists or toleration.get("value", "") == taint.get("value", "")
    return bool(toleration["key"] == taint["key"]) and same_value


def may_run(spec: Object, node: Object, effects: tuple[str, ...]) -> bool:
    """Whether a daemon Pod may be on the node, as far as taints with these effects are concerned."""
    tolerations = [*(spec.get("tolerations") or ()), *DAEMON_TOLERATIONS]
    taints = (node.get("spec") or {}).get("taints") or ()
    relevant = (taint for taint in taints if taint["effect"] in effects)
    return is_selected(spec, node) and all(tolerates(tolerations, taint) for taint in relevant)
