"""ResourceQuotas: the status says what is used."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fake_cluster.controllers.quantities import text_of
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    PERSISTENT_VOLUME_CLAIMS,
    RESOURCE_QUOTAS,
    SERVICES,
)
from tests.controllers.workloads import Lab, named, template, workload


def limit(lab: Lab, hard: dict[str, str], **spec: object) -> None:
    lab.create(RESOURCE_QUOTAS, named("v1", "ResourceQuota", "quota", spec={"hard": hard, **spec}))


def used(lab: Lab) -> dict[str, str]:
    found: dict[str, str] = lab.get(RESOURCE_QUOTAS, "quota")["status"]["used"]
    return found


def test_pods_are_counted_with_what_they_ask_for_until_they_have_ended(lab: Lab) -> None:
    limit(lab, {"pods": "10", "requests.cpu": "4", "limits.memory": "8Gi"})
    assert used(lab) == {"pods": "0", "requests.cpu": "0", "limits.memory": "0"}
    wanted = template()
    resources = {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    wanted["spec"]["containers"][0]["resources"] = resources
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=3, template=wanted))
    assert used(lab) == {"pods": "3", "requests.cpu": "750m", "limits.memory": "3Gi"}
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 1}})
    assert used(lab)["pods"] == "1"


def test_objects_are_counted_by_their_resource(lab: Lab) -> None:
    limit(
        lab,
        {"count/configmaps": "5", "count/deployments.apps": "2", "services": "3", "services.nodeports": "1"},
    )
    assert used(lab)["count/configmaps"] == "1"
    lab.create(CONFIG_MAPS, named("v1", "ConfigMap", "one"))
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=0))
    lab.create(SERVICES, named("v1", "Service", "s", spec={"type": "NodePort", "ports": [{"port": 80}]}))
    found = used(lab)
    assert found["count/configmaps"] == "2"
    assert found["count/deployments.apps"] == "1"
    assert found["services.nodeports"] == "1"
    lab.delete(CONFIG_MAPS, "one")
    assert used(lab)["count/configmaps"] == "1"


def test_claims_are_counted_with_their_sizes(lab: Lab) -> None:
    limit(lab, {"requests.storage": "100Gi", "persistentvolumeclaims": "3"})
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
    lab.create(PERSISTENT_VOLUME_CLAIMS, named("v1", "PersistentVolumeClaim", "data", spec=spec))
    assert used(lab) == {"requests.storage": "10Gi", "persistentvolumeclaims": "1"}


@pytest.mark.parametrize(
    ("number", "binary", "text"),
    [
        (Fraction(3, 4), False, "750m"),
        (Fraction(4096), False, "4096"),
        (Fraction(4096), True, "4Ki"),
        (Fraction(1536 * 2**20), True, "1536Mi"),
        (Fraction(0), True, "0"),
    ],
)
def test_sums_are_written_as_quantities(number: Fraction, text: str, *, binary: bool) -> None:
    assert text_of(number, binary=binary) == text
