"""Bodies of built-in kinds come out as the Go types of the real server would write them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_cluster.errors import ApiError
from fake_cluster.kinds import Decoded, FieldValidation, Kinds, Resource, refs
from fake_cluster.kinds.codec.careful import examine
from fake_cluster.kinds.codec.fast import decoder
from fake_cluster.kinds.schema import ListOf, MapOf, Node, Scalar, Struct
from fake_cluster.objects import Object, ResourceRef


def resource(ref: ResourceRef) -> Resource:
    found = Kinds().find(ref.group, ref.version, ref.plural)
    assert found is not None
    return found


def decode(ref: ResourceRef, body: Object, strict: FieldValidation = "Warn") -> Decoded:
    return resource(ref).decode(body, strict=strict)


def pod(**container: Any) -> Object:
    return {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", **container}]}}


def container_of(body: Object) -> Object:
    found: Object = decode(refs.PODS, body).obj["spec"]["containers"][0]
    return found


def test_the_body_is_copied_and_left_alone() -> None:
    body = {"metadata": {"name": "x", "labels": {"a": "b"}}, "data": {"k": "v"}}
    before = orjson.dumps(body)

    obj = decode(refs.CONFIG_MAPS, body).obj
    obj["metadata"]["labels"]["a"] = obj["data"]["k"] = "changed"

    assert orjson.dumps(body) == before


def test_kind_and_version_come_first_and_are_filled_in() -> None:
    obj = decode(refs.DEPLOYMENTS, {"metadata": {"name": "x"}}).obj

    assert list(obj)[:2] == ["kind", "apiVersion"]
    assert (obj["kind"], obj["apiVersion"]) == ("Deployment", "apps/v1")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"tty": False, "stdin": True}, {"stdin": True}),
        ({"workingDir": ""}, {}),
        ({"args": [], "command": ["run"]}, {"command": ["run"]}),
        ({"env": None, "livenessProbe": None}, {}),
        ({"securityContext": {}}, {"securityContext": {}}),
        ({"securityContext": {"privileged": False}}, {"securityContext": {"privileged": False}}),
        ({"readinessProbe": {"initialDelaySeconds": 0}}, {"readinessProbe": {}}),
        ({"restartPolicy": ""}, {"restartPolicy": ""}),
        ({"ports": [{"containerPort": 80, "hostPort": 0}]}, {"ports": [{"containerPort": 80}]}),
    ],
)
def test_empty_values_vanish_unless_the_field_is_a_pointer(written: Object, kept: Object) -> None:
    assert container_of(pod(**written)) == {"name": "c", "resources": {}} | kept


def test_fields_without_omitempty_are_always_written() -> None:
    status = decode(refs.REPLICA_SETS, {"metadata": {}, "status": {}}).obj["status"]
    role = decode(refs.ROLES, {"metadata": {"name": "x"}}).obj
    service = decode(refs.SERVICES, {}).obj

    assert status == {"replicas": 0}
    assert role["rules"] is None
    assert service["status"] == {"loadBalancer": {}}


def test_quantities_become_canonical() -> None:
    limits = {"cpu": 0.5, "memory": "1024Mi"}

    assert container_of(pod(resources={"limits": limits}))["resources"] == {
        "limits": {"cpu": "500m", "memory": "1Gi"}
    }


def test_string_data_of_a_secret_overrides_its_data() -> None:
    body = {"data": {"a": "b2xk", "b": "Yg=="}, "stringData": {"a": "new"}}

    obj = decode(refs.SECRETS, body).obj

    assert obj["data"] == {"a": "bmV3", "b": "Yg=="}
    assert "stringData" not in obj


def test_times_are_kept_in_utc() -> None:
    spec = {"renewTime": "2026-01-01T02:00:00.5+02:00"}

    obj = decode(
        refs.LEASES, {"metadata": {"creationTimestamp": "2026-01-01T01:00:00+01:00"}, "spec": spec}
    ).obj

    assert obj["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"
    assert obj["spec"]["renewTime"] == "2026-01-01T00:00:00.500000Z"


# --- unknown fields -----------------------------------------------------------------------------------

_UNKNOWN: Object = pod(imag="x", env=[{"name": "A", "vale": "1"}]) | {"specs": {}}
_WARNINGS = [
    'unknown field "spec.containers[0].imag"',
    'unknown field "spec.containers[0].env[0].vale"',
    'unknown field "specs"',
]


def test_unknown_fields_are_dropped_with_a_warning_each() -> None:
    found = decode(refs.PODS, _UNKNOWN)

    assert list(found.warnings) == _WARNINGS
    assert found.obj["spec"]["containers"] == [{"name": "c", "env": [{"name": "A"}], "resources": {}}]
    assert "specs" not in found.obj


def test_unknown_fields_are_dropped_silently_where_nobody_wants_to_know() -> None:
    assert not decode(refs.PODS, _UNKNOWN, "Ignore").warnings


def test_strict_decoding_refuses_unknown_fields() -> None:
    with pytest.raises(ApiError) as raised:
        decode(refs.PODS, _UNKNOWN, "Strict")

    expected = (
        f'Pod in version "v1" cannot be handled as a Pod: strict decoding error: {", ".join(_WARNINGS)}'
    )
    assert (raised.value.code, raised.value.message) == (400, expected)


# --- wrong types --------------------------------------------------------------------------------------

_CANNOT = 'Deployment in version "v1" cannot be handled as a Deployment: '


def _deployment(**container: Any) -> Object:
    return {"spec": {"template": pod(**container)}}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"spec": {"replicas": "2"}},
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            {"spec": {"replicas": 1.5}},
            "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            {"spec": {"replicas": 1 << 40}},
            (
                "json: cannot unmarshal number 1099511627776 into Go struct field "
                "DeploymentSpec.spec.replicas of type int32"
            ),
        ),
        (
            {"spec": []},
            "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec",
        ),
        (
            {"metadata": {"labels": {"a": 1}}},
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            _deployment(env=[{"name": "A", "value": True}]),
            (
                "json: cannot unmarshal bool into Go struct field "
                "EnvVar.spec.template.spec.containers.env.value of type string"
            ),
        ),
        (
            _deployment(command="run"),
            (
                "json: cannot unmarshal string into Go struct field "
                "Container.spec.template.spec.containers.command of type []string"
            ),
        ),
        (
            _deployment(imagePullPolicy=1),
            (
                "json: cannot unmarshal number into Go struct field "
                "Container.spec.template.spec.containers.imagePullPolicy of type v1.PullPolicy"
            ),
        ),
        (
            _deployment(resources={"limits": {"cpu": "much"}}),
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            {"metadata": {"creationTimestamp": "today"}},
            'parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"',
        ),
    ],
)
def test_a_wrong_type_is_a_bad_request_in_the_words_of_go(body: Object, text: str) -> None:
    with pytest.raises(ApiError) as raised:
        decode(refs.DEPLOYMENTS, body)

    assert (raised.value.code, raised.value.reason) == (400, "BadRequest")
    assert raised.value.message == _CANNOT + text


def test_secret_data_must_be_base64() -> None:
    with pytest.raises(ApiError, match="illegal base64 data at input byte 3"):
        decode(refs.SECRETS, {"data": {"a": "abc?"}})


def test_a_body_that_is_no_object_is_a_bad_request() -> None:
    with pytest.raises(ApiError, match=r"cannot unmarshal array into Go value of type v1\.ConfigMap"):
        resource(refs.CONFIG_MAPS).decode([])


# --- the two decoders agree ---------------------------------------------------------------------------

_SAMPLES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "text"]),
    "boolean": st.booleans(),
    "quantity": st.sampled_from(["1Gi", "0.5", 2, "1000m"]),
    "int-or-string": st.sampled_from([0, 80, "25%", ""]),
    "time": st.just("2026-01-01T00:00:00Z"),
    "micro-time": st.just("2026-01-01T00:00:00.000001Z"),
    "bytes": st.sampled_from(["", "YQ=="]),
}


def _bodies(node: Node, depth: int = 6) -> st.SearchStrategy[Any]:
    if isinstance(node, Scalar):
        return _SAMPLES.get(node.kind, st.integers(0, 3))
    if isinstance(node, ListOf):
        return st.lists(_bodies(node.items, depth - 1), max_size=2)
    if isinstance(node, MapOf):
        return st.dictionaries(st.sampled_from("ab"), _bodies(node.values, depth - 1), max_size=2)
    if not isinstance(node, Struct) or depth <= 0:
        return st.just({})
    return st.lists(st.sampled_from(sorted(node.fields)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: _maybe(node.fields[name], depth - 1) for name in names})
    )


def _maybe(node: Node, depth: int) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), _bodies(node, depth), _bodies(node, depth))


_KINDS = [refs.DEPLOYMENTS, refs.PODS, refs.SERVICES, refs.JOBS, refs.HORIZONTAL_POD_AUTOSCALERS]
_KINDS += [refs.CUSTOM_RESOURCE_DEFINITIONS, refs.NODES, refs.EVENTS]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(_KINDS).flatmap(lambda ref: st.tuples(st.just(ref), _bodies(resource(ref).schema))))
def test_the_fast_and_the_careful_decoder_agree_and_change_nothing_twice(
    case: tuple[ResourceRef, Any],
) -> None:
    ref, body = case
    schema = resource(ref).schema

    fast = decoder(schema)(body)
    findings = examine(schema, body)

    assert (findings.error, findings.unknown) == ("", [])
    assert findings.obj == fast
    assert decoder(schema)(fast) == fast


def test_every_built_in_kind_has_a_schema_columns_and_a_storage_version() -> None:
    kinds = Kinds()

    for item in kinds.resources():
        assert isinstance(item.schema.fields["metadata"], Struct)
        assert item.columns
        assert kinds.find(item.storage.group, item.storage.version, item.storage.plural) is not None
