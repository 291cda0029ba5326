"""HorizontalPodAutoscalers without metrics: the bounds hold, and the conditions say what is missing."""

from __future__ import annotations

from typing import Any

from fake_cluster.kinds.refs import (
    DEPLOYMENTS,
    HORIZONTAL_POD_AUTOSCALERS,
    HORIZONTAL_POD_AUTOSCALERS_V2BETA2,
)
from fake_cluster.objects import Object, condition
from tests.controllers.workloads import Lab, named, workload

CPU = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}},
}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


def scale(lab: Lab, replicas: int | None = None, minimum: int = 2, maximum: int = 10, **spec: Any) -> None:
    fields: dict[str, Any] = {} if replicas is None else {"replicas": replicas}
    lab.create(DEPLOYMENTS, workload("Deployment", **fields))
    autoscale(lab, minReplicas=minimum, maxReplicas=maximum, **spec)


def autoscale(lab: Lab, **spec: Any) -> None:
    wanted = {"scaleTargetRef": TARGET, "metrics": [CPU], **spec}
    lab.create(
        HORIZONTAL_POD_AUTOSCALERS, named("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec=wanted)
    )


def said(lab: Lab, kind: str) -> tuple[str, str, str]:
    found = condition(lab.get(HORIZONTAL_POD_AUTOSCALERS, "web"), kind)
    assert found is not None
    return found["status"], found["reason"], found["message"]


def replicas(lab: Lab) -> int:
    found: int = lab.get(DEPLOYMENTS, "web")["spec"]["replicas"]
    return found


def status(lab: Lab) -> Object:
    found: Object = lab.get(HORIZONTAL_POD_AUTOSCALERS, "web")["status"]
    return found


def test_a_target_below_the_minimum_is_raised_at_the_first_look(lab: Lab) -> None:
    scale(lab, 1)
    lab.cluster.advance(14)
    assert replicas(lab) == 1
    lab.cluster.advance(1)
    assert replicas(lab) == 2
    message = "the HPA controller was able to update the target scale to 2"
    assert said(lab, "AbleToScale") == ("True", "SucceededRescale", message)
    reason = "Current number of replicas below Spec.MinReplicas"
    assert lab.messages("SuccessfulRescale") == [f"New size: 2; reason: {reason}"]
    assert status(lab)["desiredReplicas"] == 2
    assert status(lab)["lastScaleTime"] == "2026-01-01T00:00:15Z"


def test_a_target_above_the_maximum_is_lowered(lab: Lab) -> None:
    scale(lab, 12)
    lab.cluster.advance(15)
    assert replicas(lab) == 10


def test_a_target_within_the_bounds_stays_and_the_missing_metrics_are_reported(lab: Lab) -> None:
    scale(lab, 5)
    lab.cluster.advance(15)
    assert replicas(lab) == 5
    got = "the HPA controller was able to get the target's current scale"
    assert said(lab, "AbleToScale") == ("True", "SucceededGetScale", got)
    assert said(lab, "ScalingActive") == (
        "False",
        "FailedGetResourceMetric",
        (
            "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics "
            "for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the "
            "requested resource (get pods.metrics.k8s.io)"
        ),
    )


def test_the_bounds_are_enforced_again_every_fifteen_seconds(lab: Lab) -> None:
    scale(lab, 2)
    lab.cluster.advance(15)
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 1}})
    lab.cluster.advance(15)
    assert replicas(lab) == 2


def test_nothing_is_written_while_nothing_changes(lab: Lab) -> None:
    scale(lab, 2)
    lab.make_ready()
    lab.cluster.advance(60)
    before = lab.cluster.api.store.revision
    lab.cluster.advance(300)
    assert lab.cluster.api.store.revision == before


def test_a_target_of_zero_switches_scaling_off(lab: Lab) -> None:
    scale(lab, 0)
    lab.cluster.advance(30)
    assert lab.get(DEPLOYMENTS, "web")["spec"]["replicas"] == 0
    disabled = "scaling is disabled since the replica count of the target is zero"
    assert said(lab, "ScalingActive") == ("False", "ScalingDisabled", disabled)


def test_a_missing_target_is_reported_until_it_is_there(lab: Lab) -> None:
    autoscale(lab, minReplicas=2, maxReplicas=3)
    lab.cluster.advance(15)
    missing = 'deployments/scale.apps "web" not found'
    message = f"the HPA controller was unable to get the target's current scale: {missing}"
    assert said(lab, "AbleToScale") == ("False", "FailedGetScale", message)
    assert lab.messages("FailedGetScale") == [missing]
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=2))
    lab.cluster.advance(15)
    assert said(lab, "AbleToScale")[0] == "True"


def test_an_autoscaler_of_an_older_version_works_the_same(lab: Lab) -> None:
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=1))
    spec = {"scaleTargetRef": TARGET, "minReplicas": 3, "maxReplicas": 5, "metrics": [CPU]}
    old = named("autoscaling/v2beta2", "HorizontalPodAutoscaler", "web", spec=spec)
    lab.create(HORIZONTAL_POD_AUTOSCALERS_V2BETA2, old)
    lab.cluster.advance(15)
    assert replicas(lab) == 3
