"""LimitRanger: what a namespace's LimitRanges fill in for containers, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import forbidden
from fake_cluster.kinds.quantities import amount
from fake_cluster.objects import Object

ANNOTATION = "kubernetes.io/limit-ranger"


def _ranges(core: Core, namespace: str, kind: str) -> list[Object]:
    """The limits of a namespace for containers, Pods or claims."""
    entries = core.store.table("", "limitranges").entries(namespace)
    return [
        limit
        for entry in entries
        for limit in entry.obj["spec"].get("limits") or ()
        if limit.get("type") == kind
    ]


def apply_to_pod(core: Core, call: Call, obj: Object) -> None:
    """Fill in requests and limits of containers, then check them, and the sums of the Pod."""
    if not core.store.table("", "limitranges").entries(call.namespace):
        return
    spec = obj["spec"]
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    container_limits = _ranges(core, call.namespace, "Container")
    notes = [note for item in containers for limit in container_limits for note in _fill(item, limit)]
    if notes:
        text = f"LimitRanger plugin set: {'; '.join(notes)}"
        obj["metadata"].setdefault("annotations", {})[ANNOTATION] = text
    problems = [
        text
        for limit in container_limits
        for item in containers
        for text in _problems(limit, "Container", item.get("resources") or {})
    ]
    total = _total(spec.get("containers") or ())
    for limit in _ranges(core, call.namespace, "Pod"):
        problems += _problems(limit, "Pod", total)
    _refuse(call, obj, problems)


def apply_to_claim(core: Core, call: Call, obj: Object) -> None:
    """Check the size that a claim asks for."""
    asked = {"requests": (obj["spec"].get("resources") or {}).get("requests") or {}}
    problems = [
        text
        for limit in _ranges(core, call.namespace, "PersistentVolumeClaim")
        for text in _problems(limit, "PersistentVolumeClaim", asked, only_requests=True)
    ]
    _refuse(call, obj, problems)


def _refuse(call: Call, obj: Object, problems: list[str]) -> None:
    if problems:
        joined = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise forbidden(call.resource.ref, obj["metadata"]["name"], joined)


def _fill(container: Object, limit: Object) -> Iterator[str]:
    """Give a container what it has not said itself; tells what was set."""
    filled: list[str] = []
    for part, source in (("limits", "default"), ("requests", "defaultRequest")):
        for name, value in sorted((limit.get(source) or {}).items()):
            values = container.setdefault("resources", {}).setdefault(part, {})
            if name not in values:
                values[name] = value
                filled.append(f"{name} {part[:-1]}")
    if filled:
        yield f"{', '.join(filled)} for container {container.get('name', '')}"


def _total(containers: Iterable[Object]) -> Object:
    """What all containers of a Pod ask for together."""
    total: dict[str, dict[str, Fraction]] = {"requests": {}, "limits": {}}
    for container in containers:
        for part, sums in total.items():
            for name, value in ((container.get("resources") or {}).get(part) or {}).items():
                sums[name] = sums.get(name, Fraction(0)) + amount(value)
    return {part: {name: str(float(value)) for name, value in sums.items()} for part, sums in total.items()}


def _problems(limit: Object, kind: str, resources: Object, *, only_requests: bool = False) -> Iterator[str]:
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    for name, least in (limit.get("min") or {}).items():
        yield from _too_small(f"minimum {name} usage per {kind} is {least}", name, least, requests)
    for name, most in (limit.get("max") or {}).items():
        head = f"maximum {name} usage per {kind} is {most}"
        if only_requests:
            yield from _too_large(head, "request", requests.get(name), most)
        else:
            yield from _too_large(head, "limit", limits.get(name), most)
    for name, ratio in (limit.get("maxLimitRequestRatio") or {}).items():
        yield from _out_of_ratio(name, kind, ratio, requests.get(name), limits.get(name))


def _too_small(head: str, name: str, least: str, requests: Object) -> Iterator[str]:
    asked = requests.get(name)
    if asked is None:
        yield f"{head}. No request is specified"
    elif amount(asked) < amount(least):
        yield f"{head}, but request is {asked}"


def _too_large(head: str, part: str, asked: str | None, most: str) -> Iterator[str]:
    if asked is None:
        yield f"{head}. No {part} is specified"
    elif amount(asked) > amount(most):
        yield f"{head}, but {part} is {asked}"


def _out_of_ratio(name: str, kind: str, ratio: str, request: str | None, limit: str | None) -> Iterator[str]:
    head = f"{name} max limit to request ratio per {kind} is {ratio}"
    if request is None or limit is None or not amount(request):
        yield f"{head}, but no request is specified or request is 0"
        return
    found = amount(limit) / amount(request)
    if found > amount(ratio):
        yield f"{head}, but provided ratio is {float(found):f}"
