"""Which webhooks a write concerns: rules, selectors and conditions.

Source: documentation "Dynamic Admission Control".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object
from fake_cluster.selectors import matches

EXEMPT = frozenset({"admissionregistration.k8s.io"})
"""Groups about which nobody is asked, so that a broken webhook can be taken away."""
_REVIEWS = frozenset({"authentication.k8s.io", "authorization.k8s.io"})
_CONDITION_VARIABLES = frozenset({"object", "oldObject", "request", "authorizer"})


def target_of(core: Core, call: Call, webhook: Object, operation: str) -> Resource | None:
    """The resource, in the version that the webhook asks for, if its rules mean this call."""
    resource = call.resource
    if resource.ref.group in EXEMPT or resource.ref.group in _REVIEWS:
        return None
    rules = [rule for rule in webhook.get("rules") or () if _means(rule, call, operation)]
    if any(_has(rule.get("apiVersions"), resource.ref.version) for rule in rules):
        return resource
    if webhook.get("matchPolicy", "Equivalent") == "Exact":
        return None
    return _equivalent(core, resource, rules)


def _means(rule: Object, call: Call, operation: str) -> bool:
    ref = call.resource.ref
    wanted = f"{ref.plural}/{call.subresource}" if call.subresource else ref.plural
    return (
        _has(rule.get("operations"), operation)
        and _has(rule.get("apiGroups"), ref.group)
        and any(_names(pattern, wanted) for pattern in rule.get("resources") or ())
        and rule.get("scope", "*") in ("*", "Namespaced" if ref.namespaced else "Cluster")
    )


def _has(values: Iterable[str] | None, value: str) -> bool:
    listed = list(values or ())
    return value in listed or "*" in listed


def _names(pattern: str, wanted: str) -> bool:
    """`pods`, `pods/status`, `pods/*`, `*/status`, `*` (no subresources) and `*/*`."""
    plural, slash, sub = pattern.partition("/")
    name, _, subresource = wanted.partition("/")
    if plural not in ("*", name):
        return False
    return sub in ("*", subresource) if slash else not subresource


def _equivalent(core: Core, resource: Resource, rules: list[Object]) -> Resource | None:
    """The same objects in another version that a rule names."""
    for rule in rules:
        for version in rule.get("apiVersions") or ():
            found = core.kinds.find(resource.ref.group, version, resource.ref.plural)
            if found is not None:
                return found
    return None


def is_selected(core: Core, call: Call, webhook: Object, obj: Object | None, old: Object | None) -> bool:
    """Whether the selectors of a webhook find the namespace, and the object as it is or was."""
    selector = webhook.get("namespaceSelector")
    if selector and not matches(selector, _namespace_labels(core, call, obj or old or {})):
        return False
    selector = webhook.get("objectSelector")
    if not selector:
        return True
    return any(matches(selector, _labels(item)) for item in (obj, old) if item is not None)


def _labels(obj: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = (obj.get("metadata") or {}).get("labels") or {}
    return found


def _namespace_labels(core: Core, call: Call, obj: Object) -> Mapping[str, str]:
    ref = call.resource.ref
    if (ref.group, ref.plural) == ("", "namespaces"):
        return _labels(obj)
    return _labels(core.namespace(call.namespace) or {})


def unmet_condition(webhook: Object, variables: Mapping[str, Any]) -> str | None:
    """The name of the first of its conditions that is not met; ExpressionError for one that has no answer."""
    conditions = webhook.get("matchConditions") or ()
    if not conditions:
        return None
    from fake_cluster.kinds.cel.engine import compiled  # noqa: PLC0415 - only who has conditions pays for it

    for condition in conditions:
        if compiled(condition["expression"], _CONDITION_VARIABLES).evaluate(variables) is not True:
            name: str = condition["name"]
            return name
    return None
