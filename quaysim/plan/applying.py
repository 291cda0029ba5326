"""Applies manifests to a cluster as `kubectl apply` does, and says at which line it was refused."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from fake_cluster.api import Api
from fake_cluster.objects import Object, ResourceRef
from quaysim.plan.documents import Document
from quaysim.plan.problems import UnreadableInput
from quaysim.plan.setup import Setup, namespace_of, with_bundle

FIELD_MANAGER = "kubectl-client-side-apply"
NAMESPACES = ResourceRef("", "v1", "namespaces", "Namespace", namespaced=False)
_QUOTED_FIELD = re.compile(r'"([\w.\[\]/-]+)"')
_GO_FIELD = re.compile(r"Go struct field (\w+)\.([\w.]+)")
_WARNING = re.compile(r'^\d+ \S+ "((?:[^"\\]|\\.)*)"$')


@dataclass(frozen=True)
class Remark:
    """What the API server warned of, and where that stands."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.field, self.message) if part)


def apply_setup(api: Api, setup: Setup) -> list[Remark]:
    """Create everything, namespaces first. Raises UnreadableInput for what the API refuses."""
    applier = _Applier(api, setup.namespace)
    registries = {id(item.manifest): item for item in setup.registries}
    for manifest in sorted(setup.manifests, key=lambda item: item.kind not in _FIRST):
        registry = registries.get(id(manifest))
        obj = with_bundle(registry) if registry else manifest.obj
        applier.apply(manifest.document, obj)
        if registry and setup.bundle is not None:
            secret = setup.bundle.secret(registry.bundle_name, registry.namespace)
            applier.create_bundle(setup.bundle.path, secret)
    return applier.remarks


_FIRST = frozenset({"Namespace", "CustomResourceDefinition"})


class _Applier:
    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._default_namespace = namespace
        self.remarks: list[Remark] = []

    def apply(self, document: Document, obj: Object) -> None:
        resource = self._api.kinds.by_kind(obj["apiVersion"], obj["kind"])
        if resource is None:
            what = f'no resource of kind "{obj["kind"]}" in version "{obj["apiVersion"]}" on this platform'
            raise document.problem(what, "kind")
        metadata = dict(obj.get("metadata") or {})
        if not isinstance(metadata.get("namespace"), str | None):
            raise document.problem(
                "text is expected here; quote what YAML takes for something else", "metadata.namespace"
            )
        if resource.ref.namespaced:
            metadata["namespace"] = namespace_of(obj, self._default_namespace)
            self._need_namespace(document, metadata["namespace"])
        code, status, warnings = self._write(resource.ref, {**obj, "metadata": metadata})
        if code >= 300:
            raise _refused(document, status)
        self.remarks += [_remark(document, text) for text in warnings]

    def create_bundle(self, path: str, secret: Object) -> None:
        """The Secret of `--bundle`."""
        ref = self._api.kinds.by_kind("v1", "Secret")
        code, status, _ = self._write(ref.ref, secret) if ref else (404, {}, [])
        if code >= 300:
            raise UnreadableInput(status.get("message", ""), file=path)

    def _need_namespace(self, document: Document, name: str) -> None:
        path = NAMESPACES.path(name=name)
        if self._api.handle("GET", path).code != 404:
            return
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        code, status, _ = self._post(NAMESPACES, namespace)
        if code >= 300:
            raise document.problem(str(status.get("message")), "metadata.namespace")

    def _write(self, ref: ResourceRef, obj: Object) -> tuple[int, Object, list[str]]:
        """Create; what is there already is patched."""
        code, status, warnings = self._post(ref, obj)
        if status.get("reason") != "AlreadyExists":
            return code, status, warnings
        metadata = obj["metadata"]
        path = ref.path(metadata.get("namespace", ""), metadata["name"])
        return self._send("PATCH", path, obj, "application/merge-patch+json")

    def _post(self, ref: ResourceRef, obj: Object) -> tuple[int, Object, list[str]]:
        path = ref.path(obj["metadata"].get("namespace", ""))
        return self._send("POST", path, obj, "application/json")

    def _send(self, method: str, path: str, obj: Object, content_type: str) -> tuple[int, Object, list[str]]:
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Warn"}
        headers = {"content-type": content_type, "user-agent": "kubectl"}
        response = self._api.handle(method, path, query, headers, orjson.dumps(obj))
        return response.code, orjson.loads(response.body), list(_warnings(response.headers))


def _warnings(headers: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in headers:
        found = _WARNING.match(value) if name.lower() == "warning" else None
        if found:
            yield re.sub(r"\\(.)", r"\1", found[1])


def _refused(document: Document, status: Mapping[str, Any]) -> UnreadableInput:
    """The refusal of the API server, at the first field that it names."""
    causes = (status.get("details") or {}).get("causes") or []
    if causes and causes[0].get("field"):
        message = "; ".join(
            f"{cause['message']} ({cause['field']})" if index else cause["message"]
            for index, cause in enumerate(causes)
        )
        return document.problem(message, causes[0]["field"])
    message = str(status.get("message") or "refused by the API server")
    return document.problem(message, _field_in(message) or _undecodable(document.value))


def _field_in(message: str) -> str:
    found = _GO_FIELD.search(message)
    if found is None:
        return ""
    structure, field = found.groups()
    return f"metadata.{field.removeprefix('metadata.')}" if structure == "ObjectMeta" else field


def _undecodable(obj: Object) -> str:
    """The first key of a Secret that is not base64; the API server does not name it."""
    data = obj.get("data") if obj["kind"] == "Secret" else None
    for key, value in data.items() if isinstance(data, dict) else ():
        try:
            base64.b64decode("".join(str(value).split()), validate=True)
        except binascii.Error:
            return f"data[{key}]"
    return ""


def _remark(document: Document, text: str) -> Remark:
    found = _QUOTED_FIELD.search(text) if text.startswith("unknown field") else None
    field = found[1] if found else ""
    message = f"no such field in a {document.value['kind']}; the API server drops it" if field else text
    return Remark(document.file, document.line(field), field, message)
