"""What an upgrade of the operator does to a registry, step by step: told from what has changed in the cluster.

Documentation 12.3; measured for 3.6.4 and older on their way to 3.7.10.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.objects import Object, is_owned_by
from quaysim.plan.history import History, Moment, field, written_key
from quaysim.plan.steps import Step, steps_of

_KEYS = "quay-registry-managed-secret-keys"
_GENERATED = (
    "SECRET_KEY",
    "DATABASE_SECRET_KEY",
    "DB_URI",
    "DB_ROOT_PW",
    "CONFIG_EDITOR_PW",
    "SECURITY_SCANNER_V4_PSK",
)
SUPPORTED = {"3.7": ("3.4", "3.5", "3.6", "3.7"), "3.6": ("3.3", "3.4", "3.5", "3.6"), "3.5": ("3.4", "3.5")}
"""From which versions an upgrade is supported. Documentation 12.2."""


@dataclass(frozen=True)
class Upgrade:
    """One registry's upgrade.

    `was_available`: before it. `outages`: from when to when Quay had no Pod that was ready, in seconds;
    None for one that does not end. `restarted`: Deployments whose Pods were replaced. `kept`, `renewed`:
    generated values that were there before, and those that are new. `left_behind`: objects that nobody
    needs any more and nobody deletes. `supported`: whether the documentation allows it.
    """

    from_version: str
    to_version: str
    supported: bool
    was_available: bool
    steps: Sequence[Step]
    outages: Sequence[tuple[float, float | None]]
    restarted: Sequence[str]
    kept: Sequence[str]
    renewed: Sequence[str]
    left_behind: Sequence[tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        """What `-o json` says of it."""
        return {
            "fromVersion": self.from_version,
            "toVersion": self.to_version,
            "supported": self.supported,
            "availableBefore": self.was_available,
            "steps": [step.as_json() for step in self.steps],
            "outages": [{"fromSeconds": start, "toSeconds": end} for start, end in self.outages],
            "restartedDeployments": list(self.restarted),
            "keptValues": list(self.kept),
            "renewedValues": list(self.renewed),
            "leftBehind": [{"kind": kind, "name": name} for kind, name in self.left_behind],
        }


def is_supported(old: str, new: str) -> bool:
    """Whether the documentation allows the upgrade. The operator itself never refuses."""
    minor = [".".join(version.split(".")[:2]) for version in (old, new)]
    numbers = [[int(part) for part in version.split(".") if part.isdigit()] for version in (old, new)]
    return minor[0] in SUPPORTED.get(minor[1], ()) and numbers[0] <= numbers[1]


def upgrade_of(
    registry: Object, objects: Sequence[Object], history: History, versions: tuple[str, str]
) -> Upgrade:
    """What has happened to a registry. `objects`: what is there afterwards."""
    mine = [moment for moment in history.moments if _concerns(registry, moment.event.obj)]
    was = next(obj for obj in history.before if obj["metadata"]["uid"] == registry["metadata"]["uid"])
    old, new = _generated(registry, history.before), _generated(registry, objects)
    conditions = field(was, "status", "conditions") or []
    return Upgrade(
        *versions,
        is_supported(*versions),
        any(item["type"] == "Available" and item["status"] == "True" for item in conditions),
        steps_of(registry, mine),
        list(_outages(f"{registry['metadata']['name']}-quay-app", history, mine)),
        list(_restarted(mine)),
        [key for key in _GENERATED if key in new and new[key][-1] in old.get(key, ())],
        [key for key in _GENERATED if key in new and new[key][-1] not in old.get(key, ())],
        sorted(_left_behind(registry, objects, history)),
    )


def _concerns(registry: Object, obj: Object) -> bool:
    return obj["metadata"]["uid"] == registry["metadata"]["uid"] or is_owned_by(obj, registry)


def _outages(name: str, history: History, moments: Iterable[Moment]) -> Iterator[tuple[float, float | None]]:
    """When Quay had no ready Pod."""
    deployment = next(
        (o for o in history.before if o["kind"] == "Deployment" and o["metadata"]["name"] == name), None
    )
    down = None if _available(deployment) else 0.0
    for moment in moments:
        obj = moment.event.obj
        if moment.event.ref.kind != "Deployment" or obj["metadata"]["name"] != name:
            continue
        if down is None and not _available(obj):
            down = moment.at
        elif down is not None and _available(obj):
            yield down, moment.at
            down = None
    if down is not None:
        yield down, None


def _available(deployment: Object | None) -> int:
    return int(field(deployment, "status", "availableReplicas") or 0)


def _restarted(moments: Iterable[Moment]) -> Iterable[str]:
    names = [
        moment.event.obj["metadata"]["name"]
        for moment in moments
        if moment.event.ref.kind == "Deployment"
        and moment.event.old is not None
        and field(moment.event.old, "spec", "template") != field(moment.event.obj, "spec", "template")
    ]
    return dict.fromkeys(names)


def _generated(registry: Object, objects: Iterable[Object]) -> dict[str, list[str]]:
    """The generated values: all that are stored for a key, the newest last."""
    found: dict[str, list[str]] = {}
    name = registry["metadata"]["name"]
    secrets = [
        obj
        for obj in objects
        if obj["kind"] == "Secret"
        and is_owned_by(obj, registry)
        and obj["metadata"]["name"].startswith(f"{name}-{_KEYS}")
    ]
    for secret in sorted(secrets, key=lambda item: str(item["metadata"]["creationTimestamp"])):
        for key, value in (secret.get("data") or {}).items():
            found.setdefault(key, []).append(b64decode(value).decode(errors="replace"))
    return found


def _left_behind(registry: Object, objects: Iterable[Object], history: History) -> Iterator[tuple[str, str]]:
    bundle = (registry.get("spec") or {}).get("configBundleSecret")
    for obj in objects:
        name = obj["metadata"]["name"]
        if is_owned_by(obj, registry) and written_key(obj) not in history.written and name != bundle:
            yield obj["kind"], name
