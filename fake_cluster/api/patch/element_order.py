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
    mentioned = sorted((pair for pair in keyed if pair[0] in wanted), key=lambda pair: wanted[pair[0]])
    others = [pair for pair in keyed if pair[0] not in wanted]
    others.sort(key=lambda pair: before.get(pair[0], len(before)))
    return _interleaved(others, mentioned, before)


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
    kept = [item for item in patch if not (merge_key and isinstance(item, dict) and "$patch" in item)]
    if not kept or not order:
        return
    following = iter(order)
    for item in kept:
        wanted = _identity(item, merge_key)
        if not any(_identity(other, merge_key) == wanted for other in following):
            raise unforeseen(
                f"The order in patch list:\n{go_value(patch)}\n"
                f" doesn't match $setElementOrder list:\n{go_value(order)}\n"
            )


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
