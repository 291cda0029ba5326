"""What the operator clears away itself when a registry goes; owner references do the rest."""

from __future__ import annotations

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, NAMESPACES
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, labels_of
from quaysim.operator.components.monitoring import DASHBOARD, DASHBOARD_NAMESPACE
from quaysim.operator.refs import QUAY_REGISTRIES

FINALIZER = "quay-operator/finalizer"
MONITORED_LABEL, OURS_LABEL = "openshift.io/cluster-monitoring", "quay-operator/managed-label"


def mark_namespace(client: Client, name: str) -> None:
    """Have the namespace monitored, and remember that it was us."""
    namespace = client.get(NAMESPACES, name)
    if labels_of(namespace).get(MONITORED_LABEL) != "true":
        labels = {MONITORED_LABEL: "true", OURS_LABEL: "true"}
        client.patch(NAMESPACES, name, {"metadata": {"labels": labels}})


def _unmark_namespace(client: Client, name: str) -> None:
    """Take the labels back with the last registry of the namespace, if they are ours."""
    namespace = client.find(NAMESPACES, name)
    if namespace is None or not labels_of(namespace).get(OURS_LABEL):
        return
    if len(client.list(QUAY_REGISTRIES, name)) == 1:
        client.patch(NAMESPACES, name, {"metadata": {"labels": {MONITORED_LABEL: None, OURS_LABEL: None}}})


def _remove_dashboard(client: Client, registry: str) -> None:
    try:
        client.delete(CONFIG_MAPS, f"{registry}-{DASHBOARD}", DASHBOARD_NAMESPACE)
    except ApiError as error:
        if error.reason != "NotFound":
            raise


def finalize(client: Client, registry: Object, *, all_namespaces: bool) -> None:
    """Clear away what lies outside the registry's ownership, and let it go. Raises `ApiError`."""
    metadata = registry["metadata"]
    finalizers = metadata.get("finalizers") or []
    if FINALIZER not in finalizers:
        return
    if all_namespaces:
        _unmark_namespace(client, metadata["namespace"])
        _remove_dashboard(client, metadata["name"])
    kept = [item for item in finalizers if item != FINALIZER]
    client.replace(QUAY_REGISTRIES, registry | {"metadata": metadata | {"finalizers": kept}})
