"""Autoscalers follow what Pods use: how far, how fast, and what they say about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import DEPLOYMENTS, EVENTS, HORIZONTAL_POD_AUTOSCALERS
from fake_cluster.node import Match, never_ready
from fake_cluster.objects import Object, condition
from tests.controllers.workloads import named, workload

WEB = Match(labels={"app": "web"})
READY = 400.0
"""Seconds after which no Pod is young any more, and no recommendation is remembered from before."""


class Scaled:
    """A Deployment whose Pods request one core and 1Gi each, and its autoscaler."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.client = cluster.client()

    def begin(
        self, replicas: int = 2, requests: Object | None = None, *, probe: bool = False, **spec: Any
    ) -> None:
        web = workload("Deployment", replicas=replicas)
        (container,) = web["spec"]["template"]["spec"]["containers"]
        container["resources"] = {"requests": {"cpu": "1", "memory": "1Gi"} if requests is None else requests}
        if probe:
            container["readinessProbe"] = {"tcpSocket": {"port": 8080}}
        self.client.create(DEPLOYMENTS, web)
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        wanted = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 10, "metrics": [cpu()], **spec}
        obj = named("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec=wanted)
        self.client.create(HORIZONTAL_POD_AUTOSCALERS, obj)

    def use(self, **quantities: str) -> None:
        self.cluster.usages.set(WEB, **quantities)

    @property
    def replicas(self) -> int:
        found: int = self.client.get(DEPLOYMENTS, "web", "default")["spec"]["replicas"]
        return found

    @property
    def status(self) -> Object:
        found: Object = self.client.get(HORIZONTAL_POD_AUTOSCALERS, "web", "default")["status"]
        return found

    def said(self, kind: str) -> tuple[str, str, str]:
        found = condition({"status": self.status}, kind)
        assert found is not None
        return found["status"], found["reason"], found["message"]

    @property
    def looks(self) -> list[str]:
        """When it is to look again."""
        return [line for line in self.cluster.manager.waiting() if "horizontal-pod-autoscaler" in line]

    @property
    def events(self) -> list[str]:
        found = self.client.list(EVENTS)
        return [item["message"] for item in found if item["reason"] == "SuccessfulRescale"]


@pytest.fixture
def web() -> Iterator[Scaled]:
    with FakeCluster() as cluster:
        yield Scaled(cluster)


def cpu(utilization: int = 50) -> Object:
    target = {"type": "Utilization", "averageUtilization": utilization}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def memory(value: str = "512Mi") -> Object:
    target = {"type": "AverageValue", "averageValue": value}
    return {"type": "Resource", "resource": {"name": "memory", "target": target}}


def test_the_size_grows_as_long_as_pods_use_more_than_their_target(web: Scaled) -> None:
    web.begin()
    web.use(cpu="750m")
    web.cluster.advance(READY)
    assert web.replicas == 10
    assert web.said("ScalingActive") == (
        "True",
        "ValidMetricFound",
        (
            "the HPA was able to successfully calculate a replica count from "
            "cpu resource utilization (percentage of request)"
        ),
    )


def test_the_size_follows_the_ratio_of_usage_to_target(web: Scaled) -> None:
    web.begin()
    web.cluster.advance(READY)
    web.use(cpu="750m")
    web.cluster.advance(15)
    assert web.replicas == 3
    reason = "cpu resource utilization (percentage of request) above target"
    assert web.events == [f"New size: 3; reason: {reason}"]
    assert web.said("AbleToScale") == (
        "True",
        "SucceededRescale",
        "the HPA controller was able to update the target scale to 3",
    )
    assert web.status["currentMetrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "current": {"averageUtilization": 75, "averageValue": "750m"}},
        }
    ]
    assert (web.status["currentReplicas"], web.status["desiredReplicas"]) == (2, 3)


@pytest.mark.parametrize(("used", "size"), [("450m", 4), ("550m", 4), ("560m", 5)])
def test_a_ratio_near_one_changes_nothing(web: Scaled, used: str, size: int) -> None:
    web.begin(4)
    web.use(cpu="500m")
    web.cluster.advance(READY)
    web.use(cpu=used)
    web.cluster.advance(15)
    assert web.replicas == size


def test_of_several_metrics_the_largest_size_counts(web: Scaled) -> None:
    web.begin(metrics=[cpu(), memory()])
    web.cluster.advance(READY)
    web.use(cpu="700m", memory="1Gi")
    web.cluster.advance(15)
    assert web.replicas == 4
    assert web.events == ["New size: 4; reason: memory resource above target"]
    current = web.status["currentMetrics"][1]["resource"]["current"]
    assert current == {"averageValue": str(2**30)}


def test_a_quiet_target_is_lowered_when_five_minutes_have_been_quiet(web: Scaled) -> None:
    web.begin(6)
    web.use(cpu="500m")
    web.cluster.advance(READY)
    web.use(cpu="250m")
    web.cluster.advance(270)
    assert web.replicas == 6
    assert web.said("AbleToScale") == (
        "True",
        "ScaleDownStabilized",
        "recent recommendations were higher than current one, applying the highest recent recommendation",
    )
    web.cluster.advance(45)
    assert web.replicas == 3
    assert web.events == ["New size: 3; reason: All metrics below target"]


