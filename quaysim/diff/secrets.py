"""Values that were made up on each side, such as passwords: written by what they are for."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from fake_cluster.objects import Object

_KEYS, _CREDENTIALS, _CONFIG = (
    "-quay-registry-managed-secret-keys",
    "-quay-config-editor-credentials-",
    "-quay-config-secret-",
)
_BUCKET_FIELDS = ("access_key", "secret_key", "bucket_name")


def decoded(secret: Object) -> dict[str, Any]:
    """The data of a Secret; YAML files as what they say."""
    return {key: _content(key, value) for key, value in (secret.get("data") or {}).items()}


def _content(key: str, value: str) -> Any:
    try:
        text = b64decode(value, validate=True).decode()
    except ValueError:
        return value
    return _parsed(text) if key.endswith((".yaml", ".yml")) else text


def _parsed(text: str) -> Any:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return text


def _password(uri: str) -> str:
    try:
        return urlsplit(uri).password or ""
    except ValueError:
        return ""


def _kept(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        yield (key, _password(value)) if key == "DB_URI" else (key, value)


def _bucket(config: Any) -> Iterator[tuple[str, str]]:
    storage = config.get("DISTRIBUTED_STORAGE_CONFIG") if isinstance(config, dict) else None
    for place in storage.values() if isinstance(storage, dict) else ():
        if isinstance(place, list) and len(place) == 2 and place[0] == "RHOCSStorage":
            yield from ((field, str(place[1][field])) for field in _BUCKET_FIELDS if place[1].get(field))


def made_up(objects: Iterable[Object]) -> dict[str, str]:
    """Made-up values by what they are for, as far as the objects tell. The first of a purpose counts."""
    found: dict[str, str] = {}
    for obj in objects:
        name = obj["metadata"].get("name", "") if obj["kind"] == "Secret" else ""
        if _KEYS in name:
            pairs = list(_kept(decoded(obj)))
        elif _CREDENTIALS in name:
            pairs = [("CONFIG_EDITOR_PW", decoded(obj).get("password", ""))]
        elif _CONFIG in name:
            pairs = list(_bucket(decoded(obj).get("config.yaml")))
        else:
            continue
        for purpose, value in pairs:
            found.setdefault(purpose, value)
    return found


def replacements(mine: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """What to write for one side's values: those of one length that differ, and a bucket's in any case."""
    return {
        value: f"<{purpose}>"
        for purpose, value in mine.items()
        if value
        and value != others.get(purpose, value)
        and (purpose in _BUCKET_FIELDS or len(value) == len(others[purpose]))
    }
