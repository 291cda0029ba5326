"""CustomResourceDefinitions at work: what is defined is served, and what is not defined any more is gone.

The real server does this with controllers that need a second or two. Here it follows every write of a
definition at once, but as later writes of its own: a definition is created without conditions, and becomes
Established with its next version, so that who watches sees the same sequence.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.api.core import Core
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS as CRDS
from fake_cluster.objects import Object, condition, copy_of
from fake_cluster.store import Change, Table

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"


class Definitions:
    """Keeps the kinds of a cluster in step with its CustomResourceDefinitions."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._table = core.store.table(CRDS.group, CRDS.plural)
        self._waiting: set[str] = set()
        self._table.subscribers.append(self._hear)

    def _hear(self, change: Change) -> None:
        crd = change.stored.obj
        if change.type == "DELETED":
            self._core.kinds.remove_crd(crd)
            spec = crd["spec"]
            self._core.store.table(spec["group"], spec["names"]["plural"]).end_watches()
            return
        if self._table.get("", change.name) is not change.stored:
            return  # there is a newer version already
        if "deletionTimestamp" in crd["metadata"]:
            self._clean_up(crd)
        elif change.old is None or change.old.obj["spec"] != crd["spec"]:
            self._serve(crd)

    # --- serving --------------------------------------------------------------------------------------

    def _serve(self, crd: Object) -> None:
        settled = copy_of(crd)
        status = settled.setdefault("status", {})
        status["storedVersions"] = _stored_versions(settled)
        conflicts = _conflicts(self._core, crd)
        _set_conditions(status, conflicts, self._core.timestamp())
        if not conflicts:
            status["acceptedNames"] = settled["spec"]["names"]
            finalizers = settled["metadata"].setdefault("finalizers", [])
            if CLEANUP not in finalizers:
                finalizers.append(CLEANUP)
            self._core.kinds.add_crd(settled)
        if settled != crd:
            self._core.store.put(self._table, settled)

    # --- deleting -------------------------------------------------------------------------------------

    def _clean_up(self, crd: Object) -> None:
        if CLEANUP not in (crd["metadata"].get("finalizers") or ()):
            return
        spec = crd["spec"]
        table = self._core.store.table(spec["group"], spec["names"]["plural"])
        name = crd["metadata"]["name"]
        if name not in self._waiting:
            self._waiting.add(name)
            table.subscribers.append(lambda change: self._hear_instance(name, table, change))
        self._delete_instances(table)
        self._release(name, table)

    def _delete_instances(self, table: Table) -> None:
        for entry in list(table.entries()):
            metadata = entry.obj["metadata"]
            if not metadata.get("finalizers"):
                self._core.store.remove(table, metadata.get("namespace", ""), metadata["name"])
            elif "deletionTimestamp" not in metadata:
                marked = copy_of(entry.obj)
                marked["metadata"]["deletionTimestamp"] = self._core.timestamp()
                marked["metadata"]["deletionGracePeriodSeconds"] = 0
                self._core.store.put(table, marked)

    def _hear_instance(self, name: str, table: Table, change: Change) -> None:
        if change.type == "DELETED":
            self._release(name, table)

    def _release(self, name: str, table: Table) -> None:
        """Give up our finalizer when the last object is gone; with the last finalizer the definition goes."""
        stored = self._table.get("", name)
        if stored is None or table.entries() or "deletionTimestamp" not in stored.obj["metadata"]:
            return
        self._waiting.discard(name)
        crd = copy_of(stored.obj)
        left = [item for item in crd["metadata"].pop("finalizers", ()) if item != CLEANUP]
        if left:
            self._core.store.put(self._table, crd | {"metadata": crd["metadata"] | {"finalizers": left}})
        else:
            self._core.store.remove(self._table, "", name, crd)


def _stored_versions(crd: Object) -> list[str]:
    """All versions that objects may be stored in: those of before, and the storage version of now."""
    before = (crd.get("status") or {}).get("storedVersions") or []
    current = [version["name"] for version in crd["spec"]["versions"] if version.get("storage")]
    return [*before, *(name for name in current if name not in before)]


def _names(names: Object) -> Iterable[tuple[str, str]]:
    """Each name that a definition claims, with what a condition calls a clash over it."""
    yield "PluralConflict", names["plural"]
    yield "SingularConflict", names.get("singular", "")
    for short in names.get("shortNames") or ():
        yield "ShortNamesConflict", short
    yield "KindConflict", names["kind"]
    yield "ListKindConflict", names.get("listKind", "")


def _conflicts(core: Core, crd: Object) -> list[tuple[str, str]]:
    """The names that are in use by another definition of the same group."""
    spec = crd["spec"]
    group, plural = spec["group"], spec["names"]["plural"]
    taken: set[str] = set()
    for resource in core.kinds.resources():
        if resource.ref.group == group and resource.ref.plural != plural:
            taken |= {resource.ref.kind, resource.singular, resource.list_kind, *resource.short_names}
    return [(reason, name) for reason, name in _names(spec["names"]) if name and name in taken]


def _set_conditions(status: Object, conflicts: list[tuple[str, str]], now: str) -> None:
    if conflicts:
        reason, name = conflicts[0]
        verdicts = [
            ("NamesAccepted", "False", reason, f'"{name}" is already in use'),
            ("Established", "False", "NotAccepted", "not all names are accepted"),
        ]
    else:
        verdicts = [
            ("NamesAccepted", "True", "NoConflicts", "no conflicts found"),
            ("Established", "True", "InitialNamesAccepted", "the initial names have been accepted"),
        ]
    for kind, value, reason, message in verdicts:
        found = condition({"status": status}, kind)
        if found is None or found["status"] != value:
            entry = {"lastTransitionTime": now, "message": message, "reason": reason, "status": value}
            others = [item for item in status.get("conditions") or () if item["type"] != kind]
            status["conditions"] = [*others, entry | {"type": kind}]
