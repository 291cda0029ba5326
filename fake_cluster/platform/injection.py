"""ConfigMaps that OpenShift fills: with the authority of Services, and with those that the cluster trusts.

Source: documentation "Securing service traffic using service serving certificate secrets" and
"Certificate injection using Operators".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, annotations_of, is_terminating, key_of, labels_of

SERVICE_CA = "service.beta.openshift.io/inject-cabundle"
TRUSTED_CA = "config.openshift.io/inject-trusted-cabundle"


def service_ca(seed: int) -> str:
    """The authority that signs the certificates of Services."""
    from fake_cluster.platform import certificates  # noqa: PLC0415 - loads a library of some size, on first use

    return certificates.service_ca(seed)


def trusted_ca_bundle(seed: int) -> str:
    """The authorities that the whole cluster trusts."""
    from fake_cluster.platform import certificates  # noqa: PLC0415 - loads a library of some size, on first use

    return certificates.trusted_ca_bundle(seed)


@dataclass(frozen=True)
class Injection:
    """What is injected where: `marks` gives the labels or annotations among which `mark` is "true"."""

    controller: str
    marks: Callable[[Object], object]
    mark: str
    key: str
    bundle: Callable[[int], str]
    alone: bool
    """Whether the key is all that the ConfigMap may hold."""

    def wants(self, config_map: Object) -> bool:
        """Whether this ConfigMap asks to be filled."""
        marks = self.marks(config_map)
        return isinstance(marks, dict) and marks.get(self.mark) == "true" and not is_terminating(config_map)


INJECTIONS = (
    Injection("service-ca-operator", annotations_of, SERVICE_CA, "service-ca.crt", service_ca, alone=True),
    Injection("network-operator", labels_of, TRUSTED_CA, "ca-bundle.crt", trusted_ca_bundle, alone=False),
)


def injectors(client: Client, seed: int) -> list[Controller]:
    """A controller for each injection; `seed` is that of the certificates."""
    return [
        Controller(
            injection.controller,
            partial(_fill, client, injection, seed),
            (Source(CONFIG_MAPS, partial(_keys, injection)),),
        )
        for injection in INJECTIONS
    ]


def _keys(injection: Injection, event: Event) -> Iterable[Key]:
    return (key_of(event.obj),) if event.type != "DELETED" and injection.wants(event.obj) else ()


def _fill(client: Client, injection: Injection, seed: int, key: Key) -> None:
    config_map = client.find(CONFIG_MAPS, key.name, key.namespace)
    if config_map is None or not injection.wants(config_map):
        return
    before = config_map.get("data") or {}
    data = {injection.key: injection.bundle(seed)}
    wanted = data if injection.alone else {**before, **data}
    if before == wanted:
        return
    try:
        client.replace(CONFIG_MAPS, {**config_map, "data": wanted})
    except ApiError as error:
        if error.code != 404:
            raise
