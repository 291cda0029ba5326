"""What Pods say about nodes: node selectors, node affinity, taints and tolerations.

Source: documentation "Assigning Pods to Nodes" and "Taints and Tolerations".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from fake_cluster.objects import Object, labels_of

Test = Callable[[str | None, Sequence[str]], bool]


def _compared(value: str | None, bounds: Sequence[str], *, greater: bool) -> bool:
    try:
        number, bound = int(value or ""), int(bounds[0])
    except (ValueError, IndexError):
        return False
    return number > bound if greater else number < bound


_OPERATORS: dict[str, Test] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": lambda value, values: _compared(value, values, greater=True),
    "Lt": lambda value, values: _compared(value, values, greater=False),
}


def _hold(expressions: Iterable[Object], values: Mapping[str, str]) -> bool:
    return all(
        _OPERATORS[expression["operator"]](values.get(expression["key"]), expression.get("values") or ())
        for expression in expressions
    )


def term_matches(term: Object, node: Object) -> bool:
    """Whether a node selector term means this node; an empty one means none."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    names = {"metadata.name": node["metadata"]["name"]}
    return _hold(expressions, labels_of(node)) and _hold(fields, names)


def node_affinity(pod: Object) -> Object:
    """The Pod's node affinity; empty where it has none."""
    affinity: Object = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    return affinity


def selects(pod: Object, node: Object) -> bool:
    """Whether the Pod's node selector and required node affinity allow the node."""
    wanted = pod["spec"].get("nodeSelector")
    if wanted and not wanted.items() <= labels_of(node).items():
        return False
    required = node_affinity(pod).get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(
        term_matches(term, node) for term in required.get("nodeSelectorTerms") or ()
    )


def preference(pod: Object, node: Object) -> int:
    """The weights of the preferred node affinity that the node satisfies, added up."""
    preferred = node_affinity(pod).get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    return sum(item["weight"] for item in preferred if term_matches(item["preference"], node))


def tolerates(pod: Object, taint: Mapping[str, str]) -> bool:
    """Whether one of the Pod's tolerations covers a taint."""
    return any(_covers(toleration, taint) for toleration in pod["spec"].get("tolerations") or ())


def _covers(toleration: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def untolerated(pod: Object, node: Object, effects: Sequence[str]) -> list[Mapping[str, str]]:
    """The node's taints with one of these effects that the Pod does not tolerate."""
    taints = (node.get("spec") or {}).get("taints") or ()
    return [taint for taint in taints if taint["effect"] in effects and not tolerates(pod, taint)]
