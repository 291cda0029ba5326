"""What a cluster can do, found out by looking at what its API serves.

| capability | the cluster has |
| --- | --- |
| `kube-api` | the Kubernetes API |
| `quay-operator` | the QuayRegistry API, and an operator behind it |
| `route-api`, `router` | OpenShift Routes; a router that admits them |
| `obc-api` | ObjectBucketClaims |
| `noobaa-api` | NooBaa, BackingStores and BucketClasses: the Multicloud Object Gateway |
| `cluster-monitoring` | OpenShift's monitoring, which can be extended to user workloads |
| `project-placement` | Namespaces whose annotations choose the nodes of their Pods |
| `monitoring-api` | ServiceMonitors, PrometheusRules and the namespace of console dashboards |
| `nodes` | nodes whose labels and taints a scenario may change and restore |
| `plain-kubernetes` | none of the OpenShift APIs |
| `operator-3.6` | an operator of version 3.6 |
| `operator-deployment` | an operator that runs in a Deployment, which scenarios may scale |
| `rbac` | authorization by Roles |
| `operator-in-one-namespace` | an operator that watches the scenario's namespace alone |
| `cluster-wide-operator` | an operator that watches all namespaces |
"""

from __future__ import annotations

from fake_cluster.machinery.client import Client
from quaysim.targets import resources

OPENSHIFT_APIS = {
    "route-api": (resources.ROUTES,),
    "obc-api": (resources.OBJECT_BUCKET_CLAIMS,),
    "noobaa-api": (resources.NOOBAAS, resources.BACKING_STORES, resources.BUCKET_CLASSES),
    "monitoring-api": (resources.SERVICE_MONITORS, resources.PROMETHEUS_RULES),
}
"""Capability → the resources that must be served for it."""

CLUSTER_MONITORING = "cluster-monitoring"
PROJECT_PLACEMENT = "project-placement"
PLAIN = "plain-kubernetes"
ONE_NAMESPACE = "operator-in-one-namespace"
ALL_NAMESPACES = "cluster-wide-operator"
RBAC = "rbac"
OPERATOR_36 = "operator-3.6"
OPERATOR_DEPLOYMENT = "operator-deployment"
ON_REQUEST = frozenset({RBAC, OPERATOR_36, OPERATOR_DEPLOYMENT})
"""What a fake cluster has only for those who ask for it."""


def served(client: Client) -> frozenset[str]:
    """The capabilities that follow from what the API serves."""
    found = {"kube-api"}
    found |= {name for name, refs in OPENSHIFT_APIS.items() if all(map(client.serves, refs))}
    found |= {"router"} if "route-api" in found else set()
    found |= {"quay-operator"} if client.serves(resources.QUAY_REGISTRIES) else set()
    found |= set() if found & OPENSHIFT_APIS.keys() else {PLAIN}
    return frozenset(found)
