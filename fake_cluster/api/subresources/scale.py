"""`scale`: the replicas of anything that has them, as one small object of the same form for all."""

from __future__ import annotations

from typing import Any

from fake_cluster.api import managers
from fake_cluster.api import patch as patches
from fake_cluster.api.apply import Applied, Writer
from fake_cluster.api.apply import apply as apply_configuration
from fake_cluster.api.apply.entries import entries_of
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import check_type, place, read_as
from fake_cluster.api.subresources import scale_owners
from fake_cluster.api.writing import finish_update
from fake_cluster.errors import bad_request, conflict, invalid, invalid_value, no_such_resource, not_found
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, SCALE
from fake_cluster.objects import Object, copy_of
from fake_cluster.store import Stored

_BUILT_IN = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": "",
}
_NO_SELECTOR = ".none"
_COPIED = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def get(core: Core, call: Call) -> Answer:
    """The Scale of an object."""
    return Answer(200, obj=_scale_of(core, call, _current(core, call).obj))


def update(core: Core, call: Call) -> Answer:
    """Set the replicas."""
    return _write(core, call, call.body)


def patch(core: Core, call: Call) -> Answer:
    """Set the replicas by a patch of the Scale."""
    if call.patch == "apply":
        return _apply(core, call)
    scale = _scale_of(core, call, _current(core, call).obj)
    make = patches.json_patch if call.patch == "json" else patches.merge_patch
    return _write(core, call, make(scale, call.body))


def _current(core: Core, call: Call) -> Stored:
    stored = core.table(call.resource).get(call.namespace, call.name)
    if stored is None:
        raise not_found(call.resource.ref, call.name)
    return core.view(call.resource, stored)


def _paths(core: Core, call: Call) -> dict[str, str]:
    """Where the numbers are: custom resources say so in their definition."""
    ref = call.resource.ref
    if not call.resource.is_custom:
        return _BUILT_IN
    crds = CUSTOM_RESOURCE_DEFINITIONS
    found = core.store.table(crds.group, crds.plural).get("", ref.resource_name)
    versions = found.obj["spec"]["versions"] if found else ()
    paths: dict[str, str] = next(
        (item["subresources"]["scale"] for item in versions if item["name"] == ref.version), {}
    )
    return {**_BUILT_IN, "labelSelectorPath": _NO_SELECTOR, **paths}


def _at(obj: Any, path: str) -> Any:
    for part in path.lstrip(".").split("."):
        obj = obj.get(part) if isinstance(obj, dict) else None
    return obj


def _scale_of(core: Core, call: Call, obj: Object) -> Object:
    paths = _paths(core, call)
    replicas = _at(obj, paths["specReplicasPath"]) or 0
    status: Object = {"replicas": _at(obj, paths["statusReplicasPath"]) or 0}
    selector = _selector(obj, paths["labelSelectorPath"])
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: obj["metadata"][name] for name in _COPIED if name in obj["metadata"]},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status | ({"selector": selector} if selector else {}),
    }


def _selector(obj: Object, path: str) -> str:
    if path:
        return str(_at(obj, path) or "")
    selector = (obj.get("spec") or {}).get("selector") or {}
    labels = selector.get("matchLabels", selector if "matchExpressions" not in selector else {})
    terms = [f"{key}={value}" for key, value in sorted(labels.items())]
    terms += [
        _expression(item["key"], item["operator"], sorted(item.get("values") or ()))
        for item in selector.get("matchExpressions") or ()
    ]
    return ",".join(terms)


def _expression(key: str, operator: str, values: list[str]) -> str:
    if operator in ("Exists", "DoesNotExist"):
        return key if operator == "Exists" else f"!{key}"
    return f"{key} {operator.lower()} ({','.join(values)})"


def _write(core: Core, call: Call, scale: Any) -> Answer:
    current = _current(core, call)
    wanted = read_as(core, SCALE, scale)
    replicas = _replicas(call, wanted)
    metadata, stored = wanted["metadata"], current.obj["metadata"]
    if metadata.get("resourceVersion") not in (None, "", stored["resourceVersion"]):
        raise conflict(call.resource.ref, call.name)
    if metadata.get("uid") not in (None, "", stored["uid"]):
        raise conflict(
            call.resource.ref, call.name, "Precondition failed: UID in precondition is another one"
        )
    obj = copy_of(current.obj)
    _set(obj, _paths(core, call)["specReplicasPath"], replicas)
    answer = finish_update(core, call, current, obj, ())
    return Answer(200, obj=_scale_of(core, call, answer.content))


def _apply(core: Core, call: Call) -> Answer:
    """Server-side apply of a Scale: what it owns is the object's own field of replicas."""
    current = _current(core, call)
    path, entries = _paths(core, call)["specReplicasPath"], entries_of(current.obj)
    applied = _applied(core, call, current.obj, scale_owners.of_scale(entries, path))
    replicas = _replicas(call, read_as(core, SCALE, applied.obj))
    managed = scale_owners.of_object(entries, applied.managed, path, call.resource.ref.api_version)
    obj = copy_of(current.obj)
    _set(obj, path, replicas)
    answer = finish_update(core, call, current, obj, (), managed=managed)
    return Answer(200, obj=_scale_of(core, call, answer.content))


def _applied(core: Core, call: Call, obj: Object, owners: list[Object]) -> Applied:
    resource = core.kinds.by_kind(SCALE.api_version, SCALE.kind)
    if resource is None:
        raise no_such_resource()
    config = check_type(resource, call.body)
    given = config.get("metadata") or {}
    if not isinstance(given, dict):
        raise bad_request("the configuration must have metadata")
    placed = dict(given)
    place(call, placed)
    live = _scale_of(core, call, obj)
    live["metadata"]["managedFields"] = owners
    writer = managers.writer_of(core, call)
    return apply_configuration(
        live,
        config | {"metadata": placed},
        resource.schema,
        Writer(writer.manager, "Apply", SCALE.api_version, writer.time, "scale"),
        force=call.options.force,
        configurations=core.configurations,
    )


def _replicas(call: Call, scale: Object) -> int:
    """The replicas that a Scale asks for; 422 for a negative number."""
    name = scale["metadata"].get("name") or call.name
    if name != call.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({call.name})")
    replicas: int = (scale.get("spec") or {}).get("replicas") or 0
    if replicas < 0:
        error = invalid_value("spec.replicas", replicas, "must be greater than or equal to 0")
        raise invalid(SCALE, call.name, [error])
    return replicas


def _set(obj: Object, path: str, value: int) -> None:
    *parents, last = path.lstrip(".").split(".")
    for part in parents:
        obj = obj.setdefault(part, {})
    obj[last] = value
