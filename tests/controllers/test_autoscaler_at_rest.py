"""Autoscalers rest while nothing changes, and nobody can tell that they do."""

from __future__ import annotations

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import DEPLOYMENTS, EVENTS, HORIZONTAL_POD_AUTOSCALERS
from fake_cluster.objects import Object

PERIOD = 15.0


def _deployment(replicas: int) -> Object:
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "web:1"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def _autoscaler(least: int = 2) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": 5},
    }


def _replicas(cluster: FakeCluster) -> int:
    return int(cluster.client().get(DEPLOYMENTS, "web", "default")["spec"]["replicas"])


@pytest.mark.parametrize("after", [100.0, 107.0, 119.0, 1000.0])
def test_a_target_that_changes_is_seen_at_the_next_of_the_autoscalers_moments(after: float) -> None:
    with FakeCluster() as cluster:
        client, begin = cluster.client(), cluster.clock.now()
        client.create(DEPLOYMENTS, _deployment(3))
        client.create(HORIZONTAL_POD_AUTOSCALERS, _autoscaler())
        cluster.advance(after)
        client.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 1}}, "default")
        cluster.run_until(lambda: _replicas(cluster) == 2)
        passed = cluster.clock.now() - begin
        assert passed - after <= PERIOD
        assert passed % PERIOD == pytest.approx(0, abs=1e-6)


def test_an_autoscaler_that_is_edited_looks_again() -> None:
    with FakeCluster() as cluster:
        client = cluster.client()
        client.create(DEPLOYMENTS, _deployment(3))
        client.create(HORIZONTAL_POD_AUTOSCALERS, _autoscaler())
        cluster.advance(200)
        client.patch(HORIZONTAL_POD_AUTOSCALERS, "web", {"spec": {"minReplicas": 4}}, "default")
        cluster.advance(PERIOD)
        assert _replicas(cluster) == 4


def test_at_rest_it_costs_nothing() -> None:
    with FakeCluster() as cluster:
        client = cluster.client()
        client.create(DEPLOYMENTS, _deployment(3))
        client.create(HORIZONTAL_POD_AUTOSCALERS, _autoscaler())
        cluster.advance(200)
        revision = cluster.api.store.revision
        cluster.advance(2000)
        assert cluster.api.store.revision == revision
        assert not [line for line in cluster.manager.waiting() if "horizontal-pod-autoscaler" in line]


def test_without_a_target_it_keeps_complaining() -> None:
    with FakeCluster() as cluster:
        cluster.client().create(HORIZONTAL_POD_AUTOSCALERS, _autoscaler())
        cluster.advance(150)
        (event,) = (item for item in cluster.client().list(EVENTS) if item["reason"] == "FailedGetScale")
        assert event["count"] == 10
