"""Endpoints: the addresses behind a Service in one object of its name, the form that came before slices.

Source: API reference, Endpoints.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.service_endpoints import Backend, ServicesByLabels, backends
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import ENDPOINTS, PODS, SERVICES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, key_of, labels_of

MANAGED_BY = {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
HEADLESS = "service.kubernetes.io/headless"


class EndpointsController:
    """Endpoints for Services that have a selector."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._services = context.informers[SERVICES]
        self._pods = context.informers[PODS]
        self._endpoints = context.informers[ENDPOINTS]
        self._by_labels = ServicesByLabels()

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(SERVICES, self._services.first(self._service_keys)),
            Source(PODS, self._pods.first(self._by_labels.keys)),
        )
        return Controller("endpoint-controller", self.reconcile, sources)

    def _service_keys(self, event: Event) -> Iterable[Key]:
        self._by_labels.follow(event)
        return (key_of(event.obj),)

    def reconcile(self, key: Key) -> None:
        """One pass over one Service."""
        service, present = self._services.get(key), self._endpoints.get(key)
        if service is None:
            if present is not None and MANAGED_BY.items() <= labels_of(present).items():
                self._delete(present)
            return
        selector = service["spec"].get("selector")
        if not selector or service["spec"].get("type") == "ExternalName":
            return
        pods = self._pods.find_labelled(key.namespace, selector)
        self._publish(service, present, subsets(service, backends(service, pods)))

    def _publish(self, service: Object, present: Object | None, wanted: list[Object]) -> None:
        meta = service["metadata"]
        headless = {HEADLESS: ""} if service["spec"].get("clusterIP") == "None" else {}
        labels = {**labels_of(service), **headless, **MANAGED_BY}
        if present and (present.get("subsets") or []) == wanted and labels_of(present) == labels:
            return
        base: Object = present or {"apiVersion": "v1", "kind": "Endpoints", "metadata": {}}
        metadata = {
            **base["metadata"],
            "name": meta["name"],
            "namespace": meta["namespace"],
            "labels": labels,
        }
        new = {**base, "metadata": metadata, "subsets": wanted}
        write = self._client.replace if present else self._client.create
        self._endpoints.note(write(ENDPOINTS, new))

    def _delete(self, present: Object) -> None:
        meta = present["metadata"]
        try:
            self._client.delete(ENDPOINTS, meta["name"], meta["namespace"])
        except ApiError as error:
            if error.code != 404:
                raise


def subsets(service: Object, found: list[Backend]) -> list[Object]:
    """The backends, grouped by the ports that they serve."""
    everybody = service["spec"].get("publishNotReadyAddresses", False)
    groups: dict[tuple[tuple[str, int, str], ...], Object] = {}
    for backend in sorted(found, key=lambda item: item.ip):
        if backend.terminating and not everybody:
            continue
        group = groups.setdefault(backend.ports, {})
        readiness = "addresses" if backend.ready or everybody else "notReadyAddresses"
        group.setdefault(readiness, []).append(_address(backend))
    return [group | _ports(ports) for ports, group in groups.items()]


def _address(backend: Backend) -> Object:
    optional = {"hostname": backend.hostname, "nodeName": backend.node}
    filled = {name: value for name, value in optional.items() if value}
    return {"ip": backend.ip, **filled, "targetRef": backend.reference}


def _ports(ports: tuple[tuple[str, int, str], ...]) -> Object:
    listed = [
        ({"name": name} if name else {}) | {"port": number, "protocol": protocol}
        for name, number, protocol in ports
    ]
    return {"ports": listed} if listed else {}
