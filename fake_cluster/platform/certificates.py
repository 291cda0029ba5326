"""The certificates of an OpenShift cluster: its router's, and the authorities that it injects.

All of them follow from a seed. Source: documentation of the Ingress Operator (default certificate), of
service serving certificates and of the trusted CA bundle.
"""

from __future__ import annotations

from fake_cluster.pki import Certificate, authority, serving


def router_authority(seed: int) -> Certificate:
    """Who has signed the router's certificate."""
    return authority(seed, "ingress-operator@1767225600")


def wildcard(seed: int, apps_domain: str) -> Certificate:
    """The router's default certificate, for every host directly below the apps domain."""
    return serving(seed, router_authority(seed), (f"*.{apps_domain}",))


def wildcard_chain(seed: int, apps_domain: str) -> str:
    """What the router presents to clients: its certificate and its authority's, as PEM."""
    return wildcard(seed, apps_domain).pem + router_authority(seed).pem


def service_ca(seed: int) -> str:
    """The authority that signs the certificates of Services, as PEM."""
    return authority(seed, "openshift-service-serving-signer@1767225600").pem


def trusted_ca_bundle(seed: int) -> str:
    """The authorities that the whole cluster trusts, as PEM."""
    return authority(seed, "Cluster Trust Root").pem + router_authority(seed).pem
