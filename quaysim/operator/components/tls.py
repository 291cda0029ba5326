"""Component tls: whose certificate the registry shows. It has no objects; routes and probes follow it."""

from __future__ import annotations

from fake_cluster.kinds.refs import SECRETS
from quaysim.operator.bundle import TLS_CERTIFICATE, TLS_KEY, Bundle, bundle_of
from quaysim.operator.components.common import Component
from quaysim.operator.health import Health, Verdict, not_ready, ready


def _configured(bundle: Bundle) -> bool:
    """Both files are there; nobody looks into them here."""
    return TLS_CERTIFICATE in bundle.data and TLS_KEY in bundle.data


def _check(health: Health) -> Verdict:
    """The only component that is judged whether or not it is managed."""
    name = (health.registry.get("spec") or {}).get("configBundleSecret")
    if not name:
        return not_ready("Config bundle secret not populated")
    secret = health.client.find(SECRETS, name, health.registry["metadata"]["namespace"])
    if secret is None:
        return not_ready("Config bundle does not exist")
    given = {TLS_CERTIFICATE, TLS_KEY} & bundle_of(secret).data.keys()
    if "tls" in health.managed:
        if given:
            return not_ready("TLS managed but config bundle contain certs")
        return ready("Using cluster wildcard certs")
    if len(given) < 2:
        return not_ready("TLS unmanaged but config bundle does not contain certs")
    return ready("Config bundle contains certs")


TLS = Component(
    kind="tls",
    condition="ComponentTLSReady",
    check=_check,
    required=True,
    configured=_configured,
)
