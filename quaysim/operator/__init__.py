"""The simulated Quay Operator.

It is an ordinary client of the API: `install` makes its CustomResourceDefinitions, `controllers` gives
what runs on a manager. Everything it does follows operator 3.7.10, measured on a real API server.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Controller
from fake_cluster.objects import Key, key_of
from quaysim.operator.crd import quay_registry_crd
from quaysim.operator.discovery import Dial
from quaysim.operator.process import Process
from quaysim.operator.reconciler import Reconciler
from quaysim.operator.reconfigure import Reconfigure
from quaysim.operator.refs import QUAY_REGISTRIES
from quaysim.operator.releases import RELEASES, release
from quaysim.operator.reporting import Reporter
from quaysim.operator.settings import DEFAULT_VERSION, Settings
from quaysim.operator.status import StatusReconciler
from quaysim.operator.survey import Survey

__all__ = ["QUAY_REGISTRIES", "RELEASES", "Reconfigure", "Settings", "controllers", "install"]

_LOCK = "quayregistry"  # main and status controller never run at the same time


def install(client: Client, version: str = DEFAULT_VERSION) -> None:
    """Create the operator's CustomResourceDefinitions, unless they are there.

    Raises `ApiError`, and `ValueError` for a version that is not simulated.
    """
    rules = release(version).traits.rules
    try:
        client.create(CUSTOM_RESOURCE_DEFINITIONS, quay_registry_crd(all_overrides=rules.all_overrides))
    except ApiError as error:
        if error.reason != "AlreadyExists":
            raise


def controllers(
    client: Client, settings: Settings, clock: Clock, rng: Random, dial: Dial
) -> list[Controller]:
    """The operator's controllers, to be run on one manager.

    `dial` gives the PEM chain that `host:port` serves, or raises `OSError` with Go's text. Raises
    `ValueError` for a version that is not simulated.
    """
    version = release(settings.version)

    def watched(event: Event) -> Iterable[Key]:
        key = key_of(event.obj)
        return (key,) if settings.watch_namespace in ("", key.namespace) else ()

    def generation_changed(event: Event) -> Iterable[Key]:
        """Labels, annotations and the status do not call the main controller."""
        old = event.old["metadata"].get("generation") if event.old else None
        same = event.type == "MODIFIED" and old == event.obj["metadata"].get("generation")
        return () if same else watched(event)

    process = Process(client, clock, rng, _LOCK, settings.watch_namespace)
    survey = Survey(
        client, dial, version.messages, settings.watch_namespace, version.traits.rules.routes_optional
    )
    main = Reconciler(client, settings, version, rng, survey, Reporter(client, clock, process))
    status = StatusReconciler(client, clock, version)
    return [
        process.controller("quayregistry-status", status, watched),
        process.controller("quayregistry", process.guarded(main), generation_changed),
    ]
