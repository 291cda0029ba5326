"""What the cluster of a run is: versions of Kubernetes, of the distribution and of the operator, and its nodes.

Shape: `{"kubernetes": {"version", "platform"}, "distribution": {"name", "version"}, "operator": {"name",
"version"}, "nodes": {"count", "kubelets", "runtimes", "systems"}}`; what cannot be found out is left empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from urllib3.exceptions import HTTPError

from fake_cluster.objects import Object, ResourceRef
from quaysim.targets import ApiError, Target
from quaysim.targets.raw import request
from quaysim.targets.resources import DEPLOYMENTS, NODES, QUAY_REGISTRIES

T = TypeVar("T")

CLUSTER_VERSIONS = ResourceRef(
    "config.openshift.io", "v1", "clusterversions", "ClusterVersion", namespaced=False
)
SUBSCRIBED = ResourceRef(
    "operators.coreos.com", "v1alpha1", "clusterserviceversions", "ClusterServiceVersion"
)
_IN_VERSION = (
    (
        re.compile(r"\+(k3s\d*|rke2\w*)"),
        lambda found: re.sub(r"\d+$", "", found) if found != "rke2" else found,
    ),
    (re.compile(r"-(eks|gke|aliyun|tke)\b"), str),
)
_BY_PROVIDER = ("kind", "k3s", "aws", "gce", "azure", "openstack", "kwok")
_TAG = re.compile(r":v?(\d+\.\d+\.\d+\S*)$")


def facts(target: Target) -> dict[str, Any]:
    """Ask the cluster."""
    version: dict[str, str] = _asked(lambda: _version(target), {})
    nodes: list[Object] = _asked(lambda: list(target.client.list(NODES)), [])
    operator: dict[str, str] = _asked(lambda: _operator(target), {})
    return {
        "kubernetes": {"version": version.get("gitVersion", ""), "platform": version.get("platform", "")},
        "distribution": _distribution(target, version.get("gitVersion", ""), nodes),
        "operator": operator,
        "nodes": _nodes(nodes),
    }


def quay_version(target: Target) -> str:
    """The version that the operator reports of the registries in the scenario's namespaces."""
    listed = (
        item for namespace in target.namespaces for item in target.client.list(QUAY_REGISTRIES, namespace)
    )
    return next((found for item in listed if (found := (item.get("status") or {}).get("currentVersion"))), "")


def _asked(ask: Callable[[], T], otherwise: T) -> T:
    """An answer, if it is allowed to ask."""
    try:
        return ask()
    except (ApiError, HTTPError, OSError, ValueError, LookupError):
        return otherwise


def _version(target: Target) -> dict[str, str]:
    found: dict[str, str] = json.loads(request(target.api_client, "/version").data)
    return found


def _distribution(target: Target, version: str, nodes: list[Object]) -> dict[str, str]:
    if openshift := _asked(lambda: _openshift(target), ""):
        return {"name": "OpenShift", "version": openshift}
    for pattern, name in _IN_VERSION:
        if found := pattern.search(version):
            return {"name": name(found[1]), "version": version}
    providers = {str((node.get("spec") or {}).get("providerID", "")).partition(":")[0] for node in nodes}
    return {"name": next((name for name in _BY_PROVIDER if name in providers), ""), "version": version}


def _openshift(target: Target) -> str:
    if not target.client.serves(CLUSTER_VERSIONS):
        return ""
    found = target.client.get(CLUSTER_VERSIONS, "version")
    return str(((found.get("status") or {}).get("desired") or {}).get("version", ""))


def _operator(target: Target) -> dict[str, str]:
    return next(_operators(target), {})


def _operators(target: Target) -> Iterator[dict[str, str]]:
    """From what OLM has installed, else from the image of its Deployment."""
    if target.client.serves(SUBSCRIBED):
        for installed in target.client.list(SUBSCRIBED):
            if installed["metadata"]["name"].startswith("quay-operator"):
                yield {"name": "Quay Operator", "version": str(installed["spec"].get("version", ""))}
    for deployment in target.client.list(DEPLOYMENTS):
        if deployment["metadata"]["name"].startswith("quay-operator"):
            image = deployment["spec"]["template"]["spec"]["containers"][0].get("image", "")
            tag = _TAG.search(image)
            yield {"name": "Quay Operator", "version": tag[1] if tag else "", "image": image}


def _nodes(nodes: list[Object]) -> dict[str, Any]:
    told = [(node.get("status") or {}).get("nodeInfo") or {} for node in nodes]
    named = {"kubelets": "kubeletVersion", "runtimes": "containerRuntimeVersion", "systems": "osImage"}
    values = {
        plural: sorted({str(item[name]) for item in told if item.get(name)}) for plural, name in named.items()
    }
    return {"count": len(nodes), **values}
