from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.api.patch import json_patch
from fake_cluster.errors import ApiError
from fake_cluster.objects import copy_of

OBJ = {"metadata": {"name": "x"}, "spec": {"list": [1, 2, 3], "a/b": 1}}


def spec_after(*operations: dict[str, Any]) -> Any:
    return json_patch(OBJ, list(operations))["spec"]


def test_operations_are_done_one_after_the_other() -> None:
    spec = spec_after(
        {"op": "add", "path": "/spec/new", "value": {}},
        {"op": "add", "path": "/spec/new/deep", "value": 1},
        {"op": "move", "from": "/spec/new/deep", "path": "/spec/moved"},
        {"op": "copy", "from": "/spec/moved", "path": "/spec/copied"},
        {"op": "remove", "path": "/spec/a~1b"},
        {"op": "test", "path": "/spec/copied", "value": 1},
    )
    assert spec == {"list": [1, 2, 3], "new": {}, "moved": 1, "copied": 1}


def test_replacing_an_absent_key_creates_it() -> None:
    assert spec_after({"op": "replace", "path": "/spec/absent", "value": 1})["absent"] == 1


def test_a_negative_index_counts_from_the_end() -> None:
    assert spec_after({"op": "remove", "path": "/spec/list/-1"})["list"] == [1, 2]
    assert spec_after({"op": "add", "path": "/spec/list/-1", "value": 9})["list"] == [1, 2, 3, 9]
    assert spec_after({"op": "add", "path": "/spec/list/-4", "value": 9})["list"] == [9, 1, 2, 3]


def test_an_absent_key_passes_a_test_for_null() -> None:
    assert spec_after({"op": "test", "path": "/spec/absent", "value": None}) == OBJ["spec"]


def test_an_operation_without_value_means_null() -> None:
    assert spec_after({"op": "add", "path": "/spec/new"})["new"] is None


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/spec/list/0", "value": 2},
        {"op": "remove", "path": "/spec/absent"},
        {"op": "remove", "path": "/spec/list/-9"},
        {"op": "replace", "path": "/absent/key", "value": 1},
        {"op": "replace", "path": "/spec/list/7", "value": 1},
        {"op": "add", "path": "/spec/list/5", "value": 1},
        {"op": "add", "path": "/spec/list/x", "value": 1},
        {"op": "add", "path": "no-slash", "value": 1},
        {"op": "add", "path": 7, "value": 1},
        {"op": "move", "from": "/absent", "path": "/spec/new"},
        {"op": "unknown", "path": "/spec"},
        {"path": "/spec"},
    ],
    ids=str,
)
def test_what_does_not_apply_is_invalid(operation: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        json_patch(OBJ, [operation])
    assert (refused.value.code, refused.value.reason) == (422, "Invalid")
    assert refused.value.message == "the server rejected our request due to an error in our request"


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        ({"op": "add"}, "json: cannot unmarshal object into Go value of type jsonpatch.Patch"),
        ([1], "json: cannot unmarshal number into Go value of type jsonpatch.Operation"),
    ],
)
def test_what_is_no_list_of_objects_is_a_bad_request(operations: object, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        json_patch(OBJ, operations)
    assert (refused.value.code, refused.value.message) == (400, message)


def test_more_than_ten_thousand_operations_are_too_many() -> None:
    with pytest.raises(ApiError) as refused:
        json_patch(OBJ, [{"op": "test", "path": "/x"}] * 10_001)
    assert refused.value.code == 413
    assert "The allowed maximum operations in a JSON patch is 10000, got 10001" in refused.value.message


def test_neither_the_object_nor_the_patch_is_changed() -> None:
    operations: list[dict[str, Any]] = [
        {"op": "add", "path": "/spec/new", "value": {}},
        {"op": "add", "path": "/spec/new/deep", "value": 1},
    ]
    before = copy_of(OBJ), [copy_of(operation) for operation in operations]
    json_patch(OBJ, operations)
    assert (OBJ, operations) == before
