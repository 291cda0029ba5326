"""Subresources: scale, binding, eviction, tokens, logs and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from fake_cluster.api import Api
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import (
    DEPLOYMENTS,
    POD_DISRUPTION_BUDGETS,
    PODS,
    SELF_SUBJECT_ACCESS_REVIEWS,
    SERVICE_ACCOUNTS,
    TOKEN_REVIEWS,
)
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object
from tests.api.conftest import Http, deployment, pod

DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web"
POD = "/api/v1/namespaces/shop/pods/web"


def _bind(client: DirectClient, name: str = "web", node: str = "node-1") -> None:
    binding = {"metadata": {"name": name, "namespace": "shop"}, "target": {"name": node}}
    client.create(PODS, binding, subresource="binding", name=name)


def _running(client: DirectClient, name: str = "web", *, ready: bool = True) -> Object:
    body = pod(name)
    body["metadata"]["labels"] = {"app": "web"}
    client.create(PODS, body)
    _bind(client, name)
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    status = {"phase": "Running", "conditions": conditions}
    return client.patch(PODS, name, {"status": status}, "shop", subresource="status")


class TestScale:
    def test_it_reads_the_same_for_everything_that_has_replicas(
        self, http: Http, client: DirectClient
    ) -> None:
        client.create(DEPLOYMENTS, deployment("web", 3))
        code, scale = http("GET", f"{DEPLOYMENT}/scale")
        assert (code, scale["kind"], scale["apiVersion"]) == (200, "Scale", "autoscaling/v1")
        assert scale["spec"] == {"replicas": 3}
        assert scale["status"] == {"replicas": 0, "selector": "app=web"}
        assert scale["metadata"]["uid"] == client.get(DEPLOYMENTS, "web", "shop")["metadata"]["uid"]

    def test_writing_it_changes_the_replicas_and_owns_them(self, http: Http, client: DirectClient) -> None:
        client.create(DEPLOYMENTS, deployment("web"))
        _, scale = http("GET", f"{DEPLOYMENT}/scale")
        code, scale = http("PUT", f"{DEPLOYMENT}/scale", scale | {"spec": {"replicas": 4}})
        assert (code, scale["spec"]["replicas"]) == (200, 4)
        changed = client.get(DEPLOYMENTS, "web", "shop")
        assert (changed["spec"]["replicas"], changed["metadata"]["generation"]) == (4, 2)
        owners = [entry for entry in changed["metadata"]["managedFields"] if "subresource" in entry]
        assert [entry["subresource"] for entry in owners] == ["scale"]
        assert owners[0]["fieldsV1"] == {"f:spec": {"f:replicas": {}}}

    def test_applying_it_owns_the_field_of_the_object(self, http: Http, client: DirectClient) -> None:
        client.create(DEPLOYMENTS, deployment("web"))
        apply = "application/apply-patch+yaml"
        head = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web"}}
        config = head | {"spec": {"replicas": 4}}
        code, status = http("PATCH", f"{DEPLOYMENT}/scale", config, type_=apply, fieldManager="scaler")
        assert (code, status["reason"]) == (409, "Conflict")
        assert status["message"] == (
            'Apply failed with 1 conflict: conflict with "tester" using autoscaling/v1: .spec.replicas'
        )
        query = {"fieldManager": "scaler", "force": "true"}
        code, scale = http("PATCH", f"{DEPLOYMENT}/scale", config, type_=apply, **query)
        assert (code, scale["spec"]) == (200, {"replicas": 4})
        entries = client.get(DEPLOYMENTS, "web", "shop")["metadata"]["managedFields"]
        mine, theirs = sorted(entries, key=lambda entry: str(entry["manager"]))
        assert (mine["manager"], mine["operation"], mine["apiVersion"]) == ("scaler", "Apply", "apps/v1")
        assert (mine["subresource"], mine["fieldsV1"]) == ("scale", {"f:spec": {"f:replicas": {}}})
        assert "f:replicas" not in theirs["fieldsV1"]["f:spec"]

    def test_zero_is_left_out(self, client: DirectClient, http: Http) -> None:
        client.create(DEPLOYMENTS, deployment("web", 2))
        body = {"spec": {"replicas": 0}}
        answer = client.patch(DEPLOYMENTS, "web", body, "shop", subresource="scale")
        assert answer["spec"] == {}
        assert http("GET", DEPLOYMENT)[1]["spec"]["replicas"] == 0

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"spec": {"replicas": -1}}, 422),
            ({"spec": {"replicas": "two"}}, 400),
            ({"metadata": {"name": "other"}, "spec": {"replicas": 1}}, 400),
            ({"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 1}}, 409),
            ([], 400),
            ({"kind": "Pod"}, 400),
        ],
    )
    def test_nonsense_is_refused(self, http: Http, client: DirectClient, body: Any, code: int) -> None:
        client.create(DEPLOYMENTS, deployment("web"))
        assert http("PUT", f"{DEPLOYMENT}/scale", body)[0] == code


class TestBinding:
    def test_a_pod_gets_its_node_and_a_condition(self, http: Http, client: DirectClient) -> None:
        client.create(PODS, pod("web"))
        code, answer = http("POST", f"{POD}/binding", {"target": {"kind": "Node", "name": "node-1"}})
        assert (code, answer["status"]) == (201, "Success")
        bound = client.get(PODS, "web", "shop")
        assert bound["spec"]["nodeName"] == "node-1"
        scheduled = [item for item in bound["status"]["conditions"] if item["type"] == "PodScheduled"]
        assert [item["status"] for item in scheduled] == ["True"]

    def test_only_once(self, client: DirectClient) -> None:
        client.create(PODS, pod("web"))
        _bind(client)
        with pytest.raises(ApiError, match='pod web is already assigned to node "node-1"') as caught:
            _bind(client, node="node-2")
        assert caught.value.code == 409

    def test_to_somewhere(self, http: Http, client: DirectClient) -> None:
        client.create(PODS, pod("web"))
        assert http("POST", f"{POD}/binding", {"target": {}})[0] == 422


EVICTION: Object = {"metadata": {"name": "web", "namespace": "shop"}}


class TestEviction:
    def _budget(self, client: DirectClient, allowed: int) -> None:
        spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}
        made = client.create(
            POD_DISRUPTION_BUDGETS, {"metadata": {"name": "budget", "namespace": "shop"}, "spec": spec}
        )
        status = {
            "disruptionsAllowed": allowed,
            "currentHealthy": 1 + allowed,
            "desiredHealthy": 1,
            "expectedPods": 2,
            "observedGeneration": made["metadata"]["generation"],
        }
        client.patch(POD_DISRUPTION_BUDGETS, "budget", {"status": status}, "shop", subresource="status")

    def test_without_a_budget_it_is_a_delete(self, client: DirectClient) -> None:
        _running(client)
        client.create(PODS, EVICTION, subresource="eviction", name="web")
        assert "deletionTimestamp" in client.get(PODS, "web", "shop")["metadata"]

    def test_a_spent_budget_refuses(self, client: DirectClient) -> None:
        _running(client)
        self._budget(client, 0)
        with pytest.raises(ApiError, match="would violate the pod's disruption budget") as caught:
            client.create(PODS, EVICTION, subresource="eviction", name="web")
        assert (caught.value.code, caught.value.reason) == (429, "TooManyRequests")
        (cause,) = caught.value.details["causes"]
        assert cause["reason"] == "DisruptionBudget"
        assert cause["message"] == "The disruption budget budget needs 1 healthy pods and has 1 currently"

    def test_each_eviction_spends_some_of_it(self, client: DirectClient) -> None:
        _running(client)
        self._budget(client, 1)
        client.create(PODS, EVICTION, subresource="eviction", name="web")
        status = client.get(POD_DISRUPTION_BUDGETS, "budget", "shop")["status"]
        assert (status["disruptionsAllowed"], list(status["disruptedPods"])) == (0, ["web"])


class TestTokens:
    def test_a_token_is_known_until_it_is_over(self, client: DirectClient, clock: VirtualClock) -> None:
        body = {"metadata": {"namespace": "shop"}, "spec": {"expirationSeconds": 600}}
        made = client.create(SERVICE_ACCOUNTS, body, subresource="token", name="default")
        assert made["status"]["expirationTimestamp"] == "2026-01-01T00:10:00Z"
        question = {"metadata": {}, "spec": {"token": made["status"]["token"]}}
        status = client.create(TOKEN_REVIEWS, question)["status"]
        assert status["user"]["username"] == "system:serviceaccount:shop:default"
        clock.advance_to(clock.now() + 601)
        assert client.create(TOKEN_REVIEWS, question)["status"]["error"] == "invalid bearer token"

    def test_a_forged_token_is_not(self, client: DirectClient) -> None:
        for token in ("a.b.c", "nonsense"):
            status = client.create(TOKEN_REVIEWS, {"metadata": {}, "spec": {"token": token}})["status"]
            assert "authenticated" not in status

    def test_ten_minutes_are_the_least(self, client: DirectClient) -> None:
        body = {"metadata": {"namespace": "shop"}, "spec": {"expirationSeconds": 60}}
        with pytest.raises(ApiError, match="may not specify a duration less than 10 minutes"):
            client.create(SERVICE_ACCOUNTS, body, subresource="token", name="default")

    def test_everybody_may_do_everything(self, client: DirectClient) -> None:
        body = {"metadata": {}, "spec": {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}}
        assert client.create(SELF_SUBJECT_ACCESS_REVIEWS, body)["status"]["allowed"] is True


class TestLogs:
    def test_the_node_is_asked(self, api: Api, http: Http, client: DirectClient) -> None:
        _running(client)

        class Containers:
            def logs(self, found: Object, container: str, query: Mapping[str, str]) -> str:
                return f"{found['metadata']['name']}/{container}/{query['tailLines']}"

        api.core.containers = cast("Any", Containers())
        code, text = http("GET", f"{POD}/log", tailLines="5")
        assert (code, text) == (200, "web/main/5")

    def test_a_pod_without_a_node_has_said_nothing(self, http: Http, client: DirectClient) -> None:
        client.create(PODS, pod("web"))
        assert http("GET", f"{POD}/log")[0] == 204

    def test_one_of_several_containers_must_be_named(self, http: Http, client: DirectClient) -> None:
        containers = [{"name": name, "image": "x"} for name in ("one", "two")]
        client.create(PODS, pod("web", containers=containers))
        code, status = http("GET", f"{POD}/log")
        assert code == 400
        assert status["message"] == "a container name must be specified for pod web, choose one of: [one two]"
        code, status = http("GET", f"{POD}/log", container="three")
        assert (code, status["message"]) == (400, "container three is not valid for pod web")


class TestContainers:
    def test_debug_containers_are_added_and_stay(self, client: DirectClient) -> None:
        _running(client)
        debug = {"name": "debug", "image": "example.com/tools"}
        body = {"spec": {"ephemeralContainers": [debug]}}
        sub = "ephemeralcontainers"
        made = client.patch(PODS, "web", body, "shop", kind="strategic", subresource=sub)
        assert [item["name"] for item in made["spec"]["ephemeralContainers"]] == ["debug"]
        with pytest.raises(ApiError, match="may not be removed"):
            client.patch(PODS, "web", {"spec": {"ephemeralContainers": None}}, "shop", subresource=sub)


def test_unknown_subresources_are_404_and_others_want_a_connection(http: Http, client: DirectClient) -> None:
    client.create(PODS, pod("web"))
    assert http("GET", f"{POD}/colour")[0] == 404
    code, status = http("GET", f"{POD}/exec", command="ls")
    assert (code, status["message"]) == (400, "pod web does not have a host assigned")
    client.delete(PODS, "web", "shop")
    _running(client)
    code, status = http("GET", f"{POD}/exec", command="ls")
    assert (code, status["message"]) == (400, "Upgrade request required")
    assert http("GET", "/api/v1/namespaces/shop/configmaps/x/status")[0] == 404
