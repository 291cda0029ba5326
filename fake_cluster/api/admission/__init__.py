"""What happens to an object on its way in, beyond the rules of its kind.

Each plugin is a function in a module of this package and an entry in a table here, under the group and the
plural of the resource that it looks at; `EVERYTHING` stands for all resources. A cluster may add plugins of
its own (`Admission.extend`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fake_cluster.api.access.rbac import GROUP as RBAC
from fake_cluster.api.admission import escalation, limits, namespaces, pods, quota, services, storage
from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.objects import Object

CreatePlugin = Callable[[Core, Call, Object], None]
UpdatePlugin = Callable[[Core, Call, Object, Object], None]
DeletePlugin = Callable[[Core, Call, Object], None]
Resource = tuple[str, str]
EVERYTHING: Resource = ("*", "*")

ON_CREATE: dict[Resource, tuple[CreatePlugin, ...]] = {
    EVERYTHING: (namespaces.check,),
    ("", "namespaces"): (namespaces.begin,),
    ("", "pods"): (
        pods.set_service_account,
        pods.set_priority,
        pods.tolerate_node_trouble,
        limits.apply_to_pod,
    ),
    ("", "persistentvolumeclaims"): (
        storage.protect_claim,
        storage.set_default_class,
        limits.apply_to_claim,
    ),
    ("", "persistentvolumes"): (storage.protect_volume,),
    ("", "services"): (services.allocate,),
    (RBAC, "clusterroles"): (escalation.check_role,),
    (RBAC, "roles"): (escalation.check_role,),
    (RBAC, "clusterrolebindings"): (escalation.check_binding,),
    (RBAC, "rolebindings"): (escalation.check_binding,),
}
ON_UPDATE: dict[Resource, tuple[UpdatePlugin, ...]] = {
    ("", "namespaces"): (namespaces.keep_finalizers,),
    ("", "services"): (services.reallocate,),
    (RBAC, "clusterroles"): (escalation.check_role_update,),
    (RBAC, "roles"): (escalation.check_role_update,),
    (RBAC, "clusterrolebindings"): (escalation.check_binding_update,),
    (RBAC, "rolebindings"): (escalation.check_binding_update,),
}
ON_DELETE: dict[Resource, tuple[DeletePlugin, ...]] = {
    ("", "namespaces"): (namespaces.check_deletable,),
}


@dataclass(slots=True)
class Admission:
    """The plugins of one API server."""

    create: dict[Resource, tuple[CreatePlugin, ...]] = field(default_factory=lambda: dict(ON_CREATE))
    update: dict[Resource, tuple[UpdatePlugin, ...]] = field(default_factory=lambda: dict(ON_UPDATE))
    delete: dict[Resource, tuple[DeletePlugin, ...]] = field(default_factory=lambda: dict(ON_DELETE))

    def extend(
        self,
        create: Mapping[Resource, tuple[CreatePlugin, ...]],
        update: Mapping[Resource, tuple[UpdatePlugin, ...]],
    ) -> None:
        """Let more plugins look, after those that are there."""
        for resource, plugins in create.items():
            self.create[resource] = (*self.create.get(resource, ()), *plugins)
        for resource, changes in update.items():
            self.update[resource] = (*self.update.get(resource, ()), *changes)

    def admit_create(self, core: Core, call: Call, obj: Object) -> None:
        """All plugins that look at new objects; they may change `obj`, or refuse it."""
        ref = call.resource.ref
        for plugin in self.create.get(EVERYTHING, ()):
            plugin(core, call, obj)
        for plugin in self.create.get((ref.group, ref.plural), ()):
            plugin(core, call, obj)

    def charge(self, core: Core, call: Call, obj: Object) -> None:
        """The very last question about a new object: whether its namespace has room for it."""
        if call.resource.ref.namespaced:
            quota.check(core, call, obj)

    def admit_update(self, core: Core, call: Call, obj: Object, old: Object) -> None:
        """All plugins that look at changes."""
        ref = call.resource.ref
        for plugin in self.update.get((ref.group, ref.plural), ()):
            plugin(core, call, obj, old)

    def admit_delete(self, core: Core, call: Call, obj: Object) -> None:
        """All plugins that look at deletions."""
        ref = call.resource.ref
        for plugin in self.delete.get((ref.group, ref.plural), ()):
            plugin(core, call, obj)
