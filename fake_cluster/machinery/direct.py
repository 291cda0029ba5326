"""The client that calls the in-memory API in process: no HTTP, no copies of what it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fake_cluster.api import Api, Call, Options
from fake_cluster.api.call import NO_OPTIONS, Answer, PatchKind, Verb
from fake_cluster.errors import ApiError
from fake_cluster.machinery.client import Event, PatchType, Propagation, Sink
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.store import Change


class DirectClient:
    """`machinery.client.Client` on an `Api`; its sinks are called right after each write."""

    def __init__(self, api: Api, user_agent: str = "fake-cluster") -> None:
        self.api = api
        self.user_agent = user_agent

    def get(self, ref: ResourceRef, name: str, namespace: str = "") -> Object:
        """One object."""
        return self._do("get", ref, namespace, name).content

    def find(self, ref: ResourceRef, name: str, namespace: str = "") -> Object | None:
        """One object, or None where there is none."""
        try:
            return self._do("get", ref, namespace, name).content
        except ApiError as error:
            if error.code != 404:
                raise
            return None

    def list(
        self, ref: ResourceRef, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """All objects that match the selectors, in all namespaces if `namespace` is empty."""
        options = Options(labels=labels, fields=fields)
        answer = self._do("list", ref, namespace, options=options)
        return [entry.obj for entry in answer.entries or ()]

    def create(self, ref: ResourceRef, obj: Object, *, subresource: str = "", name: str = "") -> Object:
        """Create an object in `obj`'s own namespace (or post to a subresource of `name`)."""
        namespace = (obj.get("metadata") or {}).get("namespace") or ""
        return self._do("create", ref, namespace, name, subresource=subresource, body=obj).content

    def replace(self, ref: ResourceRef, obj: Object, *, subresource: str = "") -> Object:
        """Replace an object; its resourceVersion must be the current one if it is given."""
        meta = obj["metadata"]
        namespace = meta.get("namespace", "")
        return self._do("update", ref, namespace, meta["name"], subresource=subresource, body=obj).content

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
        answer = self._do("patch", ref, namespace, name, subresource=subresource, body=body, patch=kind)
        return answer.content

    def apply(
        self, ref: ResourceRef, obj: Object, *, manager: str, force: bool = True, subresource: str = ""
    ) -> Object:
        """Server-side apply."""
        meta = obj["metadata"]
        if "kind" not in obj:
            obj = {"apiVersion": ref.api_version, "kind": ref.kind} | obj
        call = Call(
            "patch",
            self.api.resource(ref),
            meta.get("namespace", ""),
            meta["name"],
            subresource,
            Options(field_manager=manager, force=force),
            obj,
            "apply",
            self.user_agent,
        )
        return self.api.dispatch(call).content

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
        options = Options(
            propagation=propagation or "",
            grace_seconds=grace_seconds,
            preconditions=dict(preconditions or {}),
        )
        self._do("delete", ref, namespace, name, options=options)

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        """Deliver all existing objects of all namespaces as ADDED, then every change, to `sink`."""
        core, resource = self.api.core, self.api.resource(ref)
        table = core.table(resource)
        existing = table.entries()

        def hear(change: Change) -> None:
            event = change.event
            if not (isinstance(event, Event) and event.ref is ref):
                old = None if change.old is None else core.view(resource, change.old).obj
                event = change.event = Event(change.type, ref, core.view(resource, change.stored).obj, old)
            sink(event)

        table.subscribers.append(hear)
        for stored in existing:
            sink(Event("ADDED", ref, core.view(resource, stored).obj))

    def serves(self, ref: ResourceRef) -> bool:
        """Whether the server has this resource."""
        return self.api.kinds.find(ref.group, ref.version, ref.plural) is not None

    def _do(  # noqa: PLR0913 - the parts of a request
        self,
        verb: Verb,
        ref: ResourceRef,
        namespace: str = "",
        name: str = "",
        *,
        subresource: str = "",
        options: Options | None = None,
        body: Any = None,
        patch: PatchKind = "",
    ) -> Answer:
        resource = self.api.resource(ref)
        call = Call(
            verb, resource, namespace, name, subresource, options or NO_OPTIONS, body, patch, self.user_agent
        )
        return self.api.dispatch(call)
