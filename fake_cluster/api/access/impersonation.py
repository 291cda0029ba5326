"""Acting as somebody else: the `Impersonate-…` headers, and what one must be allowed to use them.

Source: documentation "User impersonation".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from fake_cluster.api.access.attributes import Attributes
from fake_cluster.api.access.users import (
    AUTHENTICATED,
    UNAUTHENTICATED,
    User,
    account_groups,
    account_of,
)
from fake_cluster.errors import internal

_USER, _GROUP, _UID, _EXTRA = (
    "impersonate-user",
    "impersonate-group",
    "impersonate-uid",
    "impersonate-extra-",
)
_AUTHENTICATION = "authentication.k8s.io"


def is_impersonating(headers: Mapping[str, str]) -> bool:
    """Whether a request is made in somebody else's name."""
    return _USER in headers or _GROUP in headers or _UID in headers


def _listed(text: str) -> list[str]:
    """The values of a header that may be repeated."""
    return [item.strip() for item in text.split(",") if item.strip()]


def _extras(headers: Mapping[str, str]) -> dict[str, list[str]]:
    return {
        unquote(name.removeprefix(_EXTRA)): _listed(value)
        for name, value in headers.items()
        if name.startswith(_EXTRA)
    }


def wanted_by(headers: Mapping[str, str]) -> Iterator[Attributes]:
    """What one must be allowed to do for these headers, one by one; 500 for groups without a user."""
    name, groups = headers.get(_USER, ""), _listed(headers.get(_GROUP, ""))
    if not name:
        raise internal(f"requested {groups or headers.get(_UID, '')} without impersonating a user")
    account = account_of(name)
    if account is not None:
        yield Attributes("impersonate", "", "v1", "serviceaccounts", "", *account)
    else:
        yield Attributes("impersonate", "", "v1", "users", "", "", name)
    for group in groups:
        yield Attributes("impersonate", "", "v1", "groups", "", "", group)
    for key, values in _extras(headers).items():
        for value in values:
            yield Attributes("impersonate", _AUTHENTICATION, "v1", "userextras", key, "", value)
    if headers.get(_UID):
        yield Attributes("impersonate", _AUTHENTICATION, "v1", "uids", "", "", headers[_UID])


def impersonated(headers: Mapping[str, str]) -> User:
    """The user whom the headers name."""
    name, groups = headers[_USER], tuple(_listed(headers.get(_GROUP, "")))
    account = account_of(name)
    if account is not None and not groups:
        groups = account_groups(account[0])
    if name != "system:anonymous" and AUTHENTICATED not in groups and UNAUTHENTICATED not in groups:
        groups = (*groups, AUTHENTICATED)
    elif name == "system:anonymous" and not groups:
        groups = (UNAUTHENTICATED,)
    return User(name, groups, headers.get(_UID, ""), _extras(headers))
