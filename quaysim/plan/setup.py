"""What a plan starts from: the manifests, the bundle, and the cluster they would be applied to."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fake_cluster.objects import Object
from quaysim.plan.bundle import Bundle
from quaysim.plan.documents import Document
from quaysim.plan.manifests import Manifest
from quaysim.plan.nodes import NodeSize
from quaysim.plan.problems import UnreadableInput

Platform = Literal["kubernetes", "openshift"]
REGISTRY_GROUP = "quay.redhat.com/"
DEFAULT_BUNDLE_NAME = "config-bundle-secret"
"""What the documentation calls the bundle Secret in its examples."""


@dataclass(frozen=True)
class Setup:
    """The cluster of a plan, and what is applied to it.

    `namespace` is for objects that name none. `from_version`: the operator that is there first, of an
    upgrade. `nodes`: how large they are, if that matters.
    """

    manifests: Sequence[Manifest]
    bundle: Bundle | None = None
    platform: Platform = "openshift"
    apps_domain: str = "apps.example.com"
    operator_version: str = "3.7.10"
    namespace: str = "default"
    from_version: str = ""
    nodes: Sequence[NodeSize] = ()

    @property
    def registries(self) -> list[RegistryInput]:
        """The QuayRegistries among the manifests, in their order; of two with one name, the last."""
        found = (RegistryInput(item, self) for item in self.manifests if _is_registry(item))
        return list({(item.namespace, item.name): item for item in found}.values())


@dataclass(frozen=True)
class RegistryInput:
    """One QuayRegistry as its user wrote it, with the bundle that comes with it."""

    manifest: Manifest
    setup: Setup = field(repr=False)

    @property
    def document(self) -> Document:
        """Where it stands."""
        return self.manifest.document

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return str((self.manifest.obj.get("metadata") or {}).get("name") or "")

    @property
    def namespace(self) -> str:
        """Where it would be created."""
        return namespace_of(self.manifest.obj, self.setup.namespace)

    @property
    def bundle_name(self) -> str:
        """`spec.configBundleSecret`; where that is empty and a bundle is given, the name it gets."""
        name = str(_mapping(self.manifest.obj.get("spec")).get("configBundleSecret") or "")
        return name or (DEFAULT_BUNDLE_NAME if self.setup.bundle else "")

    @property
    def bundle_secrets(self) -> list[Manifest]:
        """Secrets of the bundle's name among the manifests, in whichever namespace."""
        secrets = (item for item in self.setup.manifests if item.kind == "Secret")
        return [
            item for item in secrets if _mapping(item.obj.get("metadata")).get("name") == self.bundle_name
        ]

    @property
    def bundle_manifest(self) -> Manifest | None:
        """The bundle Secret among the manifests that the operator would find."""
        beside = (
            namespace_of(item.obj, self.setup.namespace) == self.namespace for item in self.bundle_secrets
        )
        return next((item for item, found in zip(self.bundle_secrets, beside, strict=True) if found), None)

    @property
    def bundle_data(self) -> Mapping[str, bytes]:
        """The keys of the bundle; empty where the operator makes its own."""
        if self.setup.bundle is not None:
            return self.setup.bundle.data
        manifest = self.bundle_manifest
        return {} if manifest is None else _secret_data(manifest.obj)

    def is_beside(self, manifest: Manifest) -> bool:
        """Whether an object is in the registry's namespace, and not the registry itself."""
        return (
            manifest is not self.manifest
            and namespace_of(manifest.obj, self.setup.namespace) == self.namespace
        )

    def beside(self, kind: str, name: str) -> Manifest | None:
        """The user's object of that kind and name in the registry's namespace."""
        manifests = (item for item in self.setup.manifests if item.kind == kind and self.is_beside(item))
        return next(
            (item for item in manifests if _mapping(item.obj.get("metadata")).get("name") == name), None
        )

    @property
    def components(self) -> list[Object]:
        """`spec.components`, as its user wrote it."""
        return list(_mapping(self.manifest.obj.get("spec")).get("components") or ())

    @property
    def overrides(self) -> dict[str, Object]:
        """The overrides by kind."""
        return {entry["kind"]: _mapping(entry.get("overrides")) for entry in self.components}

    def component_field(self, kind: str) -> str:
        """`spec.components[i]` of a kind, or `spec.components` where it is not declared."""
        for index, entry in enumerate(self.components):
            if entry.get("kind") == kind:
                return f"spec.components[{index}]"
        return "spec.components"


def check_registries(setup: Setup) -> None:
    """Whether there is something to plan. Raises UnreadableInput."""
    if not setup.registries:
        files = ", ".join(dict.fromkeys(item.document.file for item in setup.manifests))
        raise UnreadableInput("there is no QuayRegistry (quay.redhat.com/v1) among these objects", file=files)


def check_bundles(setup: Setup) -> None:
    """Whether each registry has one bundle at most. Raises UnreadableInput."""
    for registry in setup.registries:
        rival = registry.bundle_manifest
        if setup.bundle is not None and rival is not None:
            given = f"this Secret is the registry's bundle, and --bundle {setup.bundle.path} gives one too"
            raise rival.document.problem(f"{given}: leave one of them out", "metadata.name")


def with_bundle(registry: RegistryInput) -> Object:
    """The registry as it is applied: it names the bundle that is given beside it."""
    obj = registry.manifest.obj
    if registry.setup.bundle is None or _mapping(obj.get("spec")).get("configBundleSecret"):
        return obj
    return {**obj, "spec": {**_mapping(obj.get("spec")), "configBundleSecret": registry.bundle_name}}


def namespace_of(obj: Object, default: str) -> str:
    """`metadata.namespace`, or the default."""
    namespace = _mapping(obj.get("metadata")).get("namespace")
    return default if namespace in (None, "") else str(namespace)


def _is_registry(manifest: Manifest) -> bool:
    return manifest.kind == "QuayRegistry" and manifest.obj["apiVersion"].startswith(REGISTRY_GROUP)


def _mapping(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _secret_data(secret: Object) -> dict[str, bytes]:
    data = {key: _decoded(text) for key, text in _mapping(secret.get("data")).items()}
    return data | {key: str(text).encode() for key, text in _mapping(secret.get("stringData")).items()}


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(str(text))
    except binascii.Error:
        return b""
