"""Who makes a request: by a client certificate, a static token, or the token of a service account.

A certificate has been checked where TLS ends, and comes in under a header name that HTTP cannot carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import orjson

from fake_cluster.api.access.users import (
    ANONYMOUS,
    User,
    account_groups,
    account_name,
    authenticated,
)
from fake_cluster.api.core import Core
from fake_cluster.api.subresources import tokens
from fake_cluster.errors import ApiError
from fake_cluster.objects import Object

PEER = ":peer"
"""The header of who the client's certificate says it is; a colon cannot begin a name on the wire."""


def unauthorized() -> ApiError:
    """401: nobody has vouched for this client."""
    return ApiError(401, "Unauthorized", "Unauthorized", headers={"WWW-Authenticate": "Bearer"})


def peer_header(name: str, groups: tuple[str, ...]) -> str:
    """The value of the header `PEER` for the subject of a certificate: common name and organizations."""
    return orjson.dumps([name, groups]).decode()


class Authentication:
    """The users of one cluster. `anonymous`: whether others may come in, as `system:anonymous`."""

    def __init__(self, core: Core) -> None:
        self.anonymous = True
        self._core = core
        self._tokens: dict[str, User] = {}

    def add_token(self, token: str, user: User) -> None:
        """Let a static bearer token stand for a user."""
        self._tokens[token] = user

    def token_for(self, user: User) -> str:
        """A static bearer token for a user: the same one every time, and in every run with the same seed."""
        for token, known in self._tokens.items():
            if known == user:
                return token
        token = f"{Random(repr((user.name, user.groups, self._core.rng.random()))).getrandbits(160):040x}"
        self.add_token(token, user)
        return token

    def user_of(self, headers: Mapping[str, str]) -> User:
        """Who sends these headers; 401 for a token that nobody knows."""
        peer = headers.get(PEER)
        if peer:
            name, groups = orjson.loads(peer)
            return authenticated(name, tuple(groups))
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and token.strip():
            user = self.user_of_token(token.strip())
            if user is None:
                raise unauthorized()
            return user
        if not self.anonymous:
            raise unauthorized()
        return ANONYMOUS

    def user_of_token(self, token: str, audiences: tuple[str, ...] = ()) -> User | None:
        """Whom a token stands for; None for an unknown one, and one that is over."""
        known = self._tokens.get(token)
        if known is not None:
            return known
        claims = tokens.account_of(self._core, token)
        if claims is None or not _is_for(claims, audiences) or not self._exists(claims):
            return None
        account, namespace = claims["kubernetes.io"]["serviceaccount"], claims["kubernetes.io"]["namespace"]
        extra = {"authentication.kubernetes.io/credential-id": [f"JTI={claims['jti']}"]}
        name = account_name(namespace, account["name"])
        return User(name, account_groups(namespace), account["uid"], extra)

    def _exists(self, claims: Object) -> bool:
        """Tokens go with their account."""
        bound = claims["kubernetes.io"]
        table = self._core.store.table("", "serviceaccounts")
        stored = table.get(bound["namespace"], bound["serviceaccount"]["name"])
        return stored is not None and stored.obj["metadata"]["uid"] == bound["serviceaccount"]["uid"]


def _is_for(claims: Object, audiences: tuple[str, ...]) -> bool:
    return bool(set(audiences or (tokens.ISSUER,)) & set(claims["aud"]))
