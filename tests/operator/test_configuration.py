"""Quay's and Clair's configuration: what the operator adds, overwrites and leaves alone."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
import yaml

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.configuration import base_config
from quaysim.operator.context import Context, Surroundings
from quaysim.operator.settings import Settings
from tests.operator.examples import (
    HOST,
    SURROUNDINGS,
    bundle,
    certificate_pair,
    components,
    context,
    rendered,
)


def secret(made: Context, base: str) -> Object:
    found = (
        obj
        for (kind, name), obj in rendered(made).items()
        if kind == "Secret" and name.rpartition("-")[0] == base
    )
    return next(found)


def files(made: Context, base: str) -> dict[str, str]:
    return {name: b64decode(text).decode() for name, text in secret(made, base).get("data", {}).items()}


def quay_config(made: Context) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(files(made, "quay-config-secret")["config.yaml"])
    return config


def clair_config(made: Context) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(files(made, "clair-config-secret")["config.yaml"])
    return config


def test_a_default_registry_gets_the_fields_of_all_components() -> None:
    config = quay_config(context(components()))
    keys = {"DATABASE_SECRET_KEY": "d" * 80, "SECRET_KEY": "s" * 80}
    redis = {"host": "skynet-quay-redis", "port": 6379}
    storage = {
        "access_key": "access",
        "bucket_name": "bucket-1",
        "hostname": "s3.storage.svc.cluster.local",
        "is_secure": True,
        "port": 443,
        "secret_key": "hidden",
        "storage_path": "/datastorage/registry",
    }
    assert config == {
        **base_config(Settings()),
        **keys,
        "DB_URI": "postgresql://u:p@skynet-quay-database:5432/d",
        "DB_CONNECTION_ARGS": {"autorollback": True, "threadlocals": True},
        "BUILDLOGS_REDIS": redis,
        "USER_EVENTS_REDIS": redis,
        "DISTRIBUTED_STORAGE_CONFIG": {"local_us": ["RHOCSStorage", storage]},
        "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS": ["local_us"],
        "DISTRIBUTED_STORAGE_PREFERENCE": ["local_us"],
        "FEATURE_PROXY_STORAGE": True,
        "FEATURE_STORAGE_REPLICATION": False,
        "SERVER_HOSTNAME": HOST,
        "PREFERRED_URL_SCHEME": "https",
        "EXTERNAL_TLS_TERMINATION": True,
        "FEATURE_SECURITY_SCANNER": True,
        "FEATURE_SECURITY_NOTIFICATIONS": True,
        "SECURITY_SCANNER_INDEXING_INTERVAL": 30,
        "SECURITY_SCANNER_V4_ENDPOINT": "http://skynet-clair-app.registry.svc.cluster.local",
        "SECURITY_SCANNER_V4_NAMESPACE_WHITELIST": ["admin"],
        "SECURITY_SCANNER_V4_PSK": "cHNr",
        "FEATURE_REPO_MIRROR": True,
        "REPO_MIRROR_INTERVAL": 30,
        "REPO_MIRROR_TLS_VERIFY": True,
    }


def test_an_unmanaged_component_adds_nothing() -> None:
    everything = ["postgres", "clair", "redis", "objectstorage", "route", "mirror", "clairpostgres"]
    config = quay_config(context(components(everything), bundle("DB_URI: postgresql://mine\n")))
    added = {"DATABASE_SECRET_KEY", "SECRET_KEY", "DB_URI"}
    assert set(config) == set(base_config(Settings())) | added
    assert config["DB_URI"] == "postgresql://mine"


def test_the_users_fields_win_over_the_base_but_not_over_managed_components() -> None:
    given = bundle("REGISTRY_TITLE: Mine\nREPO_MIRROR_INTERVAL: 5\nFEATURE_X: yes\n")
    config = quay_config(context(components(), given))
    assert (config["REGISTRY_TITLE"], config["REPO_MIRROR_INTERVAL"], config["FEATURE_X"]) == (
        "Mine",
        30,
        True,
    )


def test_a_certificate_pair_ends_tls_inside() -> None:
    cert, key = certificate_pair(HOST)
    made = context(components(["tls"]), bundle(ssl_cert=cert, ssl_key=key))
    assert quay_config(made)["EXTERNAL_TLS_TERMINATION"] is False
    assert files(made, "quay-config-tls")["ssl.cert"] == cert.decode()


def test_before_the_bucket_is_known_the_storage_has_no_credentials() -> None:
    unknown = Surroundings(routes=True, hostname=HOST, claims=True)
    config = quay_config(context(components(), surroundings=unknown))
    arguments = {"is_secure": True, "port": 443, "storage_path": "/datastorage/registry"}
    assert config["DISTRIBUTED_STORAGE_CONFIG"] == {"local_us": ["RHOCSStorage", arguments]}


@pytest.mark.parametrize(
    ("branding", "title", "logo"),
    [
        ("", "Quay", "/static/img/quay-horizontal-color.svg"),
        ("redhat", "Red Hat Quay", "/static/img/RH_Logo_Quay_Black_UX-horizontal.svg"),
    ],
)
def test_branding_sets_titles_and_logo(branding: str, title: str, logo: str) -> None:
    config = quay_config(context(components(), settings=Settings(branding=branding)))
    shown = (config["REGISTRY_TITLE"], config["REGISTRY_TITLE_SHORT"], config["ENTERPRISE_LOGO_URL"])
    assert shown == (title, title, logo)


def test_other_files_of_the_bundle_lie_beside_the_configuration() -> None:
    given = Bundle(
        {
            "config.yaml": b"{}",
            "other.txt": b"o",
            "ssl.cert": b"",
            "clair-ssl.crt": b"c",
            "extra_ca_cert_mine.crt": b"e",
        }
    )
    made = context(components(), given)
    assert set(files(made, "quay-config-secret")) == {"config.yaml", "other.txt"}
    assert files(made, "extra-ca-certs") == {"mine.crt": "e"}
    assert files(made, "clair-config-secret")["clair-ssl.crt"] == "c"


def test_the_proxy_is_told_to_every_program_and_never_used_for_the_registry() -> None:
    settings = Settings(http_proxy="http://p", https_proxy="https://p", no_proxy="a.org,b.org")
    assert files(context(components(), settings=settings), "quay-proxy-config") == {
        "HTTP_PROXY": "http://p",
        "HTTPS_PROXY": "https://p",
        "NO_PROXY": f"{HOST},a.org,b.org",
    }


def test_clair_is_told_its_database_and_whom_to_notify() -> None:
    config = clair_config(context(components()))
    connection = (
        "host=skynet-clair-postgres port=5432 dbname=postgres user=postgres password=postgres "
        "sslmode=disable pool_max_conns=33"
    )
    assert [config[part]["connstring"] for part in ("indexer", "matcher", "notifier")] == [connection] * 3
    assert config["notifier"]["webhook"] == {
        "target": f"https://{HOST}/secscan/notification",
        "callback": "http://skynet-clair-app/notifier/api/v1/notifications",
    }
    assert config["auth"] == {"psk": {"key": "cHNr", "iss": ["quay", "clairctl"]}}


def test_clair_takes_fewer_connections_without_the_autoscaler() -> None:
    config = clair_config(context(components(["horizontalpodautoscaler"])))
    assert config["matcher"]["connstring"].endswith("pool_max_conns=10")


def test_sections_of_the_users_clair_configuration_stand_for_the_operators() -> None:
    given = Bundle(
        {"config.yaml": b"{}", "clair-config.yaml": b"matcher:\n  connstring: mine\nlog_level: debug\n"}
    )
    config = clair_config(context(components(["clairpostgres"]), given))
    assert config["matcher"] == {"connstring": "mine"}
    assert (config["log_level"], config["indexer"]["migrations"]) == ("debug", True)


def test_without_any_host_clair_has_no_configuration() -> None:
    made = context(components(["route"]), surroundings=SURROUNDINGS)
    assert files(made, "clair-config-secret") == {}
    named = context(components(["route"]), bundle("SERVER_HOSTNAME: mine.org\n"))
    assert clair_config(named)["notifier"]["webhook"]["target"] == "https://mine.org/secscan/notification"


def test_the_secret_of_the_configuration_is_renamed_with_its_content() -> None:
    one, same, other = (
        secret(context(components(), bundle(text)), "quay-config-secret")["metadata"]["name"]
        for text in ("{}\n", "{}\n", "FEATURE_X: true\n")
    )
    assert one == same
    assert one != other
