"""Advice on how a registry is reached: host names, TLS, certificates, Routes."""

from __future__ import annotations

from collections.abc import Iterator

from quaysim.operator.bundle import EXTRA_CA_PREFIX
from quaysim.plan.advice.looking import Hint, Look, Tip
from quaysim.plan.places import at_component, at_manifest, at_registry, in_bundle, in_config


def _tls_without_route(look: Look) -> Iterator[Hint]:
    if look.manages("tls") and not look.manages("route"):
        yield Hint(
            "tls is managed while route is not: nobody ends TLS with the router's certificate. The "
            "documentation excludes this; the operator deploys it.",
            "Set `managed: false` for tls and give ssl.cert and ssl.key; or manage route.",
            at_component(kind="tls"),
        )


def _outside_the_wildcard(look: Look) -> Iterator[Hint]:
    host, domain = look.hostname, look.subject.given.setup.apps_domain
    covered = host.partition(".")[2] == domain
    if look.manages("tls", "route") and "SERVER_HOSTNAME" in look.config and not covered:
        yield Hint(
            f"The router's certificate is for *.{domain}; clients of {host} will refuse it.",
            "Give a certificate for that host as ssl.cert and ssl.key; or choose a host in the apps domain.",
            in_config("SERVER_HOSTNAME"),
        )


def _not_a_host(look: Look) -> Iterator[Hint]:
    host = look.config.get("SERVER_HOSTNAME")
    if isinstance(host, str) and ("://" in host or "/" in host):
        yield Hint(
            "SERVER_HOSTNAME is a host name, not an address with a scheme or a path.",
            f"Write SERVER_HOSTNAME: {host.rpartition('://')[2].partition('/')[0]}",
            in_config("SERVER_HOSTNAME"),
        )


def _half_a_route(look: Look) -> Iterator[Hint]:
    given = [field for field in ("PREFERRED_URL_SCHEME", "EXTERNAL_TLS_TERMINATION") if field in look.config]
    if given and "SERVER_HOSTNAME" not in look.config and not look.manages("route"):
        yield Hint(
            f"SERVER_HOSTNAME is missing: the operator is content with {given[0]}, but nobody knows the host.",
            "Add SERVER_HOSTNAME, the name that your Route, Ingress or load balancer serves.",
            in_config(given[0]),
        )


def _route_of_your_own(look: Look) -> Iterator[Hint]:
    own = any(
        obj["kind"] in ("Route", "Ingress")
        and obj["metadata"].get("namespace") == look.subject.given.namespace
        for obj in look.objects
    )
    if not look.manages("route") and "SERVER_HOSTNAME" in look.config and not own:
        yield Hint(
            "route is unmanaged, and no Route or Ingress is among these objects: the registry is not reachable "
            "from outside.",
            f"Create a Route, Ingress or load balancer for {look.hostname} to Service "
            f"{look.subject.given.name}-quay-app.",
            at_component(kind="route"),
        )


def _certificate_without_use(look: Look) -> Iterator[Hint]:
    given = [key for key in ("ssl.cert", "ssl.key") if look.subject.contents.data.get(key)]
    if len(given) == 1:
        other = "ssl.key" if given == ["ssl.cert"] else "ssl.cert"
        yield Hint(
            f"The bundle has {given[0]} without {other}; one without the other is of no use.",
            f"Add {other}; or remove {given[0]}.",
            in_bundle(given[0]),
        )


def _authority_without_suffix(look: Look) -> Iterator[Hint]:
    for key in look.subject.contents.data:
        if key.startswith(EXTRA_CA_PREFIX) and not key.endswith((".crt", ".pem")):
            yield Hint(
                f"{key} becomes a file in extra_ca_certs; certificates are installed from files that end in .crt.",
                f"Call it {key}.crt.",
                in_bundle(key),
            )


def _in_place_of_the_operators(look: Look) -> Iterator[Hint]:
    ours = {(obj["kind"], obj["metadata"]["name"]) for obj in look.created}
    given = look.subject.given
    for manifest in given.setup.manifests:
        name = (manifest.obj.get("metadata") or {}).get("name")
        if (manifest.kind, name) in ours and given.is_beside(manifest):
            yield Hint(
                f"{manifest.kind} {name} is the operator's: it takes it over and writes its own fields into it.",
                "Remove it from the manifests, or choose another name.",
                at_manifest(manifest, "metadata.name"),
            )


def _one_dashboard_for_two(look: Look) -> Iterator[Hint]:
    given = look.subject.given
    others = [item for item in given.setup.registries if item.name == given.name and item != given]
    if others and look.manages("monitoring"):
        yield Hint(
            f"A registry of the same name is in namespace {others[0].namespace}: they overwrite each other's "
            "Grafana dashboard.",
            "Give registries different names.",
            at_registry("metadata.name"),
        )


TIPS = (
    Tip("tls-managed-without-route", "3.4", _tls_without_route),
    Tip("host-outside-router-certificate", "3.4", _outside_the_wildcard),
    Tip("host-is-an-address", "3.5.3", _not_a_host),
    Tip("route-half-configured", "3.5.3", _half_a_route),
    Tip("route-of-your-own-missing", "3.5.3", _route_of_your_own),
    Tip("certificate-incomplete", "5.4.1", _certificate_without_use),
    Tip("authority-without-suffix", "6.4", _authority_without_suffix),
    Tip("object-of-the-operator", "1.1", _in_place_of_the_operators),
    Tip("dashboard-shared", "7.1.1", _one_dashboard_for_two),
)
