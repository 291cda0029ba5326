"""The two ways to change the containers of a Pod that exists: debug containers, and other resources."""

from __future__ import annotations

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import check_version
from fake_cluster.api.patching import patched_object
from fake_cluster.api.writing import finish_update, read
from fake_cluster.errors import forbidden_field, invalid, not_found
from fake_cluster.kinds.refs import PODS
from fake_cluster.objects import Object, copy_of
from fake_cluster.store import Stored


def _current(core: Core, call: Call) -> Stored:
    stored = core.store.table("", "pods").get(call.namespace, call.name)
    if stored is None:
        raise not_found(PODS, call.name)
    return stored


def update_ephemeral(core: Core, call: Call) -> Answer:
    """Replace the list of debug containers."""
    return _ephemeral(core, call, _current(core, call), read(call)[0])


def patch_ephemeral(core: Core, call: Call) -> Answer:
    """Patch the list of debug containers."""
    current = _current(core, call)
    return _ephemeral(core, call, current, patched_object(call, current.obj)[0])


def _ephemeral(core: Core, call: Call, current: Stored, wanted: Object) -> Answer:
    """Debug containers are added, never changed or taken away."""
    check_version(call.resource, wanted["metadata"], current.obj)
    obj = copy_of(current.obj)
    new = {item["name"]: item for item in wanted["spec"].get("ephemeralContainers") or ()}
    path = "spec.ephemeralContainers"
    for item in obj["spec"].get("ephemeralContainers") or ():
        if item["name"] not in new:
            text = f'existing ephemeral containers "{item["name"]}" may not be removed'
            raise invalid(PODS, call.name, [forbidden_field(path, text)])
        if new[item["name"]] != item:
            text = f'existing ephemeral containers "{item["name"]}" may not be changed'
            raise invalid(PODS, call.name, [forbidden_field(path, text)])
    if new:
        obj["spec"]["ephemeralContainers"] = list(new.values())
    return finish_update(core, call, current, obj, ())


def update_resize(core: Core, call: Call) -> Answer:
    """Replace the resources of containers."""
    return _resize(core, call, _current(core, call), read(call)[0])


def patch_resize(core: Core, call: Call) -> Answer:
    """Patch the resources of containers."""
    current = _current(core, call)
    return _resize(core, call, current, patched_object(call, current.obj)[0])


def _resize(core: Core, call: Call, current: Stored, wanted: Object) -> Answer:
    check_version(call.resource, wanted["metadata"], current.obj)
    obj = copy_of(current.obj)
    resources = {item["name"]: item.get("resources") or {} for item in wanted["spec"].get("containers") or ()}
    for item in obj["spec"]["containers"]:
        item["resources"] = resources.get(item["name"], item.get("resources") or {})
    return finish_update(core, call, current, obj, ())
