from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.api.patch import strategic_merge_patch
from fake_cluster.errors import ApiError
from fake_cluster.objects import Object, copy_of
from tests.patch.nodes import DEPLOYMENT


def deployment() -> Object:
    pod = {
        "containers": [{"name": "a", "image": "x", "command": ["1", "2"]}, {"name": "b", "image": "y"}],
        "tolerations": [{"key": "k", "operator": "Exists"}],
    }
    return {
        "metadata": {"name": "x", "labels": {"one": "1"}, "finalizers": ["p", "q", "r"]},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
            "template": {"spec": pod},
        },
    }


def pod_after(patch: Object) -> Any:
    return strategic_merge_patch(deployment(), {"spec": {"template": {"spec": patch}}}, DEPLOYMENT)["spec"][
        "template"
    ]["spec"]


def metadata_after(patch: Object) -> Any:
    return strategic_merge_patch(deployment(), {"metadata": patch}, DEPLOYMENT)["metadata"]


def refusal(patch: Any) -> ApiError:
    with pytest.raises(ApiError) as refused:
        strategic_merge_patch(deployment(), patch, DEPLOYMENT)
    return refused.value


def names(items: list[Object]) -> list[str]:
    return [item["name"] for item in items]


def test_elements_with_the_same_merge_key_merge_and_atomic_lists_are_replaced() -> None:
    pod = pod_after({
        "containers": [{"name": "a", "command": ["3"]}],
        "tolerations": [{"key": "other"}],
    })  # fmt: skip
    assert pod["containers"][0] == {"name": "a", "image": "x", "command": ["3"]}
    assert pod["tolerations"] == [{"key": "other"}]


def test_new_elements_come_first_and_those_of_the_server_keep_their_order() -> None:
    assert names(pod_after({"containers": [{"name": "c"}, {"name": "d"}]})["containers"]) == [
        "c",
        "d",
        "a",
        "b",
    ]


def test_elements_marked_for_deletion_go() -> None:
    assert names(pod_after({"containers": [{"name": "a", "$patch": "delete"}]})["containers"]) == ["b"]


def test_a_replace_marker_empties_the_list_first() -> None:
    pod = pod_after({"containers": [{"$patch": "replace"}, {"name": "c", "image": "z"}]})
    assert pod["containers"] == [{"name": "c", "image": "z"}]


def test_values_join_a_list_of_primitives_once() -> None:
    assert metadata_after({"finalizers": ["r", "s"]})["finalizers"] == ["p", "q", "r", "s"]


def test_values_leave_a_list_of_primitives_by_a_parallel_list() -> None:
    assert metadata_after({"$deleteFromPrimitiveList/finalizers": ["p", "r"]})["finalizers"] == ["q"]


def test_the_order_of_a_list_can_be_given() -> None:
    pod = pod_after({
        "$setElementOrder/containers": [{"name": "b"}, {"name": "c"}, {"name": "a"}],
        "containers": [{"name": "c", "image": "z"}],
    })  # fmt: skip
    assert names(pod["containers"]) == ["b", "c", "a"]


def test_the_order_alone_reorders_what_is_there() -> None:
    assert metadata_after({"$setElementOrder/finalizers": ["r", "p"]})["finalizers"] == ["q", "r", "p"]


def test_a_given_order_that_contradicts_the_patch_is_refused() -> None:
    error = refusal({"metadata": {"$setElementOrder/finalizers": ["b", "a"], "finalizers": ["a", "b"]}})
    assert error.code == 500
    assert error.message == "The order in patch list:\n[a b]\n doesn't match $setElementOrder list:\n[b a]\n"


def test_only_retained_keys_stay() -> None:
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic_merge_patch(deployment(), patch, DEPLOYMENT)["spec"]["strategy"] == {"type": "Recreate"}


def test_a_replace_directive_takes_the_patch_as_it_is() -> None:
    assert metadata_after({"labels": {"$patch": "replace", "two": "2"}})["labels"] == {"two": "2"}


def test_a_delete_directive_empties_an_object() -> None:
    assert metadata_after({"labels": {"$patch": "delete"}})["labels"] == {}


def test_null_removes() -> None:
    assert "labels" not in metadata_after({"labels": None, "annotations": None})


def test_what_is_new_comes_without_nulls_and_without_parts_that_carry_directives() -> None:
    patch = {"a": None, "b": "1", "c": {"$patch": "replace"}, "d": [{"$patch": "delete"}, {"e": None}]}
    assert metadata_after({"annotations": patch})["annotations"] == {"b": "1", "d": [{}]}


@pytest.mark.parametrize(
    ("patch", "code", "message"),
    [
        ([], 400, "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ({"spec": {"$patch": "other"}}, 500, "unknown patch type: other in map: map[$patch:other]"),
        ({"spec": {"strategy": {"$retainKeys": "x"}}}, 400, "invalid patch format of retainKeys"),
        ({"spec": {"strategy": {"$retainKeys": [], "type": "x"}}}, 400, "invalid patch format of retainKeys"),
        ({"spec": {"$setElementOrder": []}}, 400, "invalid patch format of setElementOrder list"),
        ({"spec": {"$deleteFromPrimitiveList": []}}, 400, "invalid patch format of primitive list"),
        (
            {"metadata": {"$setElementOrder/finalizers": "x"}},
            500,
            "expected a []interface {}, but received a string",
        ),
        ({"metadata": {"finalizers": [1]}}, 500, "list element types are not identical: [[p q r] [1]]"),
    ],
    ids=str,
)
def test_bad_patches_are_refused_in_the_words_of_the_server(patch: Any, code: int, message: str) -> None:
    error = refusal(patch)
    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"image": "z"}, "map: map[image:z] does not contain declared merge key: name"),
        ({"$patch": "delete"}, "map: map[$patch:delete] does not contain declared merge key: name"),
        ({"name": "a", "$patch": "merge"}, "merging lists cannot yet be specified in the patch"),
        ({"name": "a", "$patch": "x"}, "unknown patch type: x in map: map[$patch:x name:a]"),
    ],
    ids=str,
)
def test_bad_elements_are_refused_in_the_words_of_the_server(item: Object, message: str) -> None:
    error = refusal({"spec": {"template": {"spec": {"containers": [item]}}}})
    assert (error.code, error.message) == (500, message)


def test_a_list_of_lists_is_invalid() -> None:
    error = refusal(
        {"spec": {"template": {"spec": {"initContainers": [[]], "$setElementOrder/initContainers": []}}}}
    )
    assert (error.code, error.reason) == (422, "Invalid")


def test_neither_the_object_nor_the_patch_is_changed() -> None:
    obj = deployment()
    patch = {
        "metadata": {"$deleteFromPrimitiveList/finalizers": ["p"], "annotations": {"x": None}},
        "spec": {
            "strategy": {"$retainKeys": ["type"], "type": "Recreate"},
            "template": {
                "spec": {"containers": [{"name": "a", "$patch": "delete"}, {"name": "b", "image": None}]}
            },
        },
    }
    before = copy_of(obj), copy_of(patch)
    strategic_merge_patch(obj, patch, DEPLOYMENT)
    assert (obj, patch) == before
