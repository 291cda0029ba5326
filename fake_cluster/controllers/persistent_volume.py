"""Persistent volumes: claims get a volume that fits, or one made for them by their StorageClass.

Volumes are provisioned and expanded at once; a volume that was provisioned goes when its claim does.
Source: documentation "Persistent Volumes".
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers import volume_claims as claims
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.status import write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.quantities import amount
from fake_cluster.kinds.refs import PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, annotations_of, is_terminating, key_of

_NO_CLASS = "no persistent volumes available for this claim and no storage class is set"
_NO_CONSUMER = "waiting for first consumer to be created before binding"
_LOST = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"


class PersistentVolumeController:
    """Binds claims to volumes. Keys without a namespace are volumes, the others claims."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._claims = context.informers[PERSISTENT_VOLUME_CLAIMS]
        self._volumes = context.informers[PERSISTENT_VOLUMES]
        self._classes = context.informers[STORAGE_CLASSES]
        self._pods = context.informers[PODS]
        self._events = context.recorder("persistentvolume-controller")

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(PERSISTENT_VOLUME_CLAIMS, self._claims.first(self._claim_keys)),
            Source(PERSISTENT_VOLUMES, self._volumes.first(self._volume_keys)),
            Source(STORAGE_CLASSES, self._classes.first(self._unbound)),
            Source(PODS, self._pods.first(self._consumer_keys)),
        )
        return Controller("persistentvolume-binder", self.reconcile, sources)

    def _claim_keys(self, event: Event) -> Iterable[Key]:
        volume = event.obj["spec"].get("volumeName")
        also = (Key("", volume),) if volume and event.type == "DELETED" else ()
        return (key_of(event.obj), *also)

    def _volume_keys(self, event: Event) -> Iterable[Key]:
        reference = event.obj["spec"].get("claimRef")
        if reference:
            return (key_of(event.obj), Key(reference["namespace"], reference["name"]))
        return (key_of(event.obj), *self._unbound(event))

    def _unbound(self, event: Event) -> Iterable[Key]:
        """A new class or a free volume may be what a claim has waited for."""
        del event
        return [key_of(claim) for claim in self._claims.all() if not claim["spec"].get("volumeName")]

    def _consumer_keys(self, event: Event) -> Iterable[Key]:
        """A new Pod may be the consumer that its claims wait for."""
        if event.type != "ADDED":
            return ()
        namespace = event.obj["metadata"]["namespace"]
        keys = (Key(namespace, name) for name in claims.mounted_claims(event.obj))
        return [key for key in keys if not (self._claims.get(key) or {"spec": {}})["spec"].get("volumeName")]

    def reconcile(self, key: Key) -> None:
        """One pass over one claim or one volume."""
        if not key.namespace:
            volume = self._volumes.get(key)
            if volume is not None:
                self._look_after_volume(volume)
            return
        claim = self._claims.get(key)
        if claim is None or is_terminating(claim):
            return
        if claim["spec"].get("volumeName"):
            self._keep_bound(claim)
        else:
            self._find_volume(claim)

    # --- claims -----------------------------------------------------------------------------------

    def _find_volume(self, claim: Object) -> None:
        claim = self._with_default_class(claim)
        volume = claims.smallest_fitting(self._candidates(claim), claim)
        if volume is None:
            volume = self._provision(claim)
        if volume is not None:
            self._bind(claim, volume)

    def _candidates(self, claim: Object) -> list[Object]:
        """Volumes that are kept for this claim, and free ones."""
        meta = claim["metadata"]
        kept = self._volumes.find("claim", (meta["namespace"], meta["name"]))
        return kept + self._volumes.find("claim", ("", ""))

    def _with_default_class(self, claim: Object) -> Object:
        """A claim that names no class gets the default one, also when that comes later."""
        if claim["spec"].get("storageClassName") is not None:
            return claim
        found = claims.default_class(self._classes.all())
        if found is None:
            return claim
        spec = {**claim["spec"], "storageClassName": found["metadata"]["name"]}
        written = self._client.replace(PERSISTENT_VOLUME_CLAIMS, {**claim, "spec": spec})
        self._claims.note(written)
        return written

    def _provision(self, claim: Object) -> Object | None:
        name = claim["spec"].get("storageClassName")
        if not name:
            self._events.record(claim, "Normal", "FailedBinding", _NO_CLASS)
            return None
        storage_class = self._classes.get(Key("", name))
        if storage_class is None:
            message = f'storageclass.storage.k8s.io "{name}" not found'
            self._events.record(claim, "Warning", "ProvisioningFailed", message)
            return None
        if self._waits_for_consumer(claim, storage_class):
            self._events.record(claim, "Normal", "WaitForFirstConsumer", _NO_CONSUMER)
            return None
        return self._create(claim, storage_class)

    def _waits_for_consumer(self, claim: Object, storage_class: Object) -> bool:
        if storage_class.get("volumeBindingMode") != "WaitForFirstConsumer":
            return False
        if claims.SELECTED_NODE in annotations_of(claim):
            return False
        meta = claim["metadata"]
        return not self._pods.find("claim", (meta["namespace"], meta["name"]))

    def _create(self, claim: Object, storage_class: Object) -> Object:
        wanted = claims.provisioned_volume(claim, storage_class)
        name = wanted["metadata"]["name"]
        try:
            volume = self._client.create(PERSISTENT_VOLUMES, wanted)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
            volume = self._client.get(PERSISTENT_VOLUMES, name)
        message = f"Successfully provisioned volume {name}"
        self._events.record(claim, "Normal", "ProvisioningSucceeded", message)
        self._volumes.note(volume)
        return volume

    def _bind(self, claim: Object, volume: Object) -> None:
        reference = volume["spec"].get("claimRef") or {}
        if reference.get("uid") != claim["metadata"]["uid"]:
            spec = {**volume["spec"], "claimRef": claims.claim_reference(claim)}
            volume = self._client.replace(PERSISTENT_VOLUMES, {**volume, "spec": spec})
        self._volumes.note(write_status(self._client, PERSISTENT_VOLUMES, volume, {"phase": "Bound"}))
        claim = self._client.replace(PERSISTENT_VOLUME_CLAIMS, claims.bound_claim(claim, volume))
        status = claims.bound_status(volume)
        self._claims.note(write_status(self._client, PERSISTENT_VOLUME_CLAIMS, claim, status))

    def _keep_bound(self, claim: Object) -> None:
        """A bound claim may have grown, may name its volume itself, or may have lost it."""
        volume = self._volumes.get(Key("", claim["spec"]["volumeName"]))
        bound = claims.BIND_COMPLETED in annotations_of(claim)
        if volume is None:
            self._note_loss(claim, bound=bound)
        elif not bound:
            if claims.is_for(volume, claim) or not volume["spec"].get("claimRef"):
                self._bind(claim, volume)
        else:
            self._claims.note(self._confirm(claim, self._expanded(claim, volume)))

    def _note_loss(self, claim: Object, *, bound: bool) -> None:
        if bound and (claim.get("status") or {}).get("phase") != "Lost":
            self._events.record(claim, "Warning", "ClaimLost", _LOST)
            status = {"phase": "Lost"}
            self._claims.note(write_status(self._client, PERSISTENT_VOLUME_CLAIMS, claim, status))

    def _expanded(self, claim: Object, volume: Object) -> Object:
        """The volume, as large as the claim asks if its class allows that."""
        wanted = claims.requested(claim)
        if amount(wanted) <= amount(volume["spec"]["capacity"]["storage"]):
            return volume
        storage_class = self._classes.get(Key("", volume["spec"].get("storageClassName", "")))
        if storage_class is None or not storage_class.get("allowVolumeExpansion"):
            return volume
        spec = {**volume["spec"], "capacity": {**volume["spec"]["capacity"], "storage": wanted}}
        written = self._client.replace(PERSISTENT_VOLUMES, {**volume, "spec": spec})
        self._volumes.note(written)
        return written

    def _confirm(self, claim: Object, volume: Object) -> Object:
        status = {**(claim.get("status") or {}), **claims.bound_status(volume)}
        return write_status(self._client, PERSISTENT_VOLUME_CLAIMS, claim, status)

    # --- volumes ----------------------------------------------------------------------------------

    def _look_after_volume(self, volume: Object) -> None:
        reference = volume["spec"].get("claimRef")
        claim = self._claims.get(Key(reference["namespace"], reference["name"])) if reference else None
        if is_terminating(volume):
            return
        if not reference:
            self._set_phase(volume, "Available")
        elif claim is None or (reference.get("uid") and reference["uid"] != claim["metadata"]["uid"]):
            self._release(volume, reference)

    def _release(self, volume: Object, reference: Object) -> None:
        """The claim is gone: the volume stays for somebody to look at, or goes too."""
        if not reference.get("uid"):
            self._set_phase(volume, "Available")  # reserved for a claim that has not come yet
            return
        volume = self._set_phase(volume, "Released")
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            self._client.delete(PERSISTENT_VOLUMES, volume["metadata"]["name"])

    def _set_phase(self, volume: Object, phase: str) -> Object:
        written = write_status(self._client, PERSISTENT_VOLUMES, volume, {"phase": phase})
        self._volumes.note(written)
        return written
