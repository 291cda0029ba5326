"""ResourceQuota: what would take a namespace beyond its limits is refused.

What is in use is counted when it is asked for, so that nothing can slip in between two rounds of the
controller that keeps the status. Source: documentation "Resource Quotas"; texts of a 1.36 server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import forbidden
from fake_cluster.kinds.qos import qos_class
from fake_cluster.kinds.quantities import amount, text_of
from fake_cluster.objects import Object

_FINISHED = ("Failed", "Succeeded")
_COMPUTED = ("cpu", "memory", "ephemeral-storage")
_Usage = dict[str, Fraction]


def check(core: Core, call: Call, obj: Object) -> None:
    """Refuse an object that one of the namespace's quotas has no room for."""
    for entry in core.store.table("", "resourcequotas").entries(call.namespace):
        quota = entry.obj
        hard: Mapping[str, str] = quota["spec"].get("hard") or {}
        asked = _usage(call, obj, hard)
        if asked and _is_in_scope(call, obj, quota):
            _check(core, call, obj, quota, asked)


def _check(core: Core, call: Call, obj: Object, quota: Object, asked: _Usage) -> None:
    name, hard = quota["metadata"]["name"], quota["spec"]["hard"]
    _check_said(call, obj, name, asked)
    used = _in_use(core, call, quota, asked)
    over = sorted(key for key, value in asked.items() if value and used[key] + value > amount(hard[key]))
    if over:
        parts = [
            "requested: " + ",".join(f"{key}={_shown(key, asked[key])}" for key in over),
            "used: " + ",".join(f"{key}={_shown(key, used[key])}" for key in over),
            "limited: " + ",".join(f"{key}={hard[key]}" for key in over),
        ]
        why = f"exceeded quota: {name}, {', '.join(parts)}"
        raise forbidden(call.resource.ref, obj["metadata"]["name"], why)


def _check_said(call: Call, obj: Object, quota: str, asked: _Usage) -> None:
    """Where a resource is limited, every container must say how much of it it wants."""
    if (call.resource.ref.group, call.resource.ref.plural) != ("", "pods"):
        return
    missing: dict[str, list[str]] = {}
    for key in sorted(asked):
        part, name = _part(key)
        for container in obj["spec"]["containers"] if part else ():
            if name not in ((container.get("resources") or {}).get(part) or {}):
                missing.setdefault(key, []).append(container["name"])
    if missing:
        listed = "; ".join(f"{key} for: {','.join(sorted(found))}" for key, found in missing.items())
        why = f"failed quota: {quota}: must specify {listed}"
        raise forbidden(call.resource.ref, obj["metadata"]["name"], why)


def _part(key: str) -> tuple[str, str]:
    """`requests` and `cpu` of `requests.cpu` or `cpu`; nothing for what is counted."""
    part, _, name = key.rpartition(".")
    if name in _COMPUTED and part in ("", "requests", "limits"):
        return part or "requests", name
    return "", ""


def _in_use(core: Core, call: Call, quota: Object, asked: _Usage) -> _Usage:
    used = dict.fromkeys(asked, Fraction(0))
    for entry in core.table(call.resource).entries(call.namespace):
        if _is_in_scope(call, entry.obj, quota):
            for key, value in _usage(call, entry.obj, asked).items():
                used[key] += value
    return used


# --- what one object takes ----------------------------------------------------------------------------


def _usage(call: Call, obj: Object, keys: Iterable[str]) -> _Usage:
    """How much of each of these limits an object takes, as far as it concerns them."""
    ref = call.resource.ref
    counted = {f"count/{ref.resource_name}"} | ({ref.plural} if not ref.group else set())
    measure = _MEASURES.get((ref.group, ref.plural))
    found = {key: Fraction(1) for key in keys if key in counted}
    if measure is not None:
        found |= {key: value for key in keys if (value := measure(obj, key)) is not None}
    if (ref.group, ref.plural) == ("", "pods") and (obj.get("status") or {}).get("phase") in _FINISHED:
        return {key: value for key, value in found.items() if key == "count/pods"}
    return found


def _of_pod(pod: Object, key: str) -> Fraction | None:
    """Init containers run one after the other, and before the others."""
    part, name = _part(key)
    if not part:
        return None

    def of(container: Object) -> Fraction:
        return amount(str(((container.get("resources") or {}).get(part) or {}).get(name, "0")))

    spec = pod["spec"]
    running = sum((of(item) for item in spec.get("containers") or ()), Fraction(0))
    return max([running, *(of(item) for item in spec.get("initContainers") or ())])


def _of_claim(claim: Object, key: str) -> Fraction | None:
    spec = claim["spec"]
    storage_class = f"{spec.get('storageClassName', '')}.storageclass.storage.k8s.io/"
    asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "0")
    if key in ("requests.storage", f"{storage_class}requests.storage"):
        return amount(str(asked))
    return Fraction(1) if key == f"{storage_class}persistentvolumeclaims" else None


_EXPOSED = {"services.nodeports": ("NodePort", "LoadBalancer"), "services.loadbalancers": ("LoadBalancer",)}


def _of_service(service: Object, key: str) -> Fraction | None:
    kinds = _EXPOSED.get(key)
    if kinds is None or service["spec"].get("type") not in kinds:
        return None
    return (
        Fraction(1) if key == "services.loadbalancers" else Fraction(len(service["spec"].get("ports") or ()))
    )


_MEASURES: dict[tuple[str, str], Callable[[Object, str], Fraction | None]] = {
    ("", "pods"): _of_pod,
    ("", "persistentvolumeclaims"): _of_claim,
    ("", "services"): _of_service,
}


def _is_in_scope(call: Call, obj: Object, quota: Object) -> bool:
    """Scopes are about Pods; other objects are in none."""
    scopes = quota["spec"].get("scopes") or ()
    if not scopes:
        return True
    if (call.resource.ref.group, call.resource.ref.plural) != ("", "pods"):
        return False
    best_effort = qos_class(obj["spec"]) == "BestEffort"
    ends = obj["spec"].get("activeDeadlineSeconds") is not None
    truths = {
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
        "Terminating": ends,
        "NotTerminating": not ends,
    }
    return all(truths.get(scope, True) for scope in scopes)


def _shown(key: str, value: Fraction) -> str:
    return text_of(value, binary=key.rpartition(".")[2] in ("memory", "storage", "ephemeral-storage"))
