"""Server-side apply and `metadata.managedFields`: who owns which field of an object.

Pure functions on dicts and `fake_cluster.kinds.schema` nodes; nothing that is passed in is changed. `Writer` says
who writes: manager, operation, apiVersion of the request, time, subresource.

The API calls them where the real server does, after decoding and defaulting but before admission and the
kind's own preparation, so that nobody owns what the server itself fills in (clusterIP, tolerations, uid):

- create: decode, default, then `managed = track_create(obj, …)`
- update and the other patches: decode, default, metadata kept from the old version, then
  `managed = track_update(old, obj, …, requested=…)`; `requested` is `body.metadata.managedFields` as the client
  has sent it, None for writes to a subresource
- apply: `applied = apply(live or None, body, …, configurations=…)`. If `applied.same`, answer the live object. Else
  decode and default `applied.obj` and go on as for a create or an update with `managed = applied.managed`

and puts `managed` into the fresh object's metadata (no list at all if it is empty), with admission and everything else
after that. Last, a write for which `is_unchanged(obj, old)` holds is none: the old version stays, times of owners included.

`ignored` are the top-level fields that a request cannot change: `status` for the object itself where it has the
status subresource; `spec` and `metadata` for the status subresource (`ignored_by` gives them).
"""

from __future__ import annotations

from fake_cluster.api.apply.applying import Applied, apply
from fake_cluster.api.apply.configurations import Configurations
from fake_cluster.api.apply.entries import Writer
from fake_cluster.api.apply.tracking import ignored_by, is_unchanged, track_create, track_update

__all__ = [
    "Applied",
    "Configurations",
    "Writer",
    "apply",
    "ignored_by",
    "is_unchanged",
    "track_create",
    "track_update",
]
