"""Aggregated ClusterRoles: their rules are those of all ClusterRoles that their selectors find.

As with definitions, this follows every write at once, as a later write of its own.
Source: documentation "Using RBAC Authorization", Aggregated ClusterRoles.
"""

from __future__ import annotations

from fake_cluster.api.access.rbac import GROUP
from fake_cluster.api.core import Core
from fake_cluster.objects import Object, copy_of
from fake_cluster.selectors import matches
from fake_cluster.store import Change


class Aggregation:
    """Keeps aggregated ClusterRoles in step with what they are made of."""

    def __init__(self, core: Core) -> None:
        self._store = core.store
        self._table = core.store.table(GROUP, "clusterroles")
        self._table.subscribers.append(self._hear)

    def _hear(self, change: Change) -> None:
        del change
        roles = [entry.obj for entry in self._table.entries()]
        for role in roles:
            selectors = (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
            if selectors:
                self._settle(role, _gathered(role, roles, selectors))

    def _settle(self, role: Object, rules: list[Object]) -> None:
        if (role.get("rules") or []) != rules:
            settled = copy_of(role)
            settled["rules"] = rules
            self._store.put(self._table, settled)


def _gathered(target: Object, roles: list[Object], selectors: list[Object]) -> list[Object]:
    """The rules of all that is selected, each once, in the order of the roles' names."""
    rules: list[Object] = []
    for role in roles:
        labels = role["metadata"].get("labels") or {}
        if role is not target and any(matches(selector, labels) for selector in selectors):
            rules += [rule for rule in role.get("rules") or () if rule not in rules]
    return rules
