"""In which order a list comes out of a strategic merge patch.

Elements that the patch mentions keep the order of the patch, the others keep the order that they had;
where both have an opinion about two elements, the old order decides which run comes first. Elements are
told apart by their merge key, or by their value where there is none.

Source: the design of "preserve order in strategic merge patch"; checked against `kubectl patch --local`.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.api.patch.go_values import go_value
from fake_cluster.api.patch.refusals import unforeseen
from fake_cluster.errors import ApiError


def ordered(merged: list[Any], by: list[Any], old: list[Any], merge_key: str) -> list[Any]:
    """The elements of `merged`: those in `by` in its order, the others in the order of `old`."""
    wanted, before = _positions(by, merge_key), _positions(old, merge_key)
    keyed = [(_identity(item, merge_key), item) for item in merged]
    mentioned = [pair for pair in keyed if pair[0] in wanted]
    others = [pair for pair in keyed if pair[0] not in wanted]
    return _interleaved(_sorted(others, before), _sorted(mentioned, wanted), before)


def _sorted(items: list[tuple[str, Any]], positions: dict[str, int]) -> list[tuple[str, Any]]:
    """The items in their positions. One without position goes before all that precede it, as on the server."""
    result: list[tuple[str, Any]] = []
    for item in items:
        place = len(result)
        while place and _goes_before(item[0], result[place - 1][0], positions):
            place -= 1
        result.insert(place, item)
    return result


def _goes_before(key: str, other: str, positions: dict[str, int]) -> bool:
    if key in positions and other in positions:
        return positions[key] < positions[other]
    return True


def _interleaved(
    others: list[tuple[str, Any]], mentioned: list[tuple[str, Any]], before: dict[str, int]
) -> list[Any]:
    result = []
    left, right = 0, 0
    while left < len(others) and right < len(mentioned):
        first, second = before.get(others[left][0]), before.get(mentioned[right][0])
        if first is not None and second is not None and first < second:
            result.append(others[left][1])
            left += 1
        else:
            result.append(mentioned[right][1])
            right += 1
    return [*result, *(item for _, item in others[left:]), *(item for _, item in mentioned[right:])]


def _positions(items: list[Any], merge_key: str) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, item in enumerate(items):
        positions.setdefault(_identity(item, merge_key, index), index)
    return positions


def check_order(patch: list[Any], order: list[Any], merge_key: str) -> None:
    """Refuse a patch list whose elements do not stand in the order that `$setElementOrder` asks for."""
    kept = [item for item in patch if _directive(item, merge_key) != "delete"]
    if not patch or not order:
        return
    i = j = 0
    while i < len(kept) and j < len(order):
        if _directive(kept[i], merge_key):
            i += 1
        else:
            i += _identity(kept[i], merge_key, i) == _identity(order[j], merge_key, j)
            j += 1
    if i < len(kept) and j == len(order):
        raise unforeseen(
            f"The order in patch list:\n{go_value(patch)}\n"
            f" doesn't match $setElementOrder list:\n{go_value(order)}\n"
        )


def _directive(item: Any, merge_key: str) -> Any:
    return item.get("$patch") if merge_key and isinstance(item, dict) else None


def _identity(item: Any, merge_key: str, index: int = 0) -> str:
    """What tells an element from the others; an element without its merge key is an error."""
    if not merge_key:
        return repr(item)
    if not isinstance(item, dict):
        raise unforeseen(f"value for key {index} is not a map")
    if merge_key not in item:
        raise no_merge_key(item, merge_key)
    return repr(item[merge_key])


def no_merge_key(item: Any, merge_key: str) -> ApiError:
    """The error for an element of a list that lacks the key by which the list merges."""
    return unforeseen(f"map: {go_value(item)} does not contain declared merge key: {merge_key}")
