"""What the config editor gets from `/reconfigure`, and what becomes of the registry."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from fake_cluster.kinds.refs import SECRETS
from fake_cluster.objects import Object
from quaysim.operator import Reconfigure
from quaysim.operator.bundle import Bundle, bundle_of
from quaysim.operator.reconfigure import RequestPanic
from tests.operator.examples import bundle, components
from tests.operator.lab import NAME, NAMESPACE, Lab

CLAIR = "indexer:\n  connstring: host=db\n"


def _request(config: dict[str, Any] | None = None, **certs: str) -> bytes:
    files = {path: b64encode(text.encode()).decode() for path, text in certs.items()}
    names = {"namespace": NAMESPACE, "quayRegistryName": NAME}
    return json.dumps({"config.yaml": config or {}, "certs": files, **names}).encode()


def _new_bundle(lab: Lab) -> tuple[Object, Bundle]:
    secret = lab.client.get(SECRETS, lab.registry["spec"]["configBundleSecret"], NAMESPACE)
    return secret, bundle_of(secret)


def _managed(lab: Lab) -> dict[str, bool]:
    return {entry["kind"]: entry["managed"] for entry in lab.registry["spec"]["components"]}


def _with_registry(lab: Lab, entries: list[Object] | None = None, given: Bundle | None = None) -> Reconfigure:
    lab.create_registry(components() if entries is None else entries, given or bundle())
    return Reconfigure(lab.client)


def test_success_is_told_in_json(lab: Lab) -> None:
    reply = _with_registry(lab).post(_request({"FEATURE_MAILING": True}))
    assert (reply.status, reply.text, reply.content_type) == (
        200,
        '{"status":"success"}',
        "application/json",
    )


def test_the_new_bundle_has_a_label_and_no_owner(lab: Lab) -> None:
    _with_registry(lab).post(_request({"FEATURE_MAILING": True}))
    secret, made = _new_bundle(lab)
    assert secret["metadata"]["name"].startswith("skynet-quay-config-bundle-")
    assert secret["metadata"]["labels"] == {"quay-registry": NAME}
    assert "ownerReferences" not in secret["metadata"]
    assert made.data == {"config.yaml": b"FEATURE_MAILING: true\n"}


def test_certificates_are_stored_under_their_base_names(lab: Lab) -> None:
    certs = {"extra_ca_certs/one.crt": "1", "extra_ca_certs/extra_ca_cert_two": "2", "dir/ssl.cert": "c"}
    _with_registry(lab).post(_request({}, **certs))
    _, made = _new_bundle(lab)
    assert {key: text for key, text in made.data.items() if key != "config.yaml"} == {
        "extra_ca_cert_one.crt": b"1",
        "extra_ca_cert_two": b"2",
        "ssl.cert": b"c",
    }


def test_of_the_old_bundle_only_clairs_configuration_stays(lab: Lab) -> None:
    old = Bundle({"config.yaml": b"{}", "clair-config.yaml": CLAIR.encode(), "other.txt": b"lost"})
    _with_registry(lab, given=old).post(_request())
    _, made = _new_bundle(lab)
    assert set(made.data) == {"config.yaml", "clair-config.yaml"}


@pytest.mark.parametrize(
    ("config", "certs", "changed"),
    [
        ({"DB_URI": "postgresql://x"}, {}, {"postgres": False}),
        ({"BUILDLOGS_REDIS": {"host": "x"}}, {}, {"redis": False}),
        ({"SERVER_HOSTNAME": "quay.example.com"}, {}, {}),
        ({}, {"ssl.cert": "c", "ssl.key": "k"}, {"tls": False}),
        ({}, {"ssl.cert": "c"}, {}),
        ({"FEATURE_REPO_MIRROR": True}, {}, {}),
        ({"FEATURE_REPO_MIRROR": False}, {}, {"mirror": False}),
        ({"FEATURE_SECURITY_SCANNER": True, "FEATURE_STORAGE_REPLICATION": True}, {},
         {"clair": False, "objectstorage": False}),
    ],
)  # fmt: skip
def test_what_the_new_bundle_configures_becomes_unmanaged(
    lab: Lab, config: dict[str, Any], certs: dict[str, str], changed: dict[str, bool]
) -> None:
    handler = _with_registry(lab)
    before = _managed(lab)
    assert handler.post(_request(config, **certs)).status == 200
    assert _managed(lab) == before | changed


def test_what_it_no_longer_configures_becomes_managed(lab: Lab) -> None:
    left_out = ["redis", "route", "monitoring", "horizontalpodautoscaler", "clairpostgres"]
    handler = _with_registry(lab, components(left_out))
    handler.post(_request())
    managed = _managed(lab)
    assert managed["redis"]
    assert not any(managed[kind] for kind in left_out[1:])


def test_overrides_go_with_the_management(lab: Lab) -> None:
    variables = {"env": [{"name": "A", "value": "b"}]}
    entries = components(overrides={"redis": variables, "mirror": variables})
    _with_registry(lab, entries).post(_request({"BUILDLOGS_REDIS": {"host": "x"}}))
    kept = {entry["kind"]: entry.get("overrides") for entry in lab.registry["spec"]["components"]}
    assert kept["redis"] is None
    assert kept["mirror"] == variables


def test_the_edit_starts_a_pass(lab: Lab) -> None:
    handler = _with_registry(lab)
    lab.until_available()
    handler.post(_request({"REGISTRY_TITLE": "Other"}))
    lab.cluster.advance(3)
    (secret,) = (
        obj
        for obj in lab.client.list(SECRETS, NAMESPACE)
        if "quay-config-secret" in obj["metadata"]["name"]
        and bundle_of(obj).config["REGISTRY_TITLE"] == "Other"
    )
    assert secret


def test_other_methods_are_not_allowed(lab: Lab) -> None:
    assert Reconfigure(lab.client).handle("GET", b"") == (405, "")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "EOF"),
        (b'{"namespace": ', "unexpected EOF"),
        (b'{"a', "unexpected EOF"),
        (b"nonsense", "invalid character 'n' looking for beginning of value"),
        (b"{namespace: 1}", "invalid character 'n' looking for beginning of object key string"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b'{"a": 1 "b"}', "invalid character '\"' after object key:value pair"),
        (b'{"a": [1 2]}', "invalid character '2' after array element"),
        (b"[]", "json: cannot unmarshal array into Go value of type configure.request"),
        (b'{"namespace": 5}', "json: cannot unmarshal number into Go struct field request.namespace of type string"),
        (b'{"config.yaml": "a"}',
         "json: cannot unmarshal string into Go struct field request.config.yaml of type map[string]interface {}"),
        (b'{"certs": {"a": "!!!"}}', "illegal base64 data at input byte 0"),
    ],
)  # fmt: skip
def test_what_is_not_the_right_json_is_refused_in_gos_words(lab: Lab, body: bytes, message: str) -> None:
    reply = Reconfigure(lab.client).post(body)
    assert (reply.status, reply.text) == (400, f"{message}\n")
    assert reply.content_type.startswith("text/plain")


def test_an_unknown_registry_is_an_internal_error(lab: Lab) -> None:
    body = json.dumps({"namespace": NAMESPACE, "quayRegistryName": "nope", "config.yaml": {}}).encode()
    assert Reconfigure(lab.client).post(body) == (500, 'quayregistries.quay.redhat.com "nope" not found\n')


def test_without_its_old_bundle_a_registry_gets_no_new_one(lab: Lab) -> None:
    lab.create_registry(components())
    lab.edit(configBundleSecret="gone")
    before = len(lab.client.list(SECRETS, NAMESPACE))
    assert Reconfigure(lab.client).post(_request()) == (500, 'Secret "gone" not found\n')
    assert len(lab.client.list(SECRETS, NAMESPACE)) == before


@pytest.mark.parametrize("missing", ["namespace", "quayRegistryName"])
def test_without_a_name_the_request_dies_and_the_operator_lives(lab: Lab, missing: str) -> None:
    body = json.loads(_request())
    del body[missing]
    with pytest.raises(RequestPanic, match=f"{missing} not provided"):
        Reconfigure(lab.client).post(json.dumps(body).encode())
