"""Volumes for a cluster that provisions none: each claim of the run gets one that is reserved for it.

The cluster's own controller binds the two. Source: documentation "Persistent Volumes", reserving a volume.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.kinds.refs import PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, is_terminating, key_of
from quaysim.standins.scoped import ScopedClient


class Volumes:
    """Gives claims their volumes, and takes them away with the claims."""

    def __init__(self, client: ScopedClient) -> None:
        self._client = client

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (Source(PERSISTENT_VOLUME_CLAIMS), Source(PERSISTENT_VOLUMES, _claim_of))
        return Controller("volume-stand-in", self.reconcile, sources)

    def reconcile(self, key: Key) -> None:
        """One pass over one claim."""
        name = f"{key.namespace}-{key.name}"
        claim = self._client.find(PERSISTENT_VOLUME_CLAIMS, key.name, key.namespace)
        volume = self._client.find(PERSISTENT_VOLUMES, name)
        if claim is None or is_terminating(claim):
            if claim is None and volume is not None and not is_terminating(volume):
                self._client.delete(PERSISTENT_VOLUMES, name)
        elif volume is None and not claim["spec"].get("volumeName"):
            self._client.create(PERSISTENT_VOLUMES, _volume(name, claim))


def _claim_of(event: Event) -> Iterable[Key]:
    reference = event.obj["spec"].get("claimRef") or {}
    return (Key(reference.get("namespace", ""), reference["name"]),) if reference else ()


def _volume(name: str, claim: Object) -> Object:
    key, spec = key_of(claim), claim["spec"]
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "uid": claim["metadata"]["uid"]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": {**reference, "namespace": key.namespace, "name": key.name},
            "hostPath": {"path": f"/tmp/{name}"},  # noqa: S108 - no node has this path
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": spec.get("storageClassName") or "",
        },
    }
