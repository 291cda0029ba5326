"""Overrides: which are accepted, in which order problems are found, and what they do."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.objects import Object
from quaysim.operator.context import managed_kinds
from quaysim.operator.errors import InflateError
from quaysim.operator.overrides import amount, problem_with_overrides, volume_size
from tests.operator.examples import RELEASE, components, container_of, context, rendered

ENV = [{"name": "FOO", "value": "bar"}]
AFFINITY: dict[str, Any] = {"nodeAffinity": {}}
HPA = "horizontalpodautoscaler"


def problem(entries: list[Object]) -> str:
    accepted = {component.kind: component.overridable for component in RELEASE.components}
    return problem_with_overrides(entries, managed_kinds(entries), accepted, RELEASE.messages)


@pytest.mark.parametrize(
    ("unmanaged", "overrides", "expected"),
    [
        (["redis"], {"redis": {"env": ENV}}, "cannot set overrides on unmanaged redis"),
        (["mirror"], {"mirror": {"replicas": 0}}, "cannot set overrides on unmanaged mirror"),
        ([], {"quay": {"replicas": 3}}, "cannot override replicas with managed HPA"),
        ([HPA], {"redis": {"replicas": 3}}, "component redis does not support replicas overrides"),
        ([HPA], {"postgres": {"replicas": 0}}, "component postgres does not support replicas overrides"),
        ([], {"redis": {"affinity": AFFINITY}}, "component redis does not support affinity overrides"),
        ([], {"quay": {"volumeSize": "60Gi"}}, "component quay does not support volumeSize overrides"),
        ([], {"clairpostgres": {"volumeSize": "60Gi"}},
         "component clairpostgres does not support volumeSize overrides"),
        ([], {"route": {"env": ENV}}, "component route does not support env overrides"),
        ([], {"redis": {"env": ENV, "affinity": AFFINITY, "volumeSize": "1Gi"}},
         "component redis does not support affinity overrides"),
        ([], {"postgres": {"affinity": AFFINITY}, "redis": {"volumeSize": "1Gi"}},
         "component postgres does not support affinity overrides"),
    ],
)  # fmt: skip
def test_the_first_problem_is_reported(
    unmanaged: list[str], overrides: dict[str, Any], expected: str
) -> None:
    assert problem(components(unmanaged, overrides)) == expected


@pytest.mark.parametrize(
    ("unmanaged", "overrides"),
    [
        ([HPA], {"quay": {"replicas": 0}, "clair": {"replicas": 3}, "mirror": {"replicas": 1}}),
        ([], {"quay": {"replicas": 0}}),
        ([], {"postgres": {"volumeSize": "60Gi"}, "clair": {"volumeSize": "60Gi", "affinity": AFFINITY}}),
        ([], {kind: {"env": ENV} for kind in ("quay", "clair", "mirror", "postgres", "redis")}),
        (["redis"], {"redis": {"labels": {"a": "b"}, "annotations": {"c": "d"}}}),
        (["redis"], {"redis": {"env": []}}),
    ],
)
def test_what_is_supported_passes(unmanaged: list[str], overrides: dict[str, Any]) -> None:
    assert problem(components(unmanaged, overrides)) == ""


@pytest.mark.parametrize(
    ("quantity", "value"), [("50Gi", 50 * 2**30), ("1.5k", 1500), ("2e3", 2000), ("100", 100), ("3E", 3e18)]
)
def test_quantities_are_compared_by_value(quantity: str, value: float) -> None:
    assert amount(quantity) == value


def test_a_volume_grows_but_never_shrinks_below_the_default() -> None:
    assert volume_size({"volumeSize": "100Gi"}, "50Gi") == "100Gi"
    assert volume_size({}, "50Gi") == "50Gi"
    with pytest.raises(InflateError, match=r"^cannot shrink volume override size from 50Gi to 10Gi$"):
        volume_size({"volumeSize": "10Gi"}, "50Gi")


def test_clairs_volume_is_sized_by_clair_and_quays_by_postgres() -> None:
    sizes = {"postgres": {"volumeSize": "70Gi"}, "clair": {"volumeSize": "60Gi"}}
    objects = rendered(context(components(overrides=sizes)))
    claims = {
        name: obj["spec"]["resources"]["requests"]["storage"]
        for (kind, name), obj in objects.items()
        if kind == "PersistentVolumeClaim"
    }
    assert claims == {"quay-database": "70Gi", "clair-postgres": "60Gi"}


def test_variables_replace_those_of_their_name_in_all_main_containers() -> None:
    env = [{"name": "DEBUGLOG", "value": "maybe"}, {"name": "QUAY_VERSION", "value": "mine"}, *ENV]
    objects = rendered(context(components(overrides={"quay": {"env": env}, "mirror": {"env": ENV}})))
    for name in ("quay-app", "quay-config-editor"):
        variables = container_of(objects["Deployment", name])["env"]
        assert len(variables) == len({variable["name"] for variable in variables})
        values = {variable["name"]: variable.get("value") for variable in variables}
        assert (values["DEBUGLOG"], values["FOO"], values["QUAY_VERSION"]) == ("maybe", "bar", "3.7.10")
    mirror = objects["Deployment", "quay-mirror"]["spec"]["template"]["spec"]
    assert ENV[0] in mirror["containers"][0]["env"]
    assert ENV[0] not in mirror["initContainers"][0]["env"]


def test_labels_and_annotations_reach_object_and_template_but_not_the_selector() -> None:
    wanted = {
        "labels": {"team": "a", "app": "mine", "quay-component": "mine", "quay-operator/quayregistry": "x"},
        "annotations": {"note": "b", "quay-registry-hostname": "overwritten"},
    }
    deployment = rendered(context(components(overrides={"redis": wanted})))["Deployment", "quay-redis"]
    template = deployment["spec"]["template"]["metadata"]
    for metadata in (deployment["metadata"], template):
        assert metadata["labels"] == {
            "quay-component": "redis",
            "quay-operator/quayregistry": "skynet",
            "team": "a",
        }
        assert metadata["annotations"]["note"] == "b"
        assert metadata["annotations"]["quay-registry-hostname"] == "overwritten"
    assert "team" not in deployment["spec"]["selector"]["matchLabels"]


def test_overrides_of_clairpostgres_have_no_effect() -> None:
    wanted = {"clairpostgres": {"labels": {"team": "a"}}}
    plain, changed = (rendered(context(components(overrides=given))) for given in ({}, wanted))
    assert changed["Deployment", "clair-postgres"] == plain["Deployment", "clair-postgres"]


def test_an_affinity_replaces_the_default_one() -> None:
    objects = rendered(context(components(overrides={"clair": {"affinity": AFFINITY}})))
    assert objects["Deployment", "clair-app"]["spec"]["template"]["spec"]["affinity"] == AFFINITY


@pytest.mark.parametrize(
    ("unmanaged", "overrides", "version", "replicas"),
    [
        ([], {}, "3.7.10", None),
        ([HPA], {}, "3.7.10", 2),
        ([HPA], {"quay": {"replicas": 5}}, "3.7.10", 5),
        ([HPA], {"quay": {"replicas": 0}}, "3.7.10", 0),
        ([], {}, "", 0),
        ([HPA], {"quay": {"replicas": 5}}, "3.6.4", 0),
    ],
)
def test_who_decides_how_many_pods_quay_has(
    unmanaged: list[str], overrides: dict[str, Any], version: str, replicas: int | None
) -> None:
    objects = rendered(context(components(unmanaged, overrides), version=version))
    assert objects["Deployment", "quay-app"]["spec"].get("replicas") == replicas
