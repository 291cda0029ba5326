"""Pods: a service account with its token, a priority, and patience with nodes in trouble."""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.api.call import Call
from fake_cluster.api.core import SUFFIX_LETTERS, Core
from fake_cluster.errors import forbidden
from fake_cluster.kinds.refs import PODS
from fake_cluster.objects import Object

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - a path, not a secret
TOKEN_SECONDS = 3607
MIRROR = "kubernetes.io/config.mirror"
PATIENCE_SECONDS = 300
TROUBLES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
SYSTEM_PRIORITIES = {"system-node-critical": 2000001000, "system-cluster-critical": 2000000000}


def _containers(spec: Object) -> Iterable[Object]:
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()


def set_service_account(core: Core, call: Call, obj: Object) -> None:
    """ServiceAccount: the account must exist; its token is mounted unless somebody does not want it."""
    spec = obj["spec"]
    if MIRROR in (obj["metadata"].get("annotations") or ()):
        return
    name = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    stored = core.store.table("", "serviceaccounts").get(call.namespace, name)
    if stored is None:
        why = f'error looking up service account {call.namespace}/{name}: serviceaccount "{name}" not found'
        raise forbidden(PODS, obj["metadata"]["name"], why)
    account = stored.obj
    wanted = spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken", True))
    if wanted:
        _mount_token(core, spec)
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [dict(secret) for secret in account["imagePullSecrets"]]


def _mount_token(core: Core, spec: Object) -> None:
    """A projected volume, mounted by every container that has nothing else there."""
    volume = next((item["name"] for item in spec.get("volumes") or () if _is_token(item)), "")
    added = volume or "kube-api-access-" + "".join(core.rng.choices(SUFFIX_LETTERS, k=5))
    used = False
    for container in _containers(spec):
        mounts = container.setdefault("volumeMounts", [])
        if all(mount.get("mountPath") != TOKEN_PATH for mount in mounts):
            mounts.append({"name": added, "readOnly": True, "mountPath": TOKEN_PATH})
            used = True
    if used and not volume:
        spec.setdefault("volumes", []).append(_token_volume(added))


def _is_token(volume: Object) -> bool:
    return str(volume.get("name", "")).startswith("kube-api-access-")


def _token_volume(name: str) -> Object:
    root = {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    field = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    sources: list[Object] = [
        {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
        {"configMap": root},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": field}]}},
    ]
    return {"name": name, "projected": {"sources": sources, "defaultMode": 420}}


def set_priority(core: Core, call: Call, obj: Object) -> None:
    """Priority: the number of the class that the Pod names, or of the default class."""
    del call
    spec = obj["spec"]
    name = spec.get("priorityClassName", "")
    if not name:
        name, value, policy = _default_priority(core)
        if name:
            spec["priorityClassName"] = name
    elif name in SYSTEM_PRIORITIES:
        value, policy = SYSTEM_PRIORITIES[name], "PreemptLowerPriority"
    else:
        value, policy = _priority_of(core, obj, name)
    if spec.get("priority") not in (None, value):
        why = f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
        raise forbidden(PODS, obj["metadata"]["name"], why + _COMPUTED.format(value))
    spec["priority"] = value
    spec.setdefault("preemptionPolicy", policy)


_COMPUTED = "priority admission controller computed {} from the given PriorityClass name"


def _priority_of(core: Core, obj: Object, name: str) -> tuple[int, str]:
    found = core.store.table("scheduling.k8s.io", "priorityclasses").get("", name)
    if found is None:
        why = f"no PriorityClass with name {name} was found"
        raise forbidden(PODS, obj["metadata"]["name"], why)
    return found.obj["value"], found.obj.get("preemptionPolicy", "PreemptLowerPriority")


def _default_priority(core: Core) -> tuple[str, int, str]:
    for entry in core.store.table("scheduling.k8s.io", "priorityclasses").entries():
        if entry.obj.get("globalDefault"):
            policy = entry.obj.get("preemptionPolicy", "PreemptLowerPriority")
            return entry.obj["metadata"]["name"], entry.obj["value"], policy
    return "", 0, "PreemptLowerPriority"


def tolerate_node_trouble(core: Core, call: Call, obj: Object) -> None:
    """DefaultTolerationSeconds: stay for five minutes on a node that is not ready or not reachable."""
    del core, call
    tolerations = obj["spec"].setdefault("tolerations", [])
    for key in TROUBLES:
        if not any(_covers(item, key) for item in tolerations):
            seconds = {"tolerationSeconds": PATIENCE_SECONDS}
            tolerations.append({"key": key, "operator": "Exists", "effect": "NoExecute"} | seconds)


def _covers(toleration: Object, key: str) -> bool:
    return bool(toleration.get("key", key) == key and toleration.get("effect", "NoExecute") == "NoExecute")
