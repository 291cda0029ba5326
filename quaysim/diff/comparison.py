"""The comparison itself: object by object, field by field; conditions and Events by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_cluster.objects import Object
from quaysim.diff.fields import Fields, Write, fields_of
from quaysim.diff.names import Names, common_names
from quaysim.diff.reading import Identity, ObjectSet, identity
from quaysim.diff.scope import Scope
from quaysim.diff.secrets import made_up, replacements

MISSING = "<missing>"
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"

# What clusters call differently, or hand out: it only has to differ alike.
_LOCAL = re.compile(
    r"spec\.clusterIPs?\b.*|.*nodePort|status\.(podIP|hostIP)s?\b.*|spec\.storageClassName"
    r'|metadata\.annotations\["volume\.(beta\.)?kubernetes\.io/storage-provisioner"\]'
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same on both sides; `MISSING` where one does not have it."""

    field: str
    recorded: Any
    simulated: Any


@dataclass(frozen=True, slots=True)
class ObjectComparison:
    """One object on both sides. `only`: the side that alone has it, or nothing."""

    kind: str
    namespace: str
    name: str
    total: int
    differences: list[Difference] = field(default_factory=list)
    only: str = ""

    @property
    def equal(self) -> int:
        """How many fields are the same on both sides."""
        return 0 if self.only else self.total - len(self.differences)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two sets differ in. `conditions` are those of QuayRegistries, each with its place in the list."""

    recorded: str
    simulated: str
    objects: list[ObjectComparison]
    conditions: list[ObjectComparison]
    events: list[ObjectComparison]
    left_out: Mapping[str, int]

    @property
    def parts(self) -> list[ObjectComparison]:
        """Everything that was compared."""
        return [*self.objects, *self.conditions, *self.events]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any(part.differences or part.only for part in self.parts)


def counted(parts: Iterable[ObjectComparison]) -> tuple[int, int]:
    """How many fields are equal, and of how many."""
    listed = list(parts)
    return sum(part.equal for part in listed), sum(part.total for part in listed)


class _Correspondence:
    """Values that only have to differ alike, such as addresses; and certificates of the two clusters.

    A certificate that both sides have is a user's, and must be in the same places.
    """

    def __init__(self, certificates: frozenset[str]) -> None:
        self._certificates = certificates
        self._there: dict[str, str] = {}
        self._back: dict[str, str] = {}

    def same(self, path: str, recorded: Any, simulated: Any) -> bool:
        if recorded == simulated:
            return True
        if not (isinstance(recorded, str) and isinstance(simulated, str)):
            return False
        if _is_certificate(recorded) and _is_certificate(simulated):
            return not {recorded, simulated} & self._certificates
        if not _LOCAL.fullmatch(path):
            return False
        there = self._there.setdefault(recorded, simulated)
        return there == simulated and self._back.setdefault(simulated, recorded) == recorded


def _is_certificate(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith(_CERTIFICATE)


def _certificates(parts: Iterable[Fields]) -> frozenset[str]:
    return frozenset(value for fields in parts for value in fields.values() if _is_certificate(value))


def _writer(mine: list[Object], other: list[Object]) -> Write:
    """How the strings of one side become comparable."""
    names = Names(mine, common_names(mine, other))
    values = replacements(made_up(mine), made_up(other))

    def written(text: str) -> str:
        for value, purpose in values.items():
            text = text.replace(value, purpose)
        return names.written(text)

    return written


def compare(recorded: ObjectSet, simulated: ObjectSet) -> Comparison:
    """What differs between two sets of objects."""
    scope = Scope(recorded, simulated)
    one, other = scope.compared(recorded.objects), scope.compared(simulated.objects)
    sides = _Side(one, _writer(one, other)), _Side(other, _writer(other, one))
    fields = _Pair(*(side.each(fields_of) for side in sides))
    conditions = _Pair(*(side.each(_conditions, "QuayRegistry") for side in sides))
    shared = _certificates(fields.recorded.values()) & _certificates(fields.simulated.values())
    return Comparison(
        recorded.name,
        simulated.name,
        _compared(fields, _Correspondence(shared)),
        _compared(conditions, _Correspondence(frozenset())),
        _compared(_events(recorded, simulated), _Correspondence(frozenset())),
        dict(scope.left_out),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """The fields of both sides, by what they belong to."""

    recorded: dict[Identity, Fields]
    simulated: dict[Identity, Fields]


@dataclass(frozen=True, slots=True)
class _Side:
    """The objects of one side, and how its strings are written."""

    objects: list[Object]
    write: Write

    def each(self, of: Callable[[Object, Write], Fields], kind: str = "") -> dict[Identity, Fields]:
        """Something of each object, or of those of one kind, by what the object is called."""
        chosen = (obj for obj in self.objects if kind in ("", obj["kind"]))
        return {_called(obj, self.write): of(obj, self.write) for obj in chosen}


def _called(obj: Object, write: Write) -> Identity:
    kind, namespace, name = identity(obj)
    return kind, namespace, write(name)


def _compared(pair: _Pair, same: _Correspondence) -> list[ObjectComparison]:
    found = []
    for key in sorted({*pair.recorded, *pair.simulated}):
        one, other = pair.recorded.get(key), pair.simulated.get(key)
        if one is None or other is None:
            only, fields = ("simulated", other) if one is None else ("recorded", one)
            found.append(ObjectComparison(*key, total=len(fields or ()), only=only))
        else:
            found.append(ObjectComparison(*key, *_fields_compared(one, other, same)))
    return found


def _fields_compared(one: Fields, other: Fields, alike: _Correspondence) -> tuple[int, list[Difference]]:
    paths = list(dict.fromkeys([*one, *other]))
    values = ((path, one.get(path, MISSING), other.get(path, MISSING)) for path in paths)
    return len(paths), [Difference(*value) for value in values if not alike.same(*value)]


def _conditions(registry: Object, write: Write) -> Fields:
    """Each condition is one field, and their order another."""
    conditions = (registry.get("status") or {}).get("conditions") or []
    said = {
        item["type"]: " ".join(
            (item["status"], item.get("reason", ""), write(item.get("message", "")), _timed(item))
        ).rstrip()
        for item in conditions
    }
    return {**said, "order": list(said)}


def _timed(condition: Object) -> str:
    return "" if condition.get("lastUpdateTime") else "(without lastUpdateTime)"


def _events(*sides: ObjectSet) -> _Pair:
    """What was said of registries, however often; nothing at all where one side has no Events."""
    said: list[dict[Identity, Fields]] = [
        {
            ("Event", "", f"{event['type']} {event['reason']}: {event['message']}"): {"said": True}
            for event in side.objects
            if event["kind"] == "Event" and event["involvedObject"]["kind"] == "QuayRegistry"
        }
        for side in sides
    ]
    return _Pair(*said) if all(said) else _Pair({}, {})
