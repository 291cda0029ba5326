"""What the config editor asks of the operator: `POST :7071/reconfigure` gives a registry another bundle.

Nobody asks for credentials. The new Secret has no owner, so it stays when the registry goes.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import SECRETS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object
from quaysim.operator.bundle import CLAIR_CONFIG, CONFIG, EXTRA_CA_PREFIX, Bundle, bundle_of
from quaysim.operator.context import components_of
from quaysim.operator.gojson import JsonError, first_value, kind_of
from quaysim.operator.goyaml import YamlError, dump
from quaysim.operator.kustomize import encoded
from quaysim.operator.refs import QUAY_REGISTRIES
from quaysim.operator.releases import RELEASES, Release
from quaysim.operator.settings import DEFAULT_VERSION

logger = logging.getLogger(__name__)

EXTRA_CA_FOLDER = "extra_ca_certs/"
UNTOUCHED = frozenset({"clairpostgres", "horizontalpodautoscaler", "monitoring", "route"})
"""Components whose management the editor cannot change."""

_FIELDS: Mapping[str, tuple[type, str]] = {
    "config.yaml": (dict, "map[string]interface {}"),
    "certs": (dict, "map[string][]uint8"),
    "namespace": (str, "string"),
    "quayRegistryName": (str, "string"),
}


class RequestPanic(Exception):  # noqa: N818 - it is what happens to the request
    """The handler dies of a request: the connection is closed without an answer, the operator lives on."""


class Reply(NamedTuple):
    """What goes back to the editor."""

    status: int
    text: str

    @property
    def content_type(self) -> str:
        """Of the text."""
        return "application/json" if self.status == 200 else "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Request:
    config: Mapping[str, Any]
    certificates: Mapping[str, bytes]
    namespace: str
    name: str


def _failed(status: int, message: str) -> Reply:
    return Reply(status, f"{message}\n")


@dataclass(frozen=True, slots=True)
class Reconfigure:
    """Answers the config editor's requests."""

    client: Client
    release: Release = RELEASES[DEFAULT_VERSION]

    def handle(self, method: str, body: bytes) -> Reply:
        """Answer a request of any method. Raises `RequestPanic`."""
        return self.post(body) if method == "POST" else Reply(405, "")

    def post(self, body: bytes) -> Reply:
        """Make a new bundle for a registry and have it used. Raises `RequestPanic`."""
        try:
            request = _read(body)
        except JsonError as error:
            logger.error("failed to decode request body: %s", error)  # noqa: TRY400 - it is the caller's
            return _failed(400, str(error))
        try:
            self._reconfigure(request)
        except (ApiError, YamlError, LookupError) as error:
            return _failed(500, str(error.args[0]) if isinstance(error, LookupError) else str(error))
        return Reply(200, '{"status":"success"}')

    def _reconfigure(self, request: _Request) -> None:
        registry = self.client.get(QUAY_REGISTRIES, request.name, request.namespace)
        bundle = Bundle(_data(request, self._old_bundle(registry)))
        secret = self.client.create(SECRETS, _secret(request, bundle))
        components = [self._component(entry, bundle, request) for entry in components_of(registry)]
        spec = {"components": components, "configBundleSecret": secret["metadata"]["name"]}
        changed = registry | {"spec": (registry.get("spec") or {}) | spec}
        self.client.replace(QUAY_REGISTRIES, changed)

    def _old_bundle(self, registry: Object) -> Bundle:
        name = (registry.get("spec") or {}).get("configBundleSecret", "")
        secret = self.client.find(SECRETS, name, registry["metadata"]["namespace"]) if name else None
        if secret is None:
            raise LookupError(f'Secret "{name}" not found')
        return bundle_of(secret)

    def _component(self, entry: Object, bundle: Bundle, request: _Request) -> Object:
        """A component is managed unless the new bundle configures it; unmanaged ones lose their overrides."""
        kind = entry["kind"]
        if kind in UNTOUCHED:
            return entry
        component = self.release.component(kind)
        if component is None:
            raise LookupError(f"unknown component: {kind}")
        mirrors = kind == "mirror" and request.config.get("FEATURE_REPO_MIRROR") is True
        managed = mirrors or not component.has_configuration(bundle)
        kept = entry if managed else {"kind": kind}
        return {**kept, "managed": managed}


def _read(body: bytes) -> _Request:
    value = first_value(body)
    if not isinstance(value, dict):
        if value is None:
            raise RequestPanic("namespace not provided")
        raise JsonError(f"json: cannot unmarshal {kind_of(value)} into Go value of type configure.request")
    for field, (kind, name) in _FIELDS.items():
        given = value.get(field)
        if given is not None and not isinstance(given, kind):
            raise _wrong_type(given, field, name)
    certificates = {path: _decoded(text) for path, text in (value.get("certs") or {}).items()}
    for field in ("namespace", "quayRegistryName"):
        if not value.get(field):
            raise RequestPanic(f"{field} not provided")
    return _Request(
        value.get("config.yaml") or {}, certificates, value["namespace"], value["quayRegistryName"]
    )


def _wrong_type(value: Any, field: str, name: str) -> JsonError:
    return JsonError(
        f"json: cannot unmarshal {kind_of(value)} into Go struct field request.{field} of type {name}"
    )


def _decoded(text: Any) -> bytes:
    if text is None:
        return b""
    if not isinstance(text, str):
        raise _wrong_type(text, "certs", "[]uint8")
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise JsonError(f"illegal base64 data at input byte {_first_wrong(text)}") from error


def _first_wrong(text: str) -> int:
    wrong = (index for index, letter in enumerate(text) if not (letter.isalnum() or letter in "+/"))
    return next(wrong, len(text) - len(text) % 4)


def _data(request: _Request, old: Bundle) -> dict[str, bytes]:
    """The keys of the new bundle: of the old one nothing stays but Clair's configuration."""
    clair = {CLAIR_CONFIG: old.data[CLAIR_CONFIG]} if CLAIR_CONFIG in old.data else {}
    files = {_key(path): content for path, content in request.certificates.items()}
    return {CONFIG: dump(request.config), **files, **clair}


def _key(path: str) -> str:
    base = path.rsplit("/", maxsplit=1)[-1]
    if path.startswith(EXTRA_CA_FOLDER):
        return EXTRA_CA_PREFIX + base.replace(EXTRA_CA_PREFIX, "")
    return base


def _secret(request: _Request, bundle: Bundle) -> Object:
    metadata = {
        "generateName": f"{request.name}-quay-config-bundle-",
        "namespace": request.namespace,
        "labels": {"quay-registry": request.name},
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded(bundle.data)}
