"""Rules of Pods and Pod templates.

Source: ValidatePodSpec and what it calls, in the order in which the real server reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fake_cluster.errors import (
    FieldError,
    duplicate,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from fake_cluster.kinds.validation import containers, metadata, names
from fake_cluster.objects import Object

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_IMMUTABLE_POD = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def check_pod(obj: Object) -> Iterator[FieldError]:
    """A Pod."""
    yield from check_spec(obj.get("spec") or {}, "spec")


def check_pod_update(new: Object, old: Object) -> Iterator[FieldError]:
    """Hardly anything of a running Pod can be changed: images, tolerations added, a deadline."""
    if _frozen_part(new["spec"]) != _frozen_part(old["spec"]):
        yield forbidden_field("spec", _IMMUTABLE_POD)
    elif not all(
        item in (new["spec"].get("tolerations") or ()) for item in old["spec"].get("tolerations") or ()
    ):
        yield forbidden_field(
            "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
        )


_FREE = ("activeDeadlineSeconds", "tolerations", "containers", "initContainers", "ephemeralContainers")
_BOUND = ("nodeName", "schedulingGates", "nodeSelector")


def _frozen_part(spec: Mapping[str, Any]) -> Object:
    """What of a spec an update must leave alone; the binding sets `nodeName` through its own path."""
    part = {field: value for field, value in spec.items() if field not in _FREE and field not in _BOUND}
    for field in ("containers", "initContainers"):
        part[field] = [{**item, "image": ""} for item in spec.get(field) or ()]
    return part


def check_template(
    template: Mapping[str, Any], path: str, policies: Sequence[str] = ("Always",)
) -> Iterator[FieldError]:
    """A Pod template. `policies` are the restart policies that its kind allows."""
    found = template.get("metadata") or {}
    yield from metadata.check_labels(found.get("labels") or {}, f"{path}.metadata.labels")
    yield from metadata.check_annotations(found.get("annotations") or {}, f"{path}.metadata.annotations")
    spec = template.get("spec") or {}
    yield from check_spec(spec, f"{path}.spec")
    policy = spec.get("restartPolicy")
    if policy in _RESTART_POLICIES and policy not in policies:
        yield not_supported(f"{path}.spec.restartPolicy", policy, policies)


def check_spec(spec: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """A Pod spec after defaulting."""
    volumes: dict[str, Object] = {}
    yield from _volumes(spec.get("volumes") or (), f"{path}.volumes", volumes)
    yield from containers.check(spec, path, volumes)
    if spec.get("restartPolicy") not in _RESTART_POLICIES:
        yield _one_of(f"{path}.restartPolicy", spec.get("restartPolicy"), _RESTART_POLICIES)
    if spec.get("dnsPolicy") not in _DNS_POLICIES:
        yield _one_of(f"{path}.dnsPolicy", spec.get("dnsPolicy"), _DNS_POLICIES)
    yield from metadata.check_labels(spec.get("nodeSelector") or {}, f"{path}.nodeSelector")
    account = spec.get("serviceAccountName")
    for text in names.dns_1123_subdomain(account) if account else ():
        yield invalid_value(f"{path}.serviceAccountName", account, text)
    for index, toleration in enumerate(spec.get("tolerations") or ()):
        yield from _toleration(toleration, f"{path}.tolerations[{index}]")
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        grace = spec["terminationGracePeriodSeconds"]
        yield invalid_value(f"{path}.terminationGracePeriodSeconds", grace, _NOT_NEGATIVE)


_NOT_NEGATIVE = "must be greater than or equal to 0"


def _one_of(path: str, value: Any, allowed: Sequence[str]) -> FieldError:
    return not_supported(path, value, allowed) if value else required(path)


def _toleration(toleration: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    operator = toleration.get("operator") or "Equal"
    if operator not in {"Equal", "Exists"}:
        yield not_supported(f"{path}.operator", operator, ("Equal", "Exists"))
    elif operator == "Exists" and toleration.get("value"):
        text = "value must be empty when `operator` is 'Exists'"
        yield invalid_value(f"{path}.operator", toleration, text)
    elif operator == "Equal" and not toleration.get("key"):
        yield invalid_value(
            f"{path}.operator",
            operator,
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        )
    for text in names.qualified_name(toleration["key"]) if toleration.get("key") else ():
        yield invalid_value(f"{path}.key", toleration["key"], text)


def _volumes(volumes: Sequence[Object], path: str, found: dict[str, Object]) -> Iterator[FieldError]:
    for index, volume in enumerate(volumes):
        at, name = f"{path}[{index}]", volume.get("name") or ""
        if not name:
            yield required(f"{at}.name")
        else:
            for text in names.dns_1123_label(name):
                yield invalid_value(f"{at}.name", name, text)
        if name in found:
            yield duplicate(f"{at}.name", name)
        found[name] = volume
        if len(volume) > 2:
            yield forbidden_field(
                f"{at}.{sorted(set(volume) - {'name'})[1]}", "may not specify more than 1 volume type"
            )
        yield from _source(volume, at)


_NAMED = {"secret": "secretName", "configMap": "name", "persistentVolumeClaim": "claimName"}


def _source(volume: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for source, field in _NAMED.items():
        if source in volume and not volume[source].get(field):
            yield required(f"{path}.{source}.{field}")
    for index, item in enumerate((volume.get("configMap") or volume.get("secret") or {}).get("items") or ()):
        for field in ("key", "path"):
            if not item.get(field):
                yield required(
                    f"{path}.{'configMap' if 'configMap' in volume else 'secret'}.items[{index}].{field}"
                )
