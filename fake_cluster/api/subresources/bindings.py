"""`pods/binding`: the one way in which a Pod gets its node."""

from __future__ import annotations

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import read_as
from fake_cluster.errors import conflict, invalid, not_found, required
from fake_cluster.kinds.refs import BINDINGS, PODS
from fake_cluster.objects import Object, copy_of


def bind(core: Core, call: Call) -> Answer:
    """Put a Pod on a node; 409 for one that has a node already, or that is about to go."""
    body = read_as(core, BINDINGS, call.body)
    metadata = body["metadata"]
    name = call.name or metadata.get("name") or ""
    node = (body.get("target") or {}).get("name") or ""
    if not node:
        raise invalid(BINDINGS, name, [required("target.name")])
    pods = core.store.table("", "pods")
    stored = pods.get(call.namespace, name)
    if stored is None:
        raise not_found(PODS, name)
    _check(stored.obj, metadata)
    if not call.options.dry_run:
        core.store.put(pods, _bound(core, stored.obj, metadata, node))
    return Answer(201, obj=SUCCESS)


SUCCESS: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _check(pod: Object, metadata: Object) -> None:
    own = pod["metadata"]
    why = ""
    if metadata.get("uid") not in (None, "", own["uid"]):
        why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {own['uid']}"
    elif "deletionTimestamp" in own:
        why = f"pod {own['name']} is being deleted, cannot be assigned to a host"
    elif pod["spec"].get("nodeName"):
        why = f'pod {own["name"]} is already assigned to node "{pod["spec"]["nodeName"]}"'
    if why:
        raise conflict(PODS._replace(plural="pods/binding"), own["name"], why)


def _bound(core: Core, pod: Object, metadata: Object, node: str) -> Object:
    pod = copy_of(pod)
    pod["spec"]["nodeName"] = node
    if metadata.get("annotations"):
        pod["metadata"].setdefault("annotations", {}).update(metadata["annotations"])
    status = pod.setdefault("status", {})
    conditions = status.setdefault("conditions", [])
    conditions[:] = [item for item in conditions if item["type"] != "PodScheduled"]
    scheduled: Object = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
    conditions.append(scheduled | {"lastTransitionTime": core.timestamp()})
    return pod
