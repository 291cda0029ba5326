"""Who depends on whom: all objects of a cluster by uid, with the owners that they name.

The graph follows events and tells which objects have to be looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fake_cluster.machinery.client import Event
from fake_cluster.objects import Object, ResourceRef, is_terminating, owner_references

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
NONE: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Node:
    """An object, and the uids of its owners."""

    ref: ResourceRef
    obj: Object
    owners: frozenset[str] = field(default=NONE)

    @property
    def namespace(self) -> str:
        """The object's namespace."""
        return str(self.obj["metadata"].get("namespace", ""))

    def is_held_by(self, finalizer: str) -> bool:
        """Whether the object is being deleted and waits for the garbage collector to do its part."""
        return is_terminating(self.obj) and finalizer in (self.obj["metadata"].get("finalizers") or ())


class Graph:
    """The objects of a cluster and their owners."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._dependents: dict[str, dict[str, None]] = {}

    def node(self, uid: str) -> Node | None:
        """The object of that uid."""
        return self._nodes.get(uid)

    def dependents(self, uid: str) -> list[Node]:
        """The objects that name `uid` as an owner."""
        nodes = self._nodes
        return [nodes[dependent] for dependent in self._dependents.get(uid, ()) if dependent in nodes]

    def follow(self, event: Event) -> tuple[str, ...] | list[str]:
        """Take an event; the uids of the objects that it gives reason to look at."""
        meta = event.obj["metadata"]
        uid = meta["uid"]
        if event.type == "DELETED":
            return self._gone(uid)
        node = self._nodes.get(uid)
        if node is None:
            node = self._nodes[uid] = Node(event.ref, event.obj)
        else:
            node.obj = event.obj
        references = meta.get("ownerReferences")
        if references or node.owners:
            return self._reowned(uid, node, frozenset(item["uid"] for item in references or ()))
        return self._held(uid, node)

    def _gone(self, uid: str) -> list[str]:
        """Dependents may have lost their last owner, owners may have waited for this one."""
        node = self._nodes.pop(uid, None)
        concerned = list(self._dependents.get(uid, ()))
        if node is not None:
            concerned += [owner for owner in node.owners if self._waits(owner)]
            for owner in node.owners:
                self._unlink(owner, uid)
        return concerned

    def _reowned(self, uid: str, node: Node, owners: frozenset[str]) -> list[str]:
        before = node.owners
        node.owners = owners
        for owner in owners - before:
            self._dependents.setdefault(owner, {})[uid] = None
        for owner in before - owners:
            self._unlink(owner, uid)
        concerned = [owner for owner in before if self._waits(owner)]
        if owners != before and any(self._is_doubtful(node, owner) for owner in owners):
            concerned.append(uid)
        return [*concerned, *self._held(uid, node)]

    def _is_doubtful(self, node: Node, owner: str) -> bool:
        """Whether the owner may be absent, or take its dependents along."""
        above = self._nodes.get(owner)
        if above is None or above.is_held_by(FOREGROUND):
            return True
        return above.ref.namespaced and above.namespace != node.namespace

    def _unlink(self, owner: str, uid: str) -> None:
        dependents = self._dependents.get(owner)
        if dependents is not None:
            dependents.pop(uid, None)
            if not dependents:
                del self._dependents[owner]

    def _waits(self, uid: str) -> bool:
        node = self._nodes.get(uid)
        return node is not None and node.is_held_by(FOREGROUND)

    def _held(self, uid: str, node: Node) -> tuple[str, ...]:
        """An object that is deleted in the foreground or orphans its dependents waits for us."""
        if "deletionTimestamp" not in node.obj["metadata"]:
            return ()
        return (uid,) if node.is_held_by(FOREGROUND) or node.is_held_by(ORPHAN) else ()


def reference_to(node: Node, uid: str) -> Object | None:
    """The owner reference of a node to `uid`."""
    return next((item for item in owner_references(node.obj) if item["uid"] == uid), None)