def test_a_shorter_window_of_its_own_counts(web: Scaled) -> None:
    web.begin(6, behavior={"scaleDown": {"stabilizationWindowSeconds": 60}})
    web.use(cpu="500m")
    web.cluster.advance(READY)
    web.use(cpu="250m")
    web.cluster.advance(45)
    assert web.replicas == 6
    web.cluster.advance(45)
    assert web.replicas == 3


def test_a_size_above_the_maximum_is_not_reached(web: Scaled) -> None:
    web.begin(maxReplicas=3)
    web.cluster.advance(READY)
    web.use(cpu="1")
    web.cluster.advance(60)
    assert web.replicas == 3
    message = "the desired replica count is more than the maximum replica count"
    assert web.said("ScalingLimited") == ("True", "TooManyReplicas", message)


def test_it_grows_no_faster_than_it_may(web: Scaled) -> None:
    policies = [{"type": "Pods", "value": 1, "periodSeconds": 60}]
    web.begin(behavior={"scaleUp": {"policies": policies}})
    web.cluster.advance(READY)
    web.use(cpu="1")
    web.cluster.advance(15)
    assert web.replicas == 3
    message = "the desired replica count is increasing faster than the maximum scale rate"
    assert web.said("ScalingLimited") == ("True", "ScaleUpLimit", message)
    web.cluster.advance(45)
    assert web.replicas == 3
    web.cluster.advance(30)
    assert web.replicas == 4


def test_a_direction_that_is_disabled_is_not_taken(web: Scaled) -> None:
    web.begin(6, behavior={"scaleDown": {"selectPolicy": "Disabled"}})
    web.cluster.advance(2000)
    assert web.replicas == 6
    assert web.said("ScalingLimited")[:2] == ("True", "ScaleDownLimit")


def test_without_requests_there_is_no_utilization(web: Scaled) -> None:
    web.begin(requests={})
    web.cluster.advance(READY)
    status, reason, message = web.said("ScalingActive")
    assert (status, reason) == ("False", "FailedGetResourceMetric")
    start = "the HPA was unable to compute the replica count: failed to get cpu utilization: "
    assert message.startswith(f"{start}missing request for cpu in container main of Pod web-")
    assert web.status["currentMetrics"] == [{"type": ""}]


def test_one_metric_that_fails_prevents_shrinking_not_growing(web: Scaled) -> None:
    web.begin(4, requests={"cpu": "1"}, metrics=[cpu(), _of_others()])
    web.cluster.advance(1000)
    assert web.replicas == 4
    assert web.said("ScalingActive")[:2] == ("False", "FailedGetExternalMetric")
    web.use(cpu="1")
    web.cluster.advance(15)
    assert web.replicas == 8


def _of_others() -> Object:
    target = {"type": "Value", "value": "1"}
    return {"type": "External", "external": {"metric": {"name": "queue"}, "target": target}}


def test_the_processor_time_of_starting_pods_does_not_count(web: Scaled) -> None:
    web.cluster.programs.add(WEB, never_ready())
    web.begin(probe=True)
    web.use(cpu="1")
    web.cluster.advance(120)
    assert web.replicas == 2
    why = "did not receive metrics for targeted pods (pods might be unready)"
    assert web.said("ScalingActive")[2].endswith(why)


def test_a_metric_of_one_container_counts_that_container(web: Scaled) -> None:
    source = cpu()["resource"] | {"container": "main"}
    web.begin(metrics=[{"type": "ContainerResource", "containerResource": source}])
    web.cluster.advance(READY)
    web.use(cpu="1")
    web.cluster.advance(15)
    assert web.replicas == 4
    reason = "cpu container resource utilization (percentage of request) above target"
    assert web.events == [f"New size: 4; reason: {reason}"]


def test_left_alone_it_stays_at_the_minimum_and_comes_to_rest(web: Scaled) -> None:
    web.begin()
    web.cluster.advance(READY)
    assert web.replicas == 2
    message = "the desired replica count is less than the minimum replica count"
    assert web.said("ScalingLimited") == ("True", "TooFewReplicas", message)
    assert web.said("AbleToScale")[1] == "ReadyForNewScale"
    web.cluster.advance(30)
    revision = web.cluster.api.store.revision
    web.cluster.advance(3600)
    assert web.cluster.api.store.revision == revision
    assert not web.looks


def test_it_looks_seldom_while_it_waits_for_its_window(web: Scaled) -> None:
    web.begin(6)
    web.use(cpu="500m")
    web.cluster.advance(READY)
    web.use(cpu="400m")
    web.cluster.advance(45)
    assert web.looks == ["again in 245 s: horizontal-pod-autoscaler-controller default/web"]
