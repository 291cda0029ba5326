"""Bodies in protobuf, made by hand: what typed Go clients send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_cluster.api.protobuf import read_protobuf
from fake_cluster.api.protobuf.wire import BrokenMessageError, fields
from fake_cluster.errors import ApiError


def varint(value: int) -> bytes:
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + varint(high) if high else bytes([low])


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value % (1 << 64))
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def body(api_version: str, kind: str, message: bytes) -> bytes:
    return b"k8s\x00" + field(1, field(1, api_version) + field(2, kind)) + field(2, message)


METADATA = field(
    1, field(1, "web") + field(2, "") + field(8, b"") + field(11, field(1, "app") + field(2, "web"))
)


def test_metadata_and_maps_are_read_and_unset_fields_stay_away() -> None:
    message = METADATA + field(2, field(1, "key") + field(2, "value"))
    assert read_protobuf(body("v1", "ConfigMap", message)) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "data": {"key": "value"},
    }


def test_embedded_structs_have_their_fields_in_the_outer_object() -> None:
    volume = field(1, "files") + field(2, field(2, field(1, "")))
    read = read_protobuf(body("v1", "Pod", METADATA + field(2, field(1, volume))))
    assert read["spec"]["volumes"] == [{"name": "files", "emptyDir": {}}]


def test_pointers_keep_their_zeros() -> None:
    read = read_protobuf(body("apps/v1", "Deployment", METADATA + field(2, field(1, 0))))
    assert read["spec"] == {"replicas": 0}


def test_quantities_times_ports_and_bytes_are_as_json_has_them() -> None:
    port = field(1, "http") + field(3, 80) + field(4, field(1, 1) + field(3, "web"))
    service = read_protobuf(body("v1", "Service", METADATA + field(2, field(1, port))))
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "web"}]
    hard = field(1, field(1, "pods") + field(2, field(1, "10")))
    assert read_protobuf(body("v1", "ResourceQuota", field(2, hard)))["spec"] == {"hard": {"pods": "10"}}
    lease = field(2, field(1, "me") + field(4, field(1, 1_700_000_000) + field(2, 5000)))
    spec = read_protobuf(body("coordination.k8s.io/v1", "Lease", lease))["spec"]
    assert spec == {"holderIdentity": "me", "renewTime": "2023-11-14T22:13:20.000005Z"}
    secret = field(2, field(1, "password") + field(2, b"\x00\xff"))
    assert read_protobuf(body("v1", "Secret", secret))["data"] == {"password": "AP8="}


def test_negative_numbers_are_read() -> None:
    read = read_protobuf(body("scheduling.k8s.io/v1", "PriorityClass", METADATA + field(2, -5)))
    assert read["value"] == -5


def test_fields_of_later_versions_are_passed_over() -> None:
    assert read_protobuf(body("v1", "ConfigMap", field(900, 1) + field(901, "x"))) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
    }


def test_delete_options_of_any_group_are_the_same() -> None:
    for api_version in ("v1", "apps/v1"):
        assert read_protobuf(body(api_version, "DeleteOptions", field(1, 0)))["gracePeriodSeconds"] == 0


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ApiError, match='no kind "Nothing" is registered for version "v1"'):
        read_protobuf(body("v1", "Nothing", b""))


def _is_read_or_refused(content: bytes) -> bool:
    try:
        return isinstance(read_protobuf(content), dict)
    except ApiError as error:
        return error.code == 400


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for content in (
        data,
        b"k8s\x00" + data,
        body("v1", "Pod", data),
        body("v1", "ConfigMap", field(1, data)),
    ):
        assert _is_read_or_refused(content)


@given(st.lists(st.tuples(st.integers(1, 500), st.binary(max_size=20) | st.integers(0, 2**63))))
def test_the_fields_of_a_message_are_read_as_they_were_written(
    expected: list[tuple[int, bytes | int]],
) -> None:
    assert list(fields(b"".join(field(number, value) for number, value in expected))) == expected


def test_a_message_that_is_cut_off_is_no_message() -> None:
    with pytest.raises(BrokenMessageError):
        list(fields(field(1, "hello")[:-1]))
