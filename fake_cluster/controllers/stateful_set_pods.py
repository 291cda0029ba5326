"""The identity of a StatefulSet's Pods: a number, a name, a host name and claims that stay.

Source: documentation of StatefulSets ("Pod Identity").
"""

from __future__ import annotations

from typing import Any

from fake_cluster.controllers import pods as of_pods
from fake_cluster.controllers.controller_revisions import POD_LABEL, template_of
from fake_cluster.objects import Object, controller_reference, labels_of

NAME_LABEL = "statefulset.kubernetes.io/pod-name"
INDEX_LABEL = "apps.kubernetes.io/pod-index"


def ordinal_of(stateful_set: Object, pod: Object) -> int:
    """The number of a Pod; -1 if its name has none."""
    prefix = f"{stateful_set['metadata']['name']}-"
    name = pod["metadata"]["name"]
    rest = name.removeprefix(prefix)
    return int(rest) if rest != name and rest.isdigit() else -1


def ordinals(stateful_set: Object) -> range:
    """The numbers of the Pods that there are to be."""
    spec = stateful_set["spec"]
    start = (spec.get("ordinals") or {}).get("start", 0)
    return range(start, start + spec.get("replicas", 1))


def partition_of(stateful_set: Object) -> int:
    """The lowest number that an update reaches, counted from the first one."""
    strategy = stateful_set["spec"].get("updateStrategy") or {}
    return int((strategy.get("rollingUpdate") or {}).get("partition", 0))


def revision_of(pod: Object) -> str:
    """The name of the revision that a Pod is of."""
    return labels_of(pod).get(POD_LABEL, "")


def claim_name(template: Object, stateful_set: Object, ordinal: int) -> str:
    """The name of the claim from a claim template."""
    return f"{template['metadata']['name']}-{stateful_set['metadata']['name']}-{ordinal}"


def claims_of(stateful_set: Object, ordinal: int) -> list[Object]:
    """The claims of one Pod. They outlive the set unless its retention policy says otherwise."""
    policy = stateful_set["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    dies = policy.get("whenDeleted") == "Delete"
    owners: dict[str, Any] = {"ownerReferences": [controller_reference(stateful_set)]} if dies else {}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                **{
                    part: template["metadata"][part]
                    for part in ("annotations",)
                    if part in template["metadata"]
                },
                "name": claim_name(template, stateful_set, ordinal),
                "namespace": stateful_set["metadata"]["namespace"],
                "labels": {
                    **(template["metadata"].get("labels") or {}),
                    **(stateful_set["spec"]["selector"].get("matchLabels") or {}),
                },
                **owners,
            },
            "spec": template["spec"],
        }
        for template in stateful_set["spec"].get("volumeClaimTemplates") or ()
    ]


def new_pod(stateful_set: Object, ordinal: int, revision: Object) -> Object:
    """The Pod of that number, from the template of a revision."""
    name = f"{stateful_set['metadata']['name']}-{ordinal}"
    pod = of_pods.new_pod(stateful_set, template_of(revision), name)
    labels = {NAME_LABEL: name, INDEX_LABEL: str(ordinal), POD_LABEL: revision["metadata"]["name"]}
    pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), **labels}
    service = stateful_set["spec"].get("serviceName")
    subdomain = {"subdomain": service} if service else {}
    spec = {**pod["spec"], "hostname": name, **subdomain}
    volumes = _volumes(stateful_set, ordinal, spec.get("volumes") or [])
    return {**pod, "spec": {**spec, **({"volumes": volumes} if volumes else {})}}


def _volumes(stateful_set: Object, ordinal: int, present: list[Object]) -> list[Object]:
    """The template's volumes, with those from claim templates in place of others of the same name."""
    templates = stateful_set["spec"].get("volumeClaimTemplates") or ()
    claimed = {item["metadata"]["name"]: claim_name(item, stateful_set, ordinal) for item in templates}
    kept = [volume for volume in present if volume["name"] not in claimed]
    mounted = [
        {"name": name, "persistentVolumeClaim": {"claimName": claim}} for name, claim in claimed.items()
    ]
    return [*mounted, *kept]
