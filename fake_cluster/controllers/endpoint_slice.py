"""EndpointSlices: the addresses behind a Service in slices of at most a hundred.

Source: documentation of EndpointSlices. A Pod on a node that does not exist is left out (measured).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.service_endpoints import Backend, ServicesByLabels, backends
from fake_cluster.kinds.refs import ENDPOINT_SLICES, NODES, PODS, SERVICES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, controller_reference, is_terminating, key_of, labels_of

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
HEADLESS = "service.kubernetes.io/headless"
CAPACITY = 100
TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time"


class EndpointSliceController:
    """EndpointSlices for Services that have a selector."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._services = context.informers[SERVICES]
        self._pods = context.informers[PODS]
        self._nodes = context.informers[NODES]
        self._slices = context.informers[ENDPOINT_SLICES]
        self._by_labels = ServicesByLabels()

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(SERVICES, self._services.first(self._service_keys)),
            Source(PODS, self._pods.first(self._by_labels.keys)),
            Source(ENDPOINT_SLICES, self._slices.first(_service_of_lost_slice)),
            Source(NODES, self._nodes.first(self._keys_of_new_node)),
        )
        return Controller("endpointslice-controller", self.reconcile, sources)

    def _service_keys(self, event: Event) -> Iterable[Key]:
        self._by_labels.follow(event)
        return (key_of(event.obj),)

    def _keys_of_new_node(self, event: Event) -> Iterable[Key]:
        """Pods that were left out come back with their node."""
        if event.type == "MODIFIED":
            return ()
        name = event.obj["metadata"]["name"]
        there = (pod for pod in self._pods.all() if pod["spec"].get("nodeName") == name)
        return [key for pod in there for key in self._by_labels.of(pod)]

    def reconcile(self, key: Key) -> None:
        """One pass over one Service."""
        service = self._services.get(key)
        if service is None or is_terminating(service):
            return
        selector = service["spec"].get("selector")
        if not selector or service["spec"].get("type") == "ExternalName":
            return
        pods = self._pods.find_labelled(key.namespace, selector)
        found = [item for item in backends(service, pods) if self._nodes.get(Key("", item.node)) is not None]
        present = self._slices.find_labelled(key.namespace, {SERVICE_NAME: key.name, **MANAGED_BY})
        present = [item for item in present if not is_terminating(item)]
        self._publish(service, found, present)

    def _publish(self, service: Object, found: list[Backend], present: list[Object]) -> None:
        left = list(present)
        for ports, endpoints in _wanted(service, found):
            slices = [item for item in left if _same(item.get("ports"), ports)] or left[:1]
            for part in _parts(endpoints, slices):
                reused = slices.pop(0) if slices else None
                if reused is not None:
                    left.remove(reused)
                self._write(service, reused, part, ports)
        for item in left:
            meta = item["metadata"]
            self._context.client.delete(ENDPOINT_SLICES, meta["name"], meta["namespace"])
            self._slices.note_deleted(item)

    def _write(
        self, service: Object, present: Object | None, endpoints: list[Object], ports: list[Object]
    ) -> None:
        labels = _labels(service)
        if present is None:
            new = {**self._new(service, labels), "endpoints": endpoints, "ports": ports}
            self._slices.note(self._context.client.create(ENDPOINT_SLICES, new))
            return
        same = _same(present.get("endpoints"), endpoints) and _same(present.get("ports"), ports)
        if same and labels_of(present) == labels:
            return
        annotations = {TRIGGER_TIME: self._context.timestamp()}
        metadata = {**present["metadata"], "labels": labels, "annotations": annotations}
        new = {**present, "metadata": metadata, "endpoints": endpoints, "ports": ports}
        self._slices.note(self._context.client.replace(ENDPOINT_SLICES, new))

    def _new(self, service: Object, labels: dict[str, str]) -> Object:
        meta = service["metadata"]
        families = service["spec"].get("ipFamilies") or ["IPv4"]
        return {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "generateName": f"{meta['name']}-",
                "namespace": meta["namespace"],
                "labels": labels,
                "annotations": {TRIGGER_TIME: self._context.timestamp()},
                "ownerReferences": [controller_reference(service)],
            },
            "addressType": families[0],
        }


def _service_of_lost_slice(event: Event) -> Iterable[Key]:
    """A slice that somebody has deleted is made again."""
    name = labels_of(event.obj).get(SERVICE_NAME)
    return (Key(event.obj["metadata"]["namespace"], name),) if name and event.type == "DELETED" else ()


def _labels(service: Object) -> dict[str, str]:
    headless = {HEADLESS: ""} if service["spec"].get("clusterIP") == "None" else {}
    return {**labels_of(service), SERVICE_NAME: service["metadata"]["name"], **MANAGED_BY, **headless}


def _wanted(service: Object, found: list[Backend]) -> Iterator[tuple[list[Object], list[Object]]]:
    """Ports, and the endpoints that serve them; a Service without Pods has one empty slice."""
    groups: dict[tuple[tuple[str, int, str], ...], list[Object]] = {}
    for backend in found:
        groups.setdefault(backend.ports, []).append(_endpoint(service, backend))
    for ports, endpoints in (groups or {(): []}).items():
        yield [{"name": name, "port": port, "protocol": kind} for name, port, kind in ports], endpoints


def _endpoint(service: Object, backend: Backend) -> Object:
    everybody = service["spec"].get("publishNotReadyAddresses", False)
    conditions = {
        "ready": everybody or (backend.ready and not backend.terminating),
        "serving": backend.ready,
        "terminating": backend.terminating,
    }
    hostname = {"hostname": backend.hostname} if backend.hostname else {}
    return {
        "addresses": [backend.ip],
        "conditions": conditions,
        **hostname,
        "nodeName": backend.node,
        "targetRef": backend.reference,
    }


def _parts(endpoints: list[Object], slices: list[Object]) -> list[list[Object]]:
    """The endpoints in parts, each as near as can be to what its slice has already."""
    if len(endpoints) <= CAPACITY:
        return [endpoints]
    left = {endpoint["addresses"][0]: endpoint for endpoint in endpoints}
    parts = []
    for item in slices:
        kept = [entry["addresses"][0] for entry in item.get("endpoints") or ()]
        parts.append([left.pop(address) for address in kept if address in left])
    rest = list(left.values())
    for part in parts:
        room = CAPACITY - len(part)
        part.extend(rest[:room])
        del rest[:room]
    parts += [rest[start : start + CAPACITY] for start in range(0, len(rest), CAPACITY)]
    return [part for part in parts if part]


def _same(present: list[Object] | None, wanted: list[Object]) -> bool:
    return (present or []) == wanted
