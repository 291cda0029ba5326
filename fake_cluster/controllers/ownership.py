"""Whose object is it: controllers adopt orphans that match their selector, and release what no longer does.

Source: ControllerRef in the API conventions ("controllerRef manager").
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from fake_cluster.errors import ApiError
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import KeysOf
from fake_cluster.machinery.informer import Informer
from fake_cluster.objects import (
    Key,
    Object,
    controller_of,
    controller_reference,
    is_terminating,
    key_of,
    labels_of,
)
from fake_cluster.selectors import LabelTest, matches


def owner_keys(kind: str, owners: Informer) -> KeysOf:
    """The controlling owner, if it is of `kind`; for an orphan, all owners that may want to adopt it.

    `owners` are the objects of `kind`, with the index "namespace".
    """

    def keys(event: Event) -> Iterable[Key]:
        obj = event.obj
        owner = controller_of(obj)
        namespace = obj["metadata"]["namespace"]
        if owner is not None:
            return (Key(namespace, owner["name"]),) if owner["kind"] == kind else ()
        if event.type == "DELETED":
            return ()
        labels = labels_of(obj)
        candidates = owners.find("namespace", namespace)
        return [key_of(item) for item in candidates if matches(item["spec"].get("selector"), labels)]

    return keys


class Claims:
    """The objects of one resource that owners of one kind claim.

    `informer` needs the index "controller" (by_controller).
    """

    def __init__(self, client: Client, informer: Informer) -> None:
        self._client = client
        self._informer = informer

    def owned(self, owner: Object) -> list[Object]:
        """The objects whose managing controller is `owner`."""
        return self._informer.find("controller", owner["metadata"]["uid"])

    def claim(self, owner: Object, test: LabelTest) -> list[Object]:
        """The owned objects that match, after releasing those that do not and adopting orphans that do."""
        kept = [obj for obj in self.owned(owner) if test(labels_of(obj)) or self._release(owner, obj)]
        if is_terminating(owner):
            return kept
        orphans = self._informer.find("controller", owner["metadata"]["namespace"])
        adopted = (self._adopt(owner, obj) for obj in orphans if self._may_be_adopted(obj, test))
        return [*kept, *(obj for obj in adopted if obj is not None)]

    @staticmethod
    def _may_be_adopted(obj: Object, test: LabelTest) -> bool:
        finished = obj["kind"] == "Pod" and obj.get("status", {}).get("phase") in ("Succeeded", "Failed")
        return not is_terminating(obj) and not finished and test(labels_of(obj))

    def _adopt(self, owner: Object, obj: Object) -> Object | None:
        return self._patch(obj, controller_reference(owner))

    def _release(self, owner: Object, obj: Object) -> bool:
        """Let go of an object; never kept."""
        if not is_terminating(obj) and not is_terminating(owner):
            self._patch(obj, {"$patch": "delete", "uid": owner["metadata"]["uid"]})
        return False

    def _patch(self, obj: Object, reference: Object) -> Object | None:
        meta = obj["metadata"]
        body = {"metadata": {"ownerReferences": [reference], "uid": meta["uid"]}}
        with contextlib.suppress(ApiError):  # it is gone, or another one of that name: nothing to claim
            patched = self._client.patch(
                self._informer.ref, meta["name"], body, meta["namespace"], kind="strategic"
            )
            self._informer.note(patched)
            return patched
        return None
