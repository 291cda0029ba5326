from __future__ import annotations

from typing import Any

import pytest
import yaml

from quaysim.catalogue import behaviours
from quaysim.plan.advice import TIPS
from tests.cli.inputs import Object, managed, registry, unmanaged
from tests.plan.certificates import certificate_for
from tests.plan.planning import HOST, advised, configured, planned

REDIS = {"host": "redis.example.com", "port": 6379}
S3 = ["S3Storage", {"s3_bucket": "quay", "storage_path": "/quay"}]
GEO = {
    "FEATURE_STORAGE_REPLICATION": True,
    "DISTRIBUTED_STORAGE_CONFIG": {"us": S3, "eu": S3},
    "DISTRIBUTED_STORAGE_PREFERENCE": ["us", "eu"],
}
PREFERENCE = "QUAY_DISTRIBUTED_STORAGE_PREFERENCE"
BUILDS = {
    "FEATURE_BUILD_SUPPORT": True,
    "BUILDMAN_HOSTNAME": "b.example.com:443",
    "BUILD_MANAGER": ["ephemeral", {}],
}


def _storage(driver: str, **arguments: Any) -> Object:
    config = {"DISTRIBUTED_STORAGE_CONFIG": {"here": [driver, arguments]}}
    return {**config, "DISTRIBUTED_STORAGE_PREFERENCE": ["here"]}


def _clair(**parts: Any) -> str:
    return str(parts)  # a mapping of Python is one of YAML


def _builders(**settings: Any) -> Object:
    return {**BUILDS, "BUILD_MANAGER": ["ephemeral", settings]}


