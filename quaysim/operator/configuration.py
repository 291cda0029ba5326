"""Quay's `config.yaml`: the base configuration, the user's, and the managed components' fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quaysim.operator.components import Component
from quaysim.operator.context import Context
from quaysim.operator.goyaml import dump
from quaysim.operator.kustomize import encoded, hash_suffix
from quaysim.operator.settings import Settings

_TITLES = {"redhat": "Red Hat Quay"}
_LOGOS = {"redhat": "/static/img/RH_Logo_Quay_Black_UX-horizontal.svg"}


def base_config(settings: Settings) -> dict[str, Any]:
    """What every registry starts with, also the content of a generated bundle."""
    title = _TITLES.get(settings.branding, "Quay")
    return {
        "ALLOW_PULLS_WITHOUT_STRICT_LOGGING": False,
        "AUTHENTICATION_TYPE": "Database",
        "DEFAULT_TAG_EXPIRATION": "2w",
        "ENTERPRISE_LOGO_URL": _LOGOS.get(settings.branding, "/static/img/quay-horizontal-color.svg"),
        "FEATURE_BUILD_SUPPORT": False,
        "FEATURE_DIRECT_LOGIN": True,
        "FEATURE_MAILING": False,
        "REGISTRY_TITLE": title,
        "REGISTRY_TITLE_SHORT": title,
        "SETUP_COMPLETE": True,
        "TAG_EXPIRATION_OPTIONS": ["2w"],
        "TEAM_RESYNC_STALE_TIME": "60m",
        "TESTING": False,
    }


def user_config(context: Context) -> dict[str, Any]:
    """The user's fields, completed by the base configuration and the keys."""
    keys = {
        "DATABASE_SECRET_KEY": context.keys.database_secret_key,
        "SECRET_KEY": context.keys.secret_key,
        "DB_URI": context.keys.db_uri,
    }
    return base_config(context.settings) | dict(context.bundle.config) | keys


def component_parts(context: Context, components: Sequence[Component]) -> dict[str, Mapping[str, Any]]:
    """The fields that each managed component sets, by kind; they overwrite the user's."""
    managed = (component for component in components if component.kind in context.managed)
    return {component.kind: component.config(context) for component in managed}


def quay_config_secret(context: Context, components: Sequence[Component]) -> tuple[str, dict[str, bytes]]:
    """Hash suffix and data of the Secret with Quay's configuration.

    The suffix is made from the parts before they are merged, beside all other keys of the bundle.
    """
    user, parts = user_config(context), component_parts(context, components)
    unmerged = {f"{kind}.config.yaml": dump(fields) for kind, fields in parts.items() if fields}
    suffix = hash_suffix(encoded(dict(context.bundle.data) | unmerged | {"config.yaml": dump(user)}))
    merged = user
    for fields in parts.values():
        merged = {**merged, **fields}
    return suffix, {"config.yaml": dump(merged), **context.bundle.other_files}
