"""The kubeconfig of a served cluster: where it is, whom to trust, who one is."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import yaml

from fake_cluster.objects import Object


def kubeconfig(server: str, name: str, token: str, authority: bytes = b"") -> Object:
    """A kubeconfig of one cluster, one user and one context, all called `name`."""
    cluster: Object = {"server": server}
    if authority:
        cluster["certificate-authority-data"] = base64.b64encode(authority).decode()
    context = {"cluster": name, "user": name, "namespace": "default"}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": context}],
        "current-context": name,
    }


def write_kubeconfig(path: Path, content: Object) -> None:
    """Write it at once and for its owner only: it holds a token. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.touch(mode=0o600)
        unfinished.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
