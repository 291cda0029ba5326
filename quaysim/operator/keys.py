"""The managed keys: secrets that the operator makes up once and keeps in a Secret of its own."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from fake_cluster.kinds.refs import SECRETS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Key, Object
from quaysim.operator.traits import Keys

MANAGED_KEYS = "quay-registry-managed-secret-keys"
REGISTRY_LABEL = "quay-operator/quayregistry"

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"
SECRET_KEY_LENGTH, ROOT_PASSWORD_LENGTH, EDITOR_PASSWORD_LENGTH, SHARED_KEY_LENGTH = 80, 32, 16, 32


@dataclass(frozen=True, slots=True)
class ManagedKeys:
    """What the Secret of managed keys holds; empty texts where nothing has been kept yet."""

    database_secret_key: str = ""
    secret_key: str = ""
    db_uri: str = ""
    db_root_password: str = ""
    config_editor_password: str = ""
    scanner_shared_key: str = ""

    def data(self, remade: frozenset[str] = frozenset()) -> dict[str, bytes]:
        """As the Secret has it, without the keys that are made anew each time."""
        return {
            name: getattr(self, attribute).encode()
            for name, attribute in _SECRET_KEYS.items()
            if name not in remade
        }

    def without(self, remade: frozenset[str]) -> ManagedKeys:
        """What remains of the keys for the next pass."""
        return replace(self, **{_SECRET_KEYS[name]: "" for name in remade})


_SECRET_KEYS = {
    "CONFIG_EDITOR_PW": "config_editor_password",
    "DATABASE_SECRET_KEY": "database_secret_key",
    "DB_ROOT_PW": "db_root_password",
    "DB_URI": "db_uri",
    "SECRET_KEY": "secret_key",
    "SECURITY_SCANNER_V4_PSK": "scanner_shared_key",
}


def random_text(rng: Random, length: int) -> str:
    """A made-up key or password."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in rng.randbytes(length))


def _keys_in(secret: Object) -> ManagedKeys:
    data = secret.get("data") or {}
    kept = {attribute: b64decode(data.get(name, "")).decode() for name, attribute in _SECRET_KEYS.items()}
    return ManagedKeys(**kept)


def find_keys(client: Client, key: Key, rules: Keys, rng: Random) -> ManagedKeys:
    """The keys kept for a registry, also those of operators up to 3.6 under a suffixed name.

    Those operators take any of several such Secrets. Raises `ApiError` for anything but their absence.
    """
    name = f"{key.name}-{MANAGED_KEYS}"
    secret = None if rules.suffixed else client.find(SECRETS, name, key.namespace)
    if secret is None:
        labelled = client.list(SECRETS, key.namespace, labels=f"{REGISTRY_LABEL}={key.name}")
        named = [item for item in labelled if name in item["metadata"]["name"]]
        secret = rng.choice(named) if rules.suffixed and len(named) > 1 else next(iter(named), None)
    return ManagedKeys() if secret is None else _keys_in(secret).without(rules.remade)


def _database_uri(name: str, rng: Random) -> str:
    user = f"{name}-quay-database"
    return f"postgresql://{user}:{random_text(rng, SECRET_KEY_LENGTH)}@{user}:5432/{user}"


def completed(
    kept: ManagedKeys, config: Mapping[str, Any], managed: frozenset[str], name: str, rng: Random
) -> ManagedKeys:
    """The keys of this pass: from the bundle's `config`, else the kept ones, else made up.

    What is not a text there counts as missing.
    """

    def given(field: str) -> str:
        value = config.get(field)
        return value if isinstance(value, str) else ""

    def settled(field: str, known: str, length: int) -> str:
        return given(field) or known or random_text(rng, length)

    uri = given("DB_URI") or kept.db_uri
    shared = kept.scanner_shared_key
    if "clair" in managed and not shared:
        shared = b64encode(random_text(rng, SHARED_KEY_LENGTH).encode()).decode()
    return replace(
        kept,
        database_secret_key=settled("DATABASE_SECRET_KEY", kept.database_secret_key, SECRET_KEY_LENGTH),
        secret_key=settled("SECRET_KEY", kept.secret_key, SECRET_KEY_LENGTH),
        db_uri=_database_uri(name, rng) if not uri and "postgres" in managed else uri,
        db_root_password=kept.db_root_password or random_text(rng, ROOT_PASSWORD_LENGTH),
        config_editor_password=kept.config_editor_password or random_text(rng, EDITOR_PASSWORD_LENGTH),
        scanner_shared_key=shared,
    )
