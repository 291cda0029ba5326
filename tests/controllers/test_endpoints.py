"""Endpoints and EndpointSlices: which Pods stand behind a Service."""

from __future__ import annotations

from typing import Any

from fake_cluster.controllers.service_endpoints import ServicesByLabels
from fake_cluster.kinds.refs import DEPLOYMENTS, ENDPOINT_SLICES, ENDPOINTS, NODES, PODS, SERVICES
from fake_cluster.machinery.client import Event
from fake_cluster.objects import Key, Object
from tests.controllers.workloads import Lab, named, template, workload

PORT = {"name": "web", "port": 80, "targetPort": "http"}


def serve(lab: Lab, replicas: int = 2, **spec: Any) -> None:
    lab.create(DEPLOYMENTS, workload("Deployment", replicas=replicas))
    lab.create(SERVICES, service(**spec))


def service(name: str = "web", **spec: Any) -> Object:
    return named("v1", "Service", name, spec={"selector": {"app": "web"}, "ports": [PORT], **spec})


def slices(lab: Lab) -> list[Object]:
    found = lab.client.list(ENDPOINT_SLICES, "default", labels="kubernetes.io/service-name=web")
    return list(found)


def test_a_service_without_pods_has_an_empty_slice_and_empty_endpoints(lab: Lab) -> None:
    lab.create(SERVICES, service())
    [only] = slices(lab)
    assert not only.get("endpoints")
    assert only["metadata"]["generateName"] == "web-"
    assert only["metadata"]["ownerReferences"][0]["kind"] == "Service"
    assert only["metadata"]["labels"] == {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    assert not lab.get(ENDPOINTS, "web").get("subsets")


def test_ready_pods_are_published_with_their_target_port(lab: Lab) -> None:
    serve(lab)
    lab.make_ready()
    [only] = slices(lab)
    assert only["ports"] == [{"name": "web", "port": 8080, "protocol": "TCP"}]
    by_name = {pod["metadata"]["name"]: pod for pod in lab.pods()}
    assert len(only["endpoints"]) == 2
    for endpoint in only["endpoints"]:
        pod = by_name[endpoint["targetRef"]["name"]]
        assert endpoint["addresses"] == [pod["status"]["podIP"]]
        assert endpoint["conditions"] == {"ready": True, "serving": True, "terminating": False}
        assert endpoint["nodeName"] == "worker"
    [subset] = lab.get(ENDPOINTS, "web")["subsets"]
    assert {item["ip"] for item in subset["addresses"]} == {
        pod["status"]["podIP"] for pod in by_name.values()
    }
    assert subset["ports"] == [{"name": "web", "port": 8080, "protocol": "TCP"}]


def test_a_pod_that_is_not_ready_is_listed_as_such(lab: Lab) -> None:
    serve(lab, replicas=1)
    lab.make_ready()
    lab.set_status(lab.pods()[0], "Running", ready=False)
    lab.cluster.settle()
    assert slices(lab)[0]["endpoints"][0]["conditions"]["ready"] is False
    [subset] = lab.get(ENDPOINTS, "web")["subsets"]
    assert "addresses" not in subset
    assert len(subset["notReadyAddresses"]) == 1


def test_a_terminating_pod_is_still_in_the_slice_but_not_in_the_endpoints(lab: Lab) -> None:
    serve(lab, replicas=1)
    lab.make_ready()
    lab.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 0}})
    [endpoint] = slices(lab)[0]["endpoints"]
    assert endpoint["conditions"] == {"ready": False, "serving": True, "terminating": True}
    assert not lab.get(ENDPOINTS, "web").get("subsets")
    lab.let_terminated_go()
    assert not slices(lab)[0].get("endpoints")


def test_services_that_publish_unready_addresses_call_them_ready(lab: Lab) -> None:
    serve(lab, replicas=1, publishNotReadyAddresses=True)
    [pod] = lab.pods()
    lab.bind(pod)
    lab.set_status(pod, "Running", ready=False)
    lab.cluster.settle()
    assert slices(lab)[0]["endpoints"][0]["conditions"] == {
        "ready": True,
        "serving": False,
        "terminating": False,
    }
    assert "addresses" in lab.get(ENDPOINTS, "web")["subsets"][0]


