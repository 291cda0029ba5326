"""Users as the API sees them: a name, the groups that somebody has vouched for, and no object of their own.

Source: documentation "Authenticating".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fake_cluster.objects import Object

AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
MASTERS = "system:masters"
"""Whoever is in this group may do everything, whatever any role says."""
_ACCOUNT = "system:serviceaccount:"


class User(NamedTuple):
    """Somebody who makes requests. `extra`: what else an authenticator knows, as lists of texts."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, Any] = {}

    def info(self) -> Object:
        """As UserInfo of reviews has it."""
        info: Object = {"username": self.name}
        info |= {"uid": self.uid} if self.uid else {}
        info |= {"groups": list(self.groups)} if self.groups else {}
        return info | ({"extra": dict(self.extra)} if self.extra else {})


ADMINISTRATOR = User("kubernetes-admin", ("kubeadm:cluster-admins", AUTHENTICATED))
"""Who everybody is while access is not restricted."""
ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,))


def authenticated(name: str, groups: tuple[str, ...] = ()) -> User:
    """A user whom somebody has vouched for."""
    return User(name, (*(group for group in groups if group != AUTHENTICATED), AUTHENTICATED))


def account_name(namespace: str, name: str) -> str:
    """The user name of a service account."""
    return f"{_ACCOUNT}{namespace}:{name}"


def account_groups(namespace: str) -> tuple[str, ...]:
    """The groups of all service accounts of a namespace."""
    return "system:serviceaccounts", f"system:serviceaccounts:{namespace}", AUTHENTICATED


def account_of(user: str) -> tuple[str, str] | None:
    """Namespace and name of the service account that a user name stands for."""
    namespace, _, name = user.removeprefix(_ACCOUNT).partition(":")
    return (namespace, name) if user.startswith(_ACCOUNT) and namespace and name else None
