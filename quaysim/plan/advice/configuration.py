"""Advice on `config.yaml` itself: what the operator overwrites, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator

from quaysim.plan.advice.looking import Hint, Look, Tip
from quaysim.plan.places import at_component, in_config
from quaysim.plan.subject import KINDS


def _overwritten(look: Look) -> Iterator[Hint]:
    for field, value in look.config.items():
        if look.merged and look.merged.get(field, value) != value:
            yield Hint(
                f"{field} is overwritten by the operator: it becomes {_shown(field, look.merged[field])}.",
                f"Remove it from config.yaml{_way_out(look, field)}.",
                in_config(field),
            )


def _way_out(look: Look, field: str) -> str:
    owners = [kind for kind, component in KINDS.items() if field in component.fields and look.manages(kind)]
    return f"; or set `managed: false` for {owners[0]}" if owners else ""


def _shown(field: str, value: object) -> str:
    secret = any(word in field for word in ("KEY", "PASSWORD", "PSK", "URI"))
    return "its own value" if secret or isinstance(value, dict | list) else str(value)


def _mirroring(look: Look) -> Iterator[Hint]:
    if any(entry["kind"] == "mirroring" for entry in look.subject.given.components):
        yield Hint(
            "The documentation's example writes kind mirroring; the component is called mirror. The rollout is "
            "blocked, and mirror stays as it is.",
            "Write `kind: mirror`.",
            at_component("kind", kind="mirroring"),
        )


def _nobody_creates_users(look: Look) -> Iterator[Hint]:
    if look.config.get("FEATURE_USER_CREATION") is False and not look.config.get("SUPER_USERS"):
        yield Hint(
            "FEATURE_USER_CREATION is off, and there are no SUPER_USERS: nobody can create users.",
            "Name a superuser in SUPER_USERS.",
            in_config("FEATURE_USER_CREATION"),
        )


def _first_user(look: Look) -> Iterator[Hint]:
    missing = []
    if not look.config.get("SUPER_USERS"):
        missing.append("SUPER_USERS")
    if look.config.get("BROWSER_API_CALLS_XHR_ONLY") is not False:
        missing.append("BROWSER_API_CALLS_XHR_ONLY: false")
    if look.config.get("FEATURE_USER_INITIALIZE") is True and missing:
        yield Hint(
            f"FEATURE_USER_INITIALIZE is for automation; the documentation recommends {' and '.join(missing)} "
            "with it.",
            f"Add {' and '.join(missing)}.",
            in_config("FEATURE_USER_INITIALIZE"),
        )


def _quota(look: Look) -> Iterator[Hint]:
    field = "DEFAULT_SYSTEM_REJECT_QUOTA_BYTES"
    if field in look.config and look.config.get("FEATURE_QUOTA_MANAGEMENT") is not True:
        yield Hint(
            f"{field} has no effect while FEATURE_QUOTA_MANAGEMENT is off.",
            "Set FEATURE_QUOTA_MANAGEMENT: true.",
            in_config(field),
        )


TIPS = (
    Tip("field-overwritten", "1.5", _overwritten),
    Tip("kind-mirroring", "3.5.5", _mirroring),
    Tip("nobody-creates-users", "3.1.4", _nobody_creates_users),
    Tip("first-user", "3.1.6", _first_user),
    Tip("quota-off", "12.4.1", _quota),
)
