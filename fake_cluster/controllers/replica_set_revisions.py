"""The ReplicaSets of a Deployment as its history: which one is new, and what its annotations say.

Source: documentation of Deployments ("Rolling Back a Deployment"); annotations of kube-controller-manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fake_cluster.controllers.history import HASH_LABEL, with_label, without_label
from fake_cluster.controllers.rolling_update import DESIRED, MAXIMUM, max_surge, replicas_of
from fake_cluster.objects import Object, annotations_of, controller_reference, labels_of

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
_NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        HISTORY,
        DESIRED,
        MAXIMUM,
        "deprecated.deployment.rollback.to",
    }
)


def revision_of(obj: Object) -> int:
    """The revision in the annotation; 0 without one."""
    return int(annotations_of(obj).get(REVISION, 0))


def find_new(deployment: Object, replica_sets: Iterable[Object], template_hash: str) -> Object | None:
    """The oldest ReplicaSet with the Deployment's template."""
    template = deployment["spec"]["template"]
    same = (
        item
        for item in replica_sets
        if labels_of(item).get(HASH_LABEL) == template_hash
        or without_label(item["spec"]["template"], HASH_LABEL) == template
    )
    return min(same, key=lambda item: item["metadata"]["creationTimestamp"], default=None)


def next_revision(old: Sequence[Object]) -> int:
    """One more than that of all older ReplicaSets."""
    return max(map(revision_of, old), default=0) + 1


def size_annotations(deployment: Object) -> dict[str, str]:
    """What the size of a ReplicaSet was divided from."""
    wished = replicas_of(deployment)
    return {DESIRED: str(wished), MAXIMUM: str(wished + max_surge(deployment))}


def annotations_for(deployment: Object, revision: int, present: Object | None = None) -> dict[str, str]:
    """The annotations of the new ReplicaSet: those of the Deployment, and its revision.

    A ReplicaSet that becomes the new one again keeps its earlier revisions as its history.
    """
    found: dict[str, str] = dict(annotations_of(present)) if present else {}
    copied = {name: text for name, text in annotations_of(deployment).items() if name not in _NOT_COPIED}
    before = revision_of(present) if present else 0
    if before and before < revision:
        earlier = [*filter(None, found.get(HISTORY, "").split(",")), str(before)]
        found[HISTORY] = ",".join(earlier)
    return found | copied | {REVISION: str(max(before, revision))}


def new_replica_set(deployment: Object, template_hash: str, replicas: int, revision: int) -> Object:
    """The ReplicaSet for the Deployment's present template."""
    meta, spec = deployment["metadata"], deployment["spec"]
    template = with_label(spec["template"], HASH_LABEL, template_hash)
    selector = spec["selector"]
    labels = {**(selector.get("matchLabels") or {}), HASH_LABEL: template_hash}
    min_ready = {"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{meta['name']}-{template_hash}",
            "namespace": meta["namespace"],
            "labels": template["metadata"]["labels"],
            "annotations": annotations_for(deployment, revision) | size_annotations(deployment),
            "ownerReferences": [controller_reference(deployment)],
        },
        "spec": {
            "replicas": replicas,
            **min_ready,
            "selector": {**selector, "matchLabels": labels},
            "template": template,
        },
    }
