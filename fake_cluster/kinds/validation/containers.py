"""Rules of containers: names, images, ports, environment, mounts, resources and probes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fake_cluster.errors import FieldError, duplicate, forbidden_field, invalid_value, not_supported, required
from fake_cluster.kinds.quantities import amount
from fake_cluster.kinds.validation import names
from fake_cluster.objects import Object

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})


def check(spec: Mapping[str, Any], path: str, volumes: Mapping[str, Object]) -> Iterator[FieldError]:
    """All containers of a Pod spec; `volumes` are its volumes by name."""
    if not spec.get("containers"):
        yield required(f"{path}.containers")
    seen: set[str] = set()
    for field in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(field) or ()):
            at = f"{path}.{field}[{index}]"
            yield from _name(container, at, seen)
            for rule in _RULES:
                yield from rule(container, at)
            yield from _mounts(container, at, volumes)


def _name(container: Mapping[str, Any], path: str, seen: set[str]) -> Iterator[FieldError]:
    name = container.get("name") or ""
    if not name:
        yield required(f"{path}.name")
        return
    for text in names.dns_1123_label(name):
        yield invalid_value(f"{path}.name", name, text)
    if name in seen:
        yield duplicate(f"{path}.name", name)
    seen.add(name)


def _image(container: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    image = container.get("image") or ""
    if not image:
        yield required(f"{path}.image")
    elif image != image.strip():
        yield invalid_value(f"{path}.image", image, "must not have leading or trailing whitespace")
    policy = container.get("imagePullPolicy")
    if policy not in _PULL_POLICIES:
        yield (
            not_supported(f"{path}.imagePullPolicy", policy, _PULL_POLICIES)
            if policy
            else required(f"{path}.imagePullPolicy")
        )


def _ports(container: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(container.get("ports") or ()):
        at = f"{path}.ports[{index}]"
        name = port.get("name")
        if name:
            for text in names.port_name(name):
                yield invalid_value(f"{at}.name", name, text)
            if name in seen:
                yield duplicate(f"{at}.name", name)
            seen.add(name)
        if not port.get("containerPort"):
            yield required(f"{at}.containerPort")
        else:
            for text in names.port_number(port["containerPort"]):
                yield invalid_value(f"{at}.containerPort", port["containerPort"], text)
        if port.get("protocol") not in _PROTOCOLS:
            yield not_supported(f"{at}.protocol", port.get("protocol"), _PROTOCOLS)


def _environment(container: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for index, variable in enumerate(container.get("env") or ()):
        at, name = f"{path}.env[{index}]", variable.get("name") or ""
        if not name:
            yield required(f"{at}.name")
        else:
            for text in names.env_name(name):
                yield invalid_value(f"{at}.name", name, text)
        if "valueFrom" in variable:
            yield from _value_from(variable, f"{at}.valueFrom")


def _value_from(variable: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    source = variable["valueFrom"]
    if not source:
        text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        yield invalid_value(path, "", text)
    elif variable.get("value"):
        yield invalid_value(path, "", "may not be specified when `value` is not empty")
    elif len(source) > 1:
        yield invalid_value(path, "", "may not have more than one field specified at a time")
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if kind in source and not source[kind].get("key"):
            yield required(f"{path}.{kind}.key")


def _mounts(container: Mapping[str, Any], path: str, volumes: Mapping[str, Object]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        at, name = f"{path}.volumeMounts[{index}]", mount.get("name") or ""
        if not name:
            yield required(f"{at}.name")
        elif name not in volumes:
            yield FieldError("FieldValueNotFound", f"{at}.name", f'Not found: "{name}"')
        place = mount.get("mountPath") or ""
        if not place:
            yield required(f"{at}.mountPath")
        elif place in seen:
            yield invalid_value(f"{at}.mountPath", place, "must be unique")
        seen.add(place)


def _resources(container: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    resources = container.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    yield from _amounts(limits, f"{path}.resources.limits")
    yield from _amounts(requests, f"{path}.resources.requests")
    for name, request in requests.items():
        if name in limits and amount(request) > amount(limits[name]):
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            yield invalid_value(f"{path}.resources.requests", request, text)


def _amounts(values: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for name, value in values.items():
        if amount(value) < 0:
            yield invalid_value(f"{path}[{name}]", value, "must be greater than or equal to 0")
        if "/" not in name and name not in _STANDARD and not name.startswith("hugepages-"):
            yield invalid_value(
                f"{path}[{name}]", name, "must be a standard resource type or fully qualified"
            )
            yield invalid_value(f"{path}[{name}]", name, "must be a standard resource for containers")


def _probes(container: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        if kind in container:
            yield from _probe(container[kind], f"{path}.{kind}")
    for kind in ("livenessProbe", "startupProbe"):
        threshold = (container.get(kind) or {}).get("successThreshold", 1)
        if threshold != 1:
            yield invalid_value(f"{path}.{kind}.successThreshold", threshold, "must be 1")


def _probe(probe: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    handlers = [name for name in _HANDLERS if name in probe]
    if not handlers:
        yield required(path, "must specify a handler type")
    for extra in handlers[1:]:
        yield forbidden_field(f"{path}.{extra}", "may not specify more than 1 handler type")
    if "httpGet" in probe and not probe["httpGet"].get("port"):
        yield invalid_value(f"{path}.httpGet.port", 0, "must be between 1 and 65535, inclusive")
    for field in (
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ):
        if probe.get(field, 0) < 0:
            yield invalid_value(f"{path}.{field}", probe[field], "must be greater than or equal to 0")


_RULES: Sequence[Callable[[Mapping[str, Any], str], Iterator[FieldError]]] = (
    _image,
    _ports,
    _environment,
    _resources,
    _probes,
)