STORAGE, NO_CLAIR_DB = unmanaged("objectstorage"), unmanaged("clairpostgres")
CASES: dict[str, tuple[str, str, tuple[Object, ...]]] = {
    "one of two Redis settings": (
        "redis-half-configured",
        "stringData[config.yaml]: BUILDLOGS_REDIS",
        configured(unmanaged("redis"), config={"BUILDLOGS_REDIS": REDIS}),
    ),
    "a Redis without its port": (
        "redis-without-address",
        "stringData[config.yaml]: USER_EVENTS_REDIS",
        configured(unmanaged("redis"), config={"BUILDLOGS_REDIS": REDIS, "USER_EVENTS_REDIS": {"host": "h"}}),
    ),
    "a short password": (
        "database-password-short",
        "stringData[config.yaml]: DB_URI",
        configured(unmanaged("postgres"), config={"DB_URI": "postgresql://quay:quay@db:5432/quay"}),
    ),
    "a database address that is none": (
        "database-uri-form",
        "stringData[config.yaml]: DB_URI",
        configured(unmanaged("postgres"), config={"DB_URI": "db:5432"}),
    ),
    "connection arguments without thread locals": (
        "database-arguments",
        "stringData[config.yaml]: DB_CONNECTION_ARGS.threadlocals",
        configured(unmanaged("postgres"), config={"DB_CONNECTION_ARGS": {"autorollback": True}}),
    ),
    "an sslmode that PostgreSQL does not know": (
        "database-ssl-mode",
        "stringData[config.yaml]: DB_CONNECTION_ARGS.sslmode",
        configured(
            unmanaged("postgres"),
            config={"DB_CONNECTION_ARGS": {"autorollback": True, "threadlocals": True, "sslmode": "yes"}},
        ),
    ),
    "a Clair database for the indexer only": (
        "clair-database-half-configured",
        "stringData[clair-config.yaml]",
        configured(NO_CLAIR_DB, **{"clair-config.yaml": _clair(indexer={"connstring": "host=db"})}),
    ),
    "an air-gapped Clair that updates": (
        "clair-without-network",
        "stringData[clair-config.yaml]",
        configured(**{"clair-config.yaml": _clair(indexer={"airgap": True})}),
    ),
    "local storage": (
        "storage-is-local",
        "stringData[config.yaml]: DISTRIBUTED_STORAGE_CONFIG.here",
        configured(STORAGE, config=_storage("LocalStorage")),
    ),
    "a storage driver that nobody knows": (
        "storage-driver-unknown",
        "stringData[config.yaml]: DISTRIBUTED_STORAGE_CONFIG.here",
        configured(STORAGE, config=_storage("FloppyStorage")),
    ),
    "storage without a preference": (
        "storage-half-configured",
        "stringData[config.yaml]: DISTRIBUTED_STORAGE_CONFIG",
        configured(STORAGE, config={"DISTRIBUTED_STORAGE_CONFIG": {"here": S3}}),
    ),
    "a preferred location that is not there": (
        "storage-location-unknown",
        "stringData[config.yaml]: DISTRIBUTED_STORAGE_PREFERENCE",
        configured(STORAGE, config=_storage("S3Storage") | {"DISTRIBUTED_STORAGE_PREFERENCE": ["there"]}),
    ),
    "the secondary endpoint of Azure": (
        "storage-azure-secondary",
        "stringData[config.yaml]: DISTRIBUTED_STORAGE_CONFIG.here",
        configured(
            STORAGE, config=_storage("AzureStorage", endpoint_url="https://a-secondary.blob.example.com")
        ),
    ),
    "a signing key that is not in the bundle": (
        "storage-signing-key-missing",
        "stringData[config.yaml]: DISTRIBUTED_STORAGE_CONFIG.here",
        configured(
            STORAGE, config=_storage("CloudFrontedS3Storage", cloudfront_privatekey_filename="key.pem")
        ),
    ),
    "replication of managed storage": (
        "replication-with-managed-storage",
        "stringData[config.yaml]: FEATURE_STORAGE_REPLICATION",
        configured(config={"FEATURE_STORAGE_REPLICATION": True}),
    ),
    "managed TLS without a managed route": (
        "tls-managed-without-route",
        "spec.components[0]",
        configured(managed("tls"), unmanaged("route"), config={"SERVER_HOSTNAME": HOST}),
    ),
    "a host that the router's certificate does not have": (
        "host-outside-router-certificate",
        "stringData[config.yaml]: SERVER_HOSTNAME",
        configured(config={"SERVER_HOSTNAME": HOST}),
    ),
    "an address in place of a host": (
        "host-is-an-address",
        "stringData[config.yaml]: SERVER_HOSTNAME",
        configured(config={"SERVER_HOSTNAME": f"https://{HOST}"}),
    ),
    "an unmanaged route without a host": (
        "route-half-configured",
        "stringData[config.yaml]: PREFERRED_URL_SCHEME",
        configured(unmanaged("route"), config={"PREFERRED_URL_SCHEME": "https"}),
    ),
    "an unmanaged route and none of one's own": (
        "route-of-your-own-missing",
        "spec.components[0]",
        configured(unmanaged("route"), config={"SERVER_HOSTNAME": HOST}),
    ),
    "a certificate without its key": (
        "certificate-incomplete",
        "stringData[ssl.cert]",
        configured(**{"ssl.cert": "c"}),
    ),
    "an authority without suffix": (
        "authority-without-suffix",
        "stringData[extra_ca_cert_company]",
        configured(extra_ca_cert_company="c"),
    ),
    "two registries of one name": (
        "dashboard-shared",
        "metadata.name",
        (registry(), registry() | {"metadata": {"name": "example-registry", "namespace": "elsewhere"}}),
    ),
    "builders with managed TLS": (
        "builders-with-managed-tls",
        "spec.components[0]",
        configured(managed("tls"), config=BUILDS),
    ),
    "builders without their manager": (
        "builders-without-manager",
        "stringData[config.yaml]: FEATURE_BUILD_SUPPORT",
        configured(config={"FEATURE_BUILD_SUPPORT": True}),
    ),
    "a build manager without its port": (
        "builders-without-port",
        "stringData[config.yaml]: BUILDMAN_HOSTNAME",
        configured(config={"BUILDMAN_HOSTNAME": "b.example.com"}),
    ),
    "a builder route that the certificate does not name": (
        "builders-not-in-certificate",
        "stringData[ssl.cert]",
        configured(
            config={"SERVER_HOSTNAME": HOST, "FEATURE_BUILD_SUPPORT": True},
            **dict(zip(("ssl.cert", "ssl.key"), certificate_for(HOST), strict=True)),
        ),
    ),
    "build tokens that expire early": (
        "builders-register-too-late",
        "stringData[config.yaml]: BUILD_MANAGER",
        configured(config=_builders(JOB_REGISTRATION_TIMEOUT=60)),
    ),
    "builders that do not know the password of Redis": (
        "builders-redis",
        "stringData[config.yaml]: BUILD_MANAGER",
        configured(
            unmanaged("redis"),
            config=_builders(ORCHESTRATOR={"REDIS_HOST": "h"})
            | {"BUILDLOGS_REDIS": REDIS | {"password": "p"}},
        ),
    ),
    "a Clair database in each region": (
        "georeplication-own-clair-database",
        "spec.components[1]",
        configured(STORAGE, managed("clairpostgres"), config=GEO),
    ),
    "a database in each region": (
        "georeplication-own-services",
        "spec.components[1]",
        configured(STORAGE, managed("postgres"), unmanaged("redis"), config=GEO),
    ),
    "regions without a certificate": (
        "georeplication-without-certificate",
        "spec.components[1]",
        configured(STORAGE, managed("tls"), config=GEO),
    ),
    "regions without a common host": (
        "georeplication-without-hostname",
        "spec.configBundleSecret",
        configured(STORAGE, config=GEO),
    ),
    "a region that prefers storage that is not there": (
        "georeplication-preference-unknown",
        "spec.components[0].overrides.env[0].value",
        configured(managed("quay", env=[{"name": PREFERENCE, "value": "asia"}]), STORAGE, config=GEO),
    ),
    "a region whose mirror prefers nothing": (
        "georeplication-preference-of-one",
        "spec.components[0].overrides.env",
        configured(managed("quay", env=[{"name": PREFERENCE, "value": "us"}]), STORAGE, config=GEO),
    ),
    "replication into one location": (
        "georeplication-single-location",
        "stringData[config.yaml]: FEATURE_STORAGE_REPLICATION",
        configured(STORAGE, config=_storage("S3Storage") | {"FEATURE_STORAGE_REPLICATION": True}),
    ),
    "labels of a component without Deployment": (
        "override-without-effect",
        "spec.components[0].overrides.labels",
        (registry(managed("clairpostgres", labels={"team": "a"})),),
    ),
    "annotations of an unmanaged component": (
        "override-without-effect",
        "spec.components[0].overrides.annotations",
        (registry(unmanaged("mirror", annotations={"team": "a"})),),
    ),
    "an empty override": (
        "override-empty",
        "spec.components[0].overrides.env",
        (registry(managed("quay", env=[])),),
    ),
    "a label of the operator": (
        "override-of-protected-label",
        "spec.components[0].overrides.labels.app",
        (registry(managed("quay", labels={"app": "mine"})),),
    ),
    "an annotation of the operator": (
        "override-of-own-annotation",
        "spec.components[0].overrides.annotations.quay-component",
        (registry(managed("quay", annotations={"quay-component": "mine"})),),
    ),
    "the version as a variable": (
        "override-of-version",
        "spec.components[0].overrides.env[0]",
        (registry(managed("quay", env=[{"name": "QUAY_VERSION", "value": "4"}])),),
    ),
    "a volume of the default size": (
        "override-of-volume-without-effect",
        "spec.components[0].overrides.volumeSize",
        (registry(managed("postgres", volumeSize="50Gi")),),
    ),
    "a registry without Pods": (
        "no-pods",
        "spec.components[1].overrides.replicas",
        (registry(unmanaged("horizontalpodautoscaler"), managed("quay", replicas=0)),),
    ),
    "a single Pod": (
        "single-pod",
        "spec.components[1].overrides.replicas",
        (registry(unmanaged("horizontalpodautoscaler"), managed("quay", replicas=1)),),
    ),
    "the kind of the documentation's example": (
        "kind-mirroring",
        "spec.components[0].kind",
        (registry(unmanaged("mirroring")),),
    ),
    "nobody who creates users": (
        "nobody-creates-users",
        "stringData[config.yaml]: FEATURE_USER_CREATION",
        configured(config={"FEATURE_USER_CREATION": False}),
    ),
    "a first user who is nobody": (
        "first-user",
        "stringData[config.yaml]: FEATURE_USER_INITIALIZE",
        configured(config={"FEATURE_USER_INITIALIZE": True, "SUPER_USERS": ["quayadmin"]}),
    ),
    "a quota that nobody manages": (
        "quota-off",
        "stringData[config.yaml]: DEFAULT_SYSTEM_REJECT_QUOTA_BYTES",
        configured(config={"DEFAULT_SYSTEM_REJECT_QUOTA_BYTES": 102400000}),
    ),
}
SIMULATED = {"field-overwritten", "object-of-the-operator"}


