"""What is left when a registry goes."""

from __future__ import annotations

import pytest

from fake_cluster.kinds.refs import CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, PERSISTENT_VOLUME_CLAIMS, SECRETS
from quaysim.operator import QUAY_REGISTRIES, Settings
from tests.operator.examples import bundle, components
from tests.operator.lab import NAME, NAMESPACE, Lab

DASHBOARD = ("skynet-grafana-dashboard-quay", "openshift-config-managed")
OURS, MONITORED = "quay-operator/managed-label", "openshift.io/cluster-monitoring"


def delete(lab: Lab) -> None:
    lab.client.delete(QUAY_REGISTRIES, NAME, NAMESPACE)
    lab.cluster.advance(60)


def labels(lab: Lab) -> dict[str, str]:
    found: dict[str, str] = lab.client.get(NAMESPACES, NAMESPACE)["metadata"].get("labels") or {}
    return found


def test_everything_that_it_owns_goes_with_it(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    delete(lab)
    assert lab.client.find(QUAY_REGISTRIES, NAME, NAMESPACE) is None
    for ref in (DEPLOYMENTS, PERSISTENT_VOLUME_CLAIMS, SECRETS):
        names = [obj["metadata"]["name"] for obj in lab.client.list(ref, NAMESPACE)]
        assert [name for name in names if name.startswith(NAME)] == []


def test_the_users_own_bundle_stays(lab: Lab) -> None:
    lab.create_registry(given=bundle())
    lab.until_available()
    delete(lab)
    assert lab.client.find(SECRETS, "bundle", NAMESPACE) is not None


def test_namespace_labels_and_dashboard_are_cleared_away(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    assert lab.client.find(CONFIG_MAPS, *DASHBOARD) is not None
    delete(lab)
    assert lab.client.find(CONFIG_MAPS, *DASHBOARD) is None
    assert not {OURS, MONITORED} & set(labels(lab))


def test_a_namespace_that_was_monitored_before_stays_so(lab: Lab) -> None:
    lab.client.patch(NAMESPACES, NAMESPACE, {"metadata": {"labels": {MONITORED: "true"}}})
    lab.create_registry()
    lab.until_available()
    assert OURS not in labels(lab)
    delete(lab)
    assert labels(lab)[MONITORED] == "true"


def test_a_registry_that_was_never_complete_leaves_traces(lab: Lab) -> None:
    lab.create_registry()
    lab.until("ComponentsCreated", "MigrationsInProgress")
    assert "finalizers" not in lab.registry["metadata"]
    delete(lab)
    assert lab.client.find(CONFIG_MAPS, *DASHBOARD) is not None
    assert labels(lab)[MONITORED] == "true"


def test_another_registry_in_the_namespace_keeps_it_monitored(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    other = {"name": "other", "namespace": NAMESPACE}
    lab.client.create(
        QUAY_REGISTRIES, {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry", "metadata": other}
    )
    delete(lab)
    assert labels(lab)[MONITORED] == "true"


def test_an_operator_for_one_namespace_clears_nothing_away() -> None:
    lab = Lab(settings=Settings(watch_namespace=NAMESPACE))
    lab.create_registry()
    lab.until_available()
    marked = {"metadata": {"labels": {OURS: "true", MONITORED: "true"}}}
    lab.client.patch(NAMESPACES, NAMESPACE, marked)
    delete(lab)
    assert lab.client.find(QUAY_REGISTRIES, NAME, NAMESPACE) is None
    assert labels(lab)[OURS] == "true"
    lab.cluster.close()


@pytest.mark.parametrize("unmanaged", [["monitoring"], []])
def test_nothing_is_said_during_the_deletion(lab: Lab, unmanaged: list[str]) -> None:
    lab.create_registry(components(unmanaged))
    lab.until_available()
    before = sum(lab.events().values())
    delete(lab)
    assert sum(lab.events().values()) == before
