"""One stored object, several served versions."""

from __future__ import annotations

import orjson

from fake_cluster.kinds import Kinds, Resource, refs
from fake_cluster.objects import Object, ResourceRef


def resource(ref: ResourceRef) -> Resource:
    found = Kinds().find(ref.group, ref.version, ref.plural)
    assert found is not None
    return found


_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "app"}


def stored(ref: ResourceRef, **fields: Object) -> Object:
    kind = resource(ref)
    obj = kind.decode({"metadata": {"name": "x"}, **fields}).obj
    kind.default(obj)
    return kind.to_storage(obj)


def test_an_autoscaler_of_v1_is_stored_as_v2() -> None:
    spec = {"scaleTargetRef": _TARGET, "maxReplicas": 5, "targetCPUUtilizationPercentage": 70}

    obj = stored(refs.HORIZONTAL_POD_AUTOSCALERS_V1, spec=spec)

    assert obj["apiVersion"] == "autoscaling/v2"
    assert obj["spec"]["metrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
        }
    ]
    assert "targetCPUUtilizationPercentage" not in obj["spec"]


def test_an_autoscaler_without_a_target_gets_eighty_percent_of_its_cpu() -> None:
    obj = stored(refs.HORIZONTAL_POD_AUTOSCALERS_V1, spec={"scaleTargetRef": _TARGET, "maxReplicas": 5})

    assert resource(refs.HORIZONTAL_POD_AUTOSCALERS_V1).from_storage(obj)["spec"] == {
        "scaleTargetRef": _TARGET,
        "minReplicas": 1,
        "maxReplicas": 5,
        "targetCPUUtilizationPercentage": 80,
    }


def test_what_v1_has_no_field_for_travels_in_annotations_and_comes_back() -> None:
    memory = {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 90}}
    spec = {
        "scaleTargetRef": _TARGET,
        "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": memory}],
    }
    v1 = resource(refs.HORIZONTAL_POD_AUTOSCALERS_V1)
    obj = stored(refs.HORIZONTAL_POD_AUTOSCALERS, spec=spec | {"behavior": {"scaleUp": {}}})

    shown = v1.from_storage(obj)

    note = shown["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/metrics"]
    assert orjson.loads(note) == [{"type": "Resource", "resource": memory}]
    assert v1.to_storage(shown)["spec"] == obj["spec"]
    assert "annotations" not in v1.to_storage(shown)["metadata"]


def test_v2beta2_has_the_shape_of_v2() -> None:
    beta = resource(refs.HORIZONTAL_POD_AUTOSCALERS_V2BETA2)

    obj = stored(beta.ref, spec={"scaleTargetRef": _TARGET, "maxReplicas": 5})

    assert obj["apiVersion"] == "autoscaling/v2"
    assert obj["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] == 80
    assert beta.from_storage(obj) == obj | {"apiVersion": "autoscaling/v2beta2"}


def test_events_of_both_groups_are_the_same_events() -> None:
    fields = {
        "regarding": {"kind": "Pod", "name": "p"},
        "note": "Started",
        "reason": "Started",
        "type": "Normal",
        "reportingController": "kubelet",
        "reportingInstance": "node-1",
        "action": "Start",
        "eventTime": "2026-01-01T00:00:00.000000Z",
    }
    events = resource(refs.EVENTS_V1)
    obj = events.to_storage(events.decode({"metadata": {"name": "x"}, **fields}).obj)

    assert (obj["apiVersion"], obj["message"], obj["reportingComponent"]) == ("v1", "Started", "kubelet")
    assert obj["involvedObject"] == {"kind": "Pod", "name": "p"}
    assert resource(refs.EVENTS).decode(obj).obj == obj
    assert events.from_storage(obj).items() >= fields.items()


def test_columns_are_the_same_in_every_version() -> None:
    spec = {"scaleTargetRef": _TARGET, "maxReplicas": 5, "targetCPUUtilizationPercentage": 70}
    obj = stored(refs.HORIZONTAL_POD_AUTOSCALERS_V1, spec=spec)
    cells = []
    for ref in (refs.HORIZONTAL_POD_AUTOSCALERS_V1, refs.HORIZONTAL_POD_AUTOSCALERS):
        kind = resource(ref)
        cells.append([column.value(kind.from_storage(obj), 0.0) for column in kind.columns])

    assert cells[0] == cells[1]
    assert cells[0][2] == "cpu: <unknown>/70%"
