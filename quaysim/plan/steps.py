"""The steps of an upgrade in words: each change of an object, told by a table of its kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.machinery.client import Event
from fake_cluster.objects import Object
from quaysim.plan.history import Moment, field

Told = tuple[str, str]
"""What happens, and to which object; steps of one kind at one moment are told together."""
_MAIN = ("Available", "ComponentsCreated", "RolloutBlocked")
_PARTS = ("labels", "annotations")


@dataclass(frozen=True)
class Step:
    """What happens `at` so many seconds after the new operator has started, and to which objects."""

    at: float
    what: str
    objects: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """All parts by name."""
        return {"seconds": self.at, "what": self.what, "objects": list(self.objects)}

    def __str__(self) -> str:
        return f"{self.what}: {', '.join(self.objects)}" if self.objects else self.what


def steps_of(registry: Object, moments: Iterable[Moment]) -> list[Step]:
    """The steps, those of one kind and one moment as one."""
    prefix = f"{registry['metadata']['name']}-"
    grouped: dict[tuple[float, str], dict[str, None]] = {}
    for moment in moments:
        for what, name in _told(moment.event):
            names = grouped.setdefault((round(moment.at, 1), what), {})
            if name:
                names[name.removeprefix(prefix)] = None
    return [Step(at, what, list(names)) for (at, what), names in grouped.items()]


def _told(event: Event) -> Iterator[Told]:
    kind, name = event.ref.kind, event.obj["metadata"]["name"]
    if event.type == "ADDED":
        if not _is_probe(event):
            yield f"New {kind}", name
    elif event.type == "DELETED":
        if not _is_probe(event):
            yield f"{kind} deleted", name
    elif event.old is not None:
        tell = _TELLERS.get(kind, _other)
        yield from tell(event.old, event.obj)


def _is_probe(event: Event) -> bool:
    """The Route that the operator makes for a second in each pass."""
    return event.ref.kind == "Route" and bool(field(event.obj, "spec", "to", "name") == "none")


# --- what changes, by kind ----------------------------------------------------------------------------


def _registry(old: Object, new: Object) -> Iterator[Told]:
    was, now = ([entry["kind"] for entry in field(obj, "spec", "components") or ()] for obj in (old, new))
    added = [kind for kind in now if kind not in was]
    if added:
        yield f"spec.components is completed: {', '.join(added)}", ""
    for name in ("currentVersion", "registryEndpoint", "configEditorCredentialsSecret"):
        value = field(new, "status", name)
        if value and value != field(old, "status", name):
            yield f"status.{name} becomes {value}", ""
    yield from _conditions(old, new)


def _conditions(old: Object, new: Object) -> Iterator[Told]:
    was, now = (
        {item["type"]: item for item in field(obj, "status", "conditions") or ()} for obj in (old, new)
    )
    for kind, condition in now.items():
        same = kind in was and all(
            was[kind].get(part) == condition.get(part) for part in ("status", "reason")
        )
        if kind in _MAIN and not same:
            told = f"{condition['status']}, {condition['reason']}, {condition['message']}"
            yield f"Condition {kind} becomes {told}", ""
        elif kind not in was:
            yield "New condition", kind
        elif was[kind]["status"] != condition["status"]:
            yield f"Condition becomes {condition['status']}", kind
    for kind in was:
        if kind not in now and kind not in _MAIN:
            yield "Condition removed", kind


def _deployment(old: Object, new: Object) -> Iterator[Told]:
    name, replicas = new["metadata"]["name"], (field(old, "spec", "replicas"), field(new, "spec", "replicas"))
    if field(old, "spec", "template") != field(new, "spec", "template"):
        recreate = field(new, "spec", "strategy", "type") == "Recreate"
        how = "all its Pods stop, then new ones start" if recreate else "one after another"
        yield f"Pods are replaced ({how})", name
    if replicas[0] != replicas[1]:
        yield f"Scaled from {replicas[0]} to {replicas[1]}", name
    yield from _readiness(old, new)
    yield from _metadata("Deployment", old, new)


def _readiness(old: Object, new: Object) -> Iterator[Told]:
    was, now = (field(obj, "status", "availableReplicas") or 0 for obj in (old, new))
    if bool(was) != bool(now):
        yield ("Ready again" if now else "No Pod is ready any more"), new["metadata"]["name"]


def _job(old: Object, new: Object) -> Iterator[Told]:
    name = new["metadata"]["name"]
    for part, what in (("succeeded", "Job has succeeded"), ("failed", "Job has a failed Pod")):
        if field(new, "status", part) and not field(old, "status", part):
            yield what, name


def _other(old: Object, new: Object) -> Iterator[Told]:
    name, kind = new["metadata"]["name"], new.get("kind", "")
    changed = [part for part in ("spec", "data", "rules") if old.get(part) != new.get(part)]
    if changed:
        yield f"{kind} changes its {', '.join(changed)}", name
    yield from _metadata(kind, old, new)


def _metadata(kind: str, old: Object, new: Object) -> Iterator[Told]:
    own = "deployment.kubernetes.io/"
    for part in _PARTS:
        was, now = (field(obj, "metadata", part) or {} for obj in (old, new))
        keys = {
            key for key in was.keys() | now.keys() if was.get(key) != now.get(key) and not key.startswith(own)
        }
        if keys:
            yield f"{kind} changes its {part} {', '.join(sorted(keys))}", new["metadata"]["name"]


_TELLERS: dict[str, Callable[[Object, Object], Iterator[Told]]] = {
    "QuayRegistry": _registry,
    "Deployment": _deployment,
    "Job": _job,
}
