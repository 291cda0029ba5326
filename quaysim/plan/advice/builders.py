"""Advice on virtual builders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quaysim.operator.certificates import problem_with_pair
from quaysim.plan.advice.looking import Hint, Look, Tip
from quaysim.plan.places import at_component, in_bundle, in_config

SHORTEST_REGISTRATION = 240


def _builds(look: Look) -> bool:
    return look.config.get("FEATURE_BUILD_SUPPORT") is True


def _managed_tls(look: Look) -> Iterator[Hint]:
    if _builds(look) and look.manages("tls"):
        yield Hint(
            "Builders are not supported while tls is managed.",
            "Set `managed: false` for tls and give ssl.cert and ssl.key for the registry and its builder Route.",
            at_component(kind="tls"),
        )


def _no_manager(look: Look) -> Iterator[Hint]:
    missing = [field for field in ("BUILDMAN_HOSTNAME", "BUILD_MANAGER") if field not in look.config]
    if _builds(look) and missing:
        yield Hint(
            f"FEATURE_BUILD_SUPPORT needs {' and '.join(missing)}, too.",
            f"Add {' and '.join(missing)} to config.yaml.",
            in_config("FEATURE_BUILD_SUPPORT"),
        )


def _no_port(look: Look) -> Iterator[Hint]:
    host = look.config.get("BUILDMAN_HOSTNAME")
    if isinstance(host, str) and host and ":" not in host:
        yield Hint(
            "BUILDMAN_HOSTNAME ends with the port of the builder Route, 443.",
            f"Write BUILDMAN_HOSTNAME: {host}:443",
            in_config("BUILDMAN_HOSTNAME"),
        )


def _not_in_the_certificate(look: Look) -> Iterator[Hint]:
    pair, given = look.subject.contents.certificate_pair, look.subject.given
    host = f"{given.name}-quay-builder-{given.namespace}.{given.setup.apps_domain}"
    if _builds(look) and pair and "BUILDMAN_HOSTNAME" not in look.config and problem_with_pair(*pair, host):
        yield Hint(
            f"The certificate does not name the builder Route, {host}.",
            "Make a certificate with both host names, or a wildcard.",
            in_bundle("ssl.cert"),
        )


def _settings(look: Look) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The settings of the build manager, and those of its ORCHESTRATOR."""
    manager = look.config.get("BUILD_MANAGER")
    listed = isinstance(manager, Sequence) and not isinstance(manager, str) and len(manager) > 1
    settings = manager[1] if isinstance(manager, Sequence) and listed else {}
    settings = settings if isinstance(settings, Mapping) else {}
    orchestrator = settings.get("ORCHESTRATOR")
    return settings, orchestrator if isinstance(orchestrator, Mapping) else {}


def _registration(look: Look) -> Iterator[Hint]:
    seconds = _settings(look)[0].get("JOB_REGISTRATION_TIMEOUT")
    if isinstance(seconds, int) and seconds < SHORTEST_REGISTRATION:
        yield Hint(
            f"With JOB_REGISTRATION_TIMEOUT {seconds} build tokens expire before the builder has registered.",
            f"Set JOB_REGISTRATION_TIMEOUT to at least {SHORTEST_REGISTRATION}.",
            in_config("BUILD_MANAGER"),
        )


def _redis(look: Look) -> Iterator[Hint]:
    server, orchestrator = look.mapping("BUILDLOGS_REDIS"), _settings(look)[1]
    needed = {"REDIS_PASSWORD": server.get("password"), "REDIS_SSL": server.get("ssl")}
    missing = [name for name, value in needed.items() if value and not orchestrator.get(name)]
    if orchestrator and missing:
        yield Hint(
            f"Redis has a password or TLS, and ORCHESTRATOR does not say {' and '.join(missing)}.",
            f"Add {' and '.join(missing)} to ORCHESTRATOR.",
            in_config("BUILD_MANAGER"),
        )


TIPS = (
    Tip("builders-with-managed-tls", "3.4", _managed_tls),
    Tip("builders-without-manager", "9.3.2.1", _no_manager),
    Tip("builders-without-port", "9.3.2.1", _no_port),
    Tip("builders-not-in-certificate", "9.3.1", _not_in_the_certificate),
    Tip("builders-register-too-late", "9.3.2.1", _registration),
    Tip("builders-redis", "9.3.2.1", _redis),
)
