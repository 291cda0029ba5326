"""What a delete does, and what it answers."""

from __future__ import annotations

import pytest

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, DEPLOYMENTS, JOBS, NAMESPACES, PODS, SERVICES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object
from tests.api.conftest import Http, config_map, deployment, labelled, pod

MAPS = "/api/v1/namespaces/shop/configmaps"


def _bound_pod(client: DirectClient) -> Object:
    client.create(PODS, pod("web"))
    binding = {"metadata": {"name": "web", "namespace": "shop"}, "target": {"name": "node-1"}}
    client.create(PODS, binding, subresource="binding", name="web")
    return client.get(PODS, "web", "shop")


def test_most_deletes_answer_a_success_with_details(http: Http, client: DirectClient) -> None:
    uid = client.create(DEPLOYMENTS, deployment("web"))["metadata"]["uid"]
    code, status = http("DELETE", "/apis/apps/v1/namespaces/shop/deployments/web")
    assert (code, status["status"]) == (200, "Success")
    assert status["details"] == {"name": "web", "group": "apps", "kind": "deployments", "uid": uid}


def test_pods_services_and_namespaces_answer_with_the_object(http: Http, client: DirectClient) -> None:
    client.create(PODS, pod("web"))
    ports = [{"port": 80}]
    client.create(SERVICES, {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"ports": ports}})
    assert http("DELETE", "/api/v1/namespaces/shop/pods/web")[1]["kind"] == "Pod"
    assert http("DELETE", "/api/v1/namespaces/shop/services/web")[1]["kind"] == "Service"
    code, space = http("DELETE", "/api/v1/namespaces/shop")
    assert (code, space["kind"], space["status"]["phase"]) == (200, "Namespace", "Terminating")


