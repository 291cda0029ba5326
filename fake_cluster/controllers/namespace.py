"""Namespace life cycle: a namespace that is deleted takes everything in it along, then goes itself.

Source: documentation of namespaces and of their finalizer; conditions as kube-controller-manager has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.resources import served
from fake_cluster.controllers.status import with_condition, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.objects import Key, Object, ResourceRef, is_terminating, key_of

FINALIZER = "kubernetes"
LOOK_AGAIN = 5.0
"""Seconds until a namespace that is not empty yet is looked at again."""


def _if_terminating(event: Event) -> Iterable[Key]:
    return (key_of(event.obj),) if is_terminating(event.obj) and event.type != "DELETED" else ()


class NamespaceController:
    """Empties namespaces that are being deleted."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._namespaces = context.informers[NAMESPACES]
        self._definitions = context.informers[CUSTOM_RESOURCE_DEFINITIONS]

    def controller(self) -> Controller:
        """The controller, for a manager."""
        source = Source(NAMESPACES, self._namespaces.first(_if_terminating))
        return Controller("namespace-controller", self.reconcile, (source,))

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one namespace."""
        namespace = self._namespaces.get(key)
        if namespace is None or not is_terminating(namespace):
            return None
        if FINALIZER not in (namespace["spec"].get("finalizers") or ()):
            return None
        left = self._empty(key.name)
        status = {**(namespace.get("status") or {}), "conditions": self._conditions(namespace, left)}
        namespace = write_status(self._context.client, NAMESPACES, namespace, status)
        if left:
            return Result(requeue_after=LOOK_AGAIN)
        self._finalize(namespace)
        return None

    def _empty(self, name: str) -> list[tuple[ResourceRef, Object]]:
        """Delete the content; what is still there afterwards."""
        left: list[tuple[ResourceRef, Object]] = []
        for ref in served(self._context.client, self._definitions):
            if ref.namespaced:
                for obj in self._context.client.list(ref, name):
                    self._delete(ref, obj)
                left += [(ref, obj) for obj in self._context.client.list(ref, name)]
        return left

    def _delete(self, ref: ResourceRef, obj: Object) -> None:
        if is_terminating(obj):
            return
        meta = obj["metadata"]
        try:
            self._context.client.delete(ref, meta["name"], meta["namespace"], propagation="Background")
        except ApiError as error:
            if error.code != 404:
                raise

    def _finalize(self, namespace: Object) -> None:
        finalizers = [item for item in namespace["spec"]["finalizers"] if item != FINALIZER]
        spec = {**namespace["spec"], "finalizers": finalizers}
        self._context.client.replace(NAMESPACES, {**namespace, "spec": spec}, subresource="finalize")

    def _conditions(self, namespace: Object, left: list[tuple[ResourceRef, Object]]) -> list[Object]:
        conditions: list[Object] = (namespace.get("status") or {}).get("conditions") or []
        kinds = Counter(f"{ref.plural}.{ref.group}" for ref, _ in left)
        finalizers = Counter(name for _, obj in left for name in obj["metadata"].get("finalizers") or ())
        for kind, (status, reason, message) in {**_FINE, **_unfinished(kinds, finalizers)}.items():
            moment = self._context.timestamp()
            texts = {"reason": reason, "message": message}
            new = {"type": kind, "status": status, "lastTransitionTime": moment, **texts}
            conditions = with_condition(conditions, new)
        return conditions


_REMAINING, _FINALIZING = "NamespaceContentRemaining", "NamespaceFinalizersRemaining"
_FINE = {
    "NamespaceDeletionDiscoveryFailure": (
        "False",
        "ResourcesDiscovered",
        "All resources successfully discovered",
    ),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "False",
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "False",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    _REMAINING: ("False", "ContentRemoved", "All content successfully removed"),
    _FINALIZING: ("False", "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}
"""Status, reason and message of each condition while nothing is wrong."""


def _unfinished(kinds: Counter[str], finalizers: Counter[str]) -> dict[str, tuple[str, str, str]]:
    """The conditions that say what is left."""
    found: dict[str, tuple[str, str, str]] = {}
    if kinds:
        parts = [f"{name} has {n} resource instances" for name, n in sorted(kinds.items())]
        message = f"Some resources are remaining: {', '.join(parts)}"
        found[_REMAINING] = ("True", "SomeResourcesRemain", message)
    if finalizers:
        parts = [f"{name} in {n} resource instances" for name, n in sorted(finalizers.items())]
        message = f"Some content in the namespace has finalizers remaining: {', '.join(parts)}"
        found[_FINALIZING] = ("True", "SomeFinalizersRemain", message)
    return found
