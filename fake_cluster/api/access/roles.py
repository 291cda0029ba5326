"""The roles that a cluster begins with when access is restricted by roles.

Source: documentation "Using RBAC Authorization", Default roles and role bindings. Roles of parts that this
cluster does not have are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from fake_cluster.api.access.rbac import GROUP
from fake_cluster.api.access.users import AUTHENTICATED, MASTERS, UNAUTHENTICATED
from fake_cluster.kinds.refs import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES
from fake_cluster.objects import Object, ResourceRef

READ: Final = ("get", "list", "watch")
WRITE: Final = ("create", "delete", "deletecollection", "patch", "update")
_ALL: Final = ("*",)
_AUTOUPDATE: Final = {"rbac.authorization.kubernetes.io/autoupdate": "true"}
_BOOTSTRAPPING: Final = {"kubernetes.io/bootstrapping": "rbac-defaults"}
_AGGREGATE: Final = "rbac.authorization.k8s.io/aggregate-to-"


def _rule(groups: str, resources: str, verbs: Iterable[str], names: Sequence[str] = ()) -> Object:
    """A rule; `groups` and `resources` are separated by spaces, and `core` is the core group."""
    rule: Object = {"verbs": list(verbs), "apiGroups": [name.replace("core", "") for name in groups.split()]}
    rule["resources"] = resources.split()
    return rule | ({"resourceNames": list(names)} if names else {})


def _paths(*urls: str, verbs: Sequence[str] = ("get",)) -> Object:
    return {"verbs": list(verbs), "nonResourceURLs": list(urls)}


_VIEWED: Final = (
    ("core", ("configmaps endpoints events limitranges namespaces persistentvolumeclaims "
     "persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers "
     "replicationcontrollers/scale replicationcontrollers/status resourcequotas resourcequotas/status "
     "serviceaccounts services services/status bindings namespaces/status")),
    ("discovery.k8s.io", "endpointslices"),
    ("apps", ("controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
     "deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale "
     "statefulsets/status")),
    ("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
    ("batch", "cronjobs cronjobs/status jobs jobs/status"),
    ("policy", "poddisruptionbudgets poddisruptionbudgets/status"),
    ("networking.k8s.io", "ingresses ingresses/status networkpolicies"),
)  # fmt: skip
_EDITED: Final = (
    ("core", ("pods pods/attach pods/exec pods/portforward pods/proxy configmaps events "
     "persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts "
     "services services/proxy")),
    ("apps", ("daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale "
     "statefulsets statefulsets/scale")),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs jobs"),
    ("policy", "poddisruptionbudgets"),
    ("networking.k8s.io", "ingresses networkpolicies"),
    ("coordination.k8s.io", "leases"),
)  # fmt: skip
_SECRETIVE: Final = "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"
_DISCOVERY: Final = ("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*",
                     "/readyz", "/version", "/version/")  # fmt: skip
_PUBLIC: Final = ("/healthz", "/livez", "/readyz", "/version", "/version/")
_SELF: Final = "selfsubjectaccessreviews selfsubjectrulesreviews"

RULES: Final[dict[str, list[Object]]] = {
    "cluster-admin": [_rule("*", "*", _ALL), _paths("*", verbs=_ALL)],
    "system:aggregate-to-admin": [
        _rule("authorization.k8s.io", "localsubjectaccessreviews", ["create"]),
        _rule(GROUP, "rolebindings roles", (*WRITE, *READ)),
    ],
    "system:aggregate-to-edit": [
        _rule("core", _SECRETIVE, READ),
        _rule("core", "serviceaccounts", ["impersonate"]),
        _rule("core", "pods/eviction serviceaccounts/token", ["create"]),
        _rule("coordination.k8s.io", "leases", READ),
        *(_rule(group, resources, WRITE) for group, resources in _EDITED),
    ],
    "system:aggregate-to-view": [_rule(group, resources, READ) for group, resources in _VIEWED],
    "system:auth-delegator": [
        _rule("authentication.k8s.io", "tokenreviews", ["create"]),
        _rule("authorization.k8s.io", "subjectaccessreviews", ["create"]),
    ],
    "system:basic-user": [
        _rule("authorization.k8s.io", _SELF, ["create"]),
        _rule("authentication.k8s.io", "selfsubjectreviews", ["create"]),
    ],
    "system:discovery": [_paths(*_DISCOVERY)],
    "system:public-info-viewer": [_paths(*_PUBLIC)],
    "system:service-account-issuer-discovery": [_paths("/.well-known/openid-configuration", "/openid/v1/jwks")],
    "system:monitoring": [_paths("/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/readyz", "/readyz/*")],
    "system:node": [
        _rule("authentication.k8s.io", "tokenreviews", ["create"]),
        _rule("authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews", ["create"]),
        _rule("core", "services configmaps secrets persistentvolumeclaims persistentvolumes", READ),
        _rule("core", "nodes", ("create", "get", "list", "watch", "patch", "update")),
        _rule("core", "nodes/status pods/status", ("patch", "update")),
        _rule("core", "pods", (*READ, "create", "delete")),
        _rule("core", "pods/eviction serviceaccounts/token", ["create"]),
        _rule("core events.k8s.io", "events", ("create", "patch", "update")),
        _rule("coordination.k8s.io", "leases", ("create", "delete", "get", "patch", "update")),
    ],
    "system:kube-scheduler": [
        _rule("core events.k8s.io", "events", ("create", "patch", "update")),
        _rule("coordination.k8s.io", "leases", ("create", *READ, "update")),
        _rule("core", "nodes namespaces pods replicationcontrollers services persistentvolumeclaims", READ),
        _rule("core", "bindings pods/binding", ["create"]),
        _rule("core", "pods", ["delete"]),
        _rule("core", "pods/status", ("patch", "update")),
        _rule("apps", "replicasets statefulsets", READ),
        _rule("policy", "poddisruptionbudgets", READ),
        _rule("storage.k8s.io", "*", READ),
    ],
    "system:kube-controller-manager": [_rule("*", "*", (*READ, *WRITE)), _paths("*")],
}  # fmt: skip
_GATHERED: Final = {"admin": "admin", "edit": "edit", "view": "view"}
_LABELS: Final = {
    "edit": {f"{_AGGREGATE}admin": "true"},
    "view": {f"{_AGGREGATE}edit": "true"},
    "system:aggregate-to-admin": {f"{_AGGREGATE}admin": "true"},
    "system:aggregate-to-edit": {f"{_AGGREGATE}edit": "true"},
    "system:aggregate-to-view": {f"{_AGGREGATE}view": "true"},
}
BINDINGS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("cluster-admin", "cluster-admin", "Group", (MASTERS,)),
    ("kubeadm:cluster-admins", "cluster-admin", "Group", ("kubeadm:cluster-admins",)),
    ("system:basic-user", "system:basic-user", "Group", (AUTHENTICATED,)),
    ("system:discovery", "system:discovery", "Group", (AUTHENTICATED,)),
    ("system:public-info-viewer", "system:public-info-viewer", "Group", (AUTHENTICATED, UNAUTHENTICATED)),
    ("system:service-account-issuer-discovery", "system:service-account-issuer-discovery", "Group",
     ("system:serviceaccounts",)),
    ("system:monitoring", "system:monitoring", "Group", ("system:monitoring",)),
    ("system:kube-scheduler", "system:kube-scheduler", "User", ("system:kube-scheduler",)),
    ("system:kube-controller-manager", "system:kube-controller-manager", "User",
     ("system:kube-controller-manager",)),
    ("system:node", "system:node", "Group", ("system:nodes",)),
)  # fmt: skip
"""Name, ClusterRole, and the users or groups that it is for."""


def objects() -> Iterator[tuple[ResourceRef, Object]]:
    """The ClusterRoles and ClusterRoleBindings, in the order in which they can be created."""
    for name, rules in RULES.items():
        yield CLUSTER_ROLES, _role(name) | {"rules": rules}
    for name, target in _GATHERED.items():
        selectors = [{"matchLabels": {f"{_AGGREGATE}{target}": "true"}}]
        yield CLUSTER_ROLES, _role(name) | {"aggregationRule": {"clusterRoleSelectors": selectors}}
    for name, role, kind, subjects in BINDINGS:
        reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}
        named = [{"apiGroup": GROUP, "kind": kind, "name": subject} for subject in subjects]
        yield CLUSTER_ROLE_BINDINGS, {"metadata": _metadata(name), "roleRef": reference, "subjects": named}


def _metadata(name: str) -> Object:
    labels = _BOOTSTRAPPING | _LABELS.get(name, {})
    return {"name": name, "labels": labels, "annotations": _AUTOUPDATE}


def _role(name: str) -> Object:
    return {"metadata": _metadata(name)}
