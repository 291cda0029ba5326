"""The configurations applied last: appliers repeat themselves, and reading one takes longer than knowing it."""

from __future__ import annotations

import orjson

from fake_cluster.api.apply.comparing import UNTRACKED_METADATA
from fake_cluster.api.apply.fieldsets import FieldSet
from fake_cluster.api.apply.reading import DOUBTS, Readers
from fake_cluster.api.apply.typed import NotTypedError, field_set
from fake_cluster.api.patch.refusals import unforeseen
from fake_cluster.kinds.schema import Struct
from fake_cluster.objects import Object

_Key = tuple[int, bytes, frozenset[str]]

_BUILT_IN = Readers()
"""The readers of built-in kinds, which all clusters share."""


class Configurations:
    """The sets of fields of the `most` configurations read last."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: dict[_Key, tuple[Struct, FieldSet]] = {}
        self._readers = Readers()

    def fields(self, config: Object, schema: Struct, ignored: frozenset[str]) -> FieldSet:
        """The fields that a configuration sets, without top-level ones in `ignored`; 500 if it does not fit."""
        key = (id(schema), orjson.dumps(config), ignored)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            known = self._known[key] = (schema, self._read(config, schema, ignored))
        return known[1]

    def _read(self, config: Object, schema: Struct, ignored: frozenset[str]) -> FieldSet:
        fields = self._read_all(config, schema)
        dropped = {f"f:{name}" for name in ignored}
        return {
            element: below
            for element, below in fields.items()
            if element not in dropped and (below or element != "f:metadata")
        }

    def _read_all(self, config: Object, schema: Struct) -> FieldSet:
        tracked = _tracked(config)
        try:
            readers = _BUILT_IN if schema.name else self._readers
            return readers.of(schema)(tracked) or {}
        except DOUBTS:
            pass
        try:
            return field_set(tracked, schema)
        except NotTypedError as error:
            raise unforeseen(f"failed to create typed patch object ({_named(config)}): {error}") from error


def _tracked(config: Object) -> Object:
    tracked = {name: value for name, value in config.items() if name not in {"apiVersion", "kind"}}
    metadata = config.get("metadata") or {}
    tracked["metadata"] = {name: metadata[name] for name in metadata if name not in UNTRACKED_METADATA}
    return tracked


def _named(config: Object) -> str:
    """An object as error texts name it: `ns/name; apps/v1, Kind=Deployment`."""
    metadata, version = config.get("metadata") or {}, config.get("apiVersion", "")
    group_version = version if "/" in version else f"/{version}"
    return f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {group_version}, Kind={config.get('kind', '')}"
