"""Which components a registry has, and whether its bundle fits to them."""

from __future__ import annotations

import pytest

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.context import Surroundings
from quaysim.operator.defaults import problem_with_configuration, same_components, with_defaults
from quaysim.operator.errors import UnsupportedComponentError
from tests.operator.examples import KINDS, RELEASE, SURROUNDINGS, bundle, components

BARE = Surroundings()
CERTIFICATES = bundle(ssl_cert="c", ssl_key="k")


def defaulted(
    given: list[Object], surroundings: Surroundings = SURROUNDINGS, files: Bundle | None = None
) -> dict[str, bool]:
    entries = with_defaults(given, surroundings, files or bundle(), RELEASE)
    return {entry["kind"]: entry["managed"] for entry in entries}


def test_everything_is_managed_by_default() -> None:
    assert defaulted([]) == dict.fromkeys(KINDS, True)


def test_own_entries_come_first_and_keep_their_order() -> None:
    given = [{"kind": "mirroring", "managed": False}, {"kind": "redis", "managed": False}]
    found = defaulted(given)
    assert list(found)[:3] == ["mirroring", "redis", "quay"]
    assert found["redis"] is False


def test_what_the_cluster_lacks_is_unmanaged_by_default() -> None:
    unmanaged = {kind for kind, managed in defaulted([], BARE).items() if not managed}
    assert unmanaged == {"route", "tls", "objectstorage", "monitoring"}


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("route", "error validating component route: Route API not available"),
        ("tls", "error validating component tls: Route API not available"),
    ],
)
def test_what_the_cluster_lacks_cannot_be_demanded(kind: str, message: str) -> None:
    with pytest.raises(UnsupportedComponentError) as caught:
        defaulted([{"kind": kind, "managed": True}], BARE)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("files", "managed"),
    [(CERTIFICATES, False), (bundle(ssl_cert="c"), True), (bundle(ssl_cert="c", ssl_key=""), True)],
)
def test_tls_is_unmanaged_by_default_with_a_complete_pair(files: Bundle, *, managed: bool) -> None:
    assert defaulted([], files=files)["tls"] is managed


def test_quay_itself_is_always_managed() -> None:
    assert defaulted([{"kind": "quay", "managed": False}])["quay"] is True


def test_overrides_do_not_count_in_comparisons() -> None:
    assert same_components(components(), components(overrides={"quay": {"replicas": 1}}))
    assert not same_components(components(), components(["redis"]))
    assert not same_components(components(), components()[1:])


MANAGED = "{} component marked as managed, but `configBundleSecret` contains required fields".format
REQUIRED = (
    "required component `{}` marked as unmanaged, but `configBundleSecret` is missing necessary fields".format
)

FIELDS = {
    "clair": ["FEATURE_SECURITY_SCANNER", "SECURITY_SCANNER_ENDPOINT", "SECURITY_SCANNER_INDEXING_INTERVAL",
              "SECURITY_SCANNER_NOTIFICATIONS", "SECURITY_SCANNER_V4_ENDPOINT",
              "SECURITY_SCANNER_V4_NAMESPACE_WHITELIST"],
    "postgres": ["DB_URI", "DB_CONNECTION_ARGS"],
    "redis": ["BUILDLOGS_REDIS", "USER_EVENTS_REDIS"],
    "objectstorage": ["DISTRIBUTED_STORAGE_CONFIG", "DISTRIBUTED_STORAGE_PREFERENCE",
                      "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", "FEATURE_STORAGE_REPLICATION"],
    "route": ["EXTERNAL_TLS_TERMINATION", "PREFERRED_URL_SCHEME", "SERVER_HOSTNAME"],
    "mirror": ["FEATURE_REPO_MIRROR", "REPO_MIRROR_INTERVAL", "REPO_MIRROR_SERVER_HOSTNAME",
               "REPO_MIRROR_TLS_VERIFY"],
}  # fmt: skip
PAIRS = [(kind, field) for kind, fields in FIELDS.items() for field in fields]


def problem(entries: list[Object], files: Bundle) -> str:
    return problem_with_configuration(entries, files, RELEASE)


@pytest.mark.parametrize(("kind", "field"), PAIRS)
def test_one_field_is_a_configuration_whatever_its_value(kind: str, field: str) -> None:
    allowed = kind in ("route", "mirror")
    given = bundle(f"{field}: null\n")
    assert problem(components(), given) == ("" if allowed else MANAGED(kind))
    assert problem(components([kind]), given) == ""


@pytest.mark.parametrize("kind", ["postgres", "objectstorage", "route", "redis", "tls"])
def test_some_components_must_be_configured_when_they_are_unmanaged(kind: str) -> None:
    assert problem(components([kind]), bundle()) == REQUIRED(kind)


@pytest.mark.parametrize("kind", ["clair", "mirror", "monitoring", "horizontalpodautoscaler"])
def test_others_may_simply_be_left_out(kind: str) -> None:
    assert problem(components([kind]), bundle()) == ""


def test_the_shared_key_is_not_a_configuration_of_clair() -> None:
    assert problem(components(), bundle("SECURITY_SCANNER_V4_PSK: c2VjcmV0\n")) == ""


def test_the_files_of_a_certificate_count_unread() -> None:
    empty = bundle(ssl_cert="", ssl_key="")
    assert problem(components(), empty) == MANAGED("tls")
    assert problem(components(["tls"]), empty) == ""
    assert problem(components(["tls"]), bundle(ssl_cert="c")) == REQUIRED("tls")


def clair_config(text: str) -> Bundle:
    return Bundle({"config.yaml": b"{}", "clair-config.yaml": text.encode()})


@pytest.mark.parametrize("part", ["matcher", "indexer", "notifier"])
def test_one_connection_string_configures_clairs_database(part: str) -> None:
    given = clair_config(f"{part}:\n  connstring: host=db\n")
    assert problem(components(["clairpostgres"]), given) == ""
    assert problem(components(), given) == MANAGED("clairpostgres")


def test_clair_cannot_be_managed_without_any_database() -> None:
    missing = "clairpostgres component unmanaged but no clair postgres config provided"
    assert problem(components(["clairpostgres"]), bundle()) == missing
    assert problem(components(["clairpostgres", "clair"]), bundle()) == ""


def test_an_unreadable_clair_configuration_is_a_problem() -> None:
    assert problem(components(), clair_config("a: b: c")) == (
        "unable to verify component config: yaml: mapping values are not allowed in this context"
    )


@pytest.mark.parametrize("managed", [True, False])
def test_a_kind_that_nobody_knows_is_a_problem(*, managed: bool) -> None:
    entries = [*components(), {"kind": "mirroring", "managed": managed}]
    assert problem(entries, bundle()) == "unable to verify component config: unknown component: mirroring"


def test_the_first_entry_with_a_problem_is_reported() -> None:
    entries = components(["redis", "postgres"])
    assert problem(entries, bundle()) == REQUIRED("postgres")
    assert problem(list(reversed(entries)), bundle()) == REQUIRED("redis")
