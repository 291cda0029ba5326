"""The rules of built-in kinds, one function a kind, and how they are asked.

What is wrong is reported as the real server does: all of it, each with its field, its reason and the
server's own words. Metadata comes first, then the kind's rules, then what an update must not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fake_cluster.errors import FieldError
from fake_cluster.kinds.validation import (
    cluster,
    core,
    extensions,
    metadata,
    names,
    network,
    pods,
    workloads,
)
from fake_cluster.kinds.validation.names import NameCheck
from fake_cluster.objects import Object, ResourceRef

__all__ = ["Rules", "check_create", "check_update", "of"]

Check = Callable[[Object], Iterable[FieldError]]
CheckUpdate = Callable[[Object, Object], Iterable[FieldError]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a kind asks of its objects: of each, of a change, of their names and of their finalizers."""

    each: Check | None = None
    update: CheckUpdate | None = None
    name: NameCheck = names.dns_1123_subdomain
    any_finalizer: bool = False


_WEBHOOKS = Rules(cluster.webhooks, any_finalizer=True)
_ADMISSION = "admissionregistration.k8s.io"
_RBAC = "rbac.authorization.k8s.io"
_ROLE = Rules(core.role, None, names.path_segment)
_BINDING = Rules(core.role_binding, core.role_binding_update, names.path_segment)
_TABLE: dict[tuple[str, str], Rules] = {
    ("", "ConfigMap"): Rules(core.config_map, core.config_map_update),
    ("", "Endpoints"): Rules(network.endpoints),
    ("", "Event"): Rules(cluster.event),
    ("", "LimitRange"): Rules(cluster.limit_range),
    ("", "Namespace"): Rules(name=names.dns_1123_label),
    ("", "PersistentVolume"): Rules(cluster.volume, cluster.volume_update),
    ("", "PersistentVolumeClaim"): Rules(core.claim, core.claim_update),
    ("", "Pod"): Rules(pods.check_pod, pods.check_pod_update),
    ("", "ResourceQuota"): Rules(cluster.resource_quota, cluster.resource_quota_update),
    ("", "Secret"): Rules(core.secret, core.secret_update),
    ("", "Service"): Rules(core.service, core.service_update, names.dns_1035_label),
    (_ADMISSION, "MutatingWebhookConfiguration"): _WEBHOOKS,
    (_ADMISSION, "ValidatingWebhookConfiguration"): _WEBHOOKS,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Rules(
        extensions.definition, extensions.definition_update, any_finalizer=True
    ),
    ("apiregistration.k8s.io", "APIService"): Rules(cluster.api_service, any_finalizer=True),
    ("apps", "DaemonSet"): Rules(workloads.daemon_set, workloads.fixed_selector),
    ("apps", "Deployment"): Rules(workloads.deployment, workloads.fixed_selector),
    ("apps", "ReplicaSet"): Rules(workloads.replica_set, workloads.fixed_selector),
    ("apps", "StatefulSet"): Rules(
        workloads.stateful_set, workloads.stateful_set_update, names.dns_1123_label
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): Rules(workloads.autoscaler, None, names.path_segment),
    ("batch", "CronJob"): Rules(workloads.cron_job),
    ("batch", "Job"): Rules(workloads.job, workloads.job_update),
    ("coordination.k8s.io", "Lease"): Rules(cluster.lease, any_finalizer=True),
    ("discovery.k8s.io", "EndpointSlice"): Rules(network.endpoint_slice, network.endpoint_slice_update),
    ("events.k8s.io", "Event"): Rules(cluster.event),
    ("networking.k8s.io", "Ingress"): Rules(network.ingress),
    ("networking.k8s.io", "NetworkPolicy"): Rules(network.network_policy),
    ("node.k8s.io", "RuntimeClass"): Rules(cluster.runtime_class, cluster.runtime_class_update),
    ("policy", "PodDisruptionBudget"): Rules(workloads.disruption_budget),
    (_RBAC, "ClusterRole"): _ROLE,
    (_RBAC, "ClusterRoleBinding"): _BINDING,
    (_RBAC, "Role"): _ROLE,
    (_RBAC, "RoleBinding"): _BINDING,
    ("scheduling.k8s.io", "PriorityClass"): Rules(cluster.priority_class, cluster.priority_class_update),
    ("storage.k8s.io", "StorageClass"): Rules(core.storage_class, core.storage_class_update),
}
_PLAIN = Rules()


def of(ref: ResourceRef) -> Rules:
    """The rules of a built-in kind."""
    return _TABLE.get((ref.group, ref.kind), _PLAIN)


def check_create(rules: Rules, obj: Object) -> list[FieldError]:
    """What is wrong with a new object."""
    errors = list(metadata.check(obj["metadata"], rules.name, any_finalizer=rules.any_finalizer))
    return errors + list(rules.each(obj)) if rules.each is not None else errors


def check_update(rules: Rules, new: Object, old: Object) -> list[FieldError]:
    """What is wrong with an update. What has not changed was right when it was stored."""
    errors: list[FieldError] = []
    if new["metadata"] != old["metadata"]:
        errors += metadata.check(new["metadata"], rules.name, any_finalizer=rules.any_finalizer)
        errors += metadata.check_update(new["metadata"], old["metadata"])
    if _content(new) != _content(old):
        errors += rules.each(new) if rules.each is not None else ()
        errors += rules.update(new, old) if rules.update is not None else ()
    return errors


def _content(obj: Object) -> Object:
    return {field: value for field, value in obj.items() if field not in {"metadata", "status"}}
