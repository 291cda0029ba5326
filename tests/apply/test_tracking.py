"""What creates, updates and patches do to ownership."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.objects import Object
from tests.apply.harness import OneObject
from tests.patch.nodes import CUSTOM, DEPLOYMENT

CONTAINER = {
    "name": "a",
    "image": "x",
    "resources": {"limits": {"cpu": "1"}},
    "env": [{"name": "E", "value": "1"}],
}


@pytest.fixture
def deployment() -> OneObject:
    return OneObject(DEPLOYMENT)


def spec(**fields: Any) -> Object:
    return {"spec": fields}


def test_a_creator_owns_everything_but_what_is_always_there(deployment: OneObject) -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    template = {"metadata": {"labels": {"a": "1"}}, "spec": {"containers": [CONTAINER]}}
    deployment.update("kubectl-create", {
        "metadata": {"labels": {"a": "1"}, "finalizers": ["f"]},
        **spec(selector={"matchLabels": {"a": "1"}}, strategy=rolling, template=template),
        "status": {"replicas": 1},
    })  # fmt: skip
    assert deployment.owners["kubectl-create"] == {
        "f:metadata": {"f:labels": {".": {}, "f:a": {}}, "f:finalizers": {".": {}, 'v:"f"': {}}},
        "f:spec": {
            "f:selector": {},
            "f:strategy": {"f:type": {}, "f:rollingUpdate": {".": {}, "f:maxSurge": {}}},
            "f:template": {
                "f:metadata": {"f:labels": {".": {}, "f:a": {}}},
                "f:spec": {
                    "f:containers": {
                        'k:{"name":"a"}': {
                            ".": {},
                            "f:name": {},
                            "f:image": {},
                            "f:resources": {".": {}, "f:limits": {".": {}, "f:cpu": {}}},
                            "f:env": {".": {}, 'k:{"name":"E"}': {".": {}, "f:name": {}, "f:value": {}}},
                        }
                    }
                },
            },
        },
    }


def test_the_creator_of_a_custom_resource_owns_its_spec_itself() -> None:
    custom = OneObject(CUSTOM, "quay.redhat.com/v1", "QuayRegistry")
    custom.update("kubectl-create", spec(bundle="b", components=[{"kind": "tls"}]))
    assert custom.owners["kubectl-create"] == {"f:spec": {".": {}, "f:bundle": {}, "f:components": {}}}


def test_who_changes_a_field_takes_it(deployment: OneObject) -> None:
    deployment.apply("operator", spec(replicas=1, paused=True))
    deployment.update("kubectl-edit", spec(replicas=2, paused=True))
    assert deployment.owners == {"operator": spec_set("paused"), "kubectl-edit": spec_set("replicas")}


def spec_set(*names: str) -> Object:
    return {"f:spec": {f"f:{name}": {} for name in names}}


def test_a_removed_field_belongs_to_nobody(deployment: OneObject) -> None:
    deployment.apply("operator", spec(replicas=1, paused=True))
    deployment.update("kubectl-edit", spec(paused=True))
    assert deployment.owners == {"operator": spec_set("paused")}


def test_changes_of_one_manager_add_up(deployment: OneObject) -> None:
    deployment.update("editor", spec(replicas=1))
    deployment.second = 7
    deployment.update("editor", spec(replicas=1, paused=True))
    assert deployment.owners == {"editor": spec_set("replicas", "paused")}
    assert deployment.entry("editor")["time"].endswith(":07Z")


def test_removing_only_does_not_move_the_time(deployment: OneObject) -> None:
    deployment.update("editor", spec(replicas=1, paused=True))
    deployment.second = 7
    deployment.update("editor", spec(replicas=1))
    assert deployment.owners == {"editor": spec_set("replicas")}
    assert deployment.entry("editor")["time"].endswith(":00Z")


def test_a_write_that_changes_nothing_owns_nothing(deployment: OneObject) -> None:
    before = deployment.update("editor", spec(replicas=1))
    deployment.second = 7
    assert deployment.update("other", spec(replicas=1)) is before


def test_status_written_through_its_subresource_has_an_entry_of_its_own(deployment: OneObject) -> None:
    deployment.update("controller", spec(replicas=1))
    condition = {"type": "Available", "status": "True"}
    deployment.update(
        "controller",
        spec(replicas=1) | {"status": {"replicas": 1, "conditions": [condition]}},
        subresource="status",
    )
    assert deployment.owners == {
        "controller": spec_set("replicas"),
        "controller/status": {
            "f:status": {
                "f:replicas": {},
                "f:conditions": {".": {}, 'k:{"type":"Available"}': {".": {}, "f:type": {}, "f:status": {}}},
            }
        },
    }


def test_an_element_added_to_a_list_is_owned_whole(deployment: OneObject) -> None:
    def pod(*containers: Object) -> Object:
        return spec(template={"spec": {"containers": list(containers)}})

    deployment.update("one", pod({"name": "a"}))
    deployment.update("two", pod({"name": "a"}, {"name": "b", "image": "x"}))
    deployment.update("three", pod({"name": "b", "image": "y"}))
    below: Object = {'k:{"name":"b"}': {".": {}, "f:name": {}}}
    assert deployment.owners == {
        "two": {"f:spec": {"f:template": {"f:spec": {"f:containers": below}}}},
        "three": {
            "f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"b"}': {"f:image": {}}}}}}
        },
    }


@pytest.mark.parametrize("requested", [[], [{}]], ids=str)
def test_a_client_can_make_an_object_forget_its_owners(deployment: OneObject, requested: Any) -> None:
    deployment.apply("operator", spec(replicas=1))
    deployment.update("editor", spec(replicas=2), requested=requested)
    assert "managedFields" not in deployment.stored["metadata"]
    deployment.update("editor", spec(replicas=3))
    assert "managedFields" not in deployment.stored["metadata"]


def test_a_client_can_write_other_owners(deployment: OneObject) -> None:
    deployment.apply("operator", spec(replicas=1))
    entry = deployment.entry("operator") | {"manager": "successor"}
    deployment.update("editor", spec(replicas=1), requested=[entry])
    assert deployment.owners == {"successor": spec_set("replicas")}


@pytest.mark.parametrize(
    "entry",
    [
        {"manager": "x"},
        {
            "manager": "x",
            "operation": "Update",
            "apiVersion": "v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"q": {}},
        },
        {
            "manager": "x",
            "operation": "Update",
            "apiVersion": "v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"k:{": {}},
        },
        {"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1"},
        {"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV2", "fieldsV1": {}},
        "x",
    ],
    ids=str,
)
def test_owners_that_cannot_be_read_are_not_taken_over(deployment: OneObject, entry: Any) -> None:
    deployment.apply("operator", spec(replicas=1))
    deployment.update("editor", spec(replicas=1), requested=[entry])
    assert deployment.owners == {"operator": spec_set("replicas")}


def test_appliers_are_listed_before_updaters_and_earlier_ones_before_later(deployment: OneObject) -> None:
    deployment.update("editor", spec(replicas=1))
    for second, manager in enumerate(("zoe", "adam"), start=1):
        deployment.second = second
        deployment.apply(manager, {"metadata": {"labels": {manager: "1"}}})
    assert list(deployment.owners) == ["zoe", "adam", "editor"]


def test_at_most_ten_updaters_are_kept_apart(deployment: OneObject) -> None:
    labels: dict[str, str] = {}
    for second in range(13):
        deployment.second = second
        labels[f"l{second}"] = "1"
        deployment.update(f"m{second}", {"metadata": {"labels": labels}})
    assert len(deployment.owners) == 10
    ancient = deployment.owners["ancient-changes"]["f:metadata"]["f:labels"]
    assert set(ancient) == {".", "f:l0", "f:l1", "f:l2", "f:l3"}
    assert deployment.entry("ancient-changes")["time"].endswith(":03Z")


def test_duplicates_that_an_update_has_brought_in_are_owned_together(deployment: OneObject) -> None:
    def pod(*values: str, image: str = "i") -> Object:
        env = [{"name": "E", "value": value} for value in values]
        return spec(template={"spec": {"containers": [{"name": "a", "image": image, "env": env}]}})

    def owned_env(manager: str) -> Any:
        below = deployment.owners[manager]["f:spec"]["f:template"]["f:spec"]["f:containers"]
        return below['k:{"name":"a"}']["f:env"]

    deployment.update("one", pod("1", "2"))
    assert owned_env("one") == {".": {}, 'k:{"name":"E"}': {".": {}, "f:name": {}, "f:value": {}}}
    deployment.update("two", pod("1", "3"))
    assert owned_env("two") == {'k:{"name":"E"}': {}}
    config = {"name": "a", "image": "i", "env": [{"name": "F", "value": "9"}]}
    deployment.apply("operator", spec(template={"spec": {"containers": [config]}}))
    env = deployment.stored["spec"]["template"]["spec"]["containers"][0]["env"]
    assert [(item["name"], item["value"]) for item in env] == [("E", "1"), ("E", "3"), ("F", "9")]