def test_a_service_without_selector_is_left_to_others(lab: Lab) -> None:
    lab.create(SERVICES, service(selector=None))
    assert slices(lab) == []
    assert lab.find(ENDPOINTS, "web") is None


def test_a_pod_on_a_node_that_does_not_exist_is_left_out_of_slices(lab: Lab) -> None:
    serve(lab, replicas=1)
    lab.make_ready()
    lab.delete(NODES, "worker")
    assert not slices(lab)[0].get("endpoints")
    lab.add_node("worker")
    lab.cluster.settle()
    assert len(slices(lab)[0]["endpoints"]) == 1


def test_a_changed_selector_is_followed(lab: Lab) -> None:
    serve(lab, replicas=1)
    lab.make_ready()
    lab.patch(SERVICES, "web", {"spec": {"selector": {"app": "other"}}})
    assert not slices(lab)[0].get("endpoints")
    [pod] = lab.pods()
    lab.patch(PODS, pod["metadata"]["name"], {"metadata": {"labels": {"app": "other"}}})
    assert slices(lab)[0]["endpoints"][0]["targetRef"]["name"] == pod["metadata"]["name"]


def test_pods_that_mean_different_ports_by_one_name_are_in_different_slices(lab: Lab) -> None:
    lab.create(SERVICES, service())
    for name, number in (("one", 8080), ("two", 9090)):
        spec = template()["spec"]
        spec["containers"][0]["ports"][0]["containerPort"] = number
        pod = named("v1", "Pod", name, spec=spec)
        pod["metadata"]["labels"] = {"app": "web"}
        lab.create(PODS, pod)
    lab.make_ready()
    assert sorted(item["ports"][0]["port"] for item in slices(lab)) == [8080, 9090]


def test_more_than_a_hundred_pods_fill_several_slices(lab: Lab) -> None:
    serve(lab, replicas=103)
    for number, pod in enumerate(lab.pods()):
        lab.bind(pod)
        lab.set_status(pod, "Running", ready=True, podIP=f"10.1.{number // 200}.{number % 200}")
    lab.cluster.settle()
    assert sorted(len(item["endpoints"]) for item in slices(lab)) == [3, 100]


def test_a_deleted_slice_is_made_again(lab: Lab) -> None:
    serve(lab, replicas=1)
    lab.make_ready()
    lab.delete(ENDPOINT_SLICES, slices(lab)[0]["metadata"]["name"])
    assert len(slices(lab)[0]["endpoints"]) == 1


def test_everything_goes_with_the_service(lab: Lab) -> None:
    serve(lab)
    lab.delete(SERVICES, "web")
    assert slices(lab) == []
    assert lab.find(ENDPOINTS, "web") is None


def test_what_does_not_concern_reachability_writes_nothing(lab: Lab) -> None:
    serve(lab, replicas=1)
    lab.make_ready()
    version = slices(lab)[0]["metadata"]["resourceVersion"]
    name = lab.pods()[0]["metadata"]["name"]
    lab.patch(PODS, name, {"metadata": {"annotations": {"note": "x"}}})
    assert slices(lab)[0]["metadata"]["resourceVersion"] == version


def test_services_of_a_pod_are_found_by_the_rarest_of_their_labels() -> None:
    index = ServicesByLabels()
    for number in range(3):
        spec = {"selector": {"app": "quay", "registry": str(number)}}
        index.follow(Event("ADDED", SERVICES, named("v1", "Service", f"s{number}", spec=spec)))
    pod = named("v1", "Pod", "p")
    pod["metadata"]["labels"] = {"app": "quay", "registry": "1", "more": "x"}
    assert index.of(pod) == [Key("default", "s1")]
    changed = named("v1", "Service", "s1", spec={"selector": {"app": "clair"}})
    index.follow(Event("MODIFIED", SERVICES, changed))
    assert index.of(pod) == []
