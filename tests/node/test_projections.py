"""What a container finds at the well-known paths: its service account's files, and fields of its Pod."""

from __future__ import annotations

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICE_ACCOUNTS, TOKEN_REVIEWS
from fake_cluster.node import Context, Program
from fake_cluster.objects import Object

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class Kept(Program):
    """Keeps its context for the test."""

    def __init__(self, contexts: list[Context]) -> None:
        self._contexts = contexts

    def start(self, context: Context) -> None:
        self._contexts.append(context)


def run(cluster: FakeCluster, **spec: Object | list[Object]) -> Context:
    contexts: list[Context] = []
    cluster.programs.add("web:*", lambda: Kept(contexts))
    mounts = [{"name": "about", "mountPath": "/about"}] if "volumes" in spec else []
    container = {"name": "main", "image": "web:1", "volumeMounts": mounts}
    metadata = {"name": "web", "namespace": "default", "labels": {"app": "web", "tier": "front"}}
    cluster.client().create(PODS, {"metadata": metadata, "spec": {"containers": [container], **spec}})
    cluster.advance(10)
    return contexts[0]


def test_a_container_finds_token_namespace_and_certificate() -> None:
    with FakeCluster() as cluster:
        context = run(cluster)
        assert context.read(f"{ACCOUNT}/namespace") == b"default"
        assert context.read(f"{ACCOUNT}/ca.crt").startswith(b"-----BEGIN CERTIFICATE-----")
        assert {f"{ACCOUNT}/{name}" for name in ("token", "namespace", "ca.crt")} <= {*context.files()}
        token = context.read(f"{ACCOUNT}/token").decode()
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        status = cluster.client().create(TOKEN_REVIEWS, review)["status"]
        assert status["user"]["username"] == "system:serviceaccount:default:default"


def test_the_shell_of_a_container_shows_the_namespace() -> None:
    with FakeCluster() as cluster:
        cluster.client().create(
            PODS,
            {
                "metadata": {"name": "web", "namespace": "default"},
                "spec": {"containers": [{"name": "main", "image": "other:1"}]},
            },
        )
        cluster.advance(10)
        pod = cluster.client().get(PODS, "web", "default")
        done = cluster.node_agent.exec(pod, "main", ["cat", f"{ACCOUNT}/namespace"])
        assert done.stdout == b"default"


def test_without_its_account_there_is_no_token() -> None:
    with FakeCluster() as cluster:
        cluster.client().create(
            SERVICE_ACCOUNTS,
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "own", "namespace": "default"},
            },
        )
        context = run(cluster, serviceAccountName="own")  # type: ignore[arg-type] # a plain field
        assert context.read(f"{ACCOUNT}/token")
        cluster.client().delete(SERVICE_ACCOUNTS, "own", "default")
        with pytest.raises(FileNotFoundError):
            context.read(f"{ACCOUNT}/token")


def test_fields_of_the_pod_are_files() -> None:
    items = [
        {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
        {"path": "tier", "fieldRef": {"fieldPath": "metadata.labels['tier']"}},
    ]
    with FakeCluster() as cluster:
        context = run(cluster, volumes=[{"name": "about", "downwardAPI": {"items": items}}])
        assert context.read("/about/labels") == b'app="web"\ntier="front"'
        assert context.read("/about/tier") == b"front"


def test_the_service_of_the_api_has_the_address_of_its_server() -> None:
    with FakeCluster() as cluster:
        cluster.advance(60)
        (subset,) = cluster.client().get(ENDPOINTS, "kubernetes", "default")["subsets"]
        (endpoint,) = cluster.client().get(ENDPOINT_SLICES, "kubernetes", "default")["endpoints"]
        assert [item["ip"] for item in subset["addresses"]] == endpoint["addresses"] == ["172.18.0.2"]
        assert subset["ports"] == [{"name": "https", "port": 6443, "protocol": "TCP"}]
