"""PodDisruptionBudgets: how many Pods may be evicted now."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds.refs import DEPLOYMENTS, POD_DISRUPTION_BUDGETS
from fake_cluster.objects import Object
from tests.controllers.workloads import Lab, named, workload


def budget(lab: Lab, replicas: int = 4, **spec: Any) -> None:
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=replicas))
    wanted = {"selector": {"matchLabels": {"app": "web"}}, **spec}
    lab.create(POD_DISRUPTION_BUDGETS, named("policy/v1", "PodDisruptionBudget", "web", spec=wanted))


def status(lab: Lab) -> Object:
    found: Object = lab.get(POD_DISRUPTION_BUDGETS, "web")["status"]
    return found


@pytest.mark.parametrize(
    ("spec", "desired", "allowed"),
    [
        ({"minAvailable": 3}, 3, 1),
        ({"minAvailable": "50%"}, 2, 2),
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": "60%"}, 1, 3),
        ({"maxUnavailable": 0}, 4, 0),
    ],
)
def test_what_is_healthy_beyond_the_desired_may_be_disrupted(
    lab: Lab, spec: Object, desired: int, allowed: int
) -> None:
    budget(lab, **spec)
    lab.make_ready()
    found = status(lab)
    assert (found["expectedPods"], found["currentHealthy"]) == (4, 4)
    assert (found["desiredHealthy"], found["disruptionsAllowed"]) == (desired, allowed)
    [condition] = found["conditions"]
    expected = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
    assert (condition["type"], condition["status"], condition["reason"]) == ("DisruptionAllowed", *expected)


def test_unready_pods_use_up_the_budget(lab: Lab) -> None:
    budget(lab, minAvailable=3)
    lab.make_ready(lab.pods()[:3])
    assert status(lab)["disruptionsAllowed"] == 0
    lab.make_ready()
    assert status(lab)["disruptionsAllowed"] == 1


def test_the_budget_follows_the_size_of_the_workload(lab: Lab) -> None:
    budget(lab, maxUnavailable="50%")
    lab.make_ready()
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 6}})
    assert (status(lab)["expectedPods"], status(lab)["desiredHealthy"]) == (6, 3)


def test_a_budget_for_no_pods_allows_nothing(lab: Lab) -> None:
    budget(lab, replicas=0, minAvailable=0)
    assert status(lab)["disruptionsAllowed"] == 0
