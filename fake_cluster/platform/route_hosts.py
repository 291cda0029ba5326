"""What OpenShift's API does with a Route on its way in: a Route without a host is given one, and keeps it.

Where Routes are a plain custom resource, these run as admission; the router makes up for them on an API
server that has no such admission. Source: OpenShift API server, strategy of Routes.
"""

from __future__ import annotations

from collections.abc import Callable

from fake_cluster.objects import Object
from fake_cluster.platform.refs import ROUTES

GENERATED = "openshift.io/host.generated"
_PLACE = (ROUTES.group, ROUTES.plural)


def default_host(route: Object, apps_domain: str) -> str:
    """The host of a Route that asks for none."""
    meta = route["metadata"]
    return f"{meta['name']}-{meta['namespace']}.{apps_domain}"


def give_host(route: Object, apps_domain: str) -> None:
    """Fill in the host, in place."""
    if not route["spec"].get("host") and not route["spec"].get("subdomain"):
        route["spec"]["host"] = default_host(route, apps_domain)
        route["metadata"].setdefault("annotations", {})[GENERATED] = "true"


def keep_host(route: Object, old: Object) -> None:
    """A host cannot be taken away: an update without one leaves it as it was, in place."""
    if not route["spec"].get("host") and old["spec"].get("host"):
        route["spec"]["host"] = old["spec"]["host"]


CreatePlugin = Callable[[object, object, Object], None]
UpdatePlugin = Callable[[object, object, Object, Object], None]


def on_create(apps_domain: str) -> dict[tuple[str, str], tuple[CreatePlugin, ...]]:
    """Admission of new Routes, by group and plural."""

    def admit(core: object, call: object, route: Object) -> None:
        del core, call
        give_host(route, apps_domain)

    return {_PLACE: (admit,)}


def on_update() -> dict[tuple[str, str], tuple[UpdatePlugin, ...]]:
    """Admission of changed Routes, by group and plural."""

    def admit(core: object, call: object, route: Object, old: Object) -> None:
        del core, call
        keep_host(route, old)

    return {_PLACE: (admit,)}
