"""The client interface: all that controllers, the node, the operator and the stand-ins know of a cluster.

Two implementations: `DirectClient` calls the in-memory API in process, `RestClient` speaks HTTP
through the official `kubernetes` package to any API server. Code that keeps to this interface runs
unchanged on both.

Objects that come back are shared and must not be changed: copy first (`fake_cluster.objects.copy_of`).
Every method raises `fake_cluster.errors.ApiError` for what the server refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from fake_cluster.objects import Object, ResourceRef

PatchType = Literal["json", "merge", "strategic"]
Propagation = Literal["Background", "Foreground", "Orphan"]
EventType = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a watch. `obj` is the new state; for DELETED, the last one.

    `old` is the state before where the client knows it (None for ADDED).
    """

    type: EventType
    ref: ResourceRef
    obj: Object
    old: Object | None = None


Sink = Callable[[Event], None]
"""Where a watch delivers; may be called from another thread."""


class Client(Protocol):
    """A Kubernetes client."""

    def get(self, ref: ResourceRef, name: str, namespace: str = "") -> Object:
        """One object."""
        ...

    def find(self, ref: ResourceRef, name: str, namespace: str = "") -> Object | None:
        """One object, or None where there is none."""
        ...

    def list(
        self, ref: ResourceRef, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """All objects that match the selectors, in all namespaces if `namespace` is empty."""
        ...

    def create(self, ref: ResourceRef, obj: Object, *, subresource: str = "", name: str = "") -> Object:
        """Create an object in `obj`'s own namespace (or post to a subresource of `name`)."""
        ...

    def replace(self, ref: ResourceRef, obj: Object, *, subresource: str = "") -> Object:
        """Replace an object; its resourceVersion must be the current one if it is given."""
        ...

    def patch(  # noqa: PLR0913 - these are the parts of a patch request
        self,
        ref: ResourceRef,
        name: str,
        body: Any,
        namespace: str = "",
        *,
        kind: PatchType = "merge",
        subresource: str = "",
    ) -> Object:
        """Patch an object: `body` is a list of operations for "json", else a partial object."""
        ...

    def apply(
        self, ref: ResourceRef, obj: Object, *, manager: str, force: bool = True, subresource: str = ""
    ) -> Object:
        """Server-side apply."""
        ...

    def delete(  # noqa: PLR0913 - these are the options of a delete request
        self,
        ref: ResourceRef,
        name: str,
        namespace: str = "",
        *,
        propagation: Propagation | None = None,
        grace_seconds: int | None = None,
        preconditions: Mapping[str, str] | None = None,
    ) -> None:
        """Delete an object. `preconditions`: {"uid": …} or {"resourceVersion": …}."""
        ...

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        """Deliver all existing objects of all namespaces as ADDED, then every change, to `sink`."""
        ...

    def serves(self, ref: ResourceRef) -> bool:
        """Whether the server has this resource."""
        ...
