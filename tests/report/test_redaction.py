"""Nothing secret leaves a run, in whatever form it appears."""

from __future__ import annotations

from base64 import b64encode

import pytest

from quaysim.report.redaction import REDACTED, Redactor, is_secret
from tests.report.project import Report

SECRETS = ["Xyzzy-in-uri-9", "Xyzzy-in-yaml-8", "Xyzzy-plain-7", "Xyzzy-note-6", "XyzzyPemBody5"]


@pytest.mark.parametrize("form", ["plain", "base64"])
@pytest.mark.parametrize("secret", SECRETS)
def test_no_file_of_a_report_holds_a_secret_of_the_cluster(report: Report, secret: str, form: str) -> None:
    written = secret if form == "plain" else b64encode(secret.encode()).decode()
    holding = [
        path.name for path in report.directory.iterdir() if written in path.read_text(encoding="utf-8")
    ]
    assert holding == []


def test_the_terminal_is_told_no_secret_either(report: Report) -> None:
    told = report.said.partition("= FAILURES =")[2]
    assert "for postgresql://quay:<redacted>@db, <redacted>" in told
    assert [secret for secret in SECRETS if f"is {secret} and" in told or f"BEGIN\n{secret}" in told] == []


def test_the_secret_itself_was_sent_and_is_listed_without_its_data(report: Report) -> None:
    sent = [line for line in report.lines("requests.ndjson") if line["path"].endswith("/secrets")]
    assert [line["body"]["stringData"] for line in sent] == [
        {"config.yaml": REDACTED, "password": REDACTED, "tls.key": REDACTED, "note": REDACTED}
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abc.def-ghi_123", "Authorization: <redacted> <redacted>"),
        (
            "curl -H 'authorization: bearer 0123456789abcdef'",
            "curl -H 'authorization: <redacted> <redacted>'",
        ),
        ("postgresql://quay:hunter2@db:5432/quay", "postgresql://quay:<redacted>@db:5432/quay"),
        ("password: hunter2, user: quay", "password: <redacted>, user: quay"),
        ('{"DB_PASSWORD": "hun ter2", "x": 1}', '{"DB_PASSWORD": <redacted>, "x": 1}'),
        ("DATABASE_SECRET_KEY='hunter2'", "DATABASE_SECRET_KEY=<redacted>"),
        ("/api?token=hunter2&limit=5", "/api?token=<redacted>&limit=5"),
        ("AKIAIOSFODNN7EXAMPLE", "<redacted>"),
        (
            "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJxdWF5In0.c2lnbmF0dXJl in a text",
            "<redacted> in a text",
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nand", "<redacted>\nand"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE cut o", "<redacted>"),
        (b64encode(b"-----BEGIN PRIVATE KEY-----\nMIIEabcdef").decode(), "<redacted>"),
    ],
)
def test_secrets_are_known_by_their_patterns(text: str, left: str) -> None:
    assert Redactor().text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        'Secret "lost" not found',
        "configBundleSecret: config-bundle-secret",
        "secretName: example-registry-quay-config-secret-abc",
        "configBundleSecret: is missing necessary fields",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "https://example-registry-quay.apps.example.com:443/health",
        "the registry\n  expected: True\n  seen:     False",
        "/api/v1/namespaces/quay-enterprise/secrets?limit=500",
    ],
)
def test_what_is_not_secret_stays_readable(text: str) -> None:
    assert Redactor().text(text) == text


def test_what_has_been_redacted_stays_as_it_is() -> None:
    once = Redactor().text("password: hunter2 and postgresql://a:b2c3@d, token=abcdef")
    assert Redactor().text(once) == once


@pytest.mark.parametrize(
    "name",
    ["password", "DB_ROOT_PW", "SECRET_KEY", "ssl.key", "bindPassword", "SECURITY_SCANNER_V4_PSK", "token"],
)
def test_fields_are_known_by_their_names(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    ["configBundleSecret", "secretName", "configEditorCredentialsSecret", "key", "ssl.cert", "keyFile"],
)
def test_names_of_secrets_are_not_secrets(name: str) -> None:
    assert not is_secret(name)


def test_objects_are_redacted_by_their_structure() -> None:
    deployment = {
        "kind": "Deployment",
        "env": [{"name": "POSTGRESQL_PASSWORD", "value": "hunter2"}, {"name": "DEBUG", "value": "yes"}],
        "volume": {"secret": {"secretName": "bundle"}},
    }
    assert Redactor().tree(deployment) == {
        "kind": "Deployment",
        "env": [{"name": "POSTGRESQL_PASSWORD", "value": REDACTED}, {"name": "DEBUG", "value": "yes"}],
        "volume": {"secret": {"secretName": "bundle"}},
    }


def test_lists_of_secrets_keep_their_names_alone() -> None:
    listed = {"kind": "SecretList", "items": [{"metadata": {"name": "a"}, "data": {"note": "eHl6enk="}}]}
    assert Redactor().tree(listed)["items"] == [
        {"kind": "Secret", "metadata": {"name": "a"}, "data": {"note": REDACTED}}
    ]


def test_the_copy_of_a_secret_in_its_annotation_is_left_out() -> None:
    applied = {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"a":"eHl6"}}'}}
    secret = {"kind": "Secret", "metadata": {"name": "a", **applied}, "data": {}}
    assert Redactor().tree(secret)["metadata"] == {"name": "a"}


def test_a_value_that_was_seen_in_a_secret_is_found_wherever_it_appears() -> None:
    redactor = Redactor()
    config = b64encode(b"FEATURE: true\nSMTP:\n  MAIL_PASSWORD: correct horse\n").decode()
    redactor.learn_from({"kind": "Secret", "data": {"config.yaml": config}})
    assert redactor.text("the mail says correct horse!") == "the mail says <redacted>!"
    assert redactor.text(b64encode(b"correct horse").decode()) == REDACTED
