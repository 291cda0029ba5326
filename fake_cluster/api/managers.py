"""Who owns which field: `metadata.managedFields` of ordinary writes.

It is settled where the real server does it, after decoding and defaulting and before admission, so that
nobody owns what the server itself fills in.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.api.apply import Writer, ignored_by, track_create, track_update
from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.objects import Object


def writer_of(core: Core, call: Call) -> Writer:
    """Who makes this call, as `managedFields` has it."""
    api_version = call.resource.ref.api_version
    if call.patch == "apply":
        return Writer(call.manager, "Apply", api_version, core.timestamp(), call.subresource)
    return Writer(call.manager, "Update", api_version, core.timestamp(), call.subresource)


def settle(obj: Object, managed: list[Object]) -> None:
    """Put the entries into a fresh object."""
    if managed:
        obj["metadata"]["managedFields"] = managed
    else:
        obj["metadata"].pop("managedFields", None)


def created(core: Core, call: Call, obj: Object) -> None:
    """All fields of a new object belong to its creator."""
    resource = call.resource
    settle(
        obj,
        track_create(
            obj,
            resource.schema,
            writer_of(core, call),
            ignored=ignored_by(resource.subresources, ""),
        ),
    )


def updated(core: Core, call: Call, obj: Object, old: Object, requested: Any) -> None:
    """Fields that have changed belong to who has changed them; `requested`: the entries that the client sent."""
    resource = call.resource
    settle(
        obj,
        track_update(
            old,
            obj,
            resource.schema,
            writer_of(core, call),
            requested=None if call.subresource else requested,
            ignored=ignored_by(resource.subresources, call.subresource),
        ),
    )
