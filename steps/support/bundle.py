"""The bundle of a registry: the settings for what the operator does not manage.

Settings are those of services that are not there: the operator does not call them, and the Quay Pods
of these scenarios are not asked to serve anything.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from quaysim.targets import Object
from steps.support.certificates import key_pair

HOST = "quay.example.com"
"""SERVER_HOSTNAME of registries whose Route is not managed."""

REDIS = {"host": "redis.example.com", "port": 6379, "password": "strongpassword"}
STORAGE = {
    "default": [
        "S3Storage",
        {
            "host": "s3.example.com",
            "s3_access_key": "access",
            "s3_secret_key": "secret",
            "s3_bucket": "quay",
            "storage_path": "/datastorage/registry",
        },
    ]
}
DATABASE = "postgresql://quay:secret@db.example.com:5432/quay"
CLAIR_DATABASE = "host=db.example.com port=5432 dbname=clair user=clair password=secret sslmode=disable"

SETTINGS: dict[str, dict[str, Any]] = {
    "postgres": {"DB_URI": DATABASE},
    "redis": {"BUILDLOGS_REDIS": REDIS, "USER_EVENTS_REDIS": REDIS},
    "objectstorage": {
        "DISTRIBUTED_STORAGE_CONFIG": STORAGE,
        "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS": [],
        "DISTRIBUTED_STORAGE_PREFERENCE": ["default"],
    },
    "route": {"SERVER_HOSTNAME": HOST, "PREFERRED_URL_SCHEME": "https"},
    "clair": {"FEATURE_SECURITY_SCANNER": False},
}
"""Component → the fields of config.yaml that configure it. tls and clairpostgres have files instead."""


@dataclass
class Bundle:
    """A config bundle before it is written: the fields of config.yaml, and the other files.

    `text` stands for a config.yaml that is not made of fields; `without` are files to leave out.
    """

    name: str = "config-bundle-secret"
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    without: set[str] = field(default_factory=set)

    def configure(self, kinds: Collection[str], default_host: Callable[[], str]) -> None:
        """Add the settings of these components; a certificate is for SERVER_HOSTNAME or the default host."""
        for kind in kinds:
            self.fields |= SETTINGS.get(kind, {})
        if "tls" in kinds:
            pair = key_pair(self.fields.get("SERVER_HOSTNAME") or default_host())
            self.files |= {"ssl.cert": pair.certificate, "ssl.key": pair.key}
        if "clairpostgres" in kinds:
            self.files["clair-config.yaml"] = yaml.safe_dump(CLAIR_CONFIG)

    def forget(self, kind: str) -> None:
        """Take the settings of a component out."""
        for name in SETTINGS.get(kind, {}):
            self.fields.pop(name, None)
        for name in FILES.get(kind, ()):
            self.files.pop(name, None)

    def data(self) -> dict[str, str]:
        """File name → text."""
        text = yaml.safe_dump(self.fields) if self.text is None else self.text
        files = {"config.yaml": text} | self.files
        return {name: files[name] for name in files if name not in self.without}

    def secret(self, namespace: str) -> Object:
        """The Secret to create."""
        return secret_of(self.name, namespace, self.data())


FILES = {"tls": ("ssl.cert", "ssl.key"), "clairpostgres": ("clair-config.yaml",)}
CLAIR_CONFIG = {part: {"connstring": CLAIR_DATABASE} for part in ("indexer", "matcher", "notifier")}


def secret_of(name: str, namespace: str, files: Mapping[str, str]) -> Object:
    """A Secret with these files, as `kubectl create secret generic --from-file` makes it."""
    data = {key: base64.b64encode(text.encode()).decode() for key, text in files.items()}
    return {"metadata": {"name": name, "namespace": namespace}, "data": data}


def decoded(secret: Object) -> dict[str, str]:
    """The data of a Secret as text."""
    return {key: base64.b64decode(value).decode() for key, value in (secret.get("data") or {}).items()}
