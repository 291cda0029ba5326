from __future__ import annotations

import pytest

from fake_cluster.api.patch import merge_patch
from fake_cluster.errors import ApiError
from fake_cluster.objects import copy_of


def test_objects_merge_and_everything_else_replaces() -> None:
    obj = {"spec": {"a": 1, "list": [1, 2], "inner": {"x": 1, "y": 2}}}
    patched = merge_patch(obj, {"spec": {"list": [3], "inner": {"y": 3, "z": 4}}})
    assert patched == {"spec": {"a": 1, "list": [3], "inner": {"x": 1, "y": 3, "z": 4}}}


def test_null_removes_and_removing_what_is_not_there_does_nothing() -> None:
    assert merge_patch({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"c": None, "d": None}}) == {"b": {}}


def test_nulls_below_a_new_object_leave_no_trace() -> None:
    assert merge_patch({}, {"a": {"b": {"c": None, "d": 1}}}) == {"a": {"b": {"d": 1}}}


def test_an_object_takes_the_place_of_a_scalar() -> None:
    assert merge_patch({"a": 1}, {"a": {"b": None, "c": 2}}) == {"a": {"c": 2}}


def test_neither_the_object_nor_the_patch_is_changed() -> None:
    obj, patch = {"a": {"b": 1}}, {"a": {"b": None, "c": {"d": None}}}
    before = copy_of(obj), copy_of(patch)
    merge_patch(obj, patch)
    assert (obj, patch) == before


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (
            [],
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "x",
            "error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}",
        ),
        (None, "Invalid JSON Patch"),
    ],
)
def test_a_patch_that_is_no_object_is_a_bad_request(patch: object, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        merge_patch({}, patch)
    assert (refused.value.code, refused.value.message) == (400, message)
