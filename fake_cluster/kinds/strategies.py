"""What a kind does to its own objects when they are written: initial status, kept fields, generation.

A `Strategy` has a function where a kind has habits of its own; what all kinds do is in `builtin`.

Source: the `strategy.go` files of the API server's registry.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from fake_cluster.kinds.qos import qos_class
from fake_cluster.objects import Object, ResourceRef

InPlace = Callable[[Object], None]
WithOld = Callable[[Object, Object], None]
_UNCOUNTED: Final = frozenset({"kind", "apiVersion", "metadata", "status"})


def content_changed(new: Object, old: Object) -> bool:
    """Whether anything but metadata and status differs."""
    names = (new.keys() | old.keys()) - _UNCOUNTED
    return any(new.get(name) != old.get(name) for name in names)


def _or_annotations(new: Object, old: Object) -> bool:
    annotations = new["metadata"].get("annotations"), old["metadata"].get("annotations")
    return content_changed(new, old) or annotations[0] != annotations[1]


@dataclass(frozen=True, slots=True)
class Strategy:
    """The habits of a kind.

    `read` is part of decoding, `create`, `update` and `status` come after the general preparation of a
    write, `moves` says whether an update counts as a new generation, `creates_status` that a create may
    set the status.
    """

    read: InPlace | None = None
    create: InPlace | None = None
    update: WithOld | None = None
    status: WithOld | None = None
    moves: Callable[[Object, Object], bool] = content_changed
    creates_status: bool = False


def of(ref: ResourceRef) -> Strategy:
    """The strategy of a resource."""
    return _STRATEGIES.get((ref.group, ref.plural), _ORDINARY)


# --- core ---------------------------------------------------------------------------------------------


def _encode_string_data(obj: Object) -> None:
    plain = obj.pop("stringData", None)
    if plain:
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in plain.items()}
        obj["data"] = obj.get("data", {}) | encoded


def _begin_pod(obj: Object) -> None:
    obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj["spec"])}


def _keep_pod_owners(new: Object, old: Object) -> None:
    _keep(new["metadata"], old["metadata"], "ownerReferences")


def _begin_namespace(obj: Object) -> None:
    obj["status"] = {"phase": "Active"}
    finalizers = obj["spec"].get("finalizers", [])
    obj["spec"]["finalizers"] = finalizers if "kubernetes" in finalizers else [*finalizers, "kubernetes"]


def _keep_namespace_finalizers(new: Object, old: Object) -> None:
    _keep(new["spec"], old["spec"], "finalizers")


def _begin_pending(obj: Object) -> None:
    obj["status"] = {"phase": "Pending"}


def _keep(new: Object, old: Object, field: str) -> None:
    if field in old:
        new[field] = old[field]
    else:
        new.pop(field, None)


_ADDRESSES: Final = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
_EXPOSED: Final = frozenset({"NodePort", "LoadBalancer"})


def _keep_allocations(new: Object, old: Object) -> None:
    """A Service keeps the addresses and node ports that an update leaves out."""
    spec, was = new["spec"], old["spec"]
    if "ExternalName" in (spec.get("type"), was.get("type")):
        return
    for field in _ADDRESSES:
        if not spec.get(field) and field in was:
            spec[field] = was[field]
    if {spec.get("type"), was.get("type")} <= _EXPOSED:
        _keep_node_ports(spec, was)


def _keep_node_ports(spec: Object, was: Object) -> None:
    known = {_port_key(port): port.get("nodePort") for port in was.get("ports", ())}
    for port in spec.get("ports", ()):
        if not port.get("nodePort") and known.get(_port_key(port)):
            port["nodePort"] = known[_port_key(port)]
    if "healthCheckNodePort" in was:
        spec.setdefault("healthCheckNodePort", was["healthCheckNodePort"])


def _port_key(port: Object) -> tuple[Any, Any]:
    return port.get("protocol"), port.get("port")


# --- apps and batch -----------------------------------------------------------------------------------


def _keep_labels(new: Object, old: Object) -> None:
    _keep(new["metadata"], old["metadata"], "labels")


def _begin_job(obj: Object) -> None:
    """A Job selects its Pods by its own uid, unless it has a manual selector."""
    spec, metadata = obj["spec"], obj["metadata"]
    if spec.get("manualSelector"):
        return
    uid, name = metadata.get("uid", ""), metadata.get("name", "")
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    added = {"batch.kubernetes.io/controller-uid": uid, "controller-uid": uid}
    added |= {"batch.kubernetes.io/job-name": name, "job-name": name}
    for key, value in added.items():
        labels.setdefault(key, value)
    selector = spec.get("selector") or {}
    matched = selector.get("matchLabels", {}) | {"batch.kubernetes.io/controller-uid": uid}
    spec["selector"] = selector | {"matchLabels": matched}


# --- apiextensions ------------------------------------------------------------------------------------


def _begin_definition(obj: Object) -> None:
    stored = [version["name"] for version in obj["spec"].get("versions") or () if version.get("storage")]
    obj["status"] |= {"storedVersions": stored}
    _drop_preserving(obj)


def _drop_preserving(obj: Object) -> None:
    """`preserveUnknownFields: false` is the only value and is never shown."""
    obj["spec"].pop("preserveUnknownFields", None)


def _update_definition(new: Object, old: Object) -> None:
    del old
    _drop_preserving(new)
    status = new.get("status") or {}
    stored = status.get("storedVersions") or []
    current = [version["name"] for version in new["spec"].get("versions") or () if version.get("storage")]
    if any(name not in stored for name in current):
        new["status"] = status | {"storedVersions": [*stored, *(n for n in current if n not in stored)]}


def _keep_metadata(new: Object, old: Object) -> None:
    """Status updates of these kinds change nothing of the metadata but the managed fields."""
    managed = new["metadata"].get("managedFields")
    new["metadata"] = old["metadata"] | ({} if managed is None else {"managedFields": managed})


_ORDINARY: Final = Strategy()
_STRATEGIES: Final[dict[tuple[str, str], Strategy]] = {
    ("", "namespaces"): Strategy(create=_begin_namespace, update=_keep_namespace_finalizers),
    ("", "nodes"): Strategy(creates_status=True),
    ("", "persistentvolumeclaims"): Strategy(create=_begin_pending),
    ("", "persistentvolumes"): Strategy(create=_begin_pending),
    ("", "pods"): Strategy(create=_begin_pod, status=_keep_pod_owners),
    ("", "secrets"): Strategy(read=_encode_string_data),
    ("", "services"): Strategy(update=_keep_allocations),
    ("apiextensions.k8s.io", "customresourcedefinitions"): Strategy(
        create=_begin_definition, update=_update_definition, status=_keep_metadata
    ),
    ("apiregistration.k8s.io", "apiservices"): Strategy(status=_keep_metadata),
    ("apps", "deployments"): Strategy(status=_keep_labels, moves=_or_annotations),
    ("batch", "jobs"): Strategy(create=_begin_job),
}
