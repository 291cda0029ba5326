from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run
from tests.cli.inputs import BUNDLED, Object, bundle, managed, registry, unmanaged, write

REDIS = "BUILDLOGS_REDIS: {host: redis.example.com}\n"


def _finding(run: Run, path: Path, *objects: Object, options: tuple[str, ...] = ()) -> dict[str, str]:
    """The first finding of a plan that must not succeed."""
    ran = run("plan", write(path / "registry.yaml", *objects), "-o", "json", *options)
    assert ran.code == 3
    found: dict[str, str] = json.loads(ran.out)["registries"][0]["findings"][0]
    return found


CASES = {
    "an unmanaged database without its address": (
        [registry(unmanaged("postgres"))],
        ("ConfigInvalid", "spec.components[0]", "3.3.1", "DB_URI in config.yaml"),
    ),
    "an unmanaged route without a host": (
        [registry(managed("quay"), unmanaged("route"))],
        ("ConfigInvalid", "spec.components[1]", "3.5.3", "SERVER_HOSTNAME in config.yaml"),
    ),
    "unmanaged TLS without a certificate": (
        [registry(unmanaged("tls"))],
        ("ConfigInvalid", "spec.components[0]", "5.4.1", "ssl.cert and ssl.key"),
    ),
    "a managed Redis that the bundle configures": (
        [registry(managed("redis"), **BUNDLED), bundle(config_yaml=REDIS)],
        ("ConfigInvalid", "spec.components[0]", "3.5.1", "Remove BUILDLOGS_REDIS from"),
    ),
    "managed TLS with a certificate": (
        [registry(managed("tls"), **BUNDLED), bundle(config_yaml="{}", ssl_cert="c", ssl_key="k")],
        ("ConfigInvalid", "spec.components[0]", "3.4", "Remove ssl.cert, ssl.key from"),
    ),
    "a certificate that is none": (
        [registry(**BUNDLED), bundle(config_yaml="{}", ssl_cert="c", ssl_key="k")],
        ("ComponentCreationFailed", "stringData[ssl.cert]", "5.4.1", "Correct ssl.cert and ssl.key"),
    ),
    "clair without a database": (
        [registry(unmanaged("clairpostgres"))],
        ("ConfigInvalid", "spec.components[0]", "8.5.1.1.2", "clair-config.yaml"),
    ),
    "a component that does not exist": (
        [registry(unmanaged("mirroring"))],
        ("ConfigInvalid", "spec.components[0].kind", "1.3", 'write "mirror"'),
    ),
    "a bundle that is not there": (
        [registry(**BUNDLED)],
        ("ConfigInvalid", "spec.configBundleSecret", "1.5", 'Create Secret "config-bundle-secret"'),
    ),
    "a bundle in another namespace": (
        [registry(**BUNDLED), bundle("elsewhere", config_yaml="{}")],
        ("ConfigInvalid", "spec.configBundleSecret", "1.5", "in another namespace"),
    ),
    "a configuration that is a list": (
        [registry(**BUNDLED), bundle(config_yaml="- a\n")],
        ("RouteComponentDependencyError", "stringData[config.yaml]", "3", "Correct config.yaml"),
    ),
    "a host that is a number": (
        [registry(**BUNDLED), bundle(config_yaml="SERVER_HOSTNAME: 1\n")],
        ("RouteComponentDependencyError", "stringData[config.yaml]", "3", "Correct SERVER_HOSTNAME"),
    ),
    "an empty configuration": (
        [registry(**BUNDLED), bundle(config_yaml="")],
        ("OperatorCrashed", "stringData[config.yaml]", "1.5", "`{}` is enough"),
    ),
    "a build manager that is a number": (
        [registry(**BUNDLED), bundle(config_yaml="BUILDMAN_HOSTNAME: 1\n")],
        ("OperatorCrashed", "stringData[config.yaml]", "9.3.2.1", "Correct BUILDMAN_HOSTNAME"),
    ),
    "overrides of an unmanaged component": (
        [registry(unmanaged("mirror", replicas=2))],
        ("ComponentOverrideInvalid", "spec.components[0].overrides", "1.3", "Remove the overrides of mirror"),
    ),
    "replicas beside the autoscaler": (
        [registry(managed("quay", replicas=2))],
        (
            "ComponentOverrideInvalid",
            "spec.components[0].overrides.replicas",
            "3.5.2",
            "horizontalpodautoscaler",
        ),
    ),
    "an override that the component does not have": (
        [registry(managed("redis", volumeSize="60Gi"))],
        ("ComponentOverrideInvalid", "spec.components[0].overrides", "1.3", "Remove volumeSize"),
    ),
    "a volume that shrinks": (
        [registry(managed("clair", volumeSize="60Gi"), managed("postgres", volumeSize="10Gi"))],
        ("ComponentCreationFailed", "spec.components[1].overrides.volumeSize", "8.3", "Ask for 50Gi or more"),
    ),
    "zero replicas beside the autoscaler": (
        [registry(managed("quay", replicas=0))],
        ("ComponentNotReady", "spec.components[0].overrides.replicas", "11.1.2", "horizontalpodautoscaler"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_stands_in_the_way_is_named_with_its_field_and_its_fix(
    run: Run, tmp_path: Path, case: str
) -> None:
    objects, (reason, field, section, fix) = CASES[case]
    found = _finding(run, tmp_path, *objects)
    assert (found["reason"], found["field"], found["section"]) == (reason, field, section)
    assert fix in found["fix"]
    assert found["rule"]


def test_a_finding_points_at_the_line(run: Run, tmp_path: Path) -> None:
    found = _finding(run, tmp_path, registry(managed("quay"), unmanaged("route")))
    line = (tmp_path / "registry.yaml").read_text().splitlines()[int(found["place"].rsplit(":", 1)[1]) - 1]
    assert line.strip() == "- kind: route"


def test_a_platform_without_routes_needs_them_unmanaged(run: Run, tmp_path: Path) -> None:
    found = _finding(run, tmp_path, registry(managed("route")), options=("--platform", "kubernetes"))
    assert (found["reason"], found["field"]) == ("UnsupportedComponent", "spec.components[0]")


def test_storage_of_your_own_is_what_plain_kubernetes_needs(run: Run, tmp_path: Path) -> None:
    found = _finding(run, tmp_path, registry(), options=("--platform", "kubernetes"))
    assert "DISTRIBUTED_STORAGE_CONFIG" in found["fix"]
    assert "managed: true" not in found["fix"]


class TestDefaultRegistry:
    @pytest.fixture
    def file(self, tmp_path: Path) -> str:
        return write(tmp_path / "registry.yaml", registry())

    def test_text_says_that_it_becomes_available_and_with_what(self, run: Run, file: str) -> None:
        ran = run("plan", file, "--apps-domain", "apps.lab.test")
        assert ran.code == 0
        assert "It would become Available" in ran.out
        assert "https://example-registry-quay-quay-enterprise.apps.lab.test" in ran.out
        assert "Deployment example-registry-quay-database" in ran.out
        assert "All components reporting as healthy" in ran.out
        assert "\x1b[" not in ran.out

    def test_yaml_is_every_object_the_registry_with_its_status_first(self, run: Run, file: str) -> None:
        documents: list[Any] = list(yaml.safe_load_all(run("plan", file, "-o", "yaml").out))
        kinds = [document["kind"] for document in documents]
        assert (kinds[0], kinds[-1]) == ("QuayRegistry", "Event")
        assert {"Deployment", "Route", "ObjectBucketClaim", "Secret", "Namespace", "Pod"} <= set(kinds)
        conditions = {item["type"]: item["status"] for item in documents[0]["status"]["conditions"]}
        assert (conditions["Available"], conditions["RolloutBlocked"]) == ("True", "False")
        assert not any("managedFields" in document["metadata"] for document in documents)

    def test_json_says_the_same_to_programs(self, run: Run, file: str) -> None:
        report = json.loads(run("plan", file, "-o", "json").out)
        (found,) = report["registries"]
        assert (report["available"], found["verdict"], found["findings"]) == (True, "Available", [])
        components = {item["kind"]: item for item in found["components"]}
        assert len(components) == 11
        redis = {(item["kind"], item["name"]) for item in components["redis"]["objects"]}
        assert ("Deployment", "example-registry-quay-redis") in redis
        assert components["redis"]["managed"]
        assert not components["redis"]["declared"]

    def test_two_plans_of_the_same_input_are_the_same(self, run: Run, file: str) -> None:
        assert run("plan", file, "-o", "yaml").out == run("plan", file, "-o", "yaml").out


def test_each_of_several_registries_gets_a_verdict(run: Run, tmp_path: Path) -> None:
    blocked = registry(unmanaged("route"))
    blocked["metadata"] = {"name": "second", "namespace": "elsewhere"}
    ran = run("plan", write(tmp_path / "two.yaml", registry(), blocked), "-o", "json")
    verdicts = [item["verdict"] for item in json.loads(ran.out)["registries"]]
    assert (ran.code, verdicts) == (3, ["Available", "Blocked"])


def test_objects_without_a_namespace_go_where_the_option_says(run: Run, tmp_path: Path) -> None:
    anywhere = registry()
    anywhere["metadata"] = {"name": "example-registry"}
    file = write(tmp_path / "registry.yaml", anywhere)
    assert "QuayRegistry default/example-registry" in run("plan", file).out
    assert "QuayRegistry lab/example-registry" in run("plan", file, "-n", "lab").out
