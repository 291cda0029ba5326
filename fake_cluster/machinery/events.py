"""Events: what a controller has to say about an object, for people to read.

The same statement about the same object within ten minutes is one Event whose count grows, as
client-go's event correlator has it.
"""

from __future__ import annotations

import contextlib
from typing import Literal
from zlib import crc32

from fake_cluster.errors import ApiError
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.objects import Object, ResourceRef

EVENTS = ResourceRef("", "v1", "events", "Event")
REMEMBERED_FOR = 600.0
"""Seconds in which a repeated statement adds to the Event that is there."""
REMEMBERED = 4096
"""Statements that a recorder remembers."""

EventKind = Literal["Normal", "Warning"]


class Recorder:
    """Writes the Events of one component, for instance `deployment-controller`.

    An Event that cannot be written is dropped: nobody fails because of what is said about their work.
    """

    def __init__(self, client: Client, clock: Clock, component: str, host: str = "") -> None:
        self._client = client
        self._clock = clock
        self._source = {"component": component} | ({"host": host} if host else {})
        self._known: dict[tuple[str, ...], tuple[str, int, float]] = {}
        self._number = crc32(f"{component}/{host}".encode()) % 1_000_000 * 1000  # apart from other recorders

    def record(self, about: Object, kind: EventKind, reason: str, message: str, *, field: str = "") -> None:
        """Say something about an object; `field` is a path in it, such as `spec.containers{name}`."""
        meta = about["metadata"]
        said = (meta.get("uid", meta["name"]), kind, reason, message, field)
        now = self._clock.now()
        name, count, at = self._known.get(said, ("", 0, 0.0))
        with contextlib.suppress(ApiError):
            if name and now - at < REMEMBERED_FOR and self._again(meta, name, count + 1, now):
                self._remember(said, name, count + 1, now)
                return
            created = self._client.create(EVENTS, self._event(about, kind, reason, message, field))
            self._remember(said, created["metadata"]["name"], 1, now)

    def _again(self, meta: Object, name: str, count: int, now: float) -> bool:
        """Count one more on an Event; False if somebody has deleted it."""
        body = {"count": count, "lastTimestamp": timestamp(now)}
        try:
            self._client.patch(EVENTS, name, body, meta.get("namespace") or "default", kind="strategic")
        except ApiError as error:
            if error.code == 404:
                return False
            raise
        return True

    def _remember(self, said: tuple[str, ...], name: str, count: int, now: float) -> None:
        self._known.pop(said, None)
        self._known[said] = (name, count, now)
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def _event(self, about: Object, kind: EventKind, reason: str, message: str, field: str) -> Object:
        meta, now = about["metadata"], self._clock.now()
        namespace = meta.get("namespace") or "default"
        self._number += 1
        involved = {"apiVersion": about["apiVersion"], "kind": about["kind"], "name": meta["name"]}
        involved |= {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}
        involved |= {"namespace": meta["namespace"]} if meta.get("namespace") else {}
        involved |= {"fieldPath": field} if field else {}
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": f"{meta['name']}.{int(now * 1e9) + self._number:016x}",
                "namespace": namespace,
            },
            "involvedObject": involved,
            "type": kind,
            "reason": reason,
            "message": message,
            "source": self._source,
            "reportingComponent": self._source["component"],
            "firstTimestamp": timestamp(now),
            "lastTimestamp": timestamp(now),
            "count": 1,
        }
