"""Claims and volumes that are in use are not deleted: they keep a finalizer until nobody has them any more.

Source: documentation "Storage Object in Use Protection".
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.pods import FINISHED, phase
from fake_cluster.controllers.volume_claims import mounted_claims
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, ResourceRef, is_terminating, key_of

CLAIM_FINALIZER = "kubernetes.io/pvc-protection"
VOLUME_FINALIZER = "kubernetes.io/pv-protection"


def _if_terminating(event: Event) -> Iterable[Key]:
    return (key_of(event.obj),) if is_terminating(event.obj) and event.type != "DELETED" else ()


class ClaimProtection:
    """Lets a claim go when no Pod mounts it."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._claims = context.informers[PERSISTENT_VOLUME_CLAIMS]
        self._pods = context.informers[PODS]

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(PERSISTENT_VOLUME_CLAIMS, self._claims.first(_if_terminating)),
            Source(PODS, self._pods.first(self._keys_of_ended_pod)),
        )
        return Controller("persistentvolumeclaim-protection-controller", self.reconcile, sources)

    def _keys_of_ended_pod(self, event: Event) -> Iterable[Key]:
        if event.type != "DELETED" and phase(event.obj) not in FINISHED:
            return ()
        namespace = event.obj["metadata"]["namespace"]
        keys = (Key(namespace, name) for name in mounted_claims(event.obj))
        return [key for key in keys if (claim := self._claims.get(key)) and is_terminating(claim)]

    def reconcile(self, key: Key) -> None:
        """One pass over one claim that is being deleted."""
        claim = self._claims.get(key)
        if claim is None or not is_terminating(claim):
            return
        if all(phase(pod) in FINISHED for pod in self._pods.find("claim", key)):
            _drop(self._client, PERSISTENT_VOLUME_CLAIMS, claim, CLAIM_FINALIZER)


class VolumeProtection:
    """Lets a volume go when no claim has it."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._volumes = context.informers[PERSISTENT_VOLUMES]

    def controller(self) -> Controller:
        """The controller, for a manager."""
        source = Source(PERSISTENT_VOLUMES, self._volumes.first(_if_terminating))
        return Controller("persistentvolume-protection-controller", self.reconcile, (source,))

    def reconcile(self, key: Key) -> None:
        """One pass over one volume that is being deleted."""
        volume = self._volumes.get(key)
        if volume is None or not is_terminating(volume):
            return
        if (volume.get("status") or {}).get("phase") != "Bound":
            _drop(self._client, PERSISTENT_VOLUMES, volume, VOLUME_FINALIZER)


def _drop(client: Client, ref: ResourceRef, obj: Object, finalizer: str) -> None:
    meta = obj["metadata"]
    finalizers = meta.get("finalizers") or []
    if finalizer not in finalizers:
        return
    left = [item for item in finalizers if item != finalizer]
    body = {"metadata": {"finalizers": left or None, "resourceVersion": meta["resourceVersion"]}}
    try:
        client.patch(ref, meta["name"], body, meta.get("namespace", ""))
    except ApiError as error:
        if error.code != 404:
            raise
