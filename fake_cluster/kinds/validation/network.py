"""Rules of ingresses, network policies and endpoints.

Source: `pkg/apis/networking/validation`, `pkg/apis/discovery/validation` and ValidateEndpoints of the API server.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fake_cluster.errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from fake_cluster.kinds.validation import names
from fake_cluster.kinds.validation.selectors import check_selector
from fake_cluster.objects import Object

_PATH_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")
_POLICY_TYPES: Final = ("Egress", "Ingress")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_ADDRESS_TYPES: Final = ("FQDN", "IPv4", "IPv6")
_NO_ADDRESS: Final = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_NO_RANGE: Final = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_MAX_ADDRESSES: Final = 100


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


# --- ingresses ----------------------------------------------------------------------------------------


def ingress(obj: Object) -> Iterator[FieldError]:
    """Something to route to: a default backend or rules, each path with a type and a backend."""
    spec = obj["spec"]
    if "defaultBackend" in spec:
        yield from _backend(spec["defaultBackend"], "spec.defaultBackend")
    elif not spec.get("rules"):
        yield invalid_value("spec", spec, "either `defaultBackend` or `rules` must be specified")
    for index, rule in enumerate(spec.get("rules", ())):
        yield from _rule(rule, f"spec.rules[{index}]")


def _rule(rule: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    host = rule.get("host", "")
    if is_address(host):
        yield invalid_value(f"{path}.host", host, "must be a DNS name, not an IP address")
    elif host:
        for text in names.dns_1123_subdomain(host.removeprefix("*.")):
            yield invalid_value(f"{path}.host", host, text)
    if "http" in rule:
        if not rule["http"].get("paths"):
            yield required(f"{path}.http.paths")
        for index, item in enumerate(rule["http"].get("paths") or ()):
            yield from _path(item, f"{path}.http.paths[{index}]")


def _path(item: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    kind, route = item.get("pathType"), item.get("path", "")
    if not kind:
        yield required(f"{path}.pathType", "pathType must be specified")
    elif kind not in _PATH_TYPES:
        yield not_supported(f"{path}.pathType", kind, _PATH_TYPES)
    elif not route.startswith("/") and (route or kind != "ImplementationSpecific"):
        yield invalid_value(f"{path}.path", route, "must be an absolute path")
    yield from _backend(item.get("backend", {}), f"{path}.backend")


def _backend(backend: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    service = backend.get("service")
    if "resource" in backend:
        if service is not None:
            yield invalid_value(path, "", "cannot set both resource and service backends")
        return
    if service is None:
        yield required(path, "port name or number is required")
        return
    if not service.get("name"):
        yield required(f"{path}.service.name")
    for text in names.dns_1035_label(service["name"]) if service.get("name") else ():
        yield invalid_value(f"{path}.service.name", service["name"], text)
    yield from _backend_port(service.get("port", {}), f"{path}.service.port")


def _backend_port(port: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    if port.get("name") and port.get("number"):
        yield invalid_value(path, "", "cannot set both port name & port number")
    elif port.get("name"):
        for text in names.port_name(port["name"]):
            yield invalid_value(f"{path}.name", port["name"], text)
    elif not port.get("number"):
        yield required(path, "port name or number is required")
    else:
        for text in names.port_number(port["number"]):
            yield invalid_value(f"{path}.number", port["number"], text)


# --- network policies ---------------------------------------------------------------------------------


def network_policy(obj: Object) -> Iterator[FieldError]:
    """Selectors, peers and ports that can be understood."""
    spec = obj["spec"]
    yield from check_selector(spec.get("podSelector", {}), "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction, ())):
            path = f"spec.{direction}[{index}]"
            for number, port in enumerate(rule.get("ports", ())):
                yield from _policy_port(port, f"{path}.ports[{number}]")
            for number, peer in enumerate(rule.get(peers, ())):
                yield from _peer(peer, f"{path}.{peers}[{number}]")
    for index, kind in enumerate(spec.get("policyTypes", ())):
        if kind not in _POLICY_TYPES:
            yield not_supported(f"spec.policyTypes[{index}]", kind, _POLICY_TYPES)


def _policy_port(port: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    if port.get("protocol") not in _PROTOCOLS:
        yield not_supported(f"{path}.protocol", port.get("protocol"), _PROTOCOLS)
    number = port.get("port")
    if number is not None:
        for text in (names.port_name if isinstance(number, str) else names.port_number)(number):
            yield invalid_value(f"{path}.port", number, text)


def _peer(peer: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    if not peer:
        yield required(path, "must specify a peer")
    for field in ("podSelector", "namespaceSelector"):
        if field in peer:
            yield from check_selector(peer[field], f"{path}.{field}")
    block = peer.get("ipBlock")
    if block is None:
        return
    if len(peer) > 1:
        yield forbidden_field(path, "may not specify both ipBlock and another peer")
    for field, text in (
        ("cidr", block.get("cidr", "")),
        *(("except", item) for item in block.get("except", ())),
    ):
        if not text:
            yield required(f"{path}.ipBlock.{field}")
        elif not _is_range(text):
            yield invalid_value(f"{path}.ipBlock.{field}", text, _NO_RANGE)


# --- endpoints ----------------------------------------------------------------------------------------


def endpoints(obj: Object) -> Iterator[FieldError]:
    """Every subset has addresses, which are IP addresses."""
    for index, subset in enumerate(obj.get("subsets", ())):
        path = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield required(path, "must specify `addresses` or `notReadyAddresses`")
        for field in ("addresses", "notReadyAddresses"):
            for number, item in enumerate(subset.get(field, ())):
                if not is_address(item.get("ip", "")):
                    yield invalid_value(f"{path}.{field}[{number}].ip", item.get("ip", ""), _NO_ADDRESS)
        for number, port in enumerate(subset.get("ports", ())):
            for text in names.port_number(port.get("port")):
                yield invalid_value(f"{path}.ports[{number}].port", port.get("port", 0), text)


def endpoint_slice(obj: Object) -> Iterator[FieldError]:
    """A known type of addresses, and one to a hundred of them for each endpoint."""
    kind = obj.get("addressType")
    if not kind:
        yield required("addressType")
    elif kind not in _ADDRESS_TYPES:
        yield not_supported("addressType", kind, _ADDRESS_TYPES)
    for index, endpoint in enumerate(obj.get("endpoints") or ()):
        path = f"endpoints[{index}].addresses"
        addresses = endpoint.get("addresses") or ()
        if not addresses:
            yield required(path, "must contain at least 1 address")
        elif len(addresses) > _MAX_ADDRESSES:
            text = f"Too many: {len(addresses)}: must have at most {_MAX_ADDRESSES} items"
            yield FieldError("FieldValueTooMany", path, text)
        for number, address in enumerate(addresses if kind in ("IPv4", "IPv6") else ()):
            if not is_address(address):
                yield invalid_value(f"{path}[{number}]", address, _NO_ADDRESS)


def endpoint_slice_update(new: Object, old: Object) -> Iterator[FieldError]:
    """The type of addresses stays."""
    if new.get("addressType") != old.get("addressType"):
        yield invalid_value("addressType", new.get("addressType"), "field is immutable")
