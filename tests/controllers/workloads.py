"""Manifests for these tests, and Pods that do what a test says."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from fake_cluster.cluster import FakeCluster
from fake_cluster.controllers import all_controllers
from fake_cluster.kinds.refs import EVENTS, NODES, PODS, SERVICE_ACCOUNTS
from fake_cluster.machinery.clock import timestamp
from fake_cluster.objects import Object, ResourceRef

NAMESPACE = "default"
NODE = "worker"


def template(image: str = "nginx:1", app: str = "web", **spec: Any) -> Object:
    containers = [{"name": "main", "image": image, "ports": [{"name": "http", "containerPort": 8080}]}]
    return {"metadata": {"labels": {"app": app}}, "spec": {"containers": containers, **spec}}


def workload(kind: str, name: str = "web", image: str = "nginx:1", **spec: Any) -> Object:
    """A Deployment, ReplicaSet, StatefulSet or DaemonSet."""
    selector = {"matchLabels": {"app": name}}
    base = {"selector": selector, "template": template(image, name)}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": base | spec}


def named(api_version: str, kind: str, name: str, **fields: Any) -> Object:
    """Any other object."""
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


class Lab:
    """A cluster without node agents: Pods are what the test makes of them."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.client = cluster.client("test")
        self.add_node(NODE)

    def add_node(self, name: str, labels: dict[str, str] | None = None, **spec: Any) -> None:
        metadata = {"name": name, "labels": labels or {}}
        self.client.create(NODES, {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec})

    def create(self, ref: ResourceRef, obj: Object) -> Object:
        created = self.client.create(ref, obj)
        self.cluster.settle()
        return created

    def get(self, ref: ResourceRef, name: str) -> Object:
        return self.client.get(ref, name, NAMESPACE if ref.namespaced else "")

    def find(self, ref: ResourceRef, name: str) -> Object | None:
        return self.client.find(ref, name, NAMESPACE if ref.namespaced else "")

    def patch(self, ref: ResourceRef, name: str, body: Object) -> Object:
        patched = self.client.patch(ref, name, body, NAMESPACE if ref.namespaced else "")
        self.cluster.settle()
        return patched

    def delete(self, ref: ResourceRef, name: str, **options: Any) -> None:
        self.client.delete(ref, name, NAMESPACE if ref.namespaced else "", **options)
        self.cluster.settle()

    def names(self, ref: ResourceRef) -> list[str]:
        return [obj["metadata"]["name"] for obj in self.client.list(ref, NAMESPACE if ref.namespaced else "")]

    def messages(self, reason: str) -> list[str]:
        return [event["message"] for event in self.client.list(EVENTS) if event["reason"] == reason]

    # --- Pods -------------------------------------------------------------------------------------

    def pods(self, app: str = "web") -> list[Object]:
        found = self.client.list(PODS, NAMESPACE, labels=f"app={app}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def set_status(self, pod: Object, phase: str, *, ready: bool = False, **status: Any) -> None:
        moment = timestamp(self.cluster.clock.now())
        condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": moment}
        uid = pod["metadata"]["uid"]
        wanted = {"phase": phase, "podIP": f"10.0.0.{int(uid[:2], 16)}", "conditions": [condition], **status}
        live = self.client.get(PODS, pod["metadata"]["name"], pod["metadata"]["namespace"])
        self.client.replace(PODS, {**live, "status": wanted}, subresource="status")

    def make_ready(self, pods: Iterable[Object] | None = None) -> None:
        """Let Pods (all of the app `web` if not given) run on the node and be ready."""
        for pod in self.pods() if pods is None else pods:
            if not pod["spec"].get("nodeName"):
                self.bind(pod)
            self.set_status(pod, "Running", ready=True)
        self.cluster.settle()

    def bind(self, pod: Object, node: str = NODE) -> None:
        meta = pod["metadata"]
        target = {"kind": "Node", "name": node}
        body = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": meta["name"], "namespace": meta["namespace"]},
            "target": target,
        }
        self.client.create(PODS, body, subresource="binding", name=meta["name"])

    def finish(self, pods: Iterable[Object], phase: str) -> None:
        """Let Pods end."""
        for pod in list(pods):
            self.set_status(pod, phase)
        self.cluster.settle()

    def kill(self, pods: Iterable[Object]) -> None:
        """Delete Pods at once, as a node agent does in the end."""
        for pod in list(pods):
            self.client.delete(PODS, pod["metadata"]["name"], pod["metadata"]["namespace"], grace_seconds=0)
        self.cluster.settle()

    def let_terminated_go(self) -> None:
        """What a node agent does with the Pods that are to go."""
        for pod in self.client.list(PODS):
            if "deletionTimestamp" in pod["metadata"]:
                self.kill([pod])

    # --- the rest of the cluster ------------------------------------------------------------------

    def create_service_account(self, name: str) -> None:
        self.create(SERVICE_ACCOUNTS, named("v1", "ServiceAccount", name))

    def restart_controllers(self) -> None:
        """A second set of controllers, with empty informers, looks at the same cluster."""
        self.cluster.add(all_controllers(self.client, self.cluster.clock, Random(1)))
        self.cluster.settle()
