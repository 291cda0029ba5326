"""A client that touches nothing but what its run has made.

Everything that a run does to a foreign cluster goes through it: the steps, the stand-ins, the simulated
operator and the clean-up. Reading is free. Writing is free in the namespaces of the run; elsewhere, what is
made gets the run's label, and what does not carry it can be neither changed nor deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fake_cluster.errors import ApiError
from fake_cluster.kinds import refs
from fake_cluster.machinery.client import Client, PatchType, Propagation, Sink
from fake_cluster.objects import Object, ResourceRef, labels_of
from quaysim.targets.run import Run

QUESTIONS = frozenset(
    {
        refs.LOCAL_SUBJECT_ACCESS_REVIEWS,
        refs.SELF_SUBJECT_ACCESS_REVIEWS,
        refs.SELF_SUBJECT_RULES_REVIEWS,
        refs.SUBJECT_ACCESS_REVIEWS,
        refs.TOKEN_REVIEWS,
    }
)
"""Resources that are questions: posting them makes nothing."""


class OwnClient:
    """`machinery.client.Client` for one run.

    `changeable` are cluster-scoped kinds and namespaces of which anything may be changed, though not deleted:
    somebody has allowed it.
    """

    def __init__(self, client: Client, run: Run, changeable: Collection[ResourceRef | str] = ()) -> None:
        self.client = client
        self.run = run
        self._changeable = frozenset(changeable)

    # --- reading --------------------------------------------------------------------------------------

    def get(self, ref: ResourceRef, name: str, namespace: str = "") -> Object:
        """One object."""
        return self.client.get(ref, name, namespace)

    def find(self, ref: ResourceRef, name: str, namespace: str = "") -> Object | None:
        """One object, or None where there is none."""
        return self.client.find(ref, name, namespace)

    def list(
        self, ref: ResourceRef, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """All objects that match the selectors, in all namespaces if `namespace` is empty."""
        return self.client.list(ref, namespace, labels=labels, fields=fields)

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        """Deliver all existing objects of all namespaces as ADDED, then every change, to `sink`."""
        self.client.watch(ref, sink)

    def serves(self, ref: ResourceRef) -> bool:
        """Whether the server has this resource."""
        return self.client.serves(ref)

    # --- writing --------------------------------------------------------------------------------------

    def create(self, ref: ResourceRef, obj: Object, *, subresource: str = "", name: str = "") -> Object:
        """Create an object, or post to a subresource of one of the run's objects."""
        namespace = _namespace(obj)
        if subresource:
            self._check(ref, name, namespace)
        elif ref not in QUESTIONS and not self.run.has_namespace(namespace):
            obj = self.labelled(obj)
        return self.client.create(ref, obj, subresource=subresource, name=name)

    def replace(self, ref: ResourceRef, obj: Object, *, subresource: str = "") -> Object:
        """Replace an object."""
        self._check(ref, obj["metadata"]["name"], _namespace(obj))
        return self.client.replace(ref, obj, subresource=subresource)

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
        """Patch an object."""
        self._check(ref, name, namespace)
        return self.client.patch(ref, name, body, namespace, kind=kind, subresource=subresource)

    def apply(
        self, ref: ResourceRef, obj: Object, *, manager: str, force: bool = True, subresource: str = ""
    ) -> Object:
        """Server-side apply, which may make the object."""
        namespace = _namespace(obj)
        if not self.run.has_namespace(namespace):
            self._check(ref, obj["metadata"]["name"], namespace, may_be_missing=True)
            obj = obj if subresource else self.labelled(obj)
        return self.client.apply(ref, obj, manager=manager, force=force, subresource=subresource)

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
        """Delete an object."""
        self._check(ref, name, namespace, changing=False)
        self.client.delete(
            ref,
            name,
            namespace,
            propagation=propagation,
            grace_seconds=grace_seconds,
            preconditions=preconditions,
        )

    # --- the rule -------------------------------------------------------------------------------------

    def labelled(self, obj: Object) -> Object:
        """The object with the run's label."""
        metadata = obj.get("metadata") or {}
        labels = {**(metadata.get("labels") or {}), **self.run.labels}
        return {**obj, "metadata": {**metadata, "labels": labels}}

    def _check(
        self,
        ref: ResourceRef,
        name: str,
        namespace: str,
        *,
        changing: bool = True,
        may_be_missing: bool = False,
    ) -> None:
        """Raise ApiError 403 unless the run may write to this object (404 if there is none)."""
        if self.run.has_namespace(namespace) or (changing and {ref, namespace} & self._changeable):
            return
        if ref == refs.NAMESPACES and self.run.has_namespace(name):
            return
        live = (
            self.client.find(ref, name, namespace)
            if may_be_missing
            else self.client.get(ref, name, namespace)
        )
        if live is not None and not self.run.made(live):
            where = f"{namespace}/{name}" if namespace else name
            owner = labels_of(live).get("app.kubernetes.io/managed-by", "somebody else")
            message = f"{ref.kind} {where} belongs to {owner}: the run {self.run.id} has not made it"
            raise ApiError(403, "Forbidden", message)


def _namespace(obj: Object) -> str:
    return str((obj.get("metadata") or {}).get("namespace") or "")
