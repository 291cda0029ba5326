"""Which Pods stand behind a Service, and how they are to be reached.

Both forms in which a cluster publishes that (EndpointSlices, and the older Endpoints) are made from this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fake_cluster.controllers import pods as of_pods
from fake_cluster.machinery.client import Event
from fake_cluster.objects import Key, Object, is_terminating, key_of, labels_of


class Backend(NamedTuple):
    """A Pod behind a Service. `ports` are name, number and protocol of each port that it serves."""

    ip: str
    ready: bool
    terminating: bool
    node: str
    ports: tuple[tuple[str, int, str], ...]
    reference: Object
    hostname: str


def backends(service: Object, pods: Iterable[Object]) -> list[Backend]:
    """The Pods that have an address and have not ended."""
    return [
        _backend(service, pod) for pod in pods if _address(pod) and of_pods.phase(pod) not in of_pods.FINISHED
    ]


def _address(pod: Object) -> str:
    return str((pod.get("status") or {}).get("podIP", ""))


def _backend(service: Object, pod: Object) -> Backend:
    meta, spec = pod["metadata"], pod["spec"]
    named = spec.get("subdomain") == service["metadata"]["name"]
    return Backend(
        ip=_address(pod),
        ready=of_pods.is_ready(pod),
        terminating=is_terminating(pod),
        node=spec.get("nodeName", ""),
        ports=_ports(service, pod),
        reference={"kind": "Pod", "name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]},
        hostname=spec.get("hostname", "") if named else "",
    )


def _ports(service: Object, pod: Object) -> tuple[tuple[str, int, str], ...]:
    found: list[tuple[str, int, str]] = []
    for port in service["spec"].get("ports") or ():
        protocol = port.get("protocol", "TCP")
        number = _number(port.get("targetPort", port["port"]), protocol, pod)
        if number is not None:
            found.append((port.get("name", ""), number, protocol))
    return tuple(found)


def _number(target: int | str, protocol: str, pod: Object) -> int | None:
    """The number of a target port; a name is looked up among the Pod's containers."""
    if isinstance(target, int):
        return target
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == target and port.get("protocol", "TCP") == protocol:
                return int(port["containerPort"])
    return None


def matters(event: Event) -> bool:
    """Whether a Pod's event may change what its Services publish."""
    return event.old is None or event.type == "DELETED" or _facts(event.old) != _facts(event.obj)


def _facts(pod: Object) -> tuple[Any, ...]:
    return (
        _address(pod),
        of_pods.is_ready(pod),
        is_terminating(pod),
        of_pods.phase(pod) in of_pods.FINISHED,
        pod["spec"].get("nodeName"),
        labels_of(pod),
    )


_Place = tuple[str, str, str]


class ServicesByLabels:
    """Which Services select a Pod, without looking at all of them.

    Each Service waits under one of the pairs of its selector, the one under which fewest others wait.
    """

    def __init__(self) -> None:
        self._waiting: dict[_Place, dict[Key, Mapping[str, str]]] = {}
        self._places: dict[Key, _Place] = {}

    def follow(self, event: Event) -> None:
        """Take an event of a Service."""
        key = key_of(event.obj)
        place = self._places.pop(key, None)
        if place is not None:
            self._waiting[place].pop(key, None)
        selector = event.obj["spec"].get("selector")
        if event.type == "DELETED" or not selector:
            return
        places = [(key.namespace, *pair) for pair in selector.items()]
        place = min(places, key=lambda item: len(self._waiting.get(item, ())))
        self._waiting.setdefault(place, {})[key] = selector
        self._places[key] = place

    def of(self, pod: Object) -> list[Key]:
        """The Services that select this Pod."""
        labels, namespace = labels_of(pod), pod["metadata"]["namespace"]
        return [
            key
            for pair in labels.items()
            for key, selector in self._waiting.get((namespace, *pair), {}).items()
            if selector.items() <= labels.items()
        ]

    def keys(self, event: Event) -> Iterable[Key]:
        """The Services that an event of a Pod concerns."""
        if not matters(event):
            return ()
        found = self.of(event.obj)
        if event.old is not None and labels_of(event.old) != labels_of(event.obj):
            found += self.of(event.old)
        return found
