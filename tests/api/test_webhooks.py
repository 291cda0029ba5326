"""Admission webhooks: who is asked, what they may change, and what happens when they fail."""

from __future__ import annotations

import base64
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from fake_cluster.api import Api, Options
from fake_cluster.api.call import Call
from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.http import BackgroundServer, Server, listen
from fake_cluster.kinds.refs import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    HORIZONTAL_POD_AUTOSCALERS_V1,
    MUTATING_WEBHOOK_CONFIGURATIONS,
    NAMESPACES,
    PODS,
    VALIDATING_WEBHOOK_CONFIGURATIONS,
)
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, ResourceRef
from tests.api.conftest import Http, config_map, deployment, pod

ALL = {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["*"], "scope": "*"}


class Reviewer:
    """A webhook in this process that remembers what it was asked."""

    def __init__(self, answer: Callable[[Object], Object]) -> None:
        self.asked: list[Object] = []
        self._answer = answer

    def __call__(self, review: Object) -> Object:
        request = review["request"]
        self.asked.append(request)
        response = {"uid": request["uid"], "allowed": True} | self._answer(request)
        return {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "response": response}


def patching(*operations: Object) -> Callable[[Object], Object]:
    patch = base64.b64encode(orjson.dumps(list(operations))).decode()
    return lambda _: {"patch": patch, "patchType": "JSONPatch"}


def denying(**status: Any) -> Callable[[Object], Object]:
    return lambda _: {"allowed": False, "status": status}


def configure(client: DirectClient, ref: ResourceRef, *rules: Object, **more: Any) -> None:
    """One webhook, behind the Service shop/guard."""
    webhook: Object = {"name": "guard.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None"}
    webhook |= {"clientConfig": {"service": {"namespace": "shop", "name": "guard", "path": "/ask"}}}
    client.create(ref, {"metadata": {"name": "guard"}, "webhooks": [webhook | {"rules": list(rules)} | more]})


def validating(client: DirectClient, api: Api, reviewer: Reviewer, *rules: Object, **more: Any) -> None:
    api.webhooks.services.serve("shop", "guard", reviewer)
    configure(client, VALIDATING_WEBHOOK_CONFIGURATIONS, *(rules or (ALL,)), **more)


def mutating(client: DirectClient, api: Api, reviewer: Reviewer, *rules: Object, **more: Any) -> None:
    api.webhooks.services.serve("shop", "guard", reviewer)
    configure(client, MUTATING_WEBHOOK_CONFIGURATIONS, *(rules or (ALL,)), **more)


