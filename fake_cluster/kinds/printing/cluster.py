"""The columns of everything else: configuration, access, nodes, events and the API's own kinds."""

from __future__ import annotations

from typing import Any, Final

from fake_cluster.kinds.ages import age_since
from fake_cluster.kinds.printing.cells import (
    AGE,
    CREATED_AT,
    NAME,
    NONE,
    UNSET,
    at,
    column,
    count,
    field,
    timed,
    wide,
)
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import Object, condition

_ROLE_LABEL: Final = "node-role.kubernetes.io/"


def _data(obj: Object) -> int:
    return len(obj.get("data", ())) + len(obj.get("binaryData", ()))


# --- nodes --------------------------------------------------------------------------------------------


def _node_status(obj: Object) -> str:
    ready = condition(obj, "Ready")
    states = ["Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"]
    return ",".join(states + ["SchedulingDisabled"] * bool(at(obj, "spec.unschedulable")))


def _roles(obj: Object) -> str:
    found = {"": None}
    for key, value in obj["metadata"].get("labels", {}).items():
        if key.startswith(_ROLE_LABEL):
            found[key.removeprefix(_ROLE_LABEL)] = None
        elif key == "kubernetes.io/role":
            found[value] = None
    return ",".join(sorted(role for role in found if role)) or NONE


def _address(kind: str) -> Any:
    def cell(obj: Object) -> str:
        addresses = at(obj, "status.addresses", ())
        return next((item["address"] for item in addresses if item["type"] == kind), NONE)

    return cell


_NODE: Final = (
    NAME,
    column("Status", _node_status),
    column("Roles", _roles),
    AGE,
    column("Version", field("status.nodeInfo.kubeletVersion")),
    wide("Internal-IP", _address("InternalIP")),
    wide("External-IP", _address("ExternalIP")),
    wide("OS-Image", field("status.nodeInfo.osImage", "<unknown>")),
    wide("Kernel-Version", field("status.nodeInfo.kernelVersion", "<unknown>")),
    wide("Container-Runtime", field("status.nodeInfo.containerRuntimeVersion", "<unknown>")),
)


# --- events -------------------------------------------------------------------------------------------


def _last_seen(obj: Object, now: float) -> str:
    series = at(obj, "series.lastObservedTime")
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    last = series or obj.get("lastTimestamp") or first
    times = at(obj, "series.count") or obj.get("count") or 1
    if times > 1:
        return f"{age_since(last, now)} (x{times} over {age_since(first, now)})"
    return age_since(last, now)


def _first_seen(obj: Object, now: float) -> str:
    return age_since(obj.get("firstTimestamp") or obj.get("eventTime"), now)


def _object(obj: Object) -> str:
    involved = obj["involvedObject"]
    return f"{involved.get('kind', '').lower()}/{involved.get('name', '')}"


def _source(obj: Object) -> str:
    component = at(obj, "source.component") or obj.get("reportingComponent", "")
    host = at(obj, "source.host") or obj.get("reportingInstance", "")
    return f"{component}, {host}" if host else str(component)


_EVENT: Final = (
    timed("Last Seen", _last_seen),
    column("Type", field("type")),
    column("Reason", field("reason")),
    column("Object", _object),
    wide("Subobject", field("involvedObject.fieldPath")),
    wide("Source", _source),
    column("Message", lambda obj: obj.get("message", "").strip()),
    timed("First Seen", _first_seen, wide=True),
    wide("Count", lambda obj: at(obj, "series.count") or obj.get("count") or 1),
    wide("Name", field("metadata.name")),
)


# --- access -------------------------------------------------------------------------------------------


def _subjects(kind: str) -> Any:
    def cell(obj: Object) -> str:
        found = [item for item in obj.get("subjects", ()) if item["kind"] == kind]
        return ", ".join(f"{i['namespace']}/{i['name']}" if "namespace" in i else i["name"] for i in found)

    return cell