def test_a_finalizer_holds_an_object_until_it_is_taken_away(client: DirectClient, http: Http) -> None:
    body = deployment("web")
    body["metadata"]["finalizers"] = ["example.com/wait"]
    client.create(DEPLOYMENTS, body)
    _, held = http("DELETE", "/apis/apps/v1/namespaces/shop/deployments/web")
    assert held["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"
    assert held["metadata"]["generation"] == 2
    again = http("DELETE", "/apis/apps/v1/namespaces/shop/deployments/web")[1]
    assert again["metadata"]["resourceVersion"] == held["metadata"]["resourceVersion"]
    client.patch(DEPLOYMENTS, "web", {"metadata": {"finalizers": None}}, "shop")
    assert client.find(DEPLOYMENTS, "web", "shop") is None


def test_propagation_policies_become_finalizers(client: DirectClient) -> None:
    for name, policy, finalizer in (
        ("a", "Foreground", "foregroundDeletion"),
        ("b", "Orphan", "orphan"),
    ):
        client.create(DEPLOYMENTS, deployment(name))
        client.delete(DEPLOYMENTS, name, "shop", propagation=policy)  # type: ignore[arg-type]
        assert client.get(DEPLOYMENTS, name, "shop")["metadata"]["finalizers"] == [finalizer]
    client.create(DEPLOYMENTS, deployment("c"))
    client.delete(DEPLOYMENTS, "c", "shop", propagation="Background")
    assert client.find(DEPLOYMENTS, "c", "shop") is None


def test_jobs_leave_their_pods_unless_told_otherwise(client: DirectClient, http: Http) -> None:
    template = pod("x", restartPolicy="Never")["spec"]
    body = {"metadata": {"name": "once", "namespace": "shop"}, "spec": {"template": {"spec": template}}}
    client.create(JOBS, body)
    http("DELETE", "/apis/batch/v1/namespaces/shop/jobs/once")
    assert "child pods are preserved by default" in http.headers["Warning"]
    assert client.get(JOBS, "once", "shop")["metadata"]["finalizers"] == ["orphan"]


def test_an_unbound_pod_goes_at_once(client: DirectClient) -> None:
    client.create(PODS, pod("web"))
    client.delete(PODS, "web", "shop")
    assert client.find(PODS, "web", "shop") is None


def test_a_bound_pod_stays_for_its_grace_period(client: DirectClient, clock: VirtualClock) -> None:
    _bound_pod(client)
    client.delete(PODS, "web", "shop")
    metadata = client.get(PODS, "web", "shop")["metadata"]
    assert metadata["deletionTimestamp"] == "2026-01-01T00:00:30Z"
    assert metadata["deletionGracePeriodSeconds"] == 30
    clock.advance_to(clock.now() + 5)
    client.delete(PODS, "web", "shop", grace_seconds=10)
    assert client.get(PODS, "web", "shop")["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:10Z"
    client.delete(PODS, "web", "shop", grace_seconds=60)
    assert client.get(PODS, "web", "shop")["metadata"]["deletionGracePeriodSeconds"] == 10
    client.delete(PODS, "web", "shop", grace_seconds=0)
    assert client.find(PODS, "web", "shop") is None


def test_preconditions_protect_against_deleting_another_object(client: DirectClient) -> None:
    made = client.create(CONFIG_MAPS, config_map("a"))
    with pytest.raises(ApiError, match="the UID in the precondition"):
        client.delete(CONFIG_MAPS, "a", "shop", preconditions={"uid": "another"})
    with pytest.raises(ApiError, match="the ResourceVersion in the precondition") as caught:
        client.delete(CONFIG_MAPS, "a", "shop", preconditions={"resourceVersion": "1"})
    assert caught.value.code == 409
    client.delete(CONFIG_MAPS, "a", "shop", preconditions={"uid": made["metadata"]["uid"]})
    assert client.find(CONFIG_MAPS, "a", "shop") is None


def test_the_namespaces_of_the_system_are_not_deleted(client: DirectClient) -> None:
    client.create(NAMESPACES, {"metadata": {"name": "default"}})
    with pytest.raises(ApiError, match="this namespace may not be deleted") as caught:
        client.delete(NAMESPACES, "default")
    assert caught.value.code == 403


def test_a_namespace_goes_when_it_is_finalized(client: DirectClient) -> None:
    client.delete(NAMESPACES, "shop")
    space = client.get(NAMESPACES, "shop")
    assert space["spec"]["finalizers"] == ["kubernetes"]
    client.replace(NAMESPACES, space | {"spec": {}})
    assert client.get(NAMESPACES, "shop")["spec"]["finalizers"] == ["kubernetes"]
    client.replace(NAMESPACES, client.get(NAMESPACES, "shop") | {"spec": {}}, subresource="finalize")
    assert client.find(NAMESPACES, "shop") is None


def test_a_collection_is_deleted_by_selector_and_answered_as_a_list(http: Http, client: DirectClient) -> None:
    for name, colour in (("a", "red"), ("b", "red"), ("c", "blue")):
        client.create(CONFIG_MAPS, labelled(name, colour=colour))
    code, gone = http("DELETE", MAPS, labelSelector="colour=red")
    assert (code, gone["kind"]) == (200, "ConfigMapList")
    assert [item["metadata"]["name"] for item in gone["items"]] == ["a", "b"]
    assert [item["metadata"]["name"] for item in client.list(CONFIG_MAPS, "shop")] == ["c"]


def test_a_dry_run_deletes_nothing(http: Http, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    assert http("DELETE", f"{MAPS}/a", {"dryRun": ["All"]})[0] == 200
    assert http("DELETE", MAPS, dryRun="All")[0] == 200
    assert client.find(CONFIG_MAPS, "a", "shop") is not None


def test_the_last_event_of_an_object_has_its_last_state_and_a_new_version(client: DirectClient) -> None:
    made = client.create(CONFIG_MAPS, config_map("a", n="1"))
    heard: list[Event] = []
    client.watch(CONFIG_MAPS, heard.append)
    client.delete(CONFIG_MAPS, "a", "shop")
    last = heard[-1]
    assert (last.type, last.obj["data"]) == ("DELETED", {"n": "1"})
    assert int(last.obj["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


def test_a_body_that_is_no_delete_options_is_refused(http: Http, client: DirectClient) -> None:
    client.create(CONFIG_MAPS, config_map("a"))
    assert http("DELETE", f"{MAPS}/a", [1])[0] == 400
    assert http("DELETE", f"{MAPS}/a", {"propagationPolicy": "Sideways"})[0] == 422
    assert http("DELETE", f"{MAPS}/a", {"gracePeriodSeconds": "soon"})[0] == 400
    assert client.find(CONFIG_MAPS, "a", "shop") is not None
