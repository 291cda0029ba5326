"""A recording as a story: by step, what came, changed and went, and what the cluster said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.objects import Object

Place = tuple[str, str, str]
"""Kind, namespace and name."""
MOST_FIELDS = 6
_UNTOLD = frozenset({"resourceVersion", "managedFields", "generation", "observedGeneration"})


@dataclass(frozen=True)
class Snapshot:
    """What there was at a moment. `seconds`: of the cluster's time, since the scenario began."""

    sentence: str
    seconds: float
    objects: Sequence[Object]
    events: Sequence[Object]
    failure: str = ""

    def placed(self) -> dict[Place, Object]:
        """The objects by where they are."""
        return {place_of(obj): obj for obj in self.objects}

    def same(self, other: Snapshot | None) -> bool:
        """Whether everything is as it was."""
        return other is not None and (self.objects, self.events) == (other.objects, other.events)


def place_of(obj: Object) -> Place:
    """Where an object is."""
    metadata = obj["metadata"]
    return obj["kind"], metadata.get("namespace") or "", metadata["name"]


def story(title: str, about: Mapping[str, str], snapshots: Sequence[Snapshot]) -> str:
    """The text, in Markdown."""
    lines = [f"# {title}", "", *(f"- {name}: {value}" for name, value in about.items() if value)]
    before: Snapshot | None = None
    for number, snapshot in enumerate(snapshots, 1):
        lines += ["", f"## {number}. {snapshot.sentence}", "", f"At {snapshot.seconds:.0f} s.", ""]
        lines += list(_changes(before, snapshot)) or ["Nothing has changed."]
        lines += ["", f"It ended here: {snapshot.failure}"] if snapshot.failure else []
        before = snapshot
    return "\n".join(lines) + "\n"


def _changes(before: Snapshot | None, after: Snapshot) -> Iterator[str]:
    old = before.placed() if before else {}
    new = after.placed()
    for place in sorted({*old, *new}):
        yield from _change(place, old.get(place), new.get(place))
    said = {_said(event): int(event.get("count") or 1) for event in before.events} if before else {}
    for event in after.events:
        more = int(event.get("count") or 1) - said.get(_said(event), 0)
        if more > 0:
            yield f"- Event {' '.join(_said(event))}{f' ({more} times)' if more > 1 else ''}"


def _change(place: Place, old: Object | None, new: Object | None) -> Iterator[str]:
    name = f"{place[0]} {place[1]}/{place[2]}"
    if new is None:
        yield f"- {name} is gone"
        return
    conditions = dict(_conditions(new)) if place[0] == "QuayRegistry" else {}
    if old is None:
        yield f"- {name} has come"
    else:
        fields = list(_fields(old, new))
        more = f" and {len(fields) - MOST_FIELDS} more" if len(fields) > MOST_FIELDS else ""
        if fields:
            yield f"- {name} has changed: {', '.join(fields[:MOST_FIELDS])}{more}"
    former = dict(_conditions(old)) if old else {}
    for kind, told in conditions.items():
        if former.get(kind) != told:
            yield f"  - {kind} is {told}"


def _conditions(registry: Object) -> Iterator[tuple[str, str]]:
    for item in (registry.get("status") or {}).get("conditions") or ():
        reason, message = (str(item.get(key) or "") for key in ("reason", "message"))
        yield item["type"], f"{item['status']} {reason}: {message}"


def _fields(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The paths at which two objects differ, lists as a whole."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            if key not in _UNTOLD:
                yield from _fields(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif old != new:
        yield path


def _said(event: Object) -> tuple[str, str, str]:
    about = event.get("involvedObject") or {}
    what = f"{about.get('kind')}/{about.get('name')}:"
    return str(event.get("type")), f"{event.get('reason')} {what}", str(event.get("message"))
