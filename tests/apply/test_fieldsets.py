"""The algebra of sets of fields, against plain Python sets of paths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fake_cluster.api.apply.fieldsets import FieldSet, difference, intersection, is_well_formed, paths, union

PATHS = st.sets(
    st.lists(st.sampled_from(["f:a", "f:b", 'k:{"x":1}']), min_size=1, max_size=3).map(tuple), max_size=8
)


def tree(members: set[tuple[str, ...]]) -> FieldSet:
    root: FieldSet = {}
    for path in members:
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node["."] = {}
    return {element: _plain(node) for element, node in root.items()}


def _plain(node: FieldSet) -> FieldSet:
    if set(node) == {"."}:
        return {}
    return {element: child if element == "." else _plain(child) for element, child in node.items()}


@given(left=PATHS, right=PATHS)
def test_union_has_the_members_of_both(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> None:
    result = union(tree(left), tree(right)) if left and right else tree(left | right)
    assert set(paths(result)) == left | right
    assert result == tree(left | right)


@given(left=PATHS, right=PATHS)
def test_difference_has_the_members_of_the_first_alone(
    left: set[tuple[str, ...]], right: set[tuple[str, ...]]
) -> None:
    if left and right:
        assert (difference(tree(left), tree(right)) or {}) == tree(left - right)


@given(left=PATHS, right=PATHS)
def test_intersection_has_the_shared_members(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> None:
    if left and right:
        assert (intersection(tree(left), tree(right)) or {}) == tree(left & right)


@given(left=PATHS, right=PATHS)
def test_sets_are_never_changed(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> None:
    one, other = tree(left), tree(right)
    union(one, other)
    difference(one, other)
    intersection(one, other)
    assert (one, other) == (tree(left), tree(right))


def test_paths_list_a_level_before_what_is_below_it() -> None:
    fields = tree({("f:a", "f:b"), ("f:b",), ("f:a", "f:a", "f:b")})
    assert list(paths(fields)) == [("f:b",), ("f:a", "f:b"), ("f:a", "f:a", "f:b")]


def test_only_trees_of_path_elements_are_well_formed() -> None:
    assert is_well_formed({"f:a": {".": {}, 'k:{"x":1}': {}}})
    assert not is_well_formed({"a": {}})
    assert not is_well_formed({"f:a": 1})
