"""What a cluster can do: the capabilities that scenarios ask for with `@needs:NAME`.

`KNOWN` says what each of them means. On a foreign cluster they are found by looking at what its API serves
and by trying things out (`quaysim.targets.probing`); a file of the cluster (`--capabilities FILE`) has the
last word:

    capabilities:
      router: false        # admits Routes, but must not be used
      nodes: true          # scenarios may change the labels and taints of its nodes, and restore them
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from fake_cluster.machinery.client import Client
from fake_cluster.objects import ResourceRef
from quaysim.targets import resources

KNOWN = {
    "kube-api": "the Kubernetes API",
    "quay-operator": "the QuayRegistry API, and an operator behind it",
    "cluster-wide-operator": "an operator that watches all namespaces",
    "operator-in-one-namespace": "an operator that watches the scenario's namespace alone",
    "operator-3.6": "an operator of version 3.6",
    "operator-deployment": "an operator that runs in a Deployment, which scenarios may scale",
    "autoscaling-v2beta2": "autoscaling/v2beta2, which operator 3.7.10 needs and Kubernetes 1.25 ended",
    "route-api": "OpenShift's Routes",
    "router": "a router that admits them",
    "router-answers": "that router, to be reached from here under the hosts of Routes on port 443",
    "obc-api": "ObjectBucketClaims",
    "noobaa-api": "NooBaa, BackingStores and BucketClasses, and the operator behind them",
    "buckets": "a provisioner that gives them buckets",
    "monitoring-api": "ServiceMonitors, PrometheusRules and the namespace of console dashboards",
    "cluster-monitoring": "OpenShift's monitoring, which can be extended to the workloads of users",
    "plain-kubernetes": "none of the OpenShift APIs",
    "olm": "the Operator Lifecycle Manager",
    "pods": "nodes on which Pods really run, or are reported to",
    "nodes": "nodes whose labels and taints a scenario may change and restore",
    "project-placement": "Projects whose annotations place their Pods",
    "rbac": "authorization by Roles",
}

OPENSHIFT_APIS = {
    "route-api": (resources.ROUTES,),
    "obc-api": (resources.OBJECT_BUCKET_CLAIMS,),
    "noobaa-api": (resources.NOOBAAS, resources.BACKING_STORES, resources.BUCKET_CLASSES),
    "monitoring-api": (resources.SERVICE_MONITORS, resources.PROMETHEUS_RULES),
}
"""Capability → the resources that must be served for it."""
BY_API = OPENSHIFT_APIS | {
    "autoscaling-v2beta2": (resources.HPAS_V2BETA2,),
    "olm": (resources.SUBSCRIPTIONS,),
}

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


class BadCapabilities(Exception):  # noqa: N818 - a usage error of the person at the command line
    """A file of capabilities that cannot be used; `str()` says why in one sentence."""


ONLY_IF_ALLOWED: dict[str, frozenset[ResourceRef | str]] = {
    "nodes": frozenset({resources.NODES}),
    "noobaa-api": frozenset({"openshift-storage"}),
    "cluster-monitoring": frozenset({"openshift-monitoring", "openshift-user-workload-monitoring"}),
}
"""Capability → the kinds and namespaces that its scenarios change though the run has not made them.

A foreign cluster has these capabilities only if the run has brought them, or a file says so.
"""


def changeable(capabilities: Collection[str]) -> frozenset[ResourceRef | str]:
    """What may be changed in a cluster with these capabilities."""
    return frozenset().union(*(ONLY_IF_ALLOWED[name] for name in capabilities if name in ONLY_IF_ALLOWED))


def served(client: Client) -> frozenset[str]:
    """The capabilities that follow from what the API serves."""
    found = {"kube-api"}
    found |= {name for name, refs in BY_API.items() if all(map(client.serves, refs))}
    found |= set() if found & OPENSHIFT_APIS.keys() else {PLAIN}
    return frozenset(found - ONLY_IF_ALLOWED.keys())


def declared(path: str) -> dict[str, bool]:
    """What a file says of a cluster; raises BadCapabilities."""
    try:
        content = yaml.load(Path(path).read_bytes(), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise BadCapabilities(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    except yaml.YAMLError as error:
        raise BadCapabilities(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    given = content.get("capabilities") if isinstance(content, Mapping) else None
    if not isinstance(given, Mapping) or not all(isinstance(value, bool) for value in given.values()):
        raise BadCapabilities(f"{path}: expected `capabilities:` with names, and true or false for each")
    if unknown := sorted(map(str, given.keys() - KNOWN.keys())):
        raise BadCapabilities(f"{path}: {', '.join(unknown)}: there are {', '.join(KNOWN)}")
    return {str(name): value for name, value in given.items()}


def overridden(found: frozenset[str], said: Mapping[str, bool]) -> frozenset[str]:
    """What was found out, corrected by what somebody knows better."""
    return (found | {name for name, value in said.items() if value}) - {
        name for name, value in said.items() if not value
    }
