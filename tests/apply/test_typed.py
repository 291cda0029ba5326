"""Configurations that do not fit their schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_cluster.api.apply.reading import DOUBTS, Readers
from fake_cluster.api.apply.typed import NotTypedError, field_set
from fake_cluster.objects import Object
from tests.apply.harness import OneObject
from tests.patch.nodes import DEPLOYMENT

PREFIX = "failed to create typed patch object (ns/x; apps/v1, Kind=Deployment): "


def refusal(fields: Object) -> str:
    error = OneObject(DEPLOYMENT).refused("operator", fields)
    assert (error.code, error.reason) == (500, "")
    assert error.message.startswith(PREFIX)
    return error.message.removeprefix(PREFIX)


def in_pod(**fields: Any) -> Object:
    return {"spec": {"template": {"spec": fields}}}


def test_an_unknown_field_is_named() -> None:
    assert refusal({"spec": {"foo": 1}}) == ".spec.foo: field not declared in schema"


def test_all_problems_are_listed() -> None:
    assert refusal({"spec": {"foo": 1, "bar": {}}}) == (
        "errors:\n  .spec.foo: field not declared in schema\n  .spec.bar: field not declared in schema"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"containers": [{"name": "x"}, {"name": "x"}]},
            '.spec.template.spec.containers: duplicate entries for key [name="x"]',
        ),
        (
            {
                "containers": [
                    {"name": "x", "ports": [{"containerPort": 1}, {"containerPort": 1, "protocol": "TCP"}]}
                ]
            },
            (
                '.spec.template.spec.containers[name="x"].ports: '
                'duplicate entries for key [containerPort=1,protocol="TCP"]'
            ),
        ),
        (
            {"containers": [{"image": "x"}]},
            (
                ".spec.template.spec.containers: element 0: associative list with keys has an element that omits all "
                'key fields ["name"] (and doesn\'t have default values for any key fields)'
            ),
        ),
        (
            {"containers": [None]},
            ".spec.template.spec.containers: element 0: associative list with keys may not have a null element",
        ),
        (
            {"containers": ["x"]},
            ".spec.template.spec.containers: element 0: associative list with keys may not have non-map elements",
        ),
        (
            {"containers": [{"name": "x", "env": [{"name": "E", "value": 3}]}]},
            (
                '.spec.template.spec.containers[name="x"].env[name="E"].value: '
                "expected string, got &value.valueUnstructured{Value:3}"
            ),
        ),
        (
            {"containers": [{"name": "x", "command": ["a", True]}]},
            (
                '.spec.template.spec.containers[name="x"].command[1]: '
                "expected string, got &value.valueUnstructured{Value:true}"
            ),
        ),
        ({"containers": {"name": "x"}}, ".spec.template.spec.containers: expected list, got &{map[name:x]}"),
        ({"securityContext": [1]}, ".spec.template.spec.securityContext: expected map, got &{[1]}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_part_of_a_pod_is_named_with_its_place(fields: Object, message: str) -> None:
    assert refusal(in_pod(**fields)) == message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"replicas": "2"}, ".spec.replicas: expected numeric (int or float), got string"),
        ({"replicas": True}, ".spec.replicas: expected numeric (int or float), got bool"),
        ({"paused": "no"}, ".spec.paused: expected boolean, got &{no}"),
    ],
    ids=str,
)
def test_scalars_must_be_of_their_type(fields: Object, message: str) -> None:
    assert refusal({"spec": fields}) == message


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a", "a"], '.metadata.finalizers: duplicate entries for key [="a"]'),
        (
            [None],
            ".metadata.finalizers: element 0: associative list without keys has an element that's an explicit null",
        ),
        (
            [{}],
            ".metadata.finalizers: element 0: associative list without keys has an element that's a map type",
        ),
        ([[]], ".metadata.finalizers: element 0: not supported: associative list with lists as elements"),
    ],
    ids=str,
)
def test_values_of_sets_are_distinct_scalars(values: list[Any], message: str) -> None:
    assert refusal({"metadata": {"finalizers": values}}) == message


def test_null_fits_everywhere() -> None:
    deployment = OneObject(DEPLOYMENT)
    deployment.apply("operator", {"spec": {"replicas": None, "template": None, "strategy": {"type": None}}})
    owned: Object = {"f:replicas": {}, "f:template": {}, "f:strategy": {"f:type": {}}}
    assert deployment.owners == {"operator": {"f:spec": owned}}


def test_quantities_and_ports_by_name_may_be_numbers_or_strings() -> None:
    deployment = OneObject(DEPLOYMENT)
    deployment.apply(
        "operator", {"spec": {"strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}}}
    )
    assert deployment.stored["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 1}


def configurations() -> st.SearchStrategy[Any]:
    """Objects that know the names of fields, but not always what belongs there."""
    names = st.sampled_from(
        ["name", "value", "a", "spec", "containers", "env", "image", "ports", "containerPort"]
    )
    junk = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.text("xy", max_size=1))
    item = st.dictionaries(names, st.one_of(junk, st.lists(st.dictionaries(names, junk), max_size=2)))
    pod = st.dictionaries(
        st.sampled_from(["containers", "nodeSelector", "securityContext", "volumes"]), st.lists(item)
    )
    metadata = st.dictionaries(
        st.sampled_from(["labels", "finalizers", "ownerReferences", "foo"]),
        st.one_of(junk, st.lists(st.one_of(junk, item)), item),
    )
    template = st.fixed_dictionaries({}, optional={"spec": pod, "metadata": metadata})
    return st.fixed_dictionaries(
        {},
        optional={
            "metadata": metadata,
            "spec": st.fixed_dictionaries({}, optional={"template": template, "replicas": junk}),
        },
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(config=configurations())
def test_the_quick_reader_gives_the_same_fields_or_gives_up(config: Object) -> None:
    try:
        expected: object = field_set(config, DEPLOYMENT)
    except NotTypedError:
        expected = None
    try:
        read: object = Readers().of(DEPLOYMENT)(config) or {}
    except DOUBTS:
        read = None
    assert read == expected
