"""Advice on databases: Quay's, Clair's, Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from quaysim.plan.advice.looking import Hint, Look, Tip
from quaysim.plan.places import in_bundle, in_config

_REDIS = ("BUILDLOGS_REDIS", "USER_EVENTS_REDIS")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_CLAIR_PARTS = ("indexer", "matcher", "notifier")
SHORTEST_PASSWORD = 8
"""What Quay asks of its own users' passwords. Documentation 4.1.3.1."""


def _half_a_redis(look: Look) -> Iterator[Hint]:
    given = [field for field in _REDIS if field in look.config]
    if not look.manages("redis") and len(given) == 1:
        missing = next(field for field in _REDIS if field not in look.config)
        yield Hint(
            f"{missing} is missing: the operator is content with {given[0]}, but Quay needs both.",
            f"Add {missing} with host and port.",
            in_config(given[0]),
        )


def _redis_address(look: Look) -> Iterator[Hint]:
    for field in _REDIS if not look.manages("redis") else ():
        missing = [part for part in ("host", "port") if part not in look.mapping(field)]
        if field in look.config and missing:
            yield Hint(
                f"{field} does not say its {' and '.join(missing)}.",
                f"Add {' and '.join(missing)} to {field}.",
                in_config(field),
            )


def _password(look: Look) -> Iterator[Hint]:
    uri = look.config.get("DB_URI")
    if not isinstance(uri, str):
        return
    try:
        password = urlsplit(uri).password
    except ValueError:
        return
    if password is not None and len(unquote(password)) < SHORTEST_PASSWORD:
        yield Hint(
            f"The password in DB_URI has fewer than {SHORTEST_PASSWORD} characters.",
            "Give the database's user a long random password.",
            in_config("DB_URI"),
        )


def _uri(look: Look) -> Iterator[Hint]:
    uri = look.config.get("DB_URI")
    if uri is not None and not (isinstance(uri, str) and "://" in uri and "@" in uri):
        yield Hint(
            "DB_URI does not have the form postgresql://user:password@host:port/database.",
            "Write DB_URI in that form.",
            in_config("DB_URI"),
        )


def _arguments(look: Look) -> Iterator[Hint]:
    arguments = look.mapping("DB_CONNECTION_ARGS")
    for name in ("autorollback", "threadlocals"):
        if arguments and arguments.get(name) is not True:
            yield Hint(
                f"DB_CONNECTION_ARGS.{name} must always be true.",
                f"Set {name}: true.",
                in_config(f"DB_CONNECTION_ARGS.{name}"),
            )


def _ssl_mode(look: Look) -> Iterator[Hint]:
    mode = look.mapping("DB_CONNECTION_ARGS").get("sslmode")
    if mode is not None and mode not in _SSL_MODES:
        yield Hint(
            f"PostgreSQL knows no sslmode {mode!r}.",
            f"Choose one of {', '.join(_SSL_MODES)}.",
            in_config("DB_CONNECTION_ARGS.sslmode"),
        )


def _half_a_clair_database(look: Look) -> Iterator[Hint]:
    config = look.subject.clair_config
    parts = {part: config.get(part) for part in _CLAIR_PARTS}
    told = {part for part, value in parts.items() if isinstance(value, Mapping) and value.get("connstring")}
    if told and len(told) < len(_CLAIR_PARTS) and look.manages("clair") and not look.manages("clairpostgres"):
        missing = ", ".join(part for part in _CLAIR_PARTS if part not in told)
        yield Hint(
            f"clair-config.yaml gives no connstring for {missing}; the operator is content with one.",
            f"Give a connstring for {missing}.",
            in_bundle("clair-config.yaml"),
        )


def _updaters_without_network(look: Look) -> Iterator[Hint]:
    indexer, matcher = (look.subject.clair_config.get(part) for part in ("indexer", "matcher"))
    airgap = isinstance(indexer, Mapping) and indexer.get("airgap") is True
    disabled = isinstance(matcher, Mapping) and matcher.get("disable_updaters") is True
    if airgap != disabled:
        missing = "matcher.disable_updaters" if airgap else "indexer.airgap"
        yield Hint(
            "A Clair without network needs both indexer.airgap and matcher.disable_updaters.",
            f"Set {missing}: true in clair-config.yaml.",
            in_bundle("clair-config.yaml"),
        )


TIPS = (
    Tip("redis-half-configured", "3.5.1.1", _half_a_redis),
    Tip("redis-without-address", "3.5.1.1", _redis_address),
    Tip("database-password-short", "3.3.2.1", _password),
    Tip("database-uri-form", "3.3.2.1", _uri),
    Tip("database-arguments", "3.3.2.2", _arguments),
    Tip("database-ssl-mode", "3.3.2.2.1", _ssl_mode),
    Tip("clair-database-half-configured", "8.5.1.1.2", _half_a_clair_database),
    Tip("clair-without-network", "8.5.1.2", _updaters_without_network),
)
