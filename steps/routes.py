"""Routes: where they lead, where TLS ends, and whether the router has admitted them."""

from __future__ import annotations

from pytest_bdd import parsers, then

from quaysim.targets import Object
from quaysim.targets.resources import ROUTES
from steps.support.expect import becomes, eventually, same
from steps.support.registry import Registry
from steps.support.scene import Scene


def tls_of(registry: Registry, route: str) -> tuple[str, str]:
    """(termination, what happens to plain HTTP) of a Route."""
    tls = registry.wait_for(ROUTES, route)["spec"].get("tls") or {}
    return tls.get("termination", ""), tls.get("insecureEdgeTerminationPolicy", "")


@then(parsers.parse("its Route {route:S} ends TLS at the edge and redirects plain HTTP"))
def _(scene: Scene, route: str) -> None:
    registry = scene.registry
    eventually(scene.target, f"TLS of {route}", lambda: tls_of(registry, route), ("edge", "Redirect"))


@then(parsers.parse("its Route {route:S} passes TLS through to Quay and redirects plain HTTP"))
def _(scene: Scene, route: str) -> None:
    registry = scene.registry
    eventually(scene.target, f"TLS of {route}", lambda: tls_of(registry, route), ("passthrough", "Redirect"))


@then(parsers.parse("its Route {route:S} has no certificate of its own"))
def _(scene: Scene, route: str) -> None:
    tls = scene.registry.wait_for(ROUTES, route)["spec"]["tls"]
    same("certificates in the Route", {"certificate", "key", "caCertificate"} & tls.keys(), set())


@then(parsers.parse("its Route {route:S} leads to its Service {service:S}"))
def _(scene: Scene, route: str, service: str) -> None:
    same("where the Route leads", service_of(scene.registry, route), f"{scene.registry.name}-{service}")


@then(parsers.parse("its Route {route:S} leads to the port {port:w} of its Service {service:S}"))
def _(scene: Scene, route: str, port: str, service: str) -> None:
    spec = scene.registry.wait_for(ROUTES, route)["spec"]
    same("where the Route leads", service_of(scene.registry, route), f"{scene.registry.name}-{service}")
    same("the port that the Route leads to", spec["port"]["targetPort"], port)


def service_of(registry: Registry, route: str) -> str:
    """The Service that a Route leads to."""
    to: Object = registry.wait_for(ROUTES, route)["spec"]["to"]
    same("the kind of what the Route leads to", to["kind"], "Service")
    return str(to["name"])


@then("the router has admitted its Route quay for the host name of its registryEndpoint")
def _(scene: Scene) -> None:
    expect_admitted(scene.registry, "quay", host_in(scene.registry, "registryEndpoint"))


@then(parsers.parse("its Route quay-config-editor has the host name of its configEditorEndpoint"))
def _(scene: Scene) -> None:
    expect_admitted(scene.registry, "quay-config-editor", host_in(scene.registry, "configEditorEndpoint"))


@then(parsers.parse('its Route {route:S} is served as "{host}"'))
def _(scene: Scene, route: str, host: str) -> None:
    expect_admitted(scene.registry, route, scene.registry.fill(host))


@then(parsers.parse('the registry "{name}" is served as "{host}"'))
def _(scene: Scene, name: str, host: str) -> None:
    registry = scene.named(name)
    expected = registry.fill(host)
    expect_admitted(registry, "quay", expected)
    same("registryEndpoint", registry.status("registryEndpoint"), f"https://{expected}")


def host_in(registry: Registry, name: str) -> str:
    """The host name in a URL of the status."""
    return str(registry.status(name)).removeprefix("https://")


def expect_admitted(registry: Registry, route: str, host: str) -> None:
    """Wait until the router serves a Route under a host name."""

    def seen() -> list[tuple[str, str]]:
        ingress = registry.wait_for(ROUTES, route).get("status", {}).get("ingress") or []
        return [(entry["host"], condition_of(entry)) for entry in ingress]

    what = f"Route {registry.name}-{route}"
    becomes(registry.target, what, seen, lambda found: (host, "True") in found, [(host, "True")])


def condition_of(ingress: Object) -> str:
    """Whether a router has admitted a Route."""
    conditions = ingress.get("conditions") or []
    return next((item["status"] for item in conditions if item["type"] == "Admitted"), "")
