"""ControllerRevisions: the history of the templates of StatefulSets and DaemonSets.

Source: API reference, ControllerRevision.
"""

from __future__ import annotations

from collections.abc import Collection

from fake_cluster.controllers.history import template_hash
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONTROLLER_REVISIONS
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.informer import Informer
from fake_cluster.objects import Object, controller_reference

HASH_LABEL = "controller.kubernetes.io/hash"
POD_LABEL = "controller-revision-hash"


class Revisions:
    """The revisions of owners of one kind. `informer` needs the index "controller"."""

    def __init__(self, client: Client, informer: Informer) -> None:
        self._client = client
        self._informer = informer

    def of(self, owner: Object) -> list[Object]:
        """All revisions of an owner, the oldest first."""
        found = self._informer.find("controller", owner["metadata"]["uid"])
        return sorted(found, key=lambda item: (item["revision"], item["metadata"]["name"]))

    def present(self, owner: Object) -> Object:
        """The revision of the owner's present template, made or brought to the front where need be."""
        history = self.of(owner)
        newest = history[-1]["revision"] if history else 0
        data = {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}
        same = next((item for item in history if item.get("data") == data), None)
        if same is None:
            return self._create(owner, data, newest + 1)
        if same["revision"] != newest:
            same = self._client.replace(CONTROLLER_REVISIONS, {**same, "revision": newest + 1})
            self._informer.note(same)
        return same

    def _create(self, owner: Object, data: Object, revision: int) -> Object:
        meta = owner["metadata"]
        text = template_hash(owner["spec"]["template"])
        labels = (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}
        wanted = {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                "name": f"{meta['name']}-{text}",
                "namespace": meta["namespace"],
                "labels": {**labels, HASH_LABEL: text},
                "ownerReferences": [controller_reference(owner)],
            },
            "data": data,
            "revision": revision,
        }
        created = self._client.create(CONTROLLER_REVISIONS, wanted)
        self._informer.note(created)
        return created

    def prune(self, owner: Object, in_use: Collection[str]) -> None:
        """Delete the oldest revisions beyond `spec.revisionHistoryLimit` that no Pod is of."""
        limit = owner["spec"].get("revisionHistoryLimit", 10)
        unused = [item for item in self.of(owner) if item["metadata"]["name"] not in in_use]
        for item in unused[: max(0, len(unused) - limit)]:
            meta = item["metadata"]
            try:
                self._client.delete(CONTROLLER_REVISIONS, meta["name"], meta["namespace"])
            except ApiError as error:
                if error.code != 404:
                    raise


def template_of(revision: Object) -> Object:
    """The Pod template that a revision remembers."""
    return {name: value for name, value in revision["data"]["spec"]["template"].items() if name != "$patch"}
