"""Rules of ConfigMaps, Secrets, Services, volumes, namespaces and access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fake_cluster.errors import (
    FieldError,
    duplicate,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from fake_cluster.kinds.quantities import amount
from fake_cluster.kinds.validation import names
from fake_cluster.kinds.validation.metadata import check_labels
from fake_cluster.objects import Object

_SIZE_LIMIT = 1024 * 1024
_IMMUTABLE = "field is immutable"
_WHEN_IMMUTABLE = "field is immutable when `immutable` is set"


# --- ConfigMaps and Secrets ---------------------------------------------------------------------------


def config_map(obj: Object) -> Iterator[FieldError]:
    """Keys are file names; a key stands in one of the two maps; 1 MiB."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for key in data:
        yield from _key(key, "data")
        if key in binary:
            yield invalid_value(f"data[{key}]", key, f"duplicate of key present in binaryData: {key}")
    for key in binary:
        yield from _key(key, "binaryData")
    size = sum(len(value.encode()) for value in data.values()) + sum(len(v) * 3 // 4 for v in binary.values())
    if size > _SIZE_LIMIT:
        yield _too_large("")


def _key(key: str, field: str) -> Iterator[FieldError]:
    for text in names.config_map_key(key):
        yield invalid_value(f"{field}[{key}]", key, text)


def _too_large(path: str) -> FieldError:
    return FieldError("FieldValueTooLong", path, f"Too long: may not be more than {_SIZE_LIMIT} bytes")


def config_map_update(new: Object, old: Object) -> Iterator[FieldError]:
    """What is immutable stays so."""
    yield from _stays_immutable(new, old, ("data", "binaryData"))


def _stays_immutable(new: Object, old: Object, fields: tuple[str, ...]) -> Iterator[FieldError]:
    if not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield forbidden_field("immutable", _WHEN_IMMUTABLE)
    for field in fields:
        if new.get(field) != old.get(field):
            yield forbidden_field(field, _WHEN_IMMUTABLE)


_NEEDED_KEYS = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def secret(obj: Object) -> Iterator[FieldError]:
    """Keys are file names; some types need theirs; 1 MiB."""
    data = obj.get("data") or {}
    for key in data:
        yield from _key(key, "data")
    if sum(len(value) * 3 // 4 for value in data.values()) > _SIZE_LIMIT:
        yield _too_large("data")
    for key in _NEEDED_KEYS.get(obj.get("type", ""), ()):
        if key not in data:
            yield required(f"data[{key}]")
    if obj.get("type") == "kubernetes.io/service-account-token":
        account = "kubernetes.io/service-account.name"
        if not (obj["metadata"].get("annotations") or {}).get(account):
            yield required(f"metadata.annotations[{account}]")
    if obj.get("type") == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield required("data[username]")
        yield required("data[password]")


def secret_update(new: Object, old: Object) -> Iterator[FieldError]:
    """The type stays; what is immutable stays so."""
    if new.get("type") != old.get("type"):
        yield invalid_value("type", new.get("type"), _IMMUTABLE)
    yield from _stays_immutable(new, old, ("data",))


# --- Services -----------------------------------------------------------------------------------------

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")


def service(obj: Object) -> Iterator[FieldError]:
    """Ports with distinct names, known types and affinities."""
    spec = obj["spec"]
    kind = spec.get("type")
    if not spec.get("ports") and kind != "ExternalName" and spec.get("clusterIP") != "None":
        yield required("spec.ports")
    yield from _service_ports(spec)
    yield from check_labels(spec.get("selector") or {}, "spec.selector")
    if kind not in _TYPES:
        yield not_supported("spec.type", kind, _TYPES)
    if spec.get("sessionAffinity") not in {"ClientIP", "None"}:
        yield not_supported("spec.sessionAffinity", spec.get("sessionAffinity"), ("ClientIP", "None"))
    if kind == "ExternalName" and not spec.get("externalName"):
        yield required("spec.externalName")


def _service_ports(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    ports = spec.get("ports") or ()
    seen: set[str] = set()
    taken: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        at, name = f"spec.ports[{index}]", port.get("name") or ""
        if not name and len(ports) > 1:
            yield required(f"{at}.name")
        for text in names.dns_1123_label(name) if name else ():
            yield invalid_value(f"{at}.name", name, text)
        if name and name in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(name)
        for text in names.port_number(port.get("port")):
            yield invalid_value(f"{at}.port", port.get("port", 0), text)
        if port.get("protocol") not in _PROTOCOLS:
            yield not_supported(f"{at}.protocol", port.get("protocol"), _PROTOCOLS)
        if (port.get("protocol"), port.get("port")) in taken:
            yield duplicate(at, {"protocol": port.get("protocol"), "port": port.get("port")})
        taken.add((port.get("protocol"), port.get("port")))


def service_update(new: Object, old: Object) -> Iterator[FieldError]:
    """A cluster IP stays as long as the Service has one."""
    kinds = {new["spec"].get("type"), old["spec"].get("type")}
    before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
    if before and before != after and "ExternalName" not in kinds:
        yield invalid_value("spec.clusterIPs[0]", [after] if after else None, "may not change once set")


# --- volumes ------------------------------------------------------------------------------------------

_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")


def claim(obj: Object) -> Iterator[FieldError]:
    """Access modes and a size."""
    spec = obj["spec"]
    if not spec.get("accessModes"):
        yield required("spec.accessModes", "at least 1 access mode is required")
    for mode in spec.get("accessModes") or ():
        if mode not in _MODES:
            yield not_supported("spec.accessModes", mode, sorted(_MODES))
    storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if storage is None:
        yield required("spec.resources[storage]")
    elif amount(storage) <= 0:
        yield invalid_value("spec.resources[storage]", storage, "must be greater than zero")


_CLAIM_IS_FIXED = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"


def claim_update(new: Object, old: Object) -> Iterator[FieldError]:
    """A claim can grow once it is bound, and be given its volume and class; nothing else."""
    after, before = dict(new["spec"]), dict(old["spec"])
    bound = (old.get("status") or {}).get("phase") == "Bound"
    smaller = _size(after) < _size(before)
    if bound:
        after["resources"] = before.get("resources")
    for field in ("volumeName", "storageClassName"):
        if field not in before:
            after.pop(field, None)
    after["volumeAttributesClassName"] = before.get("volumeAttributesClassName")
    before["volumeAttributesClassName"] = before.get("volumeAttributesClassName")
    if after != before:
        yield forbidden_field("spec", _CLAIM_IS_FIXED)
    elif smaller:
        text = "field can not be less than status.capacity"
        yield forbidden_field("spec.resources.requests.storage", text)


def _size(spec: Mapping[str, Any]) -> Any:
    return amount(((spec.get("resources") or {}).get("requests") or {}).get("storage", "0"))


def storage_class(obj: Object) -> Iterator[FieldError]:
    """A provisioner, and known policies."""
    if not obj.get("provisioner"):
        yield required("provisioner")
    if obj.get("volumeBindingMode") not in {"Immediate", "WaitForFirstConsumer"}:
        allowed = ("Immediate", "WaitForFirstConsumer")
        yield not_supported("volumeBindingMode", obj.get("volumeBindingMode"), allowed)


def storage_class_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Parameters, provisioner and policies stay."""
    for field in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
        if new.get(field) != old.get(field):
            yield forbidden_field(field, f"updates to {field} are forbidden.")


# --- access -------------------------------------------------------------------------------------------


def role(obj: Object) -> Iterator[FieldError]:
    """Every rule has verbs, and resources with their groups."""
    for index, rule in enumerate(obj.get("rules") or ()):
        at = f"rules[{index}]"
        if not rule.get("verbs"):
            yield required(f"{at}.verbs", "verbs must contain at least one value")
        if rule.get("nonResourceURLs"):
            continue
        if not rule.get("apiGroups"):
            yield required(f"{at}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            yield required(f"{at}.resources", "resource rules must supply at least one resource")


_RBAC = "rbac.authorization.k8s.io"


def role_binding(obj: Object) -> Iterator[FieldError]:
    """A role of the RBAC group, and subjects with names."""
    reference = obj.get("roleRef") or {}
    if reference.get("apiGroup") != _RBAC:
        yield not_supported("roleRef.apiGroup", reference.get("apiGroup"), (_RBAC,))
    if reference.get("kind") not in {"Role", "ClusterRole"}:
        yield not_supported("roleRef.kind", reference.get("kind"), ("ClusterRole", "Role"))
    if not reference.get("name"):
        yield required("roleRef.name")
    for index, subject in enumerate(obj.get("subjects") or ()):
        if not subject.get("name"):
            yield required(f"subjects[{index}].name")
        if subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            yield required(f"subjects[{index}].namespace")


def role_binding_update(new: Object, old: Object) -> Iterator[FieldError]:
    """A binding never changes its role."""
    if new.get("roleRef") != old.get("roleRef"):
        yield invalid_value("roleRef", new.get("roleRef"), "cannot change roleRef")
