"""Everything that keeps a rollout from going on, with its reason and message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, ROUTES
from quaysim.operator import QUAY_REGISTRIES, Settings
from quaysim.operator.bundle import Bundle
from tests.operator.examples import bundle, components, with_pair
from tests.operator.lab import NAMESPACE, Lab

HOST = "skynet-quay-quay.apps.example.com"
REDIS_FIELD = bundle("BUILDLOGS_REDIS: {host: redis.org}\n")
REPLICAS = components(overrides={"redis": {"replicas": 2}})
SHRUNK = components(overrides={"postgres": {"volumeSize": "10Gi"}})

BLOCKS: dict[str, tuple[Any, Bundle, str, str]] = {
    "managed component configured": (
        None,
        REDIS_FIELD,
        "ConfigInvalid",
        "redis component marked as managed, but `configBundleSecret` contains required fields",
    ),
    "required component missing": (
        [{"kind": "tls", "managed": False}],
        bundle(),
        "ConfigInvalid",
        "required component `tls` marked as unmanaged, but `configBundleSecret` is missing necessary fields",
    ),
    "unknown component": (
        [{"kind": "mirroring", "managed": False}],
        bundle(),
        "ConfigInvalid",
        "unable to verify component config: unknown component: mirroring",
    ),
    "host name left empty": (
        None,
        bundle("SERVER_HOSTNAME: null\n"),
        "RouteComponentDependencyError",
        "could not check for `Routes` API: SERVER_HOSTNAME must be of type string",
    ),
    "unreadable configuration": (
        None,
        bundle("x: 1\na: b: c\n"),
        "RouteComponentDependencyError",
        (
            "could not check for `Routes` API: unable to parse config.yaml: "
            "yaml: line 2: mapping values are not allowed in this context"
        ),
    ),
    "hostname of the wrong type": (
        None,
        bundle("SERVER_HOSTNAME: 12\n"),
        "RouteComponentDependencyError",
        "could not check for `Routes` API: SERVER_HOSTNAME must be of type string",
    ),
    "override not supported": (
        REPLICAS,
        bundle(),
        "ComponentOverrideInvalid",
        "invalid overrides: cannot override replicas with managed HPA",
    ),
    "certificate for another host": (
        None,
        with_pair("wrong.org"),
        "ComponentCreationFailed",
        (
            f"could not inflate kubernetes objects: provided certificate pair not valid for host '{HOST}': "
            f"x509: certificate is valid for wrong.org, not {HOST}"
        ),
    ),
    "volume too small": (
        SHRUNK,
        bundle(),
        "ComponentCreationFailed",
        "could not inflate kubernetes objects: cannot shrink volume override size from 50Gi to 10Gi",
    ),
}


@pytest.mark.parametrize("case", BLOCKS)
def test_the_rollout_is_blocked_and_nothing_is_deployed(lab: Lab, case: str) -> None:
    entries, given, reason, message = BLOCKS[case]
    lab.create_registry(entries, given)
    lab.cluster.advance(30)
    blocked = lab.condition("RolloutBlocked")
    assert (blocked["status"], blocked["reason"], blocked["message"]) == ("True", reason, message)
    assert lab.reason("Available") == "ComponentNotReady"
    assert lab.deployments() == set()
    assert lab.events()["Warning", reason, message] >= 2


def test_a_missing_bundle_leaves_the_spec_as_it_was_written(lab: Lab) -> None:
    lab.create_registry([{"kind": "redis", "managed": False}])
    lab.edit(configBundleSecret="nowhere")
    lab.cluster.advance(1)
    assert lab.message("RolloutBlocked") == 'unable to get `configBundleSecret`: Secret "nowhere" not found'
    assert lab.message("ComponentTLSReady") == "Config bundle does not exist"
    assert lab.registry["spec"]["components"] == [{"kind": "redis", "managed": False}]


def test_invalid_overrides_leave_the_defaults_out_of_the_spec(lab: Lab) -> None:
    entries = [{"kind": "redis", "managed": True, "overrides": {"volumeSize": "1Gi"}}]
    lab.create_registry(entries, bundle())
    lab.cluster.advance(5)
    assert lab.reason("RolloutBlocked") == "ComponentOverrideInvalid"
    assert lab.registry["spec"]["components"] == entries


def test_an_unknown_kind_is_blocked_after_the_defaults_are_written(lab: Lab) -> None:
    lab.create_registry([{"kind": "mirroring", "managed": False}], bundle())
    lab.cluster.advance(5)
    managed = {entry["kind"]: entry["managed"] for entry in lab.registry["spec"]["components"]}
    assert managed["mirror"] is True


def test_a_block_is_looked_at_every_ten_seconds_and_goes_with_its_cause(lab: Lab) -> None:
    lab.create_registry(given=REDIS_FIELD)
    lab.until("RolloutBlocked", "ConfigInvalid")
    first = lab.condition("RolloutBlocked")["lastTransitionTime"]
    lab.cluster.advance(25)
    assert lab.condition("RolloutBlocked")["lastTransitionTime"] > first
    lab.create_bundle(bundle())
    lab.cluster.advance(20)
    assert lab.condition("RolloutBlocked")["status"] == "False"


def test_a_running_registry_stays_available_while_its_bundle_is_bad(lab: Lab) -> None:
    lab.create_registry(given=bundle())
    lab.until_available()
    before = lab.deployments()
    lab.create_bundle(REDIS_FIELD)
    lab.cluster.advance(130)
    assert lab.condition("RolloutBlocked")["status"] == "True"
    assert lab.condition("Available")["status"] == "True"
    assert lab.deployments() == before


def test_a_claim_that_nobody_serves_is_waited_for(lab: Lab) -> None:
    claim = {"metadata": {"name": "skynet-quay-datastore", "namespace": NAMESPACE}}
    lab.client.create(
        OBJECT_BUCKET_CLAIMS,
        claim
        | {
            "apiVersion": OBJECT_BUCKET_CLAIMS.api_version,
            "kind": "ObjectBucketClaim",
            "spec": {"generateBucketName": "b", "storageClassName": "nobody"},
        },
    )
    lab.create_registry([{"kind": "objectstorage", "managed": True}], bundle())
    lab.cluster.advance(5)
    assert lab.reason("RolloutBlocked") == "ObjectStorageComponentDependencyError"
    assert lab.message("RolloutBlocked") == (
        "error checking for object storage support: awaiting for bucket claim to be processed"
    )


def test_monitoring_cannot_be_demanded_of_an_operator_for_one_namespace() -> None:
    lab = Lab(settings=Settings(watch_namespace=NAMESPACE))
    lab.create_registry([{"kind": "monitoring", "managed": True}], bundle())
    lab.cluster.advance(5)
    assert lab.reason("RolloutBlocked") == "MonitoringComponentDependencyError"
    assert lab.message("RolloutBlocked") == (
        "could not check for monitoring support: "
        "Monitoring is only supported in AllNamespaces mode. Disabling."
    )
    lab.cluster.close()


def test_a_router_that_does_not_answer_blocks_and_leaves_the_test_route(lab: Lab) -> None:
    def refuse(host: str, port: int) -> str:
        raise OSError(f"dial tcp {host}:{port}: connect: connection refused")

    lab.cluster.close()
    silent = Lab(dial=refuse)
    silent.create_registry(given=bundle())
    silent.cluster.advance(5)
    assert silent.message("RolloutBlocked") == (
        "could not check for `Routes` API: dial tcp skynet-test-route-quay.apps.example.com:443: "
        "connect: connection refused"
    )
    assert silent.find(ROUTES, "test-route") is not None
    silent.cluster.close()


@pytest.mark.parametrize("kind", ["route", "tls"])
def test_routes_cannot_be_demanded_of_a_cluster_without_them(bare: Lab, kind: str) -> None:
    bare.create_registry([{"kind": kind, "managed": True}], bundle())
    bare.cluster.advance(30)
    assert bare.reason("RolloutBlocked") == ""
    assert bare.registry["spec"]["components"] == [{"kind": kind, "managed": True}]


def test_a_bare_cluster_needs_what_openshift_would_have_given(bare: Lab) -> None:
    bare.create_registry(given=bundle())
    bare.cluster.advance(5)
    assert bare.message("RolloutBlocked") == (
        "required component `objectstorage` marked as unmanaged, but `configBundleSecret` is missing "
        "necessary fields"
    )


@pytest.mark.parametrize(
    "given", [Bundle({}), Bundle({"config.yaml": b""}), bundle("BUILDMAN_HOSTNAME: 5\n")]
)
def test_the_operator_dies_of_some_bundles_and_comes_back(lab: Lab, given: Bundle) -> None:
    lab.create_registry(given=given)
    lab.cluster.advance(30)
    crashes = [count for (_, reason, _), count in lab.events().items() if reason == "OperatorCrashed"]
    assert crashes
    assert lab.reason("RolloutBlocked") == ""
    lab.create_bundle(bundle())
    lab.until_available()


EDITS: dict[str, Callable[[Lab], None]] = {
    "labels": lambda lab: _patch(lab, {"metadata": {"labels": {"a": "b"}}}),
    "annotations": lambda lab: _patch(lab, {"metadata": {"annotations": {"a": "b"}}}),
}


def _patch(lab: Lab, body: dict[str, Any]) -> None:
    lab.client.patch(QUAY_REGISTRIES, "skynet", body, NAMESPACE)


@pytest.mark.parametrize("edit", EDITS)
def test_metadata_does_not_call_the_main_controller(lab: Lab, edit: str) -> None:
    lab.create_registry(given=bundle())
    lab.until_available()
    lab.cluster.advance(40)
    updated = lab.status["lastUpdated"]
    EDITS[edit](lab)
    lab.cluster.advance(5)
    assert lab.status["lastUpdated"] == updated
