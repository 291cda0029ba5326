"""One object in several versions of the API."""

from __future__ import annotations

import pytest

from fake_cluster.kinds.refs import (
    EVENTS,
    EVENTS_V1,
    HORIZONTAL_POD_AUTOSCALERS,
    HORIZONTAL_POD_AUTOSCALERS_V2BETA2,
)
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object


def autoscaler(name: str) -> Object:
    target = {"type": "Utilization", "averageUtilization": 90}
    spec = {
        "minReplicas": 2,
        "maxReplicas": 5,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def test_what_is_written_in_an_old_version_is_read_in_the_new_one(client: DirectClient) -> None:
    made = client.create(HORIZONTAL_POD_AUTOSCALERS_V2BETA2, autoscaler("web"))
    assert made["apiVersion"] == "autoscaling/v2beta2"
    stored = client.get(HORIZONTAL_POD_AUTOSCALERS, "web", "shop")
    assert (stored["apiVersion"], stored["spec"]["maxReplicas"]) == ("autoscaling/v2", 5)
    assert stored["metadata"]["uid"] == made["metadata"]["uid"]
    assert [item["apiVersion"] for item in client.list(HORIZONTAL_POD_AUTOSCALERS_V2BETA2)] == [
        "autoscaling/v2beta2"
    ]


def test_a_watch_in_one_version_hears_of_writes_in_another(client: DirectClient) -> None:
    heard: list[Event] = []
    client.watch(HORIZONTAL_POD_AUTOSCALERS_V2BETA2, heard.append)
    client.create(HORIZONTAL_POD_AUTOSCALERS, autoscaler("web"))
    client.patch(HORIZONTAL_POD_AUTOSCALERS, "web", {"spec": {"maxReplicas": 7}}, "shop")
    assert [event.obj["apiVersion"] for event in heard] == ["autoscaling/v2beta2"] * 2
    assert [event.obj["spec"]["maxReplicas"] for event in heard] == [5, 7]


def test_applying_in_an_old_version_twice_changes_nothing(client: DirectClient) -> None:
    first = client.apply(HORIZONTAL_POD_AUTOSCALERS_V2BETA2, autoscaler("web"), manager="me")
    again = client.apply(HORIZONTAL_POD_AUTOSCALERS_V2BETA2, autoscaler("web"), manager="me")
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


@pytest.mark.parametrize("field", ["regarding.name=web", "reason=Started"])
def test_events_have_two_forms(client: DirectClient, field: str) -> None:
    involved = {"kind": "Pod", "name": "web", "namespace": "shop"}
    client.create(
        EVENTS,
        {
            "metadata": {"name": "web.1", "namespace": "shop"},
            "involvedObject": involved,
            "reason": "Started",
            "message": "Started container",
            "type": "Normal",
        },
    )
    newer = client.get(EVENTS_V1, "web.1", "shop")
    assert (newer["regarding"]["name"], newer["note"]) == ("web", "Started container")
    assert len(client.list(EVENTS_V1, fields=field)) == 1
    assert len(client.list(EVENTS, fields="involvedObject.name=web,reason=Started")) == 1
