"""What the API accepts as a QuayRegistry, and how the operator is installed."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object
from quaysim.operator import QUAY_REGISTRIES, Settings, controllers, install
from tests.operator.examples import components


@pytest.fixture
def client(fake_cluster: FakeCluster) -> Client:
    client = fake_cluster.client()
    install(client)
    return client


def create(client: Client, **spec: Any) -> Object:
    registry = {
        "apiVersion": "quay.redhat.com/v1",
        "kind": "QuayRegistry",
        "metadata": {"name": "skynet", "namespace": "default"},
        "spec": spec,
    }
    return client.create(QUAY_REGISTRIES, registry)


def test_installing_twice_changes_nothing(client: Client) -> None:
    name = "quayregistries.quay.redhat.com"
    before = client.get(CUSTOM_RESOURCE_DEFINITIONS, name)
    install(client)
    assert client.get(CUSTOM_RESOURCE_DEFINITIONS, name) == before


def test_a_version_that_is_not_simulated_is_refused(fake_cluster: FakeCluster) -> None:
    with pytest.raises(ValueError, match=r"operator version '1.0' is not simulated"):
        controllers(
            fake_cluster.client(),
            Settings(version="1.0"),
            fake_cluster.clock,
            Random(1),
            fake_cluster.peer_chain,
        )


def test_kinds_that_nobody_knows_are_accepted(client: Client) -> None:
    entries = [{"kind": "mirroring", "managed": False}]
    assert create(client, components=entries)["spec"]["components"] == entries


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"kind": "redis"}, "spec.components[0].managed"),
        ({"managed": True}, "spec.components[0].kind"),
        ({"kind": "redis", "managed": "yes"}, "spec.components[0].managed"),
        (
            {"kind": "quay", "managed": True, "overrides": {"replicas": "two"}},
            "spec.components[0].overrides.replicas",
        ),
        (
            {"kind": "quay", "managed": True, "overrides": {"env": [{"value": "x"}]}},
            "spec.components[0].overrides.env[0].name",
        ),
        (
            {"kind": "postgres", "managed": True, "overrides": {"volumeSize": "much"}},
            "spec.components[0].overrides.volumeSize",
        ),
    ],
)
def test_entries_of_the_wrong_shape_are_refused(client: Client, entry: Object, field: str) -> None:
    with pytest.raises(ApiError) as caught:
        create(client, components=[entry])
    assert caught.value.code == 422
    assert field in [cause["field"] for cause in caught.value.details["causes"]]


def test_fields_in_the_wrong_place_are_dropped(client: Client) -> None:
    created = create(client, components=components(), overrides={"env": []}, unknown=1)
    assert set(created["spec"]) == {"components"}


def test_every_field_of_the_overrides_is_kept(client: Client) -> None:
    term = {
        "labelSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]},
        "namespaceSelector": {"matchLabels": {"team": "x"}},
        "namespaces": ["n"],
        "topologyKey": "zone",
    }
    node = {"matchExpressions": [{"key": "a", "operator": "Exists"}]}
    overrides = {
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [node]},
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": node}],
            },
            "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]},
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 2, "podAffinityTerm": term}]
            },
        },
        "annotations": {"a": "b"},
        "env": [
            {"name": "A", "value": "b"},
            {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}},
            {"name": "C", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
            {"name": "D", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
        ],
        "labels": {"c": "d"},
        "replicas": 0,
        "volumeSize": "60Gi",
    }
    created = create(client, components=[{"kind": "quay", "managed": True, "overrides": overrides}])
    assert created["spec"]["components"][0]["overrides"] == overrides
