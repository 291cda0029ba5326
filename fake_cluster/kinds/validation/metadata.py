"""Rules of `metadata` that hold for every kind.

Source: ValidateObjectMeta and ValidateObjectMetaUpdate of apimachinery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fake_cluster.errors import FieldError, forbidden_field, invalid_value, required
from fake_cluster.kinds.validation import names
from fake_cluster.kinds.validation.names import NameCheck
from fake_cluster.objects import Object

_ANNOTATIONS_LIMIT = 256 * 1024
_IMMUTABLE = "field is immutable"
_STANDARD_FINALIZERS = frozenset({"orphan", "foregroundDeletion", "kubernetes"})


def check(
    metadata: Mapping[str, Any], name_check: NameCheck, path: str = "metadata", *, any_finalizer: bool = False
) -> Iterator[FieldError]:
    """The metadata of an object as it would be stored.

    `any_finalizer`: finalizers need no domain, as in custom resources and in the groups that extend the API.
    """
    yield from _name(metadata, name_check, path)
    if "labels" in metadata:
        yield from check_labels(metadata["labels"], f"{path}.labels")
    if "annotations" in metadata:
        yield from check_annotations(metadata["annotations"], f"{path}.annotations")
    if "ownerReferences" in metadata:
        yield from _owners(metadata["ownerReferences"], f"{path}.ownerReferences")
    if "finalizers" in metadata:
        yield from _finalizers(metadata["finalizers"], f"{path}.finalizers", any_finalizer=any_finalizer)


def _name(metadata: Mapping[str, Any], name_check: NameCheck, path: str) -> Iterator[FieldError]:
    prefix = metadata.get("generateName")
    if prefix:
        for text in name_check(prefix.rstrip("-.") or prefix):
            yield invalid_value(f"{path}.generateName", prefix, text)
    name = metadata.get("name") or ""
    if not name:
        yield required(f"{path}.name", "name or generateName is required")
        return
    for text in name_check(name):
        yield invalid_value(f"{path}.name", name, text)


def check_labels(values: Mapping[str, str], path: str) -> Iterator[FieldError]:
    """Labels: qualified keys, short values."""
    for key, value in values.items():
        for text in names.qualified_name(key):
            yield invalid_value(path, key, text)
        for text in names.label_value(value):
            yield invalid_value(path, value, text)


def check_annotations(values: Mapping[str, str], path: str) -> Iterator[FieldError]:
    """Annotations: qualified keys (in any case), 256 KiB altogether."""
    for key in values:
        for text in names.qualified_name(key.lower()):
            yield invalid_value(path, key, text)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in values.items())
    if size > _ANNOTATIONS_LIMIT:
        message = f"Too long: may not be more than {_ANNOTATIONS_LIMIT} bytes"
        yield FieldError("FieldValueTooLong", path, message)


def _finalizers(values: list[str], path: str, *, any_finalizer: bool) -> Iterator[FieldError]:
    for value in values:
        for text in names.qualified_name(value):
            yield invalid_value(path, value, text)
    if {"orphan", "foregroundDeletion"} <= set(values):
        yield invalid_value(path, values, "finalizer orphan and foregroundDeletion cannot be both set")
    if any_finalizer:
        return
    for index, value in enumerate(values):
        if "/" not in value and value not in _STANDARD_FINALIZERS:
            why = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid_value(f"{path}[{index}]", value, why)


def _owners(owners: list[Object], path: str) -> Iterator[FieldError]:
    controllers = [owner for owner in owners if owner.get("controller")]
    for index, owner in enumerate(owners):
        for field in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(field):
                yield invalid_value(f"{path}[{index}].{field}", "", f"{_SPOKEN[field]} must not be empty")
    if len(controllers) > 1:
        first, second = controllers[:2]
        text = (
            "Only one reference can have Controller set to true. Found "
            f'"true" in references for {first["kind"]}/{first["name"]} and {second["kind"]}/{second["name"]}'
        )
        yield invalid_value(path, owners, text)


_SPOKEN = {"apiVersion": "version", "kind": "kind", "name": "name", "uid": "uid"}


def check_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[FieldError]:
    """What an update must not do to metadata."""
    for field in ("name", "namespace", "uid", "creationTimestamp"):
        if new.get(field) != old.get(field):
            yield invalid_value(f"metadata.{field}", new.get(field), _IMMUTABLE)
    if "deletionTimestamp" in old:
        added = [item for item in new.get("finalizers") or () if item not in (old.get("finalizers") or ())]
        if added:
            shown = ", ".join(f'"{item}":struct {{}}{{}}' for item in sorted(added))
            text = "no new finalizers can be added if the object is being deleted, found new finalizers "
            yield forbidden_field("metadata.finalizers", f"{text}sets.Set[string]{{{shown}}}")
