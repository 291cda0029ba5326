"""Resources that a CustomResourceDefinition adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import orjson

from fake_cluster.errors import FieldError, bad_request
from fake_cluster.kinds.codec.careful import examine
from fake_cluster.kinds.codec.fast import DOUBTS, decoder
from fake_cluster.kinds.custom import defaulting, structural
from fake_cluster.kinds.custom.columns import columns_of
from fake_cluster.kinds.custom.pruning import pruned
from fake_cluster.kinds.custom.validation import check_object, check_update
from fake_cluster.kinds.definitions import struct
from fake_cluster.kinds.resource import Column, Decoded, FieldValidation, Resource
from fake_cluster.kinds.schema import Struct
from fake_cluster.objects import Object, ResourceRef


@dataclass(frozen=True, eq=False)
class CustomResource(Resource):
    """One served version of a custom resource; `version` is its entry in the definition."""

    version: Object = field(default_factory=dict)

    @cached_property
    def schema(self) -> Struct:
        """The fields of an object of this kind."""
        return structural.object_of((self.version.get("schema") or {}).get("openAPIV3Schema") or {})

    @cached_property
    def columns(self) -> Sequence[Column]:
        """The columns of `kubectl get`."""
        return columns_of(self.version)

    def decode(self, body: Any, *, strict: FieldValidation = "Ignore") -> Decoded:
        """See `Resource.decode`. Only metadata is checked for its types; the rest is validated later."""
        unknown: list[str] = []
        metadata = self._metadata(body.get("metadata") or {}, unknown)
        content = {name: value for name, value in body.items() if name != "metadata"}
        head = {"kind": self.ref.kind, "apiVersion": self.ref.api_version}
        obj = head | {"metadata": metadata} | pruned(self.schema, content, unknown) | head
        warnings = [f'unknown field "{path}"' for path in unknown]
        if warnings and strict == "Strict":
            raise bad_request(f"{self._refusal}: strict decoding error: {', '.join(warnings)}")
        return Decoded(obj, warnings if strict == "Warn" else ())

    def _metadata(self, metadata: Any, unknown: list[str]) -> Object:
        node = struct("meta/v1.ObjectMeta")
        try:
            found: Object = decoder(node)(metadata)
        except DOUBTS:
            findings = examine(node, metadata)
            if findings.error:
                raise bad_request(f"{self._refusal}: {findings.error}") from None
            unknown += [f"metadata.{path}" for path in findings.unknown]
            found = findings.obj
        return found

    @property
    def _refusal(self) -> str:
        kind = self.ref.kind
        return f'{kind} in version "{self.ref.version}" cannot be handled as a {kind}'

    def default(self, obj: Object) -> None:
        """See `Resource.default`."""
        defaulting.fill(self.schema, obj)

    def prepare_create(self, obj: Object) -> None:
        """See `Resource.prepare_create`."""
        if "status" in self.subresources:
            obj.pop("status", None)
        obj["metadata"]["generation"] = 1

    def prepare_update(self, new: Object, old: Object) -> None:
        """See `Resource.prepare_update`. Without a status subresource the status counts as content."""
        ignored = {"metadata"}
        if "status" in self.subresources:
            ignored.add("status")
            if "status" in old:
                new["status"] = old["status"]
            else:
                new.pop("status", None)
        names = (new.keys() | old.keys()) - ignored
        moved = any(new.get(name) != old.get(name) for name in names)
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + moved

    def prepare_status_update(self, new: Object, old: Object) -> None:
        """See `Resource.prepare_status_update`: of the metadata only the managed fields are taken."""
        for name in (new.keys() | old.keys()) - {"status", "metadata"}:
            if name in old:
                new[name] = old[name]
            else:
                del new[name]
        managed = new["metadata"].get("managedFields")
        new["metadata"] = dict(old["metadata"])
        if managed is not None:
            new["metadata"]["managedFields"] = managed

    def validate_create(self, obj: Object) -> list[FieldError]:
        """See `Resource.validate_create`."""
        return check_object(self.schema, obj)

    def validate_update(self, new: Object, old: Object) -> list[FieldError]:
        """See `Resource.validate_update`. What was invalid before and is unchanged may stay."""
        return check_update(self.schema, new, old)

    def to_storage(self, obj: Object) -> Object:
        """See `Resource.to_storage`: versions without a conversion differ in their name only."""
        return obj if self.ref == self.storage else obj | {"apiVersion": self.storage.api_version}

    def from_storage(self, obj: Object) -> Object:
        """See `Resource.from_storage`."""
        if self.ref == self.storage:
            return obj
        converted = obj | {"apiVersion": self.ref.api_version}
        if defaulting.has_defaults(self.schema):
            converted = pruned(self.schema, converted, [])
            defaulting.fill(self.schema, converted)
        return converted


def resources_of(crd: Object) -> Sequence[CustomResource]:
    """The resources of a definition: one for each served version, in order of preference.

    Clusters that have the same definition share them, as they share the built-in ones.
    """
    return _made(orjson.dumps(crd["spec"]))


@lru_cache(maxsize=128)
def _made(definition: bytes) -> Sequence[CustomResource]:
    return tuple(_each_version(orjson.loads(definition)))


def _each_version(spec: Object) -> Iterator[CustomResource]:
    names = spec["names"]
    namespaced = spec.get("scope") != "Cluster"
    stored = next((v["name"] for v in spec["versions"] if v.get("storage")), spec["versions"][0]["name"])
    for version in sorted(spec["versions"], key=lambda item: priority(item["name"])):
        if version.get("served", True):
            ref = ResourceRef(spec["group"], version["name"], names["plural"], names["kind"], namespaced)
            yield CustomResource(
                ref=ref,
                storage=ref._replace(version=stored),
                singular=names.get("singular") or names["kind"].lower(),
                list_kind=names.get("listKind") or f"{names['kind']}List",
                short_names=tuple(names.get("shortNames") or ()),
                categories=tuple(names.get("categories") or ()),
                subresources=frozenset(version.get("subresources") or ()),
                is_custom=True,
                has_generation=True,
                version=version,
            )


def priority(version: str) -> tuple[int, int, int, str]:
    """The order of versions: v2, v1, v1beta2, v1beta1, v1alpha1, then all others by name."""
    rank, number, step = 3, 0, 0
    name = version.removeprefix("v")
    for index, stage in enumerate(("", "beta", "alpha")):
        major, _, minor = name.partition(stage) if stage else (name, "", "0")
        if version.startswith("v") and major.isdecimal() and (minor or "").isdecimal():
            rank, number, step = index, int(major), int(minor)
    return rank, -number, -step, version
