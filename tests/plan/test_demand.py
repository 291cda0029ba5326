from __future__ import annotations

from quaysim.plan.demand import Demand
from tests.cli.inputs import managed, registry, unmanaged
from tests.plan.planning import default_plan, planned


def _demand(*components: dict[str, object]) -> Demand:
    return planned(registry(*components)).registries[0].demand


def test_a_default_registry_asks_for_ten_pods_at_least_and_54_at_most() -> None:
    asked = default_plan().registries[0].demand.as_json()
    assert asked["minimum"] == {"pods": 10, "cpu": "10500m", "memory": "26Gi"}
    assert asked["maximum"] == {"pods": 54, "cpu": "71500m", "memory": "195Gi"}
    assert asked["migration"] == {"pods": 1, "cpu": "1", "memory": "3Gi"}
    assert asked["storage"] == "150Gi"


def test_a_quay_pod_asks_for_2_cpu_and_8gi() -> None:
    (quay,) = [
        item for item in default_plan().registries[0].demand.workloads if item.name.endswith("-quay-app")
    ]
    assert quay.requests.as_json() == quay.limits.as_json() == {"cpu": "2", "memory": "8Gi"}
    assert (quay.component, quay.least, quay.most, quay.rolling) == ("quay", 2, 20, 1)


def test_pods_that_are_recreated_need_no_room_beside_the_old_ones() -> None:
    rolling = {item.name: item.rolling for item in default_plan().registries[0].demand.workloads}
    assert rolling["example-registry-quay-mirror"] == rolling["example-registry-quay-database"] == 0


def test_without_autoscalers_there_are_as_many_pods_as_the_overrides_say() -> None:
    demand = _demand(unmanaged("horizontalpodautoscaler"), managed("quay", replicas=3))
    assert demand.minimum == demand.maximum
    counts = {item.name: item.least for item in demand.workloads}
    assert counts["example-registry-quay-app"] == 3
    assert counts["example-registry-clair-app"] == 2


def test_larger_volumes_are_counted_as_they_are() -> None:
    demand = _demand(managed("postgres", volumeSize="70Gi"), managed("clair", volumeSize="60Gi"))
    sizes = {item.component: item.as_json()["size"] for item in demand.volumes}
    assert sizes == {"postgres": "70Gi", "clairpostgres": "60Gi", "objectstorage": "50Gi"}


def test_a_blocked_registry_asks_for_nothing() -> None:
    demand = _demand(unmanaged("route"))
    assert (demand.minimum.pods, demand.volumes) == (0, [])
