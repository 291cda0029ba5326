"""The resources that scenarios speak of, by kind."""

from __future__ import annotations

from fake_cluster.kinds import refs
from fake_cluster.objects import ResourceRef

QUAY_REGISTRIES = ResourceRef("quay.redhat.com", "v1", "quayregistries", "QuayRegistry")
ROUTES = ResourceRef("route.openshift.io", "v1", "routes", "Route")
OBJECT_BUCKET_CLAIMS = ResourceRef("objectbucket.io", "v1alpha1", "objectbucketclaims", "ObjectBucketClaim")
SERVICE_MONITORS = ResourceRef("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor")
BACKING_STORES = ResourceRef("noobaa.io", "v1alpha1", "backingstores", "BackingStore")
BUCKET_CLASSES = ResourceRef("noobaa.io", "v1alpha1", "bucketclasses", "BucketClass")
NOOBAAS = ResourceRef("noobaa.io", "v1alpha1", "noobaas", "NooBaa")
OBJECT_BUCKETS = ResourceRef("objectbucket.io", "v1alpha1", "objectbuckets", "ObjectBucket", namespaced=False)
PROMETHEUS_RULES = ResourceRef("monitoring.coreos.com", "v1", "prometheusrules", "PrometheusRule")
SUBSCRIPTIONS = ResourceRef("operators.coreos.com", "v1alpha1", "subscriptions", "Subscription")

CLUSTER_ROLE_BINDINGS = refs.CLUSTER_ROLE_BINDINGS
CONFIG_MAPS = refs.CONFIG_MAPS
CRDS = refs.CUSTOM_RESOURCE_DEFINITIONS
DEPLOYMENTS = refs.DEPLOYMENTS
ENDPOINTS = refs.ENDPOINTS
EVENTS = refs.EVENTS
HPAS = refs.HORIZONTAL_POD_AUTOSCALERS
HPAS_V2BETA2 = refs.HORIZONTAL_POD_AUTOSCALERS_V2BETA2
JOBS = refs.JOBS
NAMESPACES = refs.NAMESPACES
NODES = refs.NODES
PODS = refs.PODS
PVCS = refs.PERSISTENT_VOLUME_CLAIMS
ROLES = refs.ROLES
ROLE_BINDINGS = refs.ROLE_BINDINGS
SECRETS = refs.SECRETS
SELF_SUBJECT_ACCESS_REVIEWS = refs.SELF_SUBJECT_ACCESS_REVIEWS
SERVICES = refs.SERVICES
SERVICE_ACCOUNTS = refs.SERVICE_ACCOUNTS
STORAGE_CLASSES = refs.STORAGE_CLASSES
SUBJECT_ACCESS_REVIEWS = refs.SUBJECT_ACCESS_REVIEWS

KINDS = {
    ref.kind: ref
    for ref in (
        CONFIG_MAPS,
        DEPLOYMENTS,
        HPAS,
        JOBS,
        NAMESPACES,
        OBJECT_BUCKET_CLAIMS,
        PODS,
        PROMETHEUS_RULES,
        PVCS,
        QUAY_REGISTRIES,
        ROLES,
        ROLE_BINDINGS,
        ROUTES,
        SECRETS,
        SERVICES,
        SERVICE_ACCOUNTS,
        SERVICE_MONITORS,
    )
}
"""Kind → resource: the kinds that sentences name, all namespaced but Namespace."""

OF_A_REGISTRY = tuple(ref for kind, ref in KINDS.items() if kind not in ("Namespace", "QuayRegistry", "Pod"))
"""The kinds of which the operator makes objects for a registry."""
