"""The columns of Services, endpoints, ingresses, policies, claims and volumes."""

from __future__ import annotations

from typing import Any, Final

from fake_cluster.kinds.printing.cells import (
    AGE,
    NAME,
    NONE,
    UNSET,
    at,
    column,
    field,
    labels,
    listed,
    selector,
    wide,
)
from fake_cluster.objects import Object

_MODES: Final = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _addresses(entries: Any) -> str:
    return ",".join(item.get("ip") or item.get("hostname", "") for item in entries)


def _external(obj: Object) -> str:
    spec = obj["spec"]
    kind, fixed = spec.get("type", "ClusterIP"), ",".join(spec.get("externalIPs", ()))
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    if kind == "LoadBalancer":
        given = _addresses(at(obj, "status.loadBalancer.ingress", ()))
        return ",".join(filter(None, (given, fixed))) or "<pending>"
    return fixed or NONE


def _ports(obj: Object) -> str:
    return ",".join(_port(item) for item in at(obj, "spec.ports", ())) or NONE


def _port(item: Object) -> str:
    node = f":{item['nodePort']}" if item.get("nodePort") else ""
    return f"{item['port']}{node}/{item.get('protocol', 'TCP')}"


def _endpoints(obj: Object) -> str:
    found: list[str] = []
    for subset in obj.get("subsets", ()):
        addresses = [item["ip"] for item in subset.get("addresses", ())]
        ports = subset.get("ports", ())
        found += [f"{ip}:{port['port']}" for port in ports for ip in addresses] if ports else addresses
    return listed(found)


def _slice_ports(obj: Object) -> str:
    ports = obj.get("ports")
    return UNSET if not ports else listed([item.get("port") or item.get("name") for item in ports])


def _slice_addresses(obj: Object) -> str:
    found = [address for item in obj.get("endpoints") or () for address in item["addresses"]]
    return listed(found) if found else UNSET


def _hosts(obj: Object) -> str:
    found = [rule.get("host", "*") for rule in at(obj, "spec.rules", ())]
    return listed(found) if found else "*"


def _ingress_ports(obj: Object) -> str:
    return "80, 443" if at(obj, "spec.tls") else "80"


def _modes(modes: Any) -> str:
    return ",".join(short for mode, short in _MODES.items() if mode in modes)


def _claim(obj: Object) -> str:
    reference = at(obj, "spec.claimRef")
    return f"{reference['namespace']}/{reference['name']}" if reference else ""


def _phase(obj: Object) -> Any:
    return "Terminating" if "deletionTimestamp" in obj["metadata"] else at(obj, "status.phase", "")


_SERVICE: Final = (
    NAME,
    column("Type", field("spec.type")),
    column("Cluster-IP", field("spec.clusterIP", NONE)),
    column("External-IP", _external),
    column("Port(s)", _ports),
    AGE,
    wide("Selector", lambda obj: labels(at(obj, "spec.selector"))),
)
_INGRESS: Final = (
    NAME,
    column("Class", field("spec.ingressClassName", NONE)),
    column("Hosts", _hosts),
    column("Address", lambda obj: _addresses(at(obj, "status.loadBalancer.ingress", ()))),
    column("Ports", _ingress_ports),
    AGE,
)
_VOLUME: Final = (
    NAME,
    column("Capacity", field("spec.capacity.storage")),
    column("Access Modes", lambda obj: _modes(at(obj, "spec.accessModes", ()))),
    column("Reclaim Policy", field("spec.persistentVolumeReclaimPolicy")),
    column("Status", _phase),
    column("Claim", _claim),
    column("StorageClass", field("spec.storageClassName")),
    column("VolumeAttributesClass", field("spec.volumeAttributesClassName", UNSET)),
    column("Reason", field("status.reason")),
    AGE,
    wide("VolumeMode", field("spec.volumeMode", UNSET)),
)
_VOLUME_CLAIM: Final = (
    NAME,
    column("Status", _phase),
    column("Volume", field("spec.volumeName")),
    column("Capacity", field("status.capacity.storage")),
    column("Access Modes", lambda obj: _modes(at(obj, "status.accessModes", ()))),
    column("StorageClass", field("spec.storageClassName")),
    column("VolumeAttributesClass", field("spec.volumeAttributesClassName", UNSET)),
    AGE,
    wide("VolumeMode", field("spec.volumeMode", UNSET)),
)


def _class_name(obj: Object) -> str:
    annotations = obj["metadata"].get("annotations", {})
    default = annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    return f"{obj['metadata']['name']} (default)" if default else str(obj["metadata"]["name"])


def _parameters(obj: Object) -> str:
    found = at(obj, "spec.parameters")
    if not found:
        return NONE
    group = f".{found['apiGroup']}" if found.get("apiGroup") else ""
    return f"{found['kind']}{group}/{found['name']}"


TABLES: Final = {
    ("", "endpoints"): (NAME, column("Endpoints", _endpoints), AGE),
    ("", "persistentvolumeclaims"): _VOLUME_CLAIM,
    ("", "persistentvolumes"): _VOLUME,
    ("", "services"): _SERVICE,
    ("discovery.k8s.io", "endpointslices"): (
        NAME,
        column("AddressType", field("addressType")),
        column("Ports", _slice_ports),
        column("Endpoints", _slice_addresses),
        AGE,
    ),
    ("networking.k8s.io", "ingressclasses"): (
        NAME,
        column("Controller", field("spec.controller")),
        column("Parameters", _parameters),
        AGE,
    ),
    ("networking.k8s.io", "ingresses"): _INGRESS,
    ("networking.k8s.io", "networkpolicies"): (
        NAME,
        column("Pod-Selector", lambda obj: selector(at(obj, "spec.podSelector", {}))),
        AGE,
    ),
    ("networking.k8s.io", "servicecidrs"): (
        NAME,
        column("CIDRs", lambda obj: ",".join(at(obj, "spec.cidrs", ()))),
        AGE,
    ),
    ("storage.k8s.io", "storageclasses"): (
        column("Name", _class_name),
        column("Provisioner", field("provisioner")),
        column("ReclaimPolicy", field("reclaimPolicy", "Delete")),
        column("VolumeBindingMode", field("volumeBindingMode", UNSET)),
        column("AllowVolumeExpansion", field("allowVolumeExpansion", default=False)),
        AGE,
    ),
    ("storage.k8s.io", "volumeattachments"): (
        NAME,
        column("Attacher", field("spec.attacher")),
        column("PV", field("spec.source.persistentVolumeName")),
        column("Node", field("spec.nodeName")),
        column("Attached", field("status.attached", default=False), "boolean"),
        AGE,
    ),
}
