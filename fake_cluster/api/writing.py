"""Create, update and patch: one pipeline from a body to a stored version.

decode → default → admission → the kind's own preparation → validation → managed fields → store. A write
that changes nothing keeps the resourceVersion and is heard by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fake_cluster.api import managers, metadata
from fake_cluster.api.apply import is_unchanged
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.errors import already_exists, invalid, not_found
from fake_cluster.objects import Object
from fake_cluster.store import Stored


def create(core: Core, call: Call) -> Answer:
    """A new object."""
    obj, warnings = read(call)
    return finish_create(core, call, obj, warnings)


def finish_create(
    core: Core, call: Call, obj: Object, warnings: Sequence[str], *, managed: list[Object] | None = None
) -> Answer:
    """The second half of every create; `managed` are the owners of its fields where they are known already."""
    resource, meta = call.resource, obj["metadata"]
    metadata.place(call, meta)
    metadata.begin(core, call, meta)
    if managed is None:
        managers.created(core, call, obj)
    else:
        managers.settle(obj, managed)
    core.admission.admit_create(core, call, obj)
    if core.webhooks.active:
        obj, warnings = _changed_by_webhooks(core, call, obj, None, warnings)
        meta = obj["metadata"]
    if core.table(resource).get(call.namespace, meta["name"]) is not None:
        raise already_exists(resource.ref, meta["name"])
    resource.prepare_create(obj)
    errors = resource.validate_create(obj)
    if errors:
        raise invalid(resource.ref, meta["name"], errors)
    if core.webhooks.active:
        core.webhooks.judge(call, "CREATE", obj, None, cast("list[str]", warnings))
    core.admission.charge(core, call, obj)
    return _stored(core, call, obj, warnings, 201)


def _changed_by_webhooks(
    core: Core, call: Call, obj: Object, old: Object | None, warnings: Sequence[str]
) -> tuple[Object, list[str]]:
    """What webhooks make of an object, which then goes once more through what it has been through."""
    told = list(warnings)
    changed = core.webhooks.change(call, "CREATE" if old is None else "UPDATE", obj, old, told)
    if changed is obj:
        return obj, told
    fresh, _ = decoded(call, changed)
    kept = {name: obj["metadata"][name] for name in _IDENTITY if name in obj["metadata"]}
    fresh["metadata"] |= kept
    if old is None:
        core.admission.admit_create(core, call, fresh)
    else:
        core.admission.admit_update(core, call, fresh, old)
    return fresh, told


_IDENTITY = ("name", "namespace", "managedFields", "resourceVersion", *metadata.KEPT)
"""What webhooks cannot change."""


def read(call: Call, stored: Object | None = None) -> tuple[Object, Sequence[str]]:
    """The body, decoded and defaulted: a fresh object that belongs to this request."""
    return decoded(call, metadata.check_type(call.resource, call.body), stored)


def decoded(call: Call, body: Object, stored: Object | None = None) -> tuple[Object, Sequence[str]]:
    """Any object of the call's kind, decoded and defaulted, with the warnings about it.

    `stored` is what it is to replace, if that is known: a status comes with the spec that is there already,
    which need be neither read nor defaulted again.
    """
    resource = call.resource
    body, owners = _without_owners(body)
    keeps_spec = stored is not None and _keeps_spec(call, body, stored)
    if keeps_spec:
        body = {name: value for name, value in body.items() if name != "spec"}
    result = resource.decode(body, strict=call.options.field_validation)
    if stored is not None and keeps_spec:
        result.obj["spec"] = stored["spec"]
    meta = result.obj.setdefault("metadata", {})
    if not keeps_spec or resource.has_defaults_beyond_spec:
        resource.default(result.obj)
    if owners is not None:
        meta["managedFields"] = owners
    return result.obj, result.warnings


def _keeps_spec(call: Call, body: Object, stored: Object) -> bool:
    writes_status = call.subresource == "status" and not call.resource.is_custom
    return writes_status and "spec" in stored and body.get("spec") == stored["spec"]


def _without_owners(body: Object) -> tuple[Object, list[Any] | None]:
    """A body without its `managedFields`, and these: long, seldom of interest, and even an empty list says something."""
    meta = body.get("metadata")
    owners = meta.get("managedFields") if isinstance(meta, dict) else None
    if not isinstance(owners, list):
        return body, None
    rest = {name: value for name, value in body["metadata"].items() if name != "managedFields"}
    return body | {"metadata": rest}, owners


def _stored(core: Core, call: Call, obj: Object, warnings: Sequence[str], code: int) -> Answer:
    if call.options.dry_run:
        return Answer(code, obj=obj, warnings=warnings)
    return Answer(code, core.put(call.resource, obj), warnings=warnings)


def update(core: Core, call: Call) -> Answer:
    """Replace an object, or create it where its kind allows that."""
    resource = call.resource
    stored = core.table(resource).get(call.namespace, call.name)
    current = None if stored is None else core.view(resource, stored)
    obj, warnings = read(call, None if current is None else current.obj)
    metadata.match(call, obj["metadata"])
    if current is None:
        if (resource.ref.group, resource.ref.plural) in metadata.CREATED_BY_UPDATE and not call.subresource:
            return create(core, call)
        raise not_found(resource.ref, call.name)
    metadata.check_version(resource, obj["metadata"], current.obj)
    return finish_update(core, call, current, obj, warnings)


def finish_update(  # noqa: PLR0913 - what an update consists of
    core: Core,
    call: Call,
    current: Stored,
    obj: Object,
    warnings: Sequence[str],
    *,
    managed: list[Object] | None = None,
) -> Answer:
    """The second half of every update: `obj` is to take the place of `current`.

    `managed` are the owners of its fields where they are known already.
    """
    resource, old = call.resource, current.obj
    requested = obj["metadata"].get("managedFields")
    metadata.keep(obj, old)
    if managed is None:
        managers.updated(core, call, obj, old, requested)
    else:
        managers.settle(obj, managed)
    core.admission.admit_update(core, call, obj, old)
    if core.webhooks.active:
        obj, warnings = _changed_by_webhooks(core, call, obj, old, warnings)
    _prepare(call, obj, old)
    if core.webhooks.active:
        core.webhooks.judge(call, "UPDATE", obj, old, cast("list[str]", warnings))
    if is_unchanged(obj, old):
        return Answer(200, current, warnings=warnings)
    errors = resource.validate_update(obj, old)
    if errors:
        raise invalid(resource.ref, old["metadata"]["name"], errors)
    if "deletionTimestamp" in old["metadata"] and released(obj):
        return _vanish(core, call, obj, warnings)
    return _stored(core, call, obj, warnings, 200)


def _prepare(call: Call, obj: Object, old: Object) -> None:
    if call.subresource in ("status", "approval"):
        call.resource.prepare_status_update(obj, old)
    elif call.subresource != "finalize":
        call.resource.prepare_update(obj, old)


def released(obj: Object) -> bool:
    """Whether nothing holds an object any more whose deletion has begun."""
    meta = obj["metadata"]
    spec_finalizers = obj["kind"] == "Namespace" and obj.get("spec", {}).get("finalizers")
    return not meta.get("finalizers") and not meta.get("deletionGracePeriodSeconds") and not spec_finalizers


def _vanish(core: Core, call: Call, obj: Object, warnings: Sequence[str]) -> Answer:
    """The last finalizer has been taken away: the object goes, and the writer sees its last state."""
    if call.options.dry_run:
        return Answer(200, obj=obj, warnings=warnings)
    resource, meta = call.resource, obj["metadata"]
    last = resource.to_storage(obj) if resource.ref != resource.storage else obj
    gone = core.store.remove(core.table(resource), meta.get("namespace", ""), meta["name"], last)
    return Answer(200, core.view(resource, gone), warnings=warnings)
