"""The values that fields of built-in kinds get when nobody gives them one.

One function a kind, in a table by group and kind; all served versions of a kind share it. They change
a decoded copy in place, after decoding and before admission.

Source: the SetDefaults functions of the API types of Kubernetes 1.29 and later.
"""

from __future__ import annotations

from collections.abc import Callable

from fake_cluster.kinds.defaults import autoscaling, cluster, networking, pods, storage, workloads
from fake_cluster.objects import Object, ResourceRef

__all__ = ["ONLY_IN_SPEC", "Default", "of"]

Default = Callable[[Object], None]

_TABLE: dict[tuple[str, str], Default] = {
    ("", "Pod"): pods.pod,
    ("", "PodTemplate"): pods.pod_template,
    ("", "ReplicationController"): workloads.replication_controller,
    ("", "Secret"): cluster.secret,
    ("", "Namespace"): cluster.namespace,
    ("", "Node"): cluster.node,
    ("", "Service"): networking.service,
    ("", "Endpoints"): networking.endpoints,
    ("", "PersistentVolume"): storage.persistent_volume,
    ("", "PersistentVolumeClaim"): storage.persistent_volume_claim,
    ("", "LimitRange"): cluster.limit_range,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): cluster.mutating_webhooks,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): cluster.admission_policy,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): cluster.admission_policy_binding,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): cluster.validating_webhooks,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): cluster.custom_resource_definition,
    ("apiregistration.k8s.io", "APIService"): cluster.api_service,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.horizontal_pod_autoscaler,
    ("batch", "CronJob"): workloads.cron_job,
    ("batch", "Job"): workloads.job,
    ("discovery.k8s.io", "EndpointSlice"): networking.endpoint_slice,
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): cluster.flow_schema,
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): cluster.priority_level,
    ("networking.k8s.io", "IngressClass"): networking.ingress_class,
    ("networking.k8s.io", "NetworkPolicy"): networking.network_policy,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): cluster.role_binding,
    ("rbac.authorization.k8s.io", "RoleBinding"): cluster.role_binding,
    ("scheduling.k8s.io", "PriorityClass"): cluster.priority_class,
    ("storage.k8s.io", "CSIDriver"): storage.csi_driver,
    ("storage.k8s.io", "StorageClass"): storage.storage_class,
}

ONLY_IN_SPEC = frozenset(
    {
        ("", "Pod"),
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("autoscaling", "HorizontalPodAutoscaler"),
    }
)
"""Kinds whose defaults are all in the spec: who writes a status to the spec that is there has them already."""


def of(ref: ResourceRef) -> Default | None:
    """What fills the defaults of a built-in kind; None for kinds that have none."""
    return _TABLE.get((ref.group, ref.kind))
