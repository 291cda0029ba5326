"""The managed keys: what the bundle says, what was kept, what is made up."""

from __future__ import annotations

from base64 import b64decode
from random import Random

from quaysim.operator.keys import ALPHABET, ManagedKeys, completed

ALL = frozenset({"postgres", "clair"})
KEPT = ManagedKeys("database", "secret", "postgresql://kept", "root", "editor", "cHNr")


def test_keys_are_made_up_with_their_lengths() -> None:
    keys = completed(ManagedKeys(), {}, ALL, "skynet", Random(1))
    texts = (keys.database_secret_key, keys.secret_key, keys.db_root_password, keys.config_editor_password)
    assert [len(text) for text in texts] == [80, 80, 32, 16]
    assert set("".join(texts)) <= set(ALPHABET)
    assert len(b64decode(keys.scanner_shared_key)) == 32


def test_the_made_up_database_uri_names_the_managed_database() -> None:
    uri = completed(ManagedKeys(), {}, ALL, "skynet", Random(1)).db_uri
    user, _, rest = uri.removeprefix("postgresql://").partition(":")
    password, _, host = rest.partition("@")
    assert (user, len(password), host) == (
        "skynet-quay-database",
        80,
        "skynet-quay-database:5432/skynet-quay-database",
    )


def test_the_same_seed_gives_the_same_keys() -> None:
    one, other = (completed(ManagedKeys(), {}, ALL, "skynet", Random(7)) for _ in range(2))
    assert one == other


def test_kept_keys_stay() -> None:
    assert completed(KEPT, {}, ALL, "skynet", Random(1)) == KEPT


def test_the_bundle_wins_over_what_was_kept() -> None:
    config = {"SECRET_KEY": "s", "DATABASE_SECRET_KEY": "d", "DB_URI": "postgresql://mine"}
    keys = completed(KEPT, config, ALL, "skynet", Random(1))
    assert (keys.secret_key, keys.database_secret_key, keys.db_uri) == ("s", "d", "postgresql://mine")


def test_nothing_is_made_up_for_unmanaged_components() -> None:
    keys = completed(ManagedKeys(), {}, frozenset(), "skynet", Random(1))
    assert (keys.db_uri, keys.scanner_shared_key) == ("", "")
    assert len(keys.db_root_password) == 32


def test_the_secret_has_one_entry_for_each_key() -> None:
    assert KEPT.data() == {
        "CONFIG_EDITOR_PW": b"editor",
        "DATABASE_SECRET_KEY": b"database",
        "DB_ROOT_PW": b"root",
        "DB_URI": b"postgresql://kept",
        "SECRET_KEY": b"secret",
        "SECURITY_SCANNER_V4_PSK": b"cHNr",
    }


def test_what_is_not_a_text_in_the_bundle_counts_as_missing() -> None:
    given = {"SECRET_KEY": 5, "DATABASE_SECRET_KEY": "", "DB_URI": ["postgresql://x"]}
    assert completed(KEPT, given, ALL, "skynet", Random(1)) == KEPT