class TestValidating:
    @pytest.mark.parametrize(
        ("status", "code", "message"),
        [
            ({"message": "not on Mondays"}, 400, "denied the request: not on Mondays"),
            (
                {"message": "no", "code": 403, "reason": "Forbidden"},
                403,
                "denied the request: no",
            ),
            ({}, 400, "denied the request without explanation"),
        ],
    )
    def test_a_refusal_is_told_in_its_words(
        self, client: DirectClient, api: Api, status: Object, code: int, message: str
    ) -> None:
        validating(client, api, Reviewer(denying(**status)))
        with pytest.raises(ApiError) as caught:
            client.create(CONFIG_MAPS, config_map("a"))
        assert (caught.value.code, caught.value.reason) == (code, status.get("reason", ""))
        assert caught.value.message == f'admission webhook "guard.example.com" {message}'
        assert client.find(CONFIG_MAPS, "a", "shop") is None

    def test_it_is_asked_about_every_write_with_all_there_is_to_know(
        self, client: DirectClient, api: Api
    ) -> None:
        reviewer = Reviewer(lambda _: {})
        validating(client, api, reviewer)
        client.create(CONFIG_MAPS, config_map("a", k="v"))
        client.patch(CONFIG_MAPS, "a", {"data": {"k": "w"}}, "shop")
        client.delete(CONFIG_MAPS, "a", "shop")
        assert [request["operation"] for request in reviewer.asked] == ["CREATE", "UPDATE", "DELETE"]
        create, update, delete = reviewer.asked
        assert create["kind"] == {"group": "", "version": "v1", "kind": "ConfigMap"}
        assert create["resource"] == {"group": "", "version": "v1", "resource": "configmaps"}
        assert (create["name"], create["namespace"], create["dryRun"]) == ("a", "shop", False)
        assert create["userInfo"]["username"] == "kubernetes-admin"
        assert (create["object"]["data"], create["oldObject"]) == ({"k": "v"}, None)
        assert (update["object"]["data"], update["oldObject"]["data"]) == ({"k": "w"}, {"k": "v"})
        assert (delete["object"], delete["oldObject"]["data"]) == (None, {"k": "w"})

    def test_its_warnings_reach_the_client(self, client: DirectClient, api: Api, http: Http) -> None:
        validating(client, api, Reviewer(lambda _: {"warnings": ["think twice"]}))
        assert http("POST", "/api/v1/namespaces/shop/configmaps", {"metadata": {"name": "a"}})[0] == 201
        assert http.headers["Warning"] == '299 - "think twice"'

    @pytest.mark.parametrize(
        ("rule", "asked"),
        [
            ({"resources": ["configmaps"]}, True),
            ({"resources": ["pods"]}, False),
            ({"apiGroups": ["apps"]}, False),
            ({"operations": ["UPDATE", "DELETE"]}, False),
            ({"scope": "Cluster"}, False),
            ({"resources": ["*/status"]}, False),
        ],
    )
    def test_it_is_asked_about_what_its_rules_mean(
        self, client: DirectClient, api: Api, rule: Object, *, asked: bool
    ) -> None:
        reviewer = Reviewer(lambda _: {})
        validating(client, api, reviewer, ALL | rule)
        client.create(CONFIG_MAPS, config_map("a"))
        assert bool(reviewer.asked) is asked

    def test_subresources_are_named(self, client: DirectClient, api: Api) -> None:
        client.create(PODS, pod("a"))
        reviewer = Reviewer(lambda _: {})
        validating(client, api, reviewer, ALL | {"resources": ["pods/status"]})
        client.patch(PODS, "a", {"metadata": {"labels": {"a": "b"}}}, "shop")
        client.patch(PODS, "a", {"status": {"phase": "Running"}}, "shop", subresource="status")
        assert [request["subResource"] for request in reviewer.asked] == ["status"]

    def test_selectors_choose_namespaces_and_objects(self, client: DirectClient, api: Api) -> None:
        reviewer = Reviewer(lambda _: {})
        more = {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
            "objectSelector": {"matchLabels": {"guarded": "yes"}},
        }
        validating(client, api, reviewer, **more)
        client.create(NAMESPACES, {"metadata": {"name": "other", "labels": {"guarded": "yes"}}})
        for namespace, label in (("shop", "yes"), ("shop", "no"), ("other", "yes")):
            meta = {"name": f"a-{label}", "namespace": namespace, "labels": {"guarded": label}}
            client.create(CONFIG_MAPS, {"metadata": meta})
        assert [(request["namespace"], request["name"]) for request in reviewer.asked] == [("shop", "a-yes")]

    def test_conditions_are_asked_first(self, client: DirectClient, api: Api) -> None:
        reviewer = Reviewer(lambda _: {})
        text = "request.operation == 'CREATE' && object.metadata.name.startsWith('b')"
        validating(client, api, reviewer, matchConditions=[{"name": "b", "expression": text}])
        for name in ("a", "b"):
            client.create(CONFIG_MAPS, config_map(name))
        assert [request["name"] for request in reviewer.asked] == ["b"]

    def test_an_equivalent_version_counts_unless_it_must_be_exact(
        self, client: DirectClient, api: Api
    ) -> None:
        reviewer = Reviewer(lambda _: {})
        rule = {
            "apiGroups": ["autoscaling"],
            "apiVersions": ["v2"],
            "resources": ["horizontalpodautoscalers"],
        }
        validating(client, api, reviewer, ALL | rule)
        spec = {
            "maxReplicas": 3,
            "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"},
        }
        old = {
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": spec | {"targetCPUUtilizationPercentage": 50},
        }
        client.create(HORIZONTAL_POD_AUTOSCALERS_V1, old)
        (request,) = reviewer.asked
        assert request["object"]["apiVersion"] == "autoscaling/v2"
        assert request["object"]["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] == 50
        assert request["requestKind"]["version"] == "v1"

    def test_it_can_be_taken_away(self, client: DirectClient, api: Api) -> None:
        validating(client, api, Reviewer(denying(message="no")))
        client.delete(VALIDATING_WEBHOOK_CONFIGURATIONS, "guard")
        assert client.create(CONFIG_MAPS, config_map("a"))


class TestMutating:
    def test_it_changes_what_is_stored(self, client: DirectClient, api: Api) -> None:
        add = {"op": "add", "path": "/metadata/labels", "value": {"seen": "yes"}}
        mutating(client, api, Reviewer(patching(add)))
        made = client.create(CONFIG_MAPS, config_map("a", k="v"))
        assert made["metadata"]["labels"] == {"seen": "yes"}
        assert client.get(CONFIG_MAPS, "a", "shop") == made

    def test_what_it_adds_gets_its_defaults_too(self, client: DirectClient, api: Api) -> None:
        side = {"name": "side", "image": "example.com/side:1"}
        add = {"op": "add", "path": "/spec/template/spec/containers/-", "value": side}
        mutating(client, api, Reviewer(patching(add)), ALL | {"resources": ["deployments"]})
        containers = client.create(DEPLOYMENTS, deployment("web"))["spec"]["template"]["spec"]["containers"]
        assert containers[1]["terminationMessagePath"] == "/dev/termination-log"

    def test_what_it_adds_is_validated(self, client: DirectClient, api: Api) -> None:
        add = {"op": "add", "path": "/metadata/labels", "value": {"bad": "-"}}
        mutating(client, api, Reviewer(patching(add)))
        with pytest.raises(ApiError, match=r"metadata\.labels: Invalid value") as caught:
            client.create(CONFIG_MAPS, config_map("a"))
        assert caught.value.code == 422

    def test_those_who_judge_see_what_those_who_change_have_made(
        self, client: DirectClient, api: Api
    ) -> None:
        add = {"op": "add", "path": "/data", "value": {"k": "v"}}
        mutating(client, api, Reviewer(patching(add)))
        judge = Reviewer(lambda _: {})
        api.webhooks.services.serve("shop", "judge", judge)
        service = {"namespace": "shop", "name": "judge"}
        configure(client, VALIDATING_WEBHOOK_CONFIGURATIONS, ALL, clientConfig={"service": service})
        client.create(CONFIG_MAPS, config_map("a"))
        assert judge.asked[-1]["object"]["data"] == {"k": "v"}

    def test_a_dry_run_is_told(self, client: DirectClient, api: Api) -> None:
        reviewer = Reviewer(lambda _: {})
        mutating(client, api, reviewer)
        options = Options(dry_run=True)
        call = Call("create", api.resource(CONFIG_MAPS), "shop", options=options, body=config_map("a"))
        api.dispatch(call)
        assert reviewer.asked[0]["dryRun"] is True


class TestFailures:
    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            ({"uid": "other"}, 'expected response.uid="'),
            ({"patch": "W10="}, "webhook returned response.patch but not response.patchType"),
            ({"patch": "?", "patchType": "JSONPatch"}, "webhook returned a patch that cannot be read"),
        ],
    )
    def test_a_bad_answer_is_a_failure(
        self, client: DirectClient, api: Api, answer: Object, why: str
    ) -> None:
        mutating(client, api, Reviewer(lambda _: answer))
        with pytest.raises(ApiError) as caught:
            client.create(CONFIG_MAPS, config_map("a"))
        assert caught.value.code == 500
        start = (
            'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: '
        )
        assert caught.value.message.startswith(start + why)

    def test_a_missing_service_is_one_unless_failures_are_ignored(self, client: DirectClient) -> None:
        configure(client, VALIDATING_WEBHOOK_CONFIGURATIONS, ALL)
        with pytest.raises(ApiError) as caught:
            client.create(CONFIG_MAPS, config_map("a"))
        assert caught.value.message.endswith(
            'Post "https://guard.shop.svc:443/ask?timeout=10s": service "guard" not found'
        )
        ignoring = [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]
        client.patch(VALIDATING_WEBHOOK_CONFIGURATIONS, "guard", ignoring, kind="json")
        assert client.create(CONFIG_MAPS, config_map("a"))