@pytest.mark.parametrize("case", CASES)
def test_what_the_documentation_recommends_otherwise_is_said_at_its_field(case: str) -> None:
    name, field, objects = CASES[case]
    found = {(advice.name, advice.field): advice for advice in advised(*objects)}
    assert (name, field) in found
    advice = found[name, field]
    assert all((advice.message, advice.fix, advice.section))
    assert advice.place.startswith("in.yaml:")


def test_every_tip_has_a_case() -> None:
    assert {name for name, _, _ in CASES.values()} | SIMULATED == {tip.name for tip in TIPS}


def test_every_tip_names_a_section_of_the_documentation() -> None:
    sections = {entry.section for entry in behaviours().values()}
    known = sections | {section.rpartition(".")[0] for section in sections}
    assert {tip.section for tip in TIPS} <= known


def test_a_default_registry_needs_no_advice() -> None:
    assert advised(registry()) == []


def test_a_good_configuration_needs_no_advice() -> None:
    config = {
        "DB_URI": "postgresql://quay:a-long-password@db.example.com:5432/quay",
        "DB_CONNECTION_ARGS": {"autorollback": True, "threadlocals": True, "sslmode": "verify-full"},
        "BUILDLOGS_REDIS": REDIS,
        "USER_EVENTS_REDIS": REDIS,
        "SERVER_HOSTNAME": "quay.apps.example.com",
        **_storage("S3Storage"),
    }
    kinds = ("postgres", "redis", "objectstorage")
    assert advised(*configured(*map(unmanaged, kinds), config=config)) == []