_BINDING: Final = (
    NAME,
    column("Role", lambda obj: f"{at(obj, 'roleRef.kind')}/{at(obj, 'roleRef.name')}"),
    AGE,
    wide("Users", _subjects("User")),
    wide("Groups", _subjects("Group")),
    wide("ServiceAccounts", _subjects("ServiceAccount")),
)
_DATED: Final = (NAME, CREATED_AT)


# --- the rest -----------------------------------------------------------------------------------------


def _quota(kind: str) -> Any:
    def cell(obj: Object) -> str:
        hard, used = at(obj, "status.hard", {}), at(obj, "status.used", {})
        limits = [name for name in sorted(hard) if name.startswith("limits.") == (kind == "limits")]
        return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in limits)

    return cell


def _available(obj: Object) -> str:
    found = condition(obj, "Available")
    if found is None:
        return "Unknown"
    return "True" if found["status"] == "True" else f"False ({found.get('reason', '')})"


def _service(obj: Object) -> str:
    found = at(obj, "spec.service")
    return f"{found['namespace']}/{found['name']}" if found else "Local"


def _or_na(path: str) -> Column:
    name = {"minAvailable": "Min Available", "maxUnavailable": "Max Unavailable"}[path]
    return column(name, lambda obj: str(at(obj, f"spec.{path}", "N/A")))


_WEBHOOKS: Final = (NAME, column("Webhooks", count("webhooks"), "integer"), AGE)

TABLES: Final = {
    ("", "configmaps"): (NAME, column("Data", _data, "integer"), AGE),
    ("", "events"): _EVENT,
    ("", "limitranges"): _DATED,
    ("", "namespaces"): (NAME, column("Status", field("status.phase")), AGE),
    ("", "nodes"): _NODE,
    ("", "resourcequotas"): (
        NAME,
        column("Request", _quota("requests")),
        column("Limit", _quota("limits")),
        AGE,
    ),
    ("", "secrets"): (NAME, column("Type", field("type")), column("Data", count("data"), "integer"), AGE),
    ("", "serviceaccounts"): (NAME, column("Secrets", count("secrets"), "integer"), AGE),
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "validatingadmissionpolicies"): (
        NAME,
        column("Validations", count("spec.validations"), "integer"),
        column("ParamKind", field("spec.paramKind.kind", UNSET)),
        AGE,
    ),
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"): (
        NAME,
        column("PolicyName", field("spec.policyName")),
        column("ParamRef", field("spec.paramRef.name", UNSET)),
        AGE,
    ),
    ("apiextensions.k8s.io", "customresourcedefinitions"): _DATED,
    ("apiregistration.k8s.io", "apiservices"): (
        NAME,
        column("Service", _service),
        column("Available", _available),
        AGE,
    ),
    ("coordination.k8s.io", "leases"): (NAME, column("Holder", field("spec.holderIdentity")), AGE),
    ("node.k8s.io", "runtimeclasses"): (NAME, column("Handler", field("handler")), AGE),
    ("policy", "poddisruptionbudgets"): (
        NAME,
        _or_na("minAvailable"),
        _or_na("maxUnavailable"),
        column("Allowed Disruptions", field("status.disruptionsAllowed", 0), "integer"),
        AGE,
    ),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): _BINDING,
    ("rbac.authorization.k8s.io", "clusterroles"): _DATED,
    ("rbac.authorization.k8s.io", "rolebindings"): _BINDING,
    ("rbac.authorization.k8s.io", "roles"): _DATED,
    ("scheduling.k8s.io", "priorityclasses"): (
        NAME,
        column("Value", field("value", 0), "integer"),
        column("Global-Default", field("globalDefault", default=False), "boolean"),
        AGE,
        column("PreemptionPolicy", field("preemptionPolicy")),
    ),
    ("storage.k8s.io", "csinodes"): (NAME, column("Drivers", count("spec.drivers"), "integer"), AGE),
}
