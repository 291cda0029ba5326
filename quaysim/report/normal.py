"""Objects of a cluster in a form that can be kept and compared with another cluster's: no secrets, common names.

Namespaces of a run and the router's domain are written as on the fake cluster, wherever they appear. Of Secrets,
certificates and what YAML files say besides secrets are kept.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import yaml

from fake_cluster.objects import Object
from quaysim.report.redaction import REDACTED, Redactor

NAMESPACE = "quay-enterprise"
DOMAIN = "apps.example.com"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def common_names(namespaces: Sequence[str], objects: Iterable[Object]) -> dict[str, str]:
    """How namespaces and the router's domain are written: name on this cluster → common name."""
    names = {
        name: NAMESPACE if number == 1 else f"{NAMESPACE}-{number}"
        for number, name in enumerate(namespaces, 1)
    }
    names |= {domain: DOMAIN for obj in objects if (domain := _domain(obj))}
    return {name: common for name, common in names.items() if name != common}


def _domain(route: Object) -> str:
    """The domain that a router says it serves, in the status of a Route."""
    if route.get("kind") != "Route":
        return ""
    admitted = (route.get("status") or {}).get("ingress") or [{}]
    host = str(admitted[0].get("routerCanonicalHostname") or "")
    return host.removeprefix(f"router-{admitted[0].get('routerName')}.") if host else ""


class Writer:
    """Writes objects in that form."""

    def __init__(self, names: Mapping[str, str], redactor: Redactor) -> None:
        self._names = sorted(names.items(), key=lambda pair: -len(pair[0]))
        self._redactor = redactor
        self._written: dict[tuple[str, str], Object] = {}

    def written(self, obj: Object) -> Object:
        """A copy of an object, in that form. One state of an object is written once."""
        version = obj["metadata"].get("uid", ""), obj["metadata"].get("resourceVersion", "")
        if not all(version):
            return self._write(obj)
        if version not in self._written:
            self._written[version] = self._write(obj)
        return self._written[version]

    def _write(self, obj: Object) -> Object:
        shown = dict(obj)
        shown["metadata"] = {
            key: value for key, value in obj["metadata"].items() if key not in ("managedFields", "selfLink")
        }
        if obj.get("kind") == "Secret":
            return self._secret(shown)
        copy: Object = orjson.loads(self.text(orjson.dumps(self._redactor.tree(shown)).decode()))
        return copy

    def text(self, text: str) -> str:
        """A text with common names."""
        for name, common in self._names:
            text = text.replace(name, common)
        return text

    def _secret(self, secret: Object) -> Object:
        data = {key: _decoded(value) for key, value in (secret.get("data") or {}).items()}
        data |= {key: str(value) for key, value in (secret.get("stringData") or {}).items()}
        kept = {key: self._kept(key, text) for key, text in data.items()}
        metadata = self._redactor.tree(secret["metadata"])
        (metadata.get("annotations") or {}).pop(LAST_APPLIED, None)
        rest = {key: secret[key] for key in ("apiVersion", "kind", "type") if key in secret}
        shown: Object = orjson.loads(self.text(orjson.dumps({**rest, "metadata": metadata}).decode()))
        return {**shown, "data": {key: b64encode(text.encode()).decode() for key, text in kept.items()}}

    def _kept(self, key: str, text: str) -> str:
        if "-----BEGIN CERTIFICATE-----" in text and "PRIVATE KEY" not in text:
            return text
        if not key.endswith((".yaml", ".yml")):
            return REDACTED
        try:
            content: Any = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            return REDACTED
        shown = yaml.dump(self._redactor.tree(content), Dumper=yaml.CSafeDumper)
        return self.text(shown)


def _decoded(value: str) -> str:
    try:
        return b64decode(value or "").decode()
    except ValueError:
        return ""
