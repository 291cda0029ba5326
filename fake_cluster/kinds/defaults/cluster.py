"""Defaults of the kinds that belong to the cluster itself: namespaces, nodes, access, extensions."""

from __future__ import annotations

from fake_cluster.objects import Object

_RBAC = "rbac.authorization.k8s.io"


def secret(obj: Object) -> None:
    """A Secret is opaque."""
    obj.setdefault("type", "Opaque")


def namespace(obj: Object) -> None:
    """A namespace is Active and carries its own name as a label."""
    obj.setdefault("status", {}).setdefault("phase", "Active")
    name = obj["metadata"].get("name")
    if name:
        labels = obj["metadata"].setdefault("labels", {})
        labels.setdefault("kubernetes.io/metadata.name", name)


def node(obj: Object) -> None:
    """What can be allocated is the capacity where nothing else is said."""
    status = obj.setdefault("status", {})
    if "capacity" in status:
        status.setdefault("allocatable", dict(status["capacity"]))


def limit_range(obj: Object) -> None:
    """Defaults of a container follow from its maximum, and its requests from its limits."""
    for item in (obj.get("spec") or {}).get("limits") or ():
        if item.get("type") == "Container":
            limits = item.setdefault("default", {})
            for name, value in (item.get("max") or {}).items():
                limits.setdefault(name, value)
            requests = item.setdefault("defaultRequest", {})
            for name, value in {**limits, **(item.get("min") or {})}.items():
                requests.setdefault(name, limits.get(name, value))


def priority_class(obj: Object) -> None:
    """Pods of higher priority may push others out."""
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


def role_binding(obj: Object) -> None:
    """Roles, users and groups belong to the RBAC group, service accounts to the core."""
    reference = obj.get("roleRef")
    if reference is not None:
        reference["apiGroup"] = reference.get("apiGroup") or _RBAC
    for subject in obj.get("subjects") or ():
        if subject.get("kind") != "ServiceAccount":
            subject["apiGroup"] = subject.get("apiGroup") or _RBAC


def custom_resource_definition(obj: Object) -> None:
    """Names follow from the kind, conversion is None, stored versions are the storage version."""
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    kind = names.get("kind") or ""
    if kind:
        names["singular"] = names.get("singular") or kind.lower()
        names["listKind"] = names.get("listKind") or f"{kind}List"
    conversion = spec.setdefault("conversion", {})
    conversion.setdefault("strategy", "None")
    if "status" in obj:
        stored = [version["name"] for version in spec.get("versions") or () if version.get("storage")]
        obj["status"].setdefault("storedVersions", stored)


def mutating_webhooks(obj: Object) -> None:
    """As for validating ones; and called once."""
    validating_webhooks(obj)
    for webhook in obj.get("webhooks") or ():
        webhook.setdefault("reinvocationPolicy", "Never")


def validating_webhooks(obj: Object) -> None:
    """A webhook that fails refuses; it matches equivalent versions, everywhere, within ten seconds."""
    for webhook in obj.get("webhooks") or ():
        webhook.setdefault("failurePolicy", "Fail")
        webhook.setdefault("matchPolicy", "Equivalent")
        webhook.setdefault("namespaceSelector", {})
        webhook.setdefault("objectSelector", {})
        webhook.setdefault("timeoutSeconds", 10)
        for rule in webhook.get("rules") or ():
            rule.setdefault("scope", "*")
        service = (webhook.get("clientConfig") or {}).get("service")
        if service is not None:
            service.setdefault("port", 443)
