"""Roles and bindings: nobody gives away what they do not have, unless a role says that they may.

Source: documentation "Using RBAC Authorization", Privilege escalation prevention and bootstrapping.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fake_cluster.api.access.attributes import Attributes
from fake_cluster.api.access.rbac import GROUP, Rbac, covers
from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import forbidden, not_found
from fake_cluster.kinds.refs import CLUSTER_ROLES, ROLES
from fake_cluster.objects import Object


def check_role(core: Core, call: Call, obj: Object) -> None:
    """A role holds what its writer holds, or its writer may `escalate`."""
    rbac = core.access.rbac
    if rbac is None:
        return
    ref = call.resource.ref
    wanted = Attributes("escalate", GROUP, "v1", ref.plural, "", call.namespace, obj["metadata"]["name"])
    if not rbac.decide(call.user, wanted).allowed:
        _check(rbac, call, obj, obj.get("rules") or ())


def check_role_update(core: Core, call: Call, obj: Object, old: Object) -> None:
    """Only new rules count."""
    if obj.get("rules") != old.get("rules"):
        check_role(core, call, obj)


def check_binding(core: Core, call: Call, obj: Object) -> None:
    """A binding gives what its writer holds, or its writer may `bind` the role."""
    rbac, reference = core.access.rbac, obj.get("roleRef") or {}
    if rbac is None:
        return
    ref = CLUSTER_ROLES if reference.get("kind") == "ClusterRole" else ROLES
    name, namespace = reference.get("name", ""), call.namespace
    wanted = Attributes("bind", GROUP, "v1", ref.plural, "", namespace, name)
    if rbac.decide(call.user, wanted).allowed:
        return
    rules = rbac.rules_of(reference, namespace)
    if rules is None:
        raise not_found(ref, name)
    _check(rbac, call, obj, rules)


def check_binding_update(core: Core, call: Call, obj: Object, old: Object) -> None:
    """Only a change of subjects counts; the role cannot change."""
    if obj.get("subjects") != old.get("subjects"):
        check_binding(core, call, obj)


def _check(rbac: Rbac, call: Call, obj: Object, rules: Sequence[Object]) -> None:
    held = rbac.rules_for(call.user, call.namespace)
    missing = [rule for rule in rules if not covers(held, rule)]
    if missing:
        groups = _quoted(call.user.groups)
        listed = "\n".join(sorted(_compact(rule) for rule in missing))
        why = f'user "{call.user.name}" (groups={groups}) is attempting to grant RBAC permissions not '
        raise forbidden(call.resource.ref, obj["metadata"]["name"], f"{why}currently held:\n{listed}")


_PARTS = {
    "apiGroups": "APIGroups",
    "resources": "Resources",
    "nonResourceURLs": "NonResourceURLs",
    "resourceNames": "ResourceNames",
    "verbs": "Verbs",
}
"""The fields of a rule, and their names in Go."""


def _compact(rule: Object) -> str:
    """A rule in one line, as Go prints it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`."""
    shown = [f"{go}:{_quoted(rule[name])}" for name, go in _PARTS.items() if rule.get(name)]
    return "{" + ", ".join(shown) + "}"


def _quoted(values: Any) -> str:
    return "[" + " ".join(f'"{value}"' for value in values) + "]"
