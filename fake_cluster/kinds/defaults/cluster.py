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
            limits = item.get("max", {}) | item.get("default", {})
            requests = item.get("min", {}) | limits | item.get("defaultRequest", {})
            filled = {"default": limits, "defaultRequest": requests}
            item.update({field: values for field, values in filled.items() if values})


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
    _https((conversion.get("webhook") or {}).get("clientConfig") or {})
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
        _everywhere(webhook)
        webhook.setdefault("timeoutSeconds", 10)
        for rule in webhook.get("rules") or ():
            rule.setdefault("scope", "*")
        _https(webhook.get("clientConfig") or {})


def _everywhere(target: Object) -> None:
    target.setdefault("matchPolicy", "Equivalent")
    target.setdefault("namespaceSelector", {})
    target.setdefault("objectSelector", {})


def _https(client_config: Object) -> None:
    if "service" in client_config:
        client_config["service"].setdefault("port", 443)


def admission_policy(obj: Object) -> None:
    """A policy that fails refuses."""
    spec = obj["spec"]
    spec.setdefault("failurePolicy", "Fail")
    _constraints(spec.get("matchConstraints"))


def admission_policy_binding(obj: Object) -> None:
    """A binding matches as its policy does."""
    _constraints(obj["spec"].get("matchResources"))


def _constraints(constraints: Object | None) -> None:
    if constraints is not None:
        _everywhere(constraints)
        rules = (*constraints.get("resourceRules", ()), *constraints.get("excludeResourceRules", ()))
        for rule in rules:
            rule.setdefault("scope", "*")


def api_service(obj: Object) -> None:
    """Served over HTTPS."""
    _https(obj["spec"])


def flow_schema(obj: Object) -> None:
    """Of medium precedence."""
    obj.setdefault("spec", {}).setdefault("matchingPrecedence", 1000)


def priority_level(obj: Object) -> None:
    """Thirty shares, none of them lent."""
    limited = (obj.get("spec") or {}).get("limited")
    if limited is not None:
        limited.setdefault("nominalConcurrencyShares", 30)
        limited.setdefault("lendablePercent", 0)
