"""Routes: hosts, admission by the router, and what it shows to callers."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.objects import Object
from fake_cluster.platform import openshift as controllers_of_openshift
from fake_cluster.platform.refs import ROUTES

HOST = "front-shop.apps.example.com"


def route(name: str = "front", namespace: str = "shop", **spec: Any) -> Object:
    metadata = {"name": name, "namespace": namespace}
    to = {"to": {"name": "web"}}
    return {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": metadata, "spec": to | spec}


def create(cluster: FakeCluster, obj: Object) -> Object:
    cluster.client().create(ROUTES, obj)
    cluster.advance(1)
    return get(cluster, obj["metadata"]["name"], obj["metadata"]["namespace"])


def get(cluster: FakeCluster, name: str = "front", namespace: str = "shop") -> Object:
    return cluster.client().get(ROUTES, name, namespace)


def admitted(obj: Object) -> Object:
    [ingress] = obj["status"]["ingress"]
    [condition] = ingress["conditions"]
    found: Object = condition
    return found


def test_a_route_without_a_host_is_given_one_and_admitted(openshift: FakeCluster) -> None:
    created = create(openshift, route())
    assert created["spec"] == {
        "host": HOST,
        "to": {"kind": "Service", "name": "web", "weight": 100},
        "wildcardPolicy": "None",
    }
    assert created["metadata"]["annotations"] == {"openshift.io/host.generated": "true"}
    assert created["status"]["ingress"] == [
        {
            "host": HOST,
            "routerName": "default",
            "routerCanonicalHostname": "router-default.apps.example.com",
            "wildcardPolicy": "None",
            "conditions": [
                {"type": "Admitted", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            ],
        }
    ]
    assert created["metadata"]["generation"] == 1


def test_a_route_keeps_the_host_that_it_asks_for(openshift: FakeCluster) -> None:
    created = create(openshift, route(host="shop.example.org"))
    assert created["status"]["ingress"][0]["host"] == "shop.example.org"
    assert "annotations" not in created["metadata"]


def test_a_subdomain_is_completed_by_the_router(openshift: FakeCluster) -> None:
    created = create(openshift, route(subdomain="cart"))
    assert "host" not in created["spec"]
    assert created["status"]["ingress"][0]["host"] == "cart.apps.example.com"


def test_the_host_is_not_taken_away_by_an_apply_without_one(openshift: FakeCluster) -> None:
    create(openshift, route())
    openshift.client().apply(ROUTES, route(host=""), manager="quay-operator")
    openshift.settle()
    assert get(openshift)["spec"]["host"] == HOST


def test_the_older_route_keeps_a_host_that_another_namespace_claims_too(openshift: FakeCluster) -> None:
    create(openshift, route(host="shop.example.org"))
    rival = create(openshift, route("late", "other", host="shop.example.org"))
    assert admitted(get(openshift))["status"] == "True"
    assert admitted(rival)["status"] == "False"
    assert admitted(rival)["reason"] == "HostAlreadyClaimed"
    assert (
        admitted(rival)["message"]
        == "a route in another namespace holds shop.example.org and is older than late"
    )


def test_a_host_is_free_again_when_its_route_has_gone_or_moved(openshift: FakeCluster) -> None:
    create(openshift, route(host="shop.example.org"))
    create(openshift, route("late", "other", host="shop.example.org"))
    openshift.client().patch(ROUTES, "front", {"spec": {"host": "moved.example.org"}}, "shop")
    openshift.settle()
    assert admitted(get(openshift, "late", "other"))["status"] == "True"
    openshift.client().patch(ROUTES, "front", {"spec": {"host": "shop.example.org"}}, "shop")
    openshift.settle()
    assert admitted(get(openshift))["status"] == "True"
    openshift.client().delete(ROUTES, "front", "shop")
    openshift.settle()
    assert admitted(get(openshift, "late", "other"))["status"] == "True"


def test_routes_of_one_namespace_share_a_host_by_path(openshift: FakeCluster) -> None:
    create(openshift, route(host="shop.example.org", path="/a"))
    other = create(openshift, route("b", host="shop.example.org", path="/b"))
    same = create(openshift, route("c", host="shop.example.org", path="/a"))
    assert admitted(other)["status"] == "True"
    assert admitted(same)["message"] == "route front already exposes shop.example.org and is older"


@pytest.mark.parametrize(
    "spec",
    [{"tls": {"termination": "sometimes"}}, {"to": {"kind": "Pod", "name": "web"}}, {"host": "not a host"}],
)
def test_what_is_no_route_is_refused(openshift: FakeCluster, spec: Object) -> None:
    with pytest.raises(ApiError) as caught:
        openshift.client().create(ROUTES, route(**spec))
    assert caught.value.code == 422


def test_callers_are_shown_the_wildcard_certificate(openshift: FakeCluster) -> None:
    create(openshift, route())
    chain = openshift.peer_chain(HOST, 443)
    assert chain.count("BEGIN CERTIFICATE") == 2
    assert openshift.peer_chain("anything.apps.example.com", 443) == chain


def test_callers_are_shown_a_routes_own_certificate(openshift: FakeCluster) -> None:
    tls = {"termination": "edge", "certificate": "OWN", "key": "KEY"}
    create(openshift, route(host="shop.example.org", tls=tls))
    assert openshift.peer_chain("shop.example.org", 443) == "OWN"


@pytest.mark.parametrize(
    ("host", "port", "words"), [("x.example.org", 443, "no such host"), (HOST, 8443, "connection refused")]
)
def test_callers_of_other_places_reach_nobody(
    openshift: FakeCluster, host: str, port: int, words: str
) -> None:
    with pytest.raises(OSError, match=words):
        openshift.peer_chain(host, port)


def test_a_router_alone_makes_up_for_an_api_that_gives_no_hosts(openshift: FakeCluster) -> None:
    openshift.api.core.admission.create.pop(("route.openshift.io", "routes"))
    openshift.api.core.admission.update.pop(("route.openshift.io", "routes"))
    created = create(openshift, route())
    assert created["spec"]["host"] == HOST
    openshift.client().patch(ROUTES, "front", {"spec": {"host": ""}}, "shop")
    openshift.settle()
    assert get(openshift)["spec"]["host"] == HOST


def test_a_vanilla_cluster_has_no_routes() -> None:
    with FakeCluster(run_nodes=False) as vanilla:
        assert not vanilla.client().serves(ROUTES)


def test_openshift_can_be_added_to_a_cluster_later() -> None:
    with FakeCluster(run_nodes=False) as cluster:
        client = cluster.client("openshift")
        cluster.add(controllers_of_openshift(client, cluster.clock, Random(1), "apps.lab.test"))
        created = create(cluster, route(namespace="default"))
        assert created["spec"]["host"] == "front-default.apps.lab.test"
        assert admitted(created)["status"] == "True"
