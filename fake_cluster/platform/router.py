"""The router: admits Routes, the older one first where two want the same host.

Source: OpenShift documentation of Routes ("Route status") and of route admission; the shape of the status
as recorded.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.errors import ApiError
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.machinery.informer import Informer
from fake_cluster.objects import Key, Object, is_terminating, key_of
from fake_cluster.platform.refs import ROUTES
from fake_cluster.platform.route_hosts import GENERATED, default_host

ROUTER = "default"


def _host_of(route: Object) -> Iterable[str]:
    host = route["spec"].get("host")
    return (host,) if host else ()


class Router:
    """Gives Routes their status, and a host to those that have none."""

    def __init__(self, client: Client, clock: Clock, apps_domain: str) -> None:
        self._client = client
        self._clock = clock
        self._domain = apps_domain
        self._routes = Informer(client, ROUTES, {"host": _host_of})

    def controller(self) -> Controller:
        """The controller, for a manager."""
        return Controller(
            "openshift-router", self.reconcile, (Source(ROUTES, self._routes.first(self._keys)),)
        )

    def _keys(self, event: Event) -> Iterable[Key]:
        """A Route, and those that wait for the host that it has given up."""
        keys = {key_of(event.obj): None}
        for route in filter(None, (event.old, event.obj)):
            if event.type == "DELETED" or _host_of(route) != _host_of(event.obj):
                for host in _host_of(route):
                    keys |= {key_of(other): None for other in self._routes.find("host", host)}
        return keys

    def reconcile(self, key: Key) -> None:
        """One pass over one Route."""
        route = self._routes.get(key)
        if route is None or is_terminating(route):
            return
        try:
            route = self._with_host(route)
            self._write(route, self._ingress(route))
        except ApiError as error:
            if error.code != 404:
                raise

    def _with_host(self, route: Object) -> Object:
        """The Route with a host: the one that it had, or one made of its name."""
        spec = route["spec"]
        if spec.get("host") or spec.get("subdomain"):
            return route
        had = next((item["host"] for item in _ingresses(route) if item.get("host")), "")
        meta = route["metadata"]
        annotations = {} if had else {"annotations": {GENERATED: "true"}}
        body = {
            "metadata": {"resourceVersion": meta["resourceVersion"], **annotations},
            "spec": {"host": had or default_host(route, self._domain)},
        }
        patched = self._client.patch(ROUTES, meta["name"], body, meta["namespace"])
        self._routes.note(patched)
        return patched

    def admitted_at(self, host: str) -> Object | None:
        """The Route that is reached under a host."""
        found = self._routes.find("host", host)
        return next((route for route in found if _own_condition(route).get("status") == "True"), None)

    # --- status -----------------------------------------------------------------------------------

    def _ingress(self, route: Object) -> Object:
        host = route["spec"].get("host") or f"{route['spec']['subdomain']}.{self._domain}"
        return {
            "host": host,
            "routerName": ROUTER,
            "routerCanonicalHostname": f"router-{ROUTER}.{self._domain}",
            "wildcardPolicy": route["spec"].get("wildcardPolicy", "None"),
            "conditions": [self._admitted(route, host)],
        }

    def _admitted(self, route: Object, host: str) -> Object:
        rival = self._older_claim(route, host)
        admitted: Object = {"type": "Admitted", "status": "True"}
        if rival is not None:
            admitted = {"type": "Admitted", "status": "False", **_claimed(route, rival, host)}
        before = _own_condition(route)
        if before.get("status") == admitted["status"]:
            return admitted | {"lastTransitionTime": before["lastTransitionTime"]}
        return admitted | {"lastTransitionTime": timestamp(self._clock.now())}

    def _older_claim(self, route: Object, host: str) -> Object | None:
        """The oldest other Route with the same host, unless both are of one namespace and differ in path."""
        rivals = [
            other
            for other in self._routes.find("host", host)
            if _age(other) < _age(route) and _collide(route, other) and not is_terminating(other)
        ]
        return min(rivals, key=_age, default=None)

    def _write(self, route: Object, ingress: Object) -> None:
        others = [item for item in _ingresses(route) if item.get("routerName") != ROUTER]
        wanted = [ingress, *others]
        if _ingresses(route) == wanted:
            return
        status = {**(route.get("status") or {}), "ingress": wanted}
        written = self._client.replace(ROUTES, {**route, "status": status}, subresource="status")
        self._routes.note(written)


def _ingresses(route: Object) -> list[Object]:
    return list((route.get("status") or {}).get("ingress") or ())


def _own_condition(route: Object) -> Object:
    own = (item for item in _ingresses(route) if item.get("routerName") == ROUTER)
    conditions = (condition for item in own for condition in item.get("conditions") or ())
    return next((condition for condition in conditions if condition["type"] == "Admitted"), {})


def _age(route: Object) -> tuple[str, str]:
    return route["metadata"]["creationTimestamp"], route["metadata"]["uid"]


def _collide(route: Object, other: Object) -> bool:
    same_namespace = route["metadata"]["namespace"] == other["metadata"]["namespace"]
    return not same_namespace or route["spec"].get("path", "") == other["spec"].get("path", "")


def _claimed(route: Object, rival: Object, host: str) -> Object:
    if rival["metadata"]["namespace"] == route["metadata"]["namespace"]:
        message = f"route {rival['metadata']['name']} already exposes {host} and is older"
    else:
        message = f"a route in another namespace holds {host} and is older than {route['metadata']['name']}"
    return {"reason": "HostAlreadyClaimed", "message": message}


def chain_of_router(router: Router, seed: int, apps_domain: str, host: str, port: int) -> str:
    """The certificates that the router shows for a host, as PEM: the Route's own, or the default ones.

    Raises OSError, in the words of a dial error, for hosts that do not lead to the router.
    """
    from fake_cluster.platform import certificates  # noqa: PLC0415 - loads a library of some size, on first use

    route = router.admitted_at(host)
    if route is None and not host.endswith(f".{apps_domain}"):
        raise OSError(f"dial tcp: lookup {host}: no such host")
    if port != 443:
        raise OSError(f"dial tcp {host}:{port}: connect: connection refused")
    tls = (route["spec"].get("tls") or {}) if route else {}
    if tls.get("certificate"):
        return str(tls["certificate"]) + str(tls.get("caCertificate", ""))
    return certificates.wildcard_chain(seed, apps_domain)
