"""What a controller is: a reconcile function, and the events that call it.

Reconcile functions may be plain functions or coroutines. A coroutine waits with `await sleep(seconds)`:
time of the cluster's clock passes, nothing else of this worker runs meanwhile. That is how the waits
inside a real controller's pass are written.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fake_cluster.machinery.client import Event
from fake_cluster.objects import Key, ResourceRef, controller_of, key_of


class RetryError(Exception):
    """What a pass raises that cannot go on for a reason it knows: it is tried again, and it is no bug."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a pass ended: `requeue_after` seconds of the cluster's clock it wants to run again."""

    requeue_after: float | None = None


class Sleep:
    """What a waiting coroutine hands to the manager."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __await__(self) -> Generator[Sleep, None, None]:
        yield self


async def sleep(seconds: float) -> None:
    """Let time of the cluster's clock pass."""
    await Sleep(seconds)


Reconcile = Callable[[Key], Result | Coroutine[Any, Any, Result | None] | None]
KeysOf = Callable[[Event], Iterable[Key]]


def own_key(event: Event) -> Iterable[Key]:
    """The object itself."""
    return (key_of(event.obj),)


def controller_key(kind: str) -> KeysOf:
    """The object's managing controller, if that is of `kind`."""

    def keys(event: Event) -> Iterable[Key]:
        owner = controller_of(event.obj)
        if owner is not None and owner["kind"] == kind:
            yield Key(event.obj["metadata"].get("namespace", ""), owner["name"])

    return keys


@dataclass(frozen=True, slots=True)
class Source:
    """Events of one resource, and the keys that each of them enqueues (none: the event is ignored)."""

    ref: ResourceRef
    keys_of: KeysOf = own_key


AddSource = Callable[[Source], None]


@dataclass(frozen=True, slots=True)
class Controller:
    """A named reconcile function with its sources.

    Controllers of the same `lock` never run at the same time. A pass that raises is tried again
    after a delay that doubles from 5 ms to 1000 s, as client-go's rate limiter does.

    A controller whose sources are not all known in advance (custom resources come and go) gets, as it
    starts, a function through `discover` with which it adds more of them at any time.
    """

    name: str
    reconcile: Reconcile
    sources: Sequence[Source]
    lock: str = ""
    discover: Callable[[AddSource], None] | None = None
