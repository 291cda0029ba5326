"""Who owns what after an apply."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.errors import ApiError
from fake_cluster.objects import Object
from tests.apply.harness import OneObject
from tests.patch.nodes import CONFIG_MAP, CUSTOM, DEPLOYMENT


@pytest.fixture
def deployment() -> OneObject:
    return OneObject(DEPLOYMENT)


@pytest.fixture
def config_map() -> OneObject:
    return OneObject(CONFIG_MAP, "v1", "ConfigMap")


def pod(*containers: Object, **more: Any) -> Object:
    return {"spec": {"template": {"spec": {"containers": list(containers), **more}}}}


def pod_of(fields: Object) -> Any:
    """The pod spec of an object, or the part of a set of fields that speaks of it."""
    prefix = "f:" if "f:spec" in fields else ""
    return fields[f"{prefix}spec"][f"{prefix}template"][f"{prefix}spec"]


def test_an_applier_owns_the_fields_that_it_has_applied(deployment: OneObject) -> None:
    deployment.apply("operator", {"metadata": {"labels": {"a": "1"}}, "spec": {"replicas": 2}})
    assert deployment.entry("operator") == {
        "manager": "operator",
        "operation": "Apply",
        "apiVersion": "apps/v1",
        "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:labels": {"f:a": {}}}, "f:spec": {"f:replicas": {}}},
    }


def test_name_version_and_what_the_server_keeps_belong_to_nobody(config_map: OneObject) -> None:
    config_map.apply("operator", {"metadata": {"uid": "u"}, "data": {"a": "1"}})
    assert config_map.owners == {"operator": {"f:data": {"f:a": {}}}}


def test_elements_of_lists_are_named_by_their_keys_with_defaults_filled(deployment: OneObject) -> None:
    ports = [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP", "name": "dns"}]
    deployment.apply("operator", pod({"name": "a", "ports": ports}))
    assert pod_of(deployment.owners["operator"])["f:containers"] == {
        'k:{"name":"a"}': {
            ".": {},
            "f:name": {},
            "f:ports": {
                'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}},
                'k:{"containerPort":53,"protocol":"UDP"}': {
                    ".": {},
                    "f:containerPort": {},
                    "f:protocol": {},
                    "f:name": {},
                },
            },
        }
    }


def test_values_of_sets_are_owned_one_by_one(deployment: OneObject) -> None:
    deployment.apply("one", {"metadata": {"finalizers": ["x/a"]}})
    deployment.apply("two", {"metadata": {"finalizers": ["x/b"]}})
    assert deployment.stored["metadata"]["finalizers"] == ["x/a", "x/b"]
    assert deployment.owners["two"] == {"f:metadata": {"f:finalizers": {'v:"x/b"': {}}}}


def test_atomic_maps_and_lists_are_owned_as_a_whole(deployment: OneObject) -> None:
    fields = pod({"name": "a", "command": ["x", "y"]}, nodeSelector={"k": "v"}, tolerations=[{"key": "k"}])
    deployment.apply("operator", fields | {"metadata": {"ownerReferences": [{"uid": "o", "name": "n"}]}})
    owned = pod_of(deployment.owners["operator"])
    assert owned["f:nodeSelector"] == owned["f:tolerations"] == {}
    assert owned["f:containers"]['k:{"name":"a"}']["f:command"] == {}
    assert deployment.owners["operator"]["f:metadata"] == {"f:ownerReferences": {'k:{"uid":"o"}': {}}}


def test_an_empty_map_is_owned_itself_and_an_empty_list_of_elements_is_not(deployment: OneObject) -> None:
    deployment.apply("operator", pod({"name": "a", "env": [], "resources": {}}))
    owned = pod_of(deployment.owners["operator"])["f:containers"]['k:{"name":"a"}']
    assert owned == {".": {}, "f:name": {}, "f:resources": {}}


def test_appliers_of_the_same_value_share_the_field(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"replicas": 2}})
    before = deployment.stored
    deployment.apply("two", {"spec": {"replicas": 2}})
    assert deployment.owners == {"one": {"f:spec": {"f:replicas": {}}}, "two": {"f:spec": {"f:replicas": {}}}}
    assert deployment.stored["spec"] == before["spec"]


def test_a_field_stays_until_its_last_owner_lets_go(deployment: OneObject) -> None:
    for manager in ("one", "two"):
        deployment.apply(manager, {"spec": {"replicas": 2, "paused": True}})
    deployment.apply("one", {"spec": {"paused": True}})
    assert deployment.stored["spec"] == {"replicas": 2, "paused": True}
    deployment.apply("two", {"spec": {"paused": True}})
    assert deployment.stored["spec"] == {"paused": True}


def test_what_is_applied_no_more_goes_with_all_below_it(deployment: OneObject) -> None:
    deployment.apply("operator", pod({"name": "a"}, {"name": "b", "image": "x"}))
    fields = {name: deployment.stored[name] for name in ("spec",)}
    pod_of(fields)["containers"][1]["imagePullPolicy"] = "Always"
    deployment.live = deployment.stored | fields
    deployment.apply("operator", pod({"name": "a"}))
    assert pod_of(deployment.stored)["containers"] == [{"name": "a"}]


def test_a_named_object_goes_with_its_unowned_fields(deployment: OneObject) -> None:
    deployment.apply("operator", pod({"name": "a"}, securityContext={"fsGroup": 1}))
    pod_of(deployment.stored)["securityContext"]["runAsUser"] = 7
    deployment.apply("operator", pod({"name": "a"}))
    assert "securityContext" not in pod_of(deployment.stored)


def test_what_somebody_else_has_set_beside_stays(deployment: OneObject) -> None:
    deployment.apply("one", {"metadata": {"labels": {"a": "1"}}, "spec": {"replicas": 2}})
    deployment.apply("two", {"metadata": {"labels": {"b": "2"}}})
    deployment.apply("one", {"spec": {"replicas": 2}})
    assert deployment.stored["metadata"]["labels"] == {"b": "2"}


def test_an_object_keeps_its_metadata_when_nobody_owns_any_of_it(deployment: OneObject) -> None:
    deployment.apply("operator", {"metadata": {"labels": {"a": "1"}}, "spec": {"replicas": 1}})
    deployment.apply("operator", {})
    assert deployment.stored == deployment.body({"metadata": {"uid": "u"}})


def test_an_applier_that_lets_go_of_everything_has_no_entry(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"replicas": 2}})
    deployment.apply("two", {"spec": {"paused": True}})
    deployment.apply("one", {})
    assert deployment.owners == {"two": {"f:spec": {"f:paused": {}}}}
    assert deployment.stored["spec"] == {"paused": True}


def test_elements_keep_the_order_of_the_server_and_new_ones_follow(deployment: OneObject) -> None:
    deployment.apply("one", pod({"name": "a"}, {"name": "b"}))
    deployment.apply("two", pod({"name": "c"}, {"name": "b", "image": "x"}))
    assert [c["name"] for c in pod_of(deployment.stored)["containers"]] == ["a", "c", "b"]


def test_repeating_an_apply_changes_nothing_at_all(deployment: OneObject) -> None:
    fields = {"metadata": {"labels": {"a": "1"}}, **pod({"name": "a", "env": [{"name": "E", "value": "1"}]})}
    before = deployment.apply("operator", fields)
    deployment.second = 5
    assert deployment.apply("operator", fields) is before


def test_a_change_moves_the_time_of_its_entry_alone(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"replicas": 2}})
    deployment.apply("two", {"spec": {"paused": True}})
    deployment.second = 5
    deployment.apply("two", {"spec": {"paused": False}})
    assert deployment.entry("two")["time"].endswith(":05Z")
    assert deployment.entry("one")["time"].endswith(":00Z")


def test_status_applied_to_the_object_itself_is_left_out(deployment: OneObject) -> None:
    deployment.apply("operator", {"spec": {"replicas": 2}, "status": {"replicas": 7}})
    assert "status" not in deployment.stored
    assert deployment.owners == {"operator": {"f:spec": {"f:replicas": {}}}}


def test_status_applied_to_the_subresource_is_owned_under_its_name(deployment: OneObject) -> None:
    deployment.apply("operator", {"spec": {"replicas": 2}})
    condition = {"type": "Available", "status": "True"}
    deployment.apply(
        "operator", {"spec": {"replicas": 9}, "status": {"conditions": [condition]}}, subresource="status"
    )
    assert deployment.stored["spec"] == {"replicas": 2}
    assert deployment.stored["status"] == {"conditions": [condition]}
    assert deployment.owners == {
        "operator": {"f:spec": {"f:replicas": {}}},
        "operator/status": {
            "f:status": {"f:conditions": {'k:{"type":"Available"}': {".": {}, "f:type": {}, "f:status": {}}}}
        },
    }


def test_free_parts_of_a_custom_resource_are_owned_by_key() -> None:
    custom = OneObject(CUSTOM, "quay.redhat.com/v1", "QuayRegistry")
    custom.apply("one", {"spec": {"free": {"a": {"b": 1, "c": [1]}}, "components": [{"kind": "tls"}]}})
    assert custom.owners["one"] == {
        "f:spec": {"f:free": {"f:a": {".": {}, "f:b": {}, "f:c": {}}}, "f:components": {}}
    }


def test_an_object_without_owners_belonged_to_somebody_before_the_first_apply(deployment: OneObject) -> None:
    deployment.live = deployment.body({"spec": {"replicas": 1, "paused": True}})
    deployment.apply("operator", {"spec": {"replicas": 2}}, force=True)
    assert deployment.owners == {
        "operator": {"f:spec": {"f:replicas": {}}},
        "before-first-apply": {"f:spec": {"f:paused": {}}},
    }


def test_the_configuration_must_be_of_the_version_of_the_request(deployment: OneObject) -> None:
    deployment.apply("operator", {})
    error = deployment.refused("operator", {"apiVersion": "apps/v1beta1"})
    assert (error.code, error.message) == (
        400,
        "Incorrect version specified in apply patch. Specified patch version: apps/v1beta1, expected: apps/v1",
    )


def test_the_configuration_must_not_speak_of_owners(deployment: OneObject) -> None:
    error = deployment.refused("operator", {"metadata": {"managedFields": []}})
    assert (error.code, error.message) == (400, "metadata.managedFields must be nil")


def test_nothing_that_is_passed_in_is_changed(deployment: OneObject) -> None:
    fields = pod({"name": "a", "env": [{"name": "E", "value": "1"}]})
    deployment.apply("one", fields)
    live, text = deployment.stored, repr(deployment.stored)
    deployment.apply("two", pod({"name": "a", "image": "x"}, {"name": "b"}), force=True)
    with pytest.raises(ApiError):
        deployment.apply("three", pod({"name": "a", "env": [{"name": "E", "value": "2"}]}))
    deployment.apply("one", pod({"name": "a"}))
    assert repr(live) == text
    assert fields == pod({"name": "a", "env": [{"name": "E", "value": "1"}]})
