"""Operator 3.6.4, where it differs from 3.7.10. Numbers and texts are measured."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from random import Random

import pytest

from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    HORIZONTAL_POD_AUTOSCALERS,
    JOBS,
    PERSISTENT_VOLUME_CLAIMS,
    ROLE_BINDINGS,
    ROLES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
)
from fake_cluster.objects import Object, is_owned_by
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, PROMETHEUS_RULES, ROUTES, SERVICE_MONITORS
from quaysim.operator import QUAY_REGISTRIES, Settings, controllers
from tests.operator.examples import bundle, components, with_pair
from tests.operator.lab import NAME, NAMESPACE, Lab

OWNED = (
    CONFIG_MAPS, DEPLOYMENTS, HORIZONTAL_POD_AUTOSCALERS, JOBS, OBJECT_BUCKET_CLAIMS, PERSISTENT_VOLUME_CLAIMS,
    PROMETHEUS_RULES, ROLES, ROLE_BINDINGS, ROUTES, SECRETS, SERVICES, SERVICE_ACCOUNTS, SERVICE_MONITORS,
)  # fmt: skip
KINDS_36 = [
    "postgres", "clair", "redis", "horizontalpodautoscaler", "objectstorage", "route", "mirror", "monitoring",
    "tls",
]  # fmt: skip
HOST = "skynet-quay-quay.apps.example.com"
INVALID = (
    f"provided certificate/key pair not valid for host '{HOST}': x509: certificate is valid for wrong.org, "
    f"not {HOST}"
)


@pytest.fixture
def older() -> Iterator[Lab]:
    made = Lab(settings=Settings(version="3.6.4"))
    yield made
    made.cluster.close()


def _until_complete(lab: Lab) -> None:
    """It is Available for a moment while migrations run: a Deployment without Pods counts as healthy."""
    lab.cluster.run_until(lambda: lab.registry["metadata"].get("finalizers"))
    lab.until_available()


def _owned(lab: Lab) -> list[Object]:
    found = [obj for ref in OWNED for obj in lab.client.list(ref, NAMESPACE)]
    return [obj for obj in found if is_owned_by(obj, lab.registry)]


def _managed(*unmanaged: str) -> list[Object]:
    return [entry for entry in components(unmanaged) if entry["kind"] in KINDS_36]


def test_a_default_registry_consists_of_fifty_three_objects(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    names = [obj["metadata"]["name"] for obj in _owned(older)]
    assert len(names) == 53
    assert (
        len([obj for obj in older.client.list(SECRETS, NAMESPACE) if is_owned_by(obj, older.registry)]) == 14
    )


def test_its_components_know_neither_quay_nor_clairpostgres(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    assert [entry["kind"] for entry in older.registry["spec"]["components"]] == KINDS_36


def test_its_conditions_call_quay_the_base(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    assert [item["type"] for item in older.status["conditions"]] == [
        "ComponentHPAReady", "ComponentRouteReady", "ComponentMonitoringReady", "ComponentPostgresReady",
        "ComponentObjectStorageReady", "ComponentClairReady", "ComponentTLSReady", "ComponentRedisReady",
        "ComponentBaseReady", "ComponentMirrorReady", "Available", "ComponentsCreated", "RolloutBlocked",
    ]  # fmt: skip
    assert older.message("ComponentBaseReady") == "Base component healthy"
    assert older.status["currentVersion"] == "3.6.4"


def test_it_takes_a_minute_and_then_falls_silent(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    assert 59 < older.now < 62
    passes = older.events()["Normal", "ComponentsCreationSuccess", "All objects created/updated successfully"]
    assert passes == 3
    older.cluster.advance(600)
    assert (
        older.events()["Normal", "ComponentsCreationSuccess", "All objects created/updated successfully"] == 3
    )


def test_every_pass_recreates_services_and_migrates_again(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    before = [
        older.get(SERVICES, "quay-app"),
        older.get(JOBS, "quay-app-upgrade"),
        older.get(JOBS, "quay-postgres-init"),
    ]
    older.edit(components=_managed("horizontalpodautoscaler"))
    older.cluster.advance(30)
    after = [
        older.get(SERVICES, "quay-app"),
        older.get(JOBS, "quay-app-upgrade"),
        older.get(JOBS, "quay-postgres-init"),
    ]
    pairs = zip(before, after, strict=True)
    assert all(old["metadata"]["uid"] != new["metadata"]["uid"] for old, new in pairs)


def test_the_mirror_has_one_pod_in_its_manifest_and_the_others_two(older: Lab) -> None:
    older.create_registry(_managed("horizontalpodautoscaler"), bundle())
    _until_complete(older)
    replicas = {
        base: older.get(DEPLOYMENTS, base)["spec"]["replicas"]
        for base in ("quay-app", "clair-app", "quay-mirror")
    }
    assert replicas == {"quay-app": 2, "clair-app": 2, "quay-mirror": 1}


def test_the_managed_keys_have_a_suffix_and_are_four(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    prefix = f"{NAME}-quay-registry-managed-secret-keys-"
    (keys,) = (
        obj for obj in older.client.list(SECRETS, NAMESPACE) if obj["metadata"]["name"].startswith(prefix)
    )
    assert set(keys["data"]) == {"DATABASE_SECRET_KEY", "SECRET_KEY", "DB_URI", "DB_ROOT_PW"}


def test_what_3_6_made_up_once_survives_the_next_version(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    prefix = f"{NAME}-quay-registry-managed-secret-keys-"
    (old,) = (
        obj for obj in older.client.list(SECRETS, NAMESPACE) if obj["metadata"]["name"].startswith(prefix)
    )
    for controller in older.operator:
        older.cluster.manager.remove(controller)
    cluster = older.cluster
    cluster.add(controllers(older.client, Settings(), cluster.clock, Random(1), cluster.peer_chain))
    cluster.run_until(lambda: older.status["currentVersion"] == "3.7.10")
    older.until_available()
    new = older.get(SECRETS, "quay-registry-managed-secret-keys")
    assert {key: new["data"][key] for key in old["data"]} == old["data"]
    assert [entry["kind"] for entry in older.registry["spec"]["components"]] == [
        *KINDS_36,
        "quay",
        "clairpostgres",
    ]


@pytest.mark.parametrize(
    ("entries", "given", "reason", "message"),
    [
        ([{"kind": "tls", "managed": False}], None, "ConfigInvalid",
         "required component `tls` marked as unmanaged, but `configBundleSecret` is missing necessary fields"),
        ([{"kind": "redis", "managed": True, "overrides": {"volumeSize": "60Gi"}}], None, "ComponentOverrideInvalid",
         "could not validate overrides on spec.components: component redis does not support volumeSize overrides"),
        ([{"kind": "clair", "managed": False, "overrides": {"volumeSize": "60Gi"}}], None, "ComponentOverrideInvalid",
         "could not validate overrides on spec.components: cannot set overrides on unmanaged component clair"),
        ([], with_pair("wrong.org"), "ComponentCreationFailed",
         f"could not inflate QuayRegistry into Kubernetes objects: {INVALID}"),
    ],
)  # fmt: skip
def test_blocks_in_its_own_words(
    older: Lab, entries: list[Object], given: object, reason: str, message: str
) -> None:
    older.create_registry(entries, given or bundle())  # type: ignore[arg-type]
    older.cluster.advance(10)
    assert (older.reason("RolloutBlocked"), older.message("RolloutBlocked")) == (reason, message)


def test_a_missing_bundle_is_named_twice(older: Lab) -> None:
    older.create_registry()
    older.edit(configBundleSecret="gone")
    older.cluster.advance(2)
    assert older.message("RolloutBlocked") == (
        'unable to retrieve referenced `configBundleSecret`: gone, error: Secret "gone" not found'
    )


def test_a_mended_bundle_is_not_noticed(older: Lab) -> None:
    older.create_registry([], bundle("SERVER_HOSTNAME: 5\n"))
    older.create_bundle(bundle())
    older.edit(components=[{"kind": "route", "managed": True}])
    older.create_bundle(bundle("SERVER_HOSTNAME: 5\n"))
    older.cluster.advance(10)
    assert older.reason("RolloutBlocked") == "RouteComponentDependencyError"
    older.create_bundle(bundle())
    older.cluster.advance(600)
    assert older.reason("RolloutBlocked") == "RouteComponentDependencyError"


def test_it_panics_at_a_kind_that_it_does_not_know(older: Lab) -> None:
    older.create_registry(components(), bundle())
    older.cluster.advance(10)
    assert ("Warning", "OperatorCrashed", "panic: unknown component: quay") in older.events()


def test_your_own_certificate_makes_it_unavailable_for_ever(older: Lab) -> None:
    older.create_registry([], with_pair(HOST))
    older.cluster.advance(200)
    assert older.message("ComponentTLSReady") == "TLS unmanaged but config bundle does not contain certs"
    assert older.message("ComponentBaseReady") == "Awaiting for component tls to become available"
    assert older.message("ComponentMirrorReady") == "Awaiting for component base to become available"
    assert older.get(ROUTES, "quay")["spec"]["tls"]["termination"] == "passthrough"


def test_other_overrides_than_the_volume_are_dropped_by_the_api(older: Lab) -> None:
    variables = {"env": [{"name": "A", "value": "b"}], "volumeSize": "60Gi"}
    older.create_registry([{"kind": "postgres", "managed": True, "overrides": variables}], bundle())
    stored = older.client.get(QUAY_REGISTRIES, NAME, NAMESPACE)
    assert stored["spec"]["components"][0]["overrides"] == {"volumeSize": "60Gi"}


def test_quays_configuration_names_clair_by_its_service(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    secrets = [
        obj
        for obj in older.client.list(SECRETS, NAMESPACE)
        if "-quay-config-secret-" in obj["metadata"]["name"]
    ]
    assert len(secrets) == 3
    assert b"SECURITY_SCANNER_V4_ENDPOINT: http://skynet-clair-app:80\n" in b64decode(
        secrets[0]["data"]["config.yaml"]
    )


def test_pods_of_quay_are_simpler(older: Lab) -> None:
    older.create_registry()
    _until_complete(older)
    app = older.get(DEPLOYMENTS, "quay-app")
    pod = app["spec"]["template"]["spec"]
    variables = {variable["name"] for variable in pod["containers"][0]["env"]}
    assert not variables & {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "QUAY_VERSION"}
    assert "affinity" not in pod
    assert app["metadata"]["labels"]["quay-component"] == "quay-app"
    assert app["metadata"]["annotations"]["quay-component"] == "base"


def test_a_configuration_that_cannot_be_read_blocks_also_where_no_route_is_asked_for(older: Lab) -> None:
    older.create_registry(given=bundle("x: 1\na: b: c\n"))
    older.until("RolloutBlocked", "ConfigInvalid")
    assert older.message("RolloutBlocked") == (
        "unable to parse config.yaml: yaml: line 2: mapping values are not allowed in this context"
    )
