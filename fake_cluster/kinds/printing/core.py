"""The columns of the core kinds, and of those about storage, networks, access and events."""

from __future__ import annotations

from fake_cluster.kinds.ages import UNKNOWN, age_since
from fake_cluster.kinds.printing.cells import (
    AGE,
    NAME,
    NONE,
    at,
    count,
    field,
    joined,
    labels_text,
    selector_text,
    wide,
)
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object

CONFIG_MAP = (
    NAME,
    Column("Data", lambda obj, _: len(obj.get("data") or ()) + len(obj.get("binaryData") or ())),
    AGE,
)
SECRET = (NAME, Column("Type", field("type")), Column("Data", count("data"), type="integer"), AGE)
SERVICE_ACCOUNT = (NAME, AGE)


def _phase(obj: Object, now: float) -> str:
    del now
    phase = str(at(obj, "status.phase", ""))
    return "Terminating" if "deletionTimestamp" in obj["metadata"] and phase != "Terminating" else phase


NAMESPACE = (NAME, Column("Status", _phase), AGE)


def _external(obj: Object, now: float) -> str:
    del now
    given = list(at(obj, "spec.externalIPs", ()))
    given += [item.get("ip") or item.get("hostname") for item in at(obj, "status.loadBalancer.ingress", ())]
    if given:
        return joined(given)
    kind = at(obj, "spec.type")
    words = {"LoadBalancer": "<pending>", "ExternalName": str(at(obj, "spec.externalName", ""))}
    return words.get(kind, NONE)


def _service_ports(obj: Object, now: float) -> str:
    del now
    return joined(
        f"{port['port']}:{port['nodePort']}/{port['protocol']}"
        if port.get("nodePort")
        else f"{port['port']}/{port['protocol']}"
        for port in at(obj, "spec.ports", ())
    )


SERVICE = (
    NAME,
    Column("Type", field("spec.type")),
    Column("Cluster-IP", field("spec.clusterIP")),
    Column("External-IP", _external),
    Column("Port(s)", _service_ports),
    AGE,
    wide("Selector", lambda obj, _: labels_text(at(obj, "spec.selector"))),
)


def _endpoints(obj: Object, now: float) -> str:
    del now
    places = [
        f"{address['ip']}:{port['port']}"
        for subset in obj.get("subsets") or ()
        for address in subset.get("addresses") or ()
        for port in subset.get("ports") or ()
    ]
    return f"{','.join(places[:3])} + {len(places) - 3} more..." if len(places) > 3 else joined(places)


ENDPOINTS = (NAME, Column("Endpoints", _endpoints), AGE)


def _slice_ports(obj: Object, now: float) -> str:
    del now
    ports = [str(port.get("port", "*")) for port in obj.get("ports") or ()]
    return (
        f"{','.join(ports[:3])} + {len(ports) - 3} more..."
        if len(ports) > 3
        else joined(ports)
        if ports
        else "<unset>"
    )


def _slice_addresses(obj: Object, now: float) -> str:
    del now
    found = [address for item in obj.get("endpoints") or () for address in item.get("addresses") or ()]
    return (
        f"{','.join(found[:3])} + {len(found) - 3} more..."
        if len(found) > 3
        else joined(found)
        if found
        else "<unset>"
    )


ENDPOINT_SLICE = (
    NAME,
    Column("AddressType", field("addressType")),
    Column("Ports", _slice_ports),
    Column("Endpoints", _slice_addresses),
    AGE,
)


def _node_status(obj: Object, now: float) -> str:
    del now
    ready = [item for item in at(obj, "status.conditions", ()) if item["type"] == "Ready"]
    words = {"True": "Ready", "False": "NotReady"}
    status = words.get(ready[0]["status"], "Unknown") if ready else "Unknown"
    return f"{status},SchedulingDisabled" if at(obj, "spec.unschedulable") else status


_ROLE = "node-role.kubernetes.io/"


def _roles(obj: Object, now: float) -> str:
    del now
    labels = obj["metadata"].get("labels") or {}
    return joined(sorted(key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE)))


def _node_address(kind: str) -> Column:
    def value(obj: Object, now: float) -> str:
        del now
        found = [item["address"] for item in at(obj, "status.addresses", ()) if item["type"] == kind]
        return found[0] if found else NONE

    return wide("Internal-IP" if kind == "InternalIP" else "External-IP", value)


NODE = (
    NAME,
    Column("Status", _node_status),
    Column("Roles", _roles),
    AGE,
    Column("Version", field("status.nodeInfo.kubeletVersion", "")),
    _node_address("InternalIP"),
    _node_address("ExternalIP"),
    wide("OS-Image", field("status.nodeInfo.osImage", UNKNOWN)),
    wide("Kernel-Version", field("status.nodeInfo.kernelVersion", UNKNOWN)),
    wide("Container-Runtime", field("status.nodeInfo.containerRuntimeVersion", UNKNOWN)),
)

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(path: str) -> Column:
    def value(obj: Object, now: float) -> str:
        del now
        return ",".join(_MODES.get(mode, mode) for mode in at(obj, path, ()))

    return Column("Access Modes", value)


