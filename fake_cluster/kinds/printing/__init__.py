"""The columns of built-in kinds in `kubectl get`, as the server's Tables give them."""

from __future__ import annotations

from collections.abc import Sequence

from fake_cluster.kinds.printing import core, pods, workloads
from fake_cluster.kinds.printing.cells import AGE, NAME
from fake_cluster.kinds.resource import Column
from fake_cluster.objects import ResourceRef

__all__ = ["columns_of"]

_RBAC = "rbac.authorization.k8s.io"
_PLAIN: Sequence[Column] = (NAME, AGE)
_TABLE: dict[tuple[str, str], Sequence[Column]] = {
    ("", "ConfigMap"): core.CONFIG_MAP,
    ("", "Endpoints"): core.ENDPOINTS,
    ("", "Event"): core.EVENT,
    ("", "Namespace"): core.NAMESPACE,
    ("", "Node"): core.NODE,
    ("", "PersistentVolume"): core.VOLUME,
    ("", "PersistentVolumeClaim"): core.CLAIM,
    ("", "Pod"): pods.COLUMNS,
    ("", "Secret"): core.SECRET,
    ("", "Service"): core.SERVICE,
    ("", "ServiceAccount"): core.SERVICE_ACCOUNT,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): core.DEFINITION,
    ("apps", "DaemonSet"): workloads.DAEMON_SET,
    ("apps", "Deployment"): workloads.DEPLOYMENT,
    ("apps", "ReplicaSet"): workloads.REPLICA_SET,
    ("apps", "StatefulSet"): workloads.STATEFUL_SET,
    ("autoscaling", "HorizontalPodAutoscaler"): workloads.AUTOSCALER,
    ("batch", "CronJob"): workloads.CRON_JOB,
    ("batch", "Job"): workloads.JOB,
    ("coordination.k8s.io", "Lease"): core.LEASE,
    ("discovery.k8s.io", "EndpointSlice"): core.ENDPOINT_SLICE,
    ("events.k8s.io", "Event"): core.EVENT,
    ("networking.k8s.io", "Ingress"): core.INGRESS,
    ("networking.k8s.io", "IngressClass"): core.INGRESS_CLASS,
    ("networking.k8s.io", "NetworkPolicy"): core.NETWORK_POLICY,
    ("policy", "PodDisruptionBudget"): workloads.BUDGET,
    (_RBAC, "ClusterRole"): core.ROLE,
    (_RBAC, "ClusterRoleBinding"): core.BINDING,
    (_RBAC, "Role"): core.ROLE,
    (_RBAC, "RoleBinding"): core.BINDING,
    ("scheduling.k8s.io", "PriorityClass"): core.PRIORITY_CLASS,
    ("storage.k8s.io", "StorageClass"): core.STORAGE_CLASS,
}


def columns_of(ref: ResourceRef) -> Sequence[Column]:
    """The columns of a built-in kind: name and age where it has none of its own."""
    return _TABLE.get((ref.group, ref.kind), _PLAIN)
