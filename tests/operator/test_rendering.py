"""The objects of a registry: which there are, and what decides about them."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.errors import InflateError, OperatorCrash
from quaysim.operator.rendering import inflate
from quaysim.operator.settings import Settings
from tests.operator.examples import (
    HOST,
    KINDS,
    RELEASE,
    SURROUNDINGS,
    bundle,
    components,
    container_of,
    context,
    inflated,
    rendered,
    with_pair,
)

PASSTHROUGH = with_pair(HOST)

BASE = {
    "ServiceAccount": {"quay-app"},
    "Deployment": {"quay-app", "quay-config-editor"},
    "Service": {"quay-app", "quay-config-editor"},
    "ConfigMap": {"cluster-service-ca", "cluster-trusted-ca"},
    "Secret": {
        "quay-config-secret", "quay-config-tls", "extra-ca-certs", "quay-proxy-config",
        "quay-config-editor-credentials", "quay-registry-managed-secret-keys",
    },
}  # fmt: skip
AUTOSCALERS = {"quay-app", "clair-app", "quay-mirror"}
OF_COMPONENT: dict[str, dict[str, set[str]]] = {
    "postgres": {
        **{kind: {"quay-database"} for kind in ("ServiceAccount", "Deployment", "Service")},
        "PersistentVolumeClaim": {"quay-database"},
        "ConfigMap": {"postgres-conf-sample"},
        "Secret": {"postgres-config-secret", "postgres-bootstrap"},
    },
    "clair": {
        **{kind: {"clair-app"} for kind in ("ServiceAccount", "Deployment", "Service")},
        "Secret": {"clair-config-secret"},
    },
    "clairpostgres": {
        **{kind: {"clair-postgres"} for kind in ("ServiceAccount", "Deployment", "Service")},
        "PersistentVolumeClaim": {"clair-postgres"},
        "ConfigMap": {"clair-postgres-conf-sample"},
    },
    "redis": {kind: {"quay-redis"} for kind in ("ServiceAccount", "Deployment", "Service")},
    "objectstorage": {"ObjectBucketClaim": {"quay-datastore"}},
    "route": {"Route": {"quay", "quay-builder", "quay-config-editor"}},
    "mirror": {"Deployment": {"quay-mirror"}},
    "horizontalpodautoscaler": {"HorizontalPodAutoscaler": AUTOSCALERS},
    "monitoring": {
        "Service": {"quay-metrics"},
        "Role": {"quay-metrics", "quay-alerts-role"},
        "RoleBinding": {"quay-metrics", "quay-alerts-rolebinding"},
        "ServiceMonitor": {"quay-metrics-monitor"},
        "PrometheusRule": {"quay-prometheus-rules"},
        "ConfigMap": {"grafana-dashboard-quay"},
    },
    "tls": {},
}


def by_kind(objects: dict[tuple[str, str], Object]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, name in objects:
        base = name if "managed-secret-keys" in name or kind != "Secret" else name.rpartition("-")[0]
        found.setdefault(kind, set()).add(base)
    return found


def test_with_nothing_managed_only_quay_and_its_editor_are_deployed() -> None:
    assert by_kind(rendered(context(components(KINDS[1:])))) == BASE


@pytest.mark.parametrize("kind", OF_COMPONENT)
def test_a_managed_component_adds_its_objects(kind: str) -> None:
    others = [other for other in KINDS[1:] if other != kind]
    found = by_kind(rendered(context(components(others))))
    added = {key: names - BASE.get(key, set()) for key, names in found.items()}
    assert {key: names for key, names in added.items() if names} == OF_COMPONENT[kind]


def test_deployments_come_last_and_the_migration_just_before() -> None:
    kinds = [obj["kind"] for obj in inflated(context(components(), version="")).objects]
    assert len(kinds) == 49
    assert kinds.index("Job") == kinds.index("Deployment") - 1
    assert set(kinds[kinds.index("Deployment") :]) == {"Deployment"}


@pytest.mark.parametrize(
    ("version", "uri", "upgrade"),
    [
        ("3.7.10", "", False),
        ("", "", True),
        ("3.6.4", "", True),
        ("3.7.10", "DB_URI: postgresql://elsewhere\n", True),
    ],
)
def test_when_the_database_is_migrated(version: str, uri: str, *, upgrade: bool) -> None:
    objects = rendered(context(components(), bundle(uri or "{}"), version=version))
    assert (("Job", "quay-app-upgrade") in objects) is upgrade


def test_every_object_belongs_to_the_registry_but_the_dashboard() -> None:
    objects = rendered(context(components(), version=""))
    owner = {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry", "name": "skynet", "uid": "u-1"}
    dashboard = objects.pop(("ConfigMap", "grafana-dashboard-quay"))
    assert "ownerReferences" not in dashboard["metadata"]
    assert dashboard["metadata"]["namespace"] == "openshift-config-managed"
    for obj in objects.values():
        metadata = obj["metadata"]
        assert metadata["ownerReferences"] == [owner]
        assert metadata["namespace"] == "registry"
        assert metadata["labels"]["quay-operator/quayregistry"] == "skynet"
        assert metadata["annotations"]["quay-registry-hostname"] == HOST


def test_the_hostname_restarts_everything_but_the_databases() -> None:
    objects = rendered(context(components()))
    without = {
        name
        for (kind, name), obj in objects.items()
        if kind == "Deployment"
        and "quay-registry-hostname" not in obj["spec"]["template"]["metadata"].get("annotations", {})
    }
    assert without == {"quay-database", "clair-postgres"}


def routes(objects: dict[tuple[str, str], Object]) -> dict[str, tuple[str, str, str]]:
    return {
        name: (spec["port"]["targetPort"], spec["tls"]["termination"], spec["host"])
        for (kind, name), obj in objects.items()
        if kind == "Route"
        for spec in [obj["spec"]]
    }


def test_managed_tls_ends_at_the_router() -> None:
    assert routes(rendered(context(components()))) == {
        "quay": ("http", "edge", HOST),
        "quay-builder": ("grpc", "edge", ""),
        "quay-config-editor": ("http", "edge", ""),
    }


def test_unmanaged_tls_passes_through_but_for_the_config_editor() -> None:
    assert routes(rendered(context(components(["tls"]), PASSTHROUGH))) == {
        "quay": ("https", "passthrough", HOST),
        "quay-builder": ("grpc", "passthrough", ""),
        "quay-config-editor": ("http", "edge", ""),
    }


def test_the_build_managers_host_is_given_to_its_route() -> None:
    objects = rendered(context(components(), bundle("BUILDMAN_HOSTNAME: build.org:443\n")))
    assert routes(objects)["quay-builder"][2] == "build.org"
    annotations = objects["Service", "quay-app"]["metadata"]["annotations"]
    assert annotations["quay-buildmanager-hostname"] == "build.org"


@pytest.mark.parametrize(
    ("unmanaged", "files", "version", "probed"),
    [
        ([], bundle(), "3.7.10", (8080, "HTTP")),
        (["tls"], PASSTHROUGH, "3.7.10", (8443, "HTTPS")),
        (["tls"], PASSTHROUGH, "", (8080, "HTTP")),
    ],
)
def test_how_quay_is_probed(
    unmanaged: list[str], files: Bundle, version: str, probed: tuple[int, str]
) -> None:
    app = container_of(
        rendered(context(components(unmanaged), files, version=version))["Deployment", "quay-app"]
    )
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        request = app[probe]["httpGet"]
        assert (request["port"], request["scheme"], request["path"]) == (*probed, "/health/instance")


@pytest.mark.parametrize(
    ("unmanaged", "groups"),
    [
        ([], "Database,SecurityScanner,Redis,DistributedStorage,HostSettings,RepoMirror"),
        (["postgres", "route"], "SecurityScanner,Redis,DistributedStorage,RepoMirror"),
    ],
)
def test_the_editor_shows_managed_parts_read_only(unmanaged: list[str], groups: str) -> None:
    editor = rendered(context(components(unmanaged)))["Deployment", "quay-config-editor"]
    assert editor["spec"]["template"]["metadata"]["annotations"]["quay-managed-fieldgroups"] == groups


def test_other_images_replace_the_built_in_ones() -> None:
    images = {"quay": "mine/quay@sha256:1", "postgres": "mine/pg:13"}
    objects = rendered(context(components(), settings=Settings(images=images), version=""))
    used = {name: container_of(obj)["image"] for (kind, name), obj in objects.items() if kind == "Deployment"}
    assert used["quay-app"] == used["quay-config-editor"] == used["quay-mirror"] == "mine/quay@sha256:1"
    assert used["quay-database"] == used["clair-postgres"] == "mine/pg:13"
    assert used["clair-app"] == RELEASE.images["clair"]
    assert container_of(objects["Job", "quay-app-upgrade"])["image"] == "mine/quay@sha256:1"


def test_requests_are_left_out_where_the_operator_is_told_so() -> None:
    objects = rendered(context(components(), settings=Settings(skip_resource_requests=True), version=""))
    workloads = [obj for (kind, _), obj in objects.items() if kind in ("Deployment", "Job")]
    assert not any("resources" in container_of(workload) for workload in workloads)


@pytest.mark.parametrize(
    ("settings", "endpoint"),
    [
        (Settings(), "http://quay-operator:7071"),
        (Settings(pod_namespace="ops"), "http://quay-operator.ops.svc.cluster.local:7071"),
        (Settings(endpoint="http://dev:1"), "http://dev:1"),
    ],
)
def test_the_editor_is_told_where_the_operator_is(settings: Settings, endpoint: str) -> None:
    annotations = rendered(context(components(), settings=settings))["Service", "quay-app"]["metadata"]
    assert annotations["annotations"]["quay-operator-service-endpoint"] == endpoint


def test_the_dashboard_is_about_this_registry() -> None:
    config_map = rendered(context(components()))["ConfigMap", "grafana-dashboard-quay"]
    model = json.loads(config_map["data"]["quay.json"])
    variables = model["templating"]["list"]
    assert model["title"] == "Quay - registry - skynet"
    assert variables[1]["options"][0]["value"] == "registry"
    assert variables[2]["options"][0]["value"] == "skynet-quay-metrics"
    assert all("$namespace" in panel["targets"][0]["expr"] for panel in model["panels"])


WRONG_HOST = with_pair("wrong.org")
BUILDERS = Bundle({**PASSTHROUGH.data, "config.yaml": b"BUILDMAN_HOSTNAME: build.org:443"})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: context(components(["tls"]), WRONG_HOST),
            (
                f"provided certificate pair not valid for host '{HOST}': "
                f"x509: certificate is valid for wrong.org, not {HOST}"
            ),
        ),
        (
            lambda: context(components(["tls"]), BUILDERS),
            (
                "provided certificate pair not valid for host 'build.org': "
                f"x509: certificate is valid for {HOST}, not build.org"
            ),
        ),
        (
            lambda: context(components(overrides={"postgres": {"volumeSize": "10Gi"}})),
            "cannot shrink volume override size from 50Gi to 10Gi",
        ),
        (
            lambda: context(components(), settings=Settings(images={"quay": "quay"})),
            "image override must be reference by tag or manifest digest: quay",
        ),
    ],
)
def test_what_cannot_be_inflated(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InflateError) as caught:
        inflate(make(), RELEASE, Random(1))  # type: ignore[arg-type] # a Context from a lambda
    assert str(caught.value) == message


@pytest.mark.parametrize("data", [{}, {"config.yaml": b""}])
def test_the_operator_dies_of_a_bundle_without_configuration(data: dict[str, bytes]) -> None:
    with pytest.raises(OperatorCrash):
        inflated(context(components(), Bundle(data)))


@pytest.mark.parametrize(
    ("hostname", "direct", "expected"),
    [(HOST, "", HOST), (HOST, "10.0.0.0/8,.local", f"{HOST},10.0.0.0/8,.local"), ("", ".local", ",.local")],
)
def test_the_registry_is_reached_without_the_proxy(hostname: str, direct: str, expected: str) -> None:
    settings = Settings(no_proxy=direct)
    surroundings = replace(SURROUNDINGS, hostname=hostname)
    objects = inflated(context(components(), settings=settings, surroundings=surroundings)).objects
    (proxy,) = (obj for obj in objects if "-quay-proxy-config-" in obj["metadata"]["name"])
    assert b64decode(proxy["data"]["NO_PROXY"]).decode() == expected


def test_a_database_uri_that_is_none_leaves_the_database_without_credentials() -> None:
    made = context(components())
    broken = replace(made, keys=replace(made.keys, db_uri="postgresql://[half"))
    (secret,) = (obj for obj in inflated(broken).objects if "-postgres-config-" in obj["metadata"]["name"])
    assert "data" not in secret
