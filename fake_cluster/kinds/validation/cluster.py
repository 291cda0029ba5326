"""Rules of what configures the cluster: volumes, limits, priorities, webhooks, leases, events.

Source: the validation packages of the API server's groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fake_cluster.errors import FieldError, forbidden_field, invalid_value, not_supported, required
from fake_cluster.kinds.quantities import amount
from fake_cluster.kinds.validation import names
from fake_cluster.objects import Object

_IMMUTABLE: Final = "field is immutable"
_NOT_NEGATIVE: Final = "must be greater than or equal to 0"

# --- volumes ------------------------------------------------------------------------------------------

_NO_SOURCES: Final = frozenset(
    {
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    }
)
_RECLAIM: Final = ("Delete", "Recycle", "Retain")


def _sources(spec: Mapping[str, Any]) -> Object:
    return {field: value for field, value in spec.items() if field not in _NO_SOURCES}


def volume(obj: Object) -> Iterator[FieldError]:
    """A PersistentVolume: access modes, a capacity and exactly one source."""
    spec = obj["spec"]
    if not spec.get("accessModes"):
        yield required("spec.accessModes")
    if not spec.get("capacity"):
        yield required("spec.capacity")
    elif set(spec["capacity"]) != {"storage"}:
        yield not_supported("spec.capacity", spec["capacity"], ("storage",))
    elif amount(spec["capacity"]["storage"]) <= 0:
        text = "must be greater than zero"
        yield invalid_value("spec.capacity[storage]", spec["capacity"]["storage"], text)
    if spec.get("persistentVolumeReclaimPolicy") not in _RECLAIM:
        policy = spec.get("persistentVolumeReclaimPolicy")
        yield not_supported("spec.persistentVolumeReclaimPolicy", policy, _RECLAIM)
    sources = sorted(_sources(spec))
    if not sources:
        yield required("spec", "must specify a volume type")
    for extra in sources[1:]:
        yield forbidden_field(f"spec.{extra}", "may not specify more than 1 volume type")


def volume_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Source and mode stay."""
    if _sources(new["spec"]) != _sources(old["spec"]):
        text = "spec.persistentvolumesource is immutable after creation"
        yield forbidden_field("spec.persistentvolumesource", text)
    if new["spec"].get("volumeMode") != old["spec"].get("volumeMode"):
        yield invalid_value("spec.volumeMode", new["spec"].get("volumeMode"), _IMMUTABLE)


# --- limits and priorities ----------------------------------------------------------------------------


def limit_range(obj: Object) -> Iterator[FieldError]:
    """Minimum, request, default and maximum in this order, for every resource."""
    for index, item in enumerate(obj["spec"].get("limits") or ()):
        path = f"spec.limits[{index}]"
        least, most = item.get("min", {}), item.get("max", {})
        for name in sorted(least.keys() & most.keys()):
            if amount(least[name]) > amount(most[name]):
                text = f"min value {least[name]} is greater than max value {most[name]}"
                yield invalid_value(f"{path}.min[{name}]", least[name], text)
        for field in ("defaultRequest", "default"):
            for name, value in item.get(field, {}).items():
                if name in most and amount(value) > amount(most[name]):
                    text = f"{_SPOKEN[field]} value {value} is greater than max value {most[name]}"
                    yield invalid_value(f"{path}.{field}[{name}]", value, text)


_SPOKEN: Final = {"default": "default", "defaultRequest": "default request"}


def resource_quota(obj: Object) -> Iterator[FieldError]:
    """Amounts of known things, not negative."""
    for name, value in obj["spec"].get("hard", {}).items():
        for text in names.qualified_name(name):
            yield invalid_value(f"spec.hard[{name}]", name, text)
        if amount(value) < 0:
            yield invalid_value(f"spec.hard[{name}]", value, _NOT_NEGATIVE)


def resource_quota_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Scopes stay."""
    if sorted(new["spec"].get("scopes", ())) != sorted(old["spec"].get("scopes", ())):
        yield invalid_value("spec.scopes", new["spec"].get("scopes"), _IMMUTABLE)


_HIGHEST_PRIORITY: Final = 1_000_000_000


def priority_class(obj: Object) -> Iterator[FieldError]:
    """User-defined priorities end where the system's begin."""
    system = obj["metadata"].get("name", "").startswith("system-")
    if obj.get("value", 0) > _HIGHEST_PRIORITY and not system:
        text = f"maximum allowed value of a user defined priority is {_HIGHEST_PRIORITY}"
        yield forbidden_field("value", text)
    if obj.get("preemptionPolicy") not in ("Never", "PreemptLowerPriority"):
        allowed = ("Never", "PreemptLowerPriority")
        yield not_supported("preemptionPolicy", obj.get("preemptionPolicy"), allowed)


