"""ConfigMaps that OpenShift fills with certificates."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import CONFIG_MAPS
from fake_cluster.objects import Object
from fake_cluster.platform.injection import SERVICE_CA, TRUSTED_CA

SERVICE_KEY, TRUSTED_KEY = "service-ca.crt", "ca-bundle.crt"


def create(cluster: FakeCluster, data: dict[str, str] | None = None, **metadata: Any) -> Object:
    obj = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "ca", "namespace": "shop", **metadata},
        "data": data or {},
    }
    cluster.client().create(CONFIG_MAPS, obj)
    cluster.settle()
    return cluster.client().get(CONFIG_MAPS, "ca", "shop")


@pytest.mark.parametrize(
    ("metadata", "key", "certificates"),
    [
        ({"annotations": {SERVICE_CA: "true"}}, SERVICE_KEY, 1),
        ({"labels": {TRUSTED_CA: "true"}}, TRUSTED_KEY, 2),
    ],
)
def test_a_config_map_that_asks_for_authorities_gets_them(
    openshift: FakeCluster, metadata: Object, key: str, certificates: int
) -> None:
    filled = create(openshift, **metadata)
    assert list(filled["data"]) == [key]
    assert filled["data"][key].count("BEGIN CERTIFICATE") == certificates


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {SERVICE_CA: "true"}},
        {"annotations": {TRUSTED_CA: "true"}},
        {"labels": {TRUSTED_CA: "false"}},
    ],
)
def test_others_are_left_alone(openshift: FakeCluster, metadata: Object) -> None:
    assert "data" not in create(openshift, **metadata)


def test_the_service_authority_replaces_other_keys_and_the_trusted_ones_do_not(
    openshift: FakeCluster,
) -> None:
    marks = {"annotations": {SERVICE_CA: "true"}}
    assert set(create(openshift, {"mine": "x"}, **marks)["data"]) == {SERVICE_KEY}
    openshift.client().delete(CONFIG_MAPS, "ca", "shop")
    trusted = create(openshift, {"mine": "x"}, labels={TRUSTED_CA: "true"})
    assert set(trusted["data"]) == {"mine", TRUSTED_KEY}


def test_what_is_changed_by_hand_is_put_right(openshift: FakeCluster) -> None:
    before = create(openshift, labels={TRUSTED_CA: "true"})
    openshift.client().patch(CONFIG_MAPS, "ca", {"data": {TRUSTED_KEY: "forged"}}, "shop")
    openshift.settle()
    assert openshift.client().get(CONFIG_MAPS, "ca", "shop")["data"] == before["data"]
