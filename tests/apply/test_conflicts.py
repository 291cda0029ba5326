"""Conflicts, force, and the way from client-side to server-side apply."""

from __future__ import annotations

import json

import pytest

from fake_cluster.objects import Object
from tests.apply.harness import OneObject
from tests.patch.nodes import CONFIG_MAP, DEPLOYMENT

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@pytest.fixture
def deployment() -> OneObject:
    return OneObject(DEPLOYMENT)


def test_another_value_for_an_owned_field_is_a_conflict(deployment: OneObject) -> None:
    deployment.update("kubectl-create", {"spec": {"replicas": 1}})
    error = deployment.refused("operator", {"spec": {"replicas": 2}})
    assert (error.code, error.reason) == (409, "Conflict")
    assert error.message == (
        'Apply failed with 1 conflict: conflict with "kubectl-create" using apps/v1: .spec.replicas'
    )
    assert error.details == {
        "causes": [
            {
                "reason": "FieldManagerConflict",
                "message": 'conflict with "kubectl-create" using apps/v1',
                "field": ".spec.replicas",
            }
        ]
    }


def test_an_applier_in_the_way_is_named_without_version(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"replicas": 1}})
    error = deployment.refused("two", {"spec": {"replicas": 2}})
    assert error.message == 'Apply failed with 1 conflict: conflict with "one": .spec.replicas'


def test_an_owner_by_subresource_is_named_with_it(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"replicas": 1}})
    deployment.update("scaler", {"spec": {"replicas": 3}}, subresource="scale")
    error = deployment.refused("one", {"spec": {"replicas": 1}})
    assert error.message == (
        'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using apps/v1: .spec.replicas'
    )


def test_several_conflicts_are_grouped_by_manager_and_sorted(deployment: OneObject) -> None:
    containers = [{"name": "a", "image": "x", "ports": [{"containerPort": 80, "name": "p"}]}]
    deployment.apply("zoe", {"spec": {"replicas": 1}})
    deployment.apply("adam", {"spec": {"paused": True, "template": {"spec": {"containers": containers}}}})
    theirs = [{"name": "a", "image": "y", "ports": [{"containerPort": 80, "name": "q"}]}]
    fields = {"spec": {"replicas": 2, "paused": False, "template": {"spec": {"containers": theirs}}}}
    assert deployment.refused("two", fields).message == (
        "Apply failed with 4 conflicts: "
        'conflicts with "adam":\n'
        "- .spec.paused\n"
        '- .spec.template.spec.containers[name="a"].image\n'
        '- .spec.template.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].name\n'
        'conflicts with "zoe":\n'
        "- .spec.replicas"
    )


def test_force_takes_the_field_away_from_its_owner(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"replicas": 1, "paused": True}})
    deployment.apply("two", {"spec": {"replicas": 2}}, force=True)
    assert deployment.stored["spec"] == {"replicas": 2, "paused": True}
    assert deployment.owners == {"one": {"f:spec": {"f:paused": {}}}, "two": {"f:spec": {"f:replicas": {}}}}


def test_fields_that_nobody_owns_are_free_to_take(deployment: OneObject) -> None:
    deployment.apply("one", {"spec": {"paused": True}})
    deployment.stored["spec"]["replicas"] = 1
    deployment.apply("two", {"spec": {"replicas": 2}})
    assert deployment.stored["spec"]["replicas"] == 2


def test_an_atomic_list_conflicts_as_a_whole(deployment: OneObject) -> None:
    def fields(command: str) -> Object:
        return {"spec": {"template": {"spec": {"containers": [{"name": "a", "command": [command]}]}}}}

    deployment.apply("one", fields("x"))
    error = deployment.refused("two", fields("y"))
    assert error.details["causes"][0]["field"] == '.spec.template.spec.containers[name="a"].command'


def test_empty_data_of_two_appliers_is_a_conflict_on_data() -> None:
    config_map = OneObject(CONFIG_MAP, "v1", "ConfigMap")
    config_map.apply("one", {"data": {}})
    assert "data" not in config_map.stored
    error = config_map.refused("two", {"data": {}})
    assert error.message == 'Apply failed with 1 conflict: conflict with "one": .data'


def test_empty_data_applied_again_is_no_change() -> None:
    config_map = OneObject(CONFIG_MAP, "v1", "ConfigMap")
    before = config_map.apply("one", {"data": {}})
    config_map.second = 9
    assert config_map.apply("one", {"data": {}}) is before


def test_the_kinds_of_writes_of_one_manager_conflict_too(deployment: OneObject) -> None:
    deployment.update("operator", {"spec": {"replicas": 1}})
    error = deployment.refused("operator", {"spec": {"replicas": 2}})
    assert 'conflict with "operator" using apps/v1: .spec.replicas' in error.message


def last_applied(fields: Object) -> Object:
    config = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, **fields}
    return {"metadata": {"annotations": {LAST_APPLIED: json.dumps(config)}}, **fields}


def test_kubectl_takes_over_what_it_has_applied_on_the_client_side(deployment: OneObject) -> None:
    deployment.update("kubectl-client-side-apply", last_applied({"spec": {"replicas": 1}}))
    deployment.apply("kubectl", {"spec": {"replicas": 2}})
    assert deployment.stored["spec"] == {"replicas": 2}
    assert deployment.owners["kubectl"] == {"f:spec": {"f:replicas": {}}}


def test_other_managers_take_over_nothing(deployment: OneObject) -> None:
    deployment.update("kubectl-client-side-apply", last_applied({"spec": {"replicas": 1}}))
    assert deployment.refused("operator", {"spec": {"replicas": 2}}).code == 409


def test_kubectl_has_conflicts_over_what_it_has_not_applied(deployment: OneObject) -> None:
    fields = last_applied({"spec": {"replicas": 1}})
    deployment.update("somebody", fields | {"spec": {"replicas": 1, "paused": True}})
    error = deployment.refused("kubectl", {"spec": {"replicas": 2, "paused": False}})
    assert [cause["field"] for cause in error.details["causes"]] == [".spec.paused"]


def test_kubectl_keeps_the_annotation_of_the_client_side_up_to_date(deployment: OneObject) -> None:
    deployment.update("kubectl-client-side-apply", last_applied({"spec": {"replicas": 1}}))
    deployment.apply("kubectl", {"spec": {"replicas": 2}})
    text = deployment.stored["metadata"]["annotations"][LAST_APPLIED]
    assert json.loads(text) == deployment.body({"spec": {"replicas": 2}})
    assert text.endswith("}\n")


def test_an_annotation_that_cannot_be_read_lets_kubectl_take_nothing(deployment: OneObject) -> None:
    deployment.update("x", {"metadata": {"annotations": {LAST_APPLIED: "{"}}, "spec": {"replicas": 1}})
    assert deployment.refused("kubectl", {"spec": {"replicas": 2}}).code == 409
