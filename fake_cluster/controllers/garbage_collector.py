"""Garbage collector: deletes what has lost its owners, in the background, the foreground, or not at all.

Owners count by uid. An owner in another namespace counts as absent, and is warned of.
Source: documentation "Garbage Collection" and "Owners and Dependents".
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.ownership_graph import FOREGROUND, ORPHAN, Graph, Node, reference_to
from fake_cluster.controllers.resources import BUILT_IN, defined_by
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, EVENTS
from fake_cluster.machinery.client import Event, Propagation
from fake_cluster.machinery.controller import AddSource, Controller, Source
from fake_cluster.objects import Key, Object, ResourceRef, owner_references

_PRESENT, _WAITING, _ABSENT = "present", "waiting", "absent"


class GarbageCollector:
    """Deletes dependents of absent owners. Its keys are uids."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._graph = Graph()
        self._events = context.recorder("garbage-collector-controller")
        self._kinds: dict[tuple[str, str], ResourceRef] = {}
        self._add: AddSource | None = None

    def controller(self) -> Controller:
        """The controller, for a manager."""
        definitions = Source(CUSTOM_RESOURCE_DEFINITIONS, self._definition)
        return Controller(
            "garbage-collector-controller", self.reconcile, (definitions,), discover=self._discover
        )

    def _discover(self, add: AddSource) -> None:
        self._add = add
        for ref in BUILT_IN:
            if ref not in (EVENTS, CUSTOM_RESOURCE_DEFINITIONS) and self._client.serves(ref):
                self._collect(ref)

    def _collect(self, ref: ResourceRef) -> None:
        kind = (ref.api_version, ref.kind)
        if kind not in self._kinds and self._add is not None:
            self._kinds[kind] = ref
            self._add(Source(ref, self._keys))

    def _definition(self, event: Event) -> Iterable[Key]:
        ref = defined_by(event.obj)
        if event.type != "DELETED" and ref is not None and self._client.serves(ref):
            self._collect(ref)
        return self._keys(event)

    def _keys(self, event: Event) -> Iterable[Key]:
        return [Key("", uid) for uid in self._graph.follow(event)]

    # --- passes -----------------------------------------------------------------------------------

    def reconcile(self, key: Key) -> None:
        """One pass over the object of one uid."""
        node = self._graph.node(key.name)
        if node is None:
            return
        try:
            self._look_at(node)
        except ApiError as error:
            if error.code != 404:
                raise

    def _look_at(self, node: Node) -> None:
        if node.is_held_by(ORPHAN):
            self._orphan_dependents(node)
        elif node.is_held_by(FOREGROUND):
            self._delete_dependents(node)
        elif "deletionTimestamp" not in node.obj["metadata"]:
            self._collect_if_unowned(node)

    def _orphan_dependents(self, node: Node) -> None:
        uid = node.obj["metadata"]["uid"]
        for dependent in self._graph.dependents(uid):
            self._drop_references(dependent, {uid})
        self._drop_finalizer(node, ORPHAN)

    def _delete_dependents(self, node: Node) -> None:
        """Foreground: the dependents go first; those that block hold the owner."""
        uid = node.obj["metadata"]["uid"]
        dependents = self._graph.dependents(uid)
        for dependent in dependents:
            if "deletionTimestamp" not in dependent.obj["metadata"]:
                self.reconcile(Key("", dependent.obj["metadata"]["uid"]))
        if not any(_blocks(dependent, uid) for dependent in self._graph.dependents(uid)):
            self._drop_finalizer(node, FOREGROUND)

    def _collect_if_unowned(self, node: Node) -> None:
        states = {item["uid"]: self._state(node, item) for item in owner_references(node.obj)}
        if not states or all(state == _PRESENT for state in states.values()):
            return
        if _PRESENT in states.values():
            self._drop_references(node, {uid for uid, state in states.items() if state != _PRESENT})
            return
        has_dependents = bool(self._graph.dependents(node.obj["metadata"]["uid"]))
        if _WAITING in states.values() and has_dependents:
            self._delete(node, "Foreground")
        else:
            self._delete(node, self._policy(node))

    @staticmethod
    def _policy(node: Node) -> Propagation:
        finalizers = node.obj["metadata"].get("finalizers") or ()
        if ORPHAN in finalizers:
            return "Orphan"
        return "Foreground" if FOREGROUND in finalizers else "Background"

    def _state(self, node: Node, reference: Object) -> str:
        """Whether an owner is there, waits for its dependents to go, or is absent."""
        owner = self._graph.node(reference["uid"])
        if owner is not None and self._is_in_reach(node, owner):
            return _WAITING if owner.is_held_by(FOREGROUND) else _PRESENT
        if owner is not None:
            self._warn_of_namespace(node, reference)
            return _ABSENT if node.namespace else _PRESENT
        return self._state_at_server(node, reference)

    @staticmethod
    def _is_in_reach(node: Node, owner: Node) -> bool:
        return not owner.ref.namespaced or owner.namespace == node.namespace

    def _warn_of_namespace(self, node: Node, reference: Object) -> None:
        named = f"{reference['apiVersion']}/{reference['kind']}"
        where = f'in namespace "{node.namespace}"' if node.namespace else "cluster-scoped"
        message = (
            f"ownerRef [{named}, namespace: {node.namespace}, name: {reference['name']}, "
            f"uid: {reference['uid']}] does not exist {where}"
        )
        self._events.record(node.obj, "Warning", "OwnerRefInvalidNamespace", message)

    def _state_at_server(self, node: Node, reference: Object) -> str:
        """What the server says of an owner that no event has told of; of an unknown kind nothing is known."""
        ref = self._kinds.get((reference["apiVersion"], reference["kind"])) or self._other_version(reference)
        if ref is None:
            return _PRESENT
        found = self._client.find(ref, reference["name"], node.namespace if ref.namespaced else "")
        return _PRESENT if found is not None and found["metadata"]["uid"] == reference["uid"] else _ABSENT

    def _other_version(self, reference: Object) -> ResourceRef | None:
        """References may name a version that is not the one that is followed."""
        group = reference["apiVersion"].rpartition("/")[0]
        same = (ref for ref in self._kinds.values() if (ref.group, ref.kind) == (group, reference["kind"]))
        return next(same, None)

    # --- writes -----------------------------------------------------------------------------------

    def _delete(self, node: Node, policy: Propagation) -> None:
        meta = node.obj["metadata"]
        preconditions = {"uid": meta["uid"]}
        self._client.delete(
            node.ref, meta["name"], node.namespace, propagation=policy, preconditions=preconditions
        )

    def _drop_references(self, node: Node, uids: set[str]) -> None:
        left = [item for item in owner_references(node.obj) if item["uid"] not in uids]
        self._patch(node, {"ownerReferences": left or None})

    def _drop_finalizer(self, node: Node, finalizer: str) -> None:
        finalizers = node.obj["metadata"].get("finalizers") or ()
        left = [item for item in finalizers if item != finalizer]
        self._patch(node, {"finalizers": left or None})

    def _patch(self, node: Node, metadata: Object) -> None:
        meta = node.obj["metadata"]
        body = {"metadata": {**metadata, "resourceVersion": meta["resourceVersion"]}}
        node.obj = self._client.patch(node.ref, meta["name"], body, node.namespace)


def _blocks(dependent: Node, owner: str) -> bool:
    reference = reference_to(dependent, owner)
    return reference is not None and bool(reference.get("blockOwnerDeletion"))