def priority_class_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Value and preemption stay."""
    if new.get("value") != old.get("value"):
        yield forbidden_field("value", "may not be changed in an update.")
    if new.get("preemptionPolicy") != old.get("preemptionPolicy"):
        yield invalid_value("preemptionPolicy", new.get("preemptionPolicy"), _IMMUTABLE)


# --- the API's own kinds ------------------------------------------------------------------------------


def webhooks(obj: Object) -> Iterator[FieldError]:
    """Every webhook: a qualified name, one way to call it, and what it does besides answering."""
    for index, webhook in enumerate(obj.get("webhooks", ())):
        yield from _webhook(webhook, f"webhooks[{index}]")


def _webhook(webhook: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    name = webhook.get("name", "")
    if not name:
        yield required(f"{path}.name")
    elif len(name.split(".")) < 3:
        text = "should be a domain with at least three segments separated by dots"
        yield invalid_value(f"{path}.name", name, text)
    if not webhook.get("admissionReviewVersions"):
        yield required(f"{path}.admissionReviewVersions", "must specify one of v1, v1beta1")
    if webhook.get("sideEffects") not in ("None", "NoneOnDryRun"):
        yield _side_effects(webhook.get("sideEffects"), f"{path}.sideEffects")
    if webhook.get("failurePolicy") not in ("Fail", "Ignore"):
        yield not_supported(f"{path}.failurePolicy", webhook.get("failurePolicy"), ("Fail", "Ignore"))
    if not 1 <= webhook.get("timeoutSeconds", 10) <= 30:
        text = "the timeout value must be between 1 and 30 seconds"
        yield invalid_value(f"{path}.timeoutSeconds", webhook["timeoutSeconds"], text)
    config = webhook.get("clientConfig") or {}
    if ("url" in config) == ("service" in config):
        yield required(f"{path}.clientConfig", "exactly one of url or service is required")


def _side_effects(value: Any, path: str) -> FieldError:
    if value is None:
        return required(path, "must specify one of None, NoneOnDryRun")
    return not_supported(path, value, ("None", "NoneOnDryRun"))


def api_service(obj: Object) -> Iterator[FieldError]:
    """The name follows from version and group."""
    spec = obj["spec"]
    wanted = f"{spec.get('version', '')}.{spec.get('group', '')}"
    if obj["metadata"].get("name") != wanted:
        text = f'must be `spec.version+"."+spec.group`: "{wanted}"'
        yield invalid_value("metadata.name", obj["metadata"].get("name"), text)


# --- leases and events --------------------------------------------------------------------------------


def lease(obj: Object) -> Iterator[FieldError]:
    """Durations are positive, transitions are counted from zero."""
    spec = obj["spec"]
    if spec.get("leaseDurationSeconds", 1) <= 0:
        yield invalid_value(
            "spec.leaseDurationSeconds", spec["leaseDurationSeconds"], "must be greater than 0"
        )
    if spec.get("leaseTransitions", 0) < 0:
        yield invalid_value("spec.leaseTransitions", spec["leaseTransitions"], _NOT_NEGATIVE)


def event(obj: Object) -> Iterator[FieldError]:
    """An Event lives with the object that it is about; those of cluster-scoped ones in `default`."""
    about = (obj.get("involvedObject") or obj.get("regarding") or {}).get("namespace", "")
    own = obj["metadata"].get("namespace", "")
    if own not in ((about,) if about else ("", "default", "kube-system")):
        path = "regarding.namespace" if "regarding" in obj else "involvedObject.namespace"
        yield invalid_value(path, about, "does not match event.namespace")


def runtime_class(obj: Object) -> Iterator[FieldError]:
    """A handler that is a label."""
    for text in names.dns_1123_label(obj.get("handler", "")):
        yield invalid_value("handler", obj.get("handler", ""), text)


def runtime_class_update(new: Object, old: Object) -> Iterator[FieldError]:
    """The handler stays."""
    if new.get("handler") != old.get("handler"):
        yield invalid_value("handler", new.get("handler"), _IMMUTABLE)
