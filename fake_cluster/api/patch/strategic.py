"""Strategic merge patch: a merge patch that merges lists too, by the merge keys of the schema.

Directives inside the patch steer it:

- `$patch: replace | delete` on an object takes the patch instead, or leaves it empty; on an element
  of a list it empties the list first, or removes the element
- `$retainKeys` names the only keys of an object that stay
- `$deleteFromPrimitiveList/NAME` removes values from the list NAME
- `$setElementOrder/NAME` gives the order of the list NAME

Sources: API conventions, "Strategic merge patch"; `kubectl patch --local` is the oracle of the tests.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.api.patch.element_order import check_order, no_merge_key, ordered
from fake_cluster.api.patch.go_values import go_type, go_value
from fake_cluster.api.patch.refusals import does_not_apply, not_decodable, unforeseen
from fake_cluster.errors import ApiError, bad_request
from fake_cluster.kinds.schema import ListOf, MapOf, Node, Struct
from fake_cluster.objects import Object

DIRECTIVE = "$patch"
RETAIN_KEYS = "$retainKeys"
DELETE_FROM = "$deleteFromPrimitiveList"
ELEMENT_ORDER = "$setElementOrder"


def strategic_merge_patch(obj: Object, patch: Any, schema: Node) -> Object:
    """The object with the patch merged into it; parts that the patch leaves alone are shared.

    400 for a directive of a wrong form, 422 for lists of lists, 500 for what the real server passes
    on as it is (an element without its merge key, elements of several types).
    """
    if not isinstance(patch, dict):
        raise not_decodable(patch, "map[string]interface {}")
    return _merge_map(obj, patch, schema)


# --- objects ------------------------------------------------------------------------------------------


def _merge_map(original: Object, patch: Object, node: Node | None) -> Object:
    if DIRECTIVE in patch:
        return _directed(patch)
    result = _retained(original, patch)
    handled = _merge_ordered_lists(result, patch, node)
    for name, value in patch.items():
        if name not in handled and name != RETAIN_KEYS:
            _merge_field(result, name, value, node)
    return result


def _directed(patch: Object) -> Object:
    directive = patch[DIRECTIVE]
    if directive == "replace":
        return {name: value for name, value in patch.items() if name != DIRECTIVE}
    if directive == "delete":
        return {}
    raise _unknown_directive(directive, patch)


def _unknown_directive(directive: Any, patch: Object) -> ApiError:
    return unforeseen(f"unknown patch type: {go_value(directive)} in map: {go_value(patch)}")


def _retained(original: Object, patch: Object) -> Object:
    """A copy of the original, without what `$retainKeys` does not name."""
    if RETAIN_KEYS not in patch:
        return original.copy()
    retained = patch[RETAIN_KEYS]
    if not isinstance(retained, list) or not all(
        name in retained
        or value is None
        or name.startswith((RETAIN_KEYS, f"{DELETE_FROM}/", f"{ELEMENT_ORDER}/"))
        for name, value in patch.items()
    ):
        raise bad_request("invalid patch format of retainKeys")
    return {name: value for name, value in original.items() if name in retained}


def _merge_field(result: Object, name: str, value: Any, node: Node | None) -> None:
    deletes = name.startswith(DELETE_FROM)
    if deletes:
        name = _listed(name, DELETE_FROM, "invalid patch format of primitive list")
    if value is None:
        result.pop(name, None)
    elif name not in result:
        if not deletes:
            _add(result, name, value)
    elif type(result[name]) is type(value):
        result[name] = _merge_value(result[name], value, _child(node, name), deletes=deletes)
    elif not deletes:
        _add(result, name, value)


def _add(result: Object, name: str, value: Any) -> None:
    """A field that merges with nothing: without its nulls, and without what carries a directive."""
    if _carries_directive(value):
        result.pop(name, None)
    else:
        result[name] = _clean(value)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {
            name: item for name, item in value.items() if item is not None and not _carries_directive(item)
        }
        return {name: _clean(item) for name, item in kept.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value if not _carries_directive(item)]
    return value


def _carries_directive(value: Any) -> bool:
    return isinstance(value, dict) and DIRECTIVE in value


def _listed(name: str, prefix: str, complaint: str) -> str:
    """The list that a parallel list `$directive/NAME` speaks of."""
    if not name.startswith(f"{prefix}/"):
        raise bad_request(complaint)
    return name[len(prefix) + 1 :]


def _merge_value(original: Any, patch: Any, node: Node | None, *, deletes: bool) -> Any:
    if isinstance(original, dict):
        return _merge_map(original, patch, node)
    if isinstance(original, list) and isinstance(node, ListOf) and node.merges:
        return _merge_list(original, patch, node, deletes=deletes)
    return patch


def _child(node: Node | None, name: str) -> Node | None:
    if isinstance(node, Struct):
        return node.fields.get(name)
    return node.values if isinstance(node, MapOf) else None


# --- lists --------------------------------------------------------------------------------------------


def _merge_list(original: list[Any], patch: list[Any], node: ListOf, *, deletes: bool = False) -> list[Any]:
    if not original and not patch:
        return original
    if _element_type(original, patch) is not dict:
        if deletes:
            return [item for item in original if item not in patch]
        return ordered(_unique([*original, *patch]), patch, original, "")
    if not node.merge_key:
        raise unforeseen("cannot merge lists without merge key for type slice")
    original, patch = _special_elements(original, patch, node.merge_key)
    merged = _merge_elements(original, patch, node)
    return ordered(merged, patch, original, node.merge_key)


def _element_type(*lists: list[Any]) -> type:
    """The type of all elements. Lists of lists are refused, and so are lists of several types."""
    types = list(dict.fromkeys(type(item) for items in lists for item in items))
    if not types:
        raise unforeseen("no elements in any of the given slices")
    if types[0] is list:
        raise does_not_apply()
    if len(types) > 1:
        raise unforeseen(f"list element types are not identical: {go_value(list(lists))}")
    return types[0]


def _unique(items: list[Any]) -> list[Any]:
    return [item for index, item in enumerate(items) if item not in items[:index]]


def _special_elements(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """What `$patch` elements leave of the original, and the patch without them."""
    plain = [item for item in patch if DIRECTIVE not in item]
    replaces = False
    for item in patch:
        directive = item.get(DIRECTIVE, "")
        if directive == "delete":
            original = _without(original, item, key)
        elif directive == "merge":
            raise unforeseen("merging lists cannot yet be specified in the patch")
        elif directive not in {"", "replace"}:
            raise _unknown_directive(directive, item)
        replaces = replaces or directive == "replace"
    return (plain, []) if replaces else (original, plain)


def _without(items: list[Any], wanted: Object, key: str) -> list[Any]:
    if key not in wanted:
        raise no_merge_key(wanted, key)
    return [item for item in items if item.get(key) != wanted[key]]


def _merge_elements(original: list[Any], patch: list[Any], node: ListOf) -> list[Any]:
    key, merged = node.merge_key, original.copy()
    for item in patch:
        if key not in item:
            raise no_merge_key(item, key)
        index = next((i for i, old in enumerate(merged) if old.get(key) == item[key]), None)
        if index is None:
            merged.append(item)
        else:
            merged[index] = _merge_map(merged[index], item, node.items)
    for item in merged:
        if key not in item:
            raise no_merge_key(item, key)
    return merged


# --- lists with $setElementOrder ----------------------------------------------------------------------


def _merge_ordered_lists(result: Object, patch: Object, node: Node | None) -> set[str]:
    """Merge the lists whose order the patch gives; the names that need no more attention."""
    handled: set[str] = set()
    for name, order in patch.items():
        if not name.startswith(ELEMENT_ORDER):
            continue
        handled.add(name)
        listed = _listed(name, ELEMENT_ORDER, "invalid patch format of setElementOrder list")
        if _merge_ordered(result, patch, listed, _list_of(order), _child(node, listed)):
            handled.add(listed)
    return handled


def _merge_ordered(result: Object, patch: Object, name: str, order: list[Any], node: Node | None) -> bool:
    old, new = _list_of(result.get(name, [])), _list_of(patch.get(name, []))
    key = node.merge_key if isinstance(node, ListOf) else ""
    check_order(new, order, key)
    if name not in result and name not in patch:
        return False
    merged = (
        old
        if name not in patch
        else new
        if name not in result
        else _merge_value(old, new, node, deletes=False)
    )
    _element_type(old, new)
    result[name] = ordered(merged, order, old, key)
    return True


def _list_of(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise unforeseen(f"expected a []interface {{}}, but received a {go_type(value)}")
    return value
