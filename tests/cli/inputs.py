"""Manifests for tests, written as a user would write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]
NAMESPACE = "quay-enterprise"


def registry(*components: Object, **spec: Any) -> Object:
    """The documentation's example registry."""
    metadata = {"name": "example-registry", "namespace": NAMESPACE}
    entries = {"components": list(components)} if components else {}
    return {
        "apiVersion": "quay.redhat.com/v1",
        "kind": "QuayRegistry",
        "metadata": metadata,
        "spec": {**spec, **entries},
    }


def managed(kind: str, **overrides: Any) -> Object:
    entry: Object = {"kind": kind, "managed": True}
    return entry | ({"overrides": overrides} if overrides else {})


def unmanaged(kind: str, **overrides: Any) -> Object:
    return managed(kind, **overrides) | {"managed": False}


def bundle(namespace: str = NAMESPACE, /, **keys: str) -> Object:
    """The Secret `config-bundle-secret`; `ssl_cert` is the key `ssl.cert`."""
    data = {key.replace("_", "."): value for key, value in keys.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "config-bundle-secret", "namespace": namespace},
        "stringData": data,
    }


BUNDLED = {"configBundleSecret": "config-bundle-secret"}


def write(path: Path, *objects: Object) -> str:
    """A file with these objects, one document each."""
    path.write_text("---\n".join(yaml.safe_dump(obj, sort_keys=False) for obj in objects))
    return str(path)
