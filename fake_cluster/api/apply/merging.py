"""How an applied configuration is merged into the live object.

Fields of the configuration win, fields that it leaves out stay. Lists that are maps or sets merge by
element; atomic lists and maps are replaced. What the configuration does not change is shared with the live
object, down to the live object itself if nothing changes.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.api.apply.comparing import child_of
from fake_cluster.api.apply.elements import indexed
from fake_cluster.kinds.schema import ListOf, Node
from fake_cluster.objects import Object


def merged(live: Object, config: Object, schema: Node) -> Object:
    """The live object with the configuration merged into it; `live` itself if that changes nothing."""
    return _merged_map(live, config, schema)


def _merged(live: Any, config: Any, node: Node) -> Any:
    """Two values that are not equal."""
    if type(node) is ListOf:
        if node.list_type == "atomic":
            return config
        return _merged_list(live or [], config or [], node)
    if type(live) is not dict or getattr(node, "atomic", False):
        return config
    if type(config) is not dict:
        return live if config is None else config
    return _merged_map(live, config, node)


def _merged_map(live: Object, config: Object, node: Node) -> Object:
    result = live
    for name, value in config.items():
        if name in live:
            before = live[name]
            if before is value or before == value:
                continue
            value = _merged(before, value, child_of(node, name))  # noqa: PLW2901
            if value is before:
                continue
        if result is live:
            result = live.copy()
        result[name] = value
    return result


def _merged_list(live: list[Any], config: list[Any], node: ListOf) -> list[Any]:
    left, right = indexed(live, node), indexed(config, node)
    items = [_merged_item(left.get(element), item, node) for element, item in right.items()]
    together = dict(zip(right, items, strict=True))
    result: list[Any] = []
    for element in _interleaved([*left], [*right]):
        item = together[element] if element in together else left[element]
        result.extend(item if type(item) is tuple else (item,))
    unchanged = len(result) == len(live) and all(new is old for new, old in zip(result, live, strict=True))
    return live if unchanged else result


def _merged_item(live: Any, config: Any, node: ListOf) -> Any:
    if live is None or live == config:
        return config if live is None else live
    return _merged(live, config, node.items)


def _interleaved(left: list[str], right: list[str]) -> list[str]:
    """The elements of both: shared ones in the order of `right`, others of `left` where they stood."""
    if left == right:
        return left
    in_left, in_right = set(left), set(right)
    shared = iter([element for element in right if element in in_left])
    awaited = next(shared, None)
    result: list[str] = []
    i = j = 0
    while i < len(left) or j < len(right):
        element = left[i] if i < len(left) else None
        if element is not None and element not in in_right:
            result.append(element)
            i += 1
        elif element is not None and (j == len(right) or (element != right[j] and element != awaited)):
            i += 1  # a shared element: it comes in its turn of the right side
        else:
            i += element == right[j]
            awaited = next(shared, None) if right[j] == awaited else awaited
            result.append(right[j])
            j += 1
    return result