CLAIM = (
    NAME,
    Column("Status", _phase),
    Column("Volume", field("spec.volumeName", "")),
    Column("Capacity", field("status.capacity.storage", "")),
    _modes("status.accessModes"),
    Column("StorageClass", field("spec.storageClassName", "")),
    Column("VolumeAttributesClass", field("spec.volumeAttributesClassName", "<unset>")),
    AGE,
    wide("VolumeMode", field("spec.volumeMode", "<unset>")),
)


def _claim(obj: Object, now: float) -> str:
    del now
    reference = at(obj, "spec.claimRef")
    return f"{reference.get('namespace', '')}/{reference.get('name', '')}" if reference else ""


VOLUME = (
    NAME,
    Column("Capacity", field("spec.capacity.storage", "")),
    _modes("spec.accessModes"),
    Column("Reclaim Policy", field("spec.persistentVolumeReclaimPolicy", "")),
    Column("Status", _phase),
    Column("Claim", _claim),
    Column("StorageClass", field("spec.storageClassName", "")),
    Column("VolumeAttributesClass", field("spec.volumeAttributesClassName", "<unset>")),
    Column("Reason", field("status.reason", "")),
    AGE,
    wide("VolumeMode", field("spec.volumeMode", "<unset>")),
)
STORAGE_CLASS = (
    Column("Name", lambda obj, _: _class_name(obj), format="name"),
    Column("Provisioner", field("provisioner")),
    Column("ReclaimPolicy", field("reclaimPolicy", "Delete")),
    Column("VolumeBindingMode", field("volumeBindingMode", "Immediate")),
    Column("AllowVolumeExpansion", lambda obj, _: bool(obj.get("allowVolumeExpansion")), type="boolean"),
    AGE,
)


def _class_name(obj: Object) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    chosen = annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    return f"{obj['metadata']['name']} (default)" if chosen else str(obj["metadata"]["name"])


def _event_object(obj: Object, now: float) -> str:
    del now
    involved = obj.get("involvedObject") or {}
    return f"{involved.get('kind', '').lower()}/{involved.get('name', '')}"


def _event_source(obj: Object, now: float) -> str:
    del now
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent", "")
    return ", ".join(filter(None, (component, source.get("host", ""))))


EVENT = (
    Column(
        "Last Seen",
        lambda obj, now: age_since(
            obj.get("lastTimestamp") or obj.get("eventTime") or obj.get("firstTimestamp"), now
        ),
    ),
    Column("Type", field("type", "")),
    Column("Reason", field("reason", "")),
    Column("Object", _event_object),
    wide("Subobject", field("involvedObject.fieldPath", "")),
    wide("Source", _event_source),
    Column("Message", lambda obj, _: str(obj.get("message", "")).strip()),
    wide("First Seen", lambda obj, now: age_since(obj.get("firstTimestamp") or obj.get("eventTime"), now)),
    wide("Count", field("count", 1)),
    wide("Name", lambda obj, _: obj["metadata"]["name"]),
)


def _role_text(obj: Object, now: float) -> str:
    del now
    return f"{at(obj, 'roleRef.kind', '')}/{at(obj, 'roleRef.name', '')}"


def _subjects(kind: str, title: str) -> Column:
    def value(obj: Object, now: float) -> str:
        del now
        found = [item for item in obj.get("subjects") or () if item.get("kind") == kind]
        return ", ".join(
            f"{item['namespace']}/{item['name']}" if item.get("namespace") else item["name"] for item in found
        )

    return wide(title, value)


ROLE = (NAME, Column("Created At", field("metadata.creationTimestamp", "")))
BINDING = (
    NAME,
    Column("Role", _role_text),
    AGE,
    _subjects("User", "Users"),
    _subjects("Group", "Groups"),
    _subjects("ServiceAccount", "ServiceAccounts"),
)
LEASE = (NAME, Column("Holder", field("spec.holderIdentity", "")), AGE)
PRIORITY_CLASS = (
    NAME,
    Column("Value", field("value", 0)),
    Column("Global-Default", lambda obj, _: bool(obj.get("globalDefault")), type="boolean"),
    AGE,
    wide("PreemptionPolicy", field("preemptionPolicy", "")),
)
DEFINITION = (NAME, Column("Created At", field("metadata.creationTimestamp", ""), format="date"))
NETWORK_POLICY = (
    NAME,
    Column("Pod-Selector", lambda obj, _: selector_text(at(obj, "spec.podSelector"))),
    AGE,
)
INGRESS_CLASS = (
    NAME,
    Column("Controller", field("spec.controller")),
    Column("Parameters", field("spec.parameters.name")),
    AGE,
)


def _hosts(obj: Object, now: float) -> str:
    del now
    hosts = [rule["host"] for rule in at(obj, "spec.rules", ()) if rule.get("host")]
    return ",".join(hosts) or "*"


def _address(obj: Object, now: float) -> str:
    del now
    found = at(obj, "status.loadBalancer.ingress", ())
    return ",".join(item.get("ip") or item.get("hostname") or "" for item in found)


INGRESS = (
    NAME,
    Column("Class", field("spec.ingressClassName")),
    Column("Hosts", _hosts),
    Column("Address", _address),
    Column("Ports", lambda obj, _: "80, 443" if at(obj, "spec.tls") else "80"),
    AGE,
)
