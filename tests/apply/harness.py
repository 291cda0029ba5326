"""One object on a server reduced to what ownership needs: no defaults, no validation, a clock that is set by hand."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.api.apply import (
    Configurations,
    Writer,
    apply,
    ignored_by,
    is_unchanged,
    track_create,
    track_update,
)
from fake_cluster.errors import ApiError
from fake_cluster.kinds.schema import Struct
from fake_cluster.objects import Object, copy_of


class OneObject:
    """The life of one object."""

    def __init__(self, schema: Struct, api_version: str = "apps/v1", kind: str = "Deployment") -> None:
        self.schema = schema
        self.type: Object = {"apiVersion": api_version, "kind": kind}
        self.live: Object | None = None
        self.second = 0
        self.configurations = Configurations()

    @property
    def stored(self) -> Object:
        assert self.live is not None
        return self.live

    @property
    def owners(self) -> dict[str, Any]:
        """The sets of fields by manager, and by subresource where there is one."""
        entries = self.stored["metadata"].get("managedFields", [])
        return {"/".join(filter(None, (e["manager"], e.get("subresource")))): e["fieldsV1"] for e in entries}

    def entry(self, manager: str) -> Object:
        return next(e for e in self.stored["metadata"]["managedFields"] if e["manager"] == manager)

    def body(self, fields: Object) -> Object:
        metadata = {"name": "x", "namespace": "ns"} | fields.get("metadata", {})
        return self.type | fields | {"metadata": metadata}

    def apply(self, manager: str, fields: Object, *, force: bool = False, subresource: str = "") -> Object:
        applied = apply(
            self.live,
            self.body(fields),
            self.schema,
            self._writer(manager, "Apply", subresource),
            force=force,
            configurations=self.configurations,
            ignored=ignored_by({"status"}, subresource),
        )
        if applied.same:
            assert applied.obj is self.live
            return applied.obj
        return self._store(applied.obj, applied.managed)

    def update(self, manager: str, fields: Object, *, subresource: str = "", requested: Any = None) -> Object:
        """Create the object, or replace its fields."""
        writer, obj = self._writer(manager, "Update", subresource), self.body(fields)
        ignored = ignored_by({"status"}, subresource)
        if self.live is None:
            return self._store(obj, track_create(obj, self.schema, writer, ignored=ignored))
        obj = {name: value for name, value in self.live.items() if name in ignored} | obj
        managed = track_update(self.live, obj, self.schema, writer, requested=requested, ignored=ignored)
        return self._store(obj, managed)

    def refused(self, manager: str, fields: Object) -> ApiError:
        """What is said to an apply that must not succeed."""
        before = copy_of(self.live) if self.live else None
        with pytest.raises(ApiError) as refused:
            self.apply(manager, fields)
        assert self.live == before
        return refused.value

    def _writer(self, manager: str, operation: Any, subresource: str) -> Writer:
        return Writer(
            manager, operation, self.type["apiVersion"], f"2026-01-01T00:00:{self.second:02}Z", subresource
        )

    def _store(self, obj: Object, managed: list[Object]) -> Object:
        obj = copy_of(_without_empty(obj))
        obj["metadata"] |= {"uid": "u"} | ({"managedFields": managed} if managed else {})
        if self.live is None or not is_unchanged(obj, self.live):
            self.live = obj
        return self.stored


def _without_empty(obj: Object) -> Object:
    """As a built-in kind would drop empty maps at the top level."""
    return {name: value for name, value in obj.items() if value != {}}