class _Handler(BaseHTTPRequestHandler):
    """A webhook that asks the API about something before it answers."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        with urllib.request.urlopen(self.server.api_url, timeout=10) as answer:  # type: ignore[attr-defined]
            phase = json.load(answer)["status"]["phase"]
        patch = [
            {
                "op": "add",
                "path": "/data",
                "value": {"phase": phase, "uid": request["object"]["metadata"]["uid"]},
            }
        ]
        encoded = base64.b64encode(orjson.dumps(patch)).decode()
        response = {"uid": request["uid"], "allowed": True, "patch": encoded, "patchType": "JSONPatch"}
        data = orjson.dumps(
            {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "response": response}
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Quiet."""


@pytest.fixture
def webhook_server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_over_http_a_webhook_may_ask_the_very_server_that_asks_it(
    webhook_server: ThreadingHTTPServer,
) -> None:
    cluster = FakeCluster(nodes=0, clock=RealClock())
    url = f"http://127.0.0.1:{webhook_server.server_address[1]}/"
    rule = ALL | {"resources": ["configmaps"], "operations": ["CREATE"]}
    config = {
        "clientConfig": {"url": url},
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}},
    }
    configure(cluster.client(), MUTATING_WEBHOOK_CONFIGURATIONS, rule, **config)
    with listen("127.0.0.1", 0) as listener:
        server = BackgroundServer(Server(cluster.api.handle, cluster.manager, listener))
        server.start()
        root = f"http://127.0.0.1:{server.server.port}/api/v1/namespaces/default"
        webhook_server.api_url = root  # type: ignore[attr-defined]
        body = orjson.dumps({"metadata": {"generateName": "a-"}})
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{root}/configmaps", body, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            made = json.load(answer)
        server.stop()
    assert made["data"] == {"phase": "Active", "uid": made["metadata"]["uid"]}