def test_advice_counts_the_lines_of_a_configuration_inside_a_secret() -> None:
    text = "A: 1\nB: 2\nFEATURE_USER_CREATION: false\n"
    manifest = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: config-bundle-secret, namespace: quay-enterprise}\n"
        "stringData:\n  config.yaml: |\n    " + "    ".join(text.splitlines(keepends=True))
    )
    written = f"{yaml.safe_dump(configured()[0])}---\n{manifest}"
    (advice,) = advised(text=written)
    line = int(advice.place.rpartition(":")[2])
    assert written.splitlines()[line - 1].strip() == "FEATURE_USER_CREATION: false"


def test_fields_that_the_operator_overwrites_are_named() -> None:
    verdict = planned(*configured(config={"REPO_MIRROR_INTERVAL": 5, "REGISTRY_TITLE": "Mine"}))
    (advice,) = verdict.registries[0].warnings
    assert (advice.name, advice.field) == (
        "field-overwritten",
        "stringData[config.yaml]: REPO_MIRROR_INTERVAL",
    )
    assert "becomes 30" in advice.message
    assert "`managed: false` for mirror" in advice.fix


def test_objects_in_the_place_of_the_operators_are_named() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "example-registry-quay-app", "namespace": "quay-enterprise"},
        "spec": {"ports": [{"name": "mine", "port": 1}]},
    }
    verdict = planned(registry(), service)
    (advice,) = verdict.registries[0].warnings
    assert advice.name == "object-of-the-operator"
    assert "Service example-registry-quay-app" in advice.message
