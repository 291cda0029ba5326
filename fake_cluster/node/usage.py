"""How much of the processor and of memory containers use: what metrics are made of.

A test says it for containers, or a program for itself (`context.use`); otherwise a container uses a tenth
of what it requests.

    cluster.usages.set(Match(labels={"app": "web"}), cpu="900m")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from fake_cluster.kinds.quantities import amount
from fake_cluster.node.programs import Match
from fake_cluster.objects import Object

SHARE = Fraction(1, 10)
"""Of its requests, that a container uses if nobody says anything else."""
_WITHOUT_REQUESTS = {"cpu": Fraction(1, 1000), "memory": Fraction(16 * 1024**2)}


class Usage(NamedTuple):
    """Of one container, or of several: cores, and bytes."""

    cpu: Fraction = Fraction(0)
    memory: Fraction = Fraction(0)

    def plus(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(self.cpu + other.cpu, self.memory + other.memory)


class Usages:
    """What tests say about containers. Of several entries that fit, the latest counts.

    `changed` is called whenever something is used more or less than before, by whomever it was said.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[Match, Mapping[str, str]]] = []
        self.changed: Callable[[], None] = _nobody_cares

    def set(self, match: Match | str, *, cpu: str = "", memory: str = "") -> None:
        """Let every matching container use this much, as quantities; what is empty is left to the program.

        A string is a pattern for the image. Raises ValueError for what is not a quantity.
        """
        said = {name: quantity for name, quantity in (("cpu", cpu), ("memory", memory)) if quantity}
        for quantity in said.values():
            amount(quantity)
        self._entries.insert(0, (_match(match), said))
        self.changed()

    def remove(self, match: Match | str) -> None:
        """Take back what was said for exactly this match."""
        self._entries = [entry for entry in self._entries if entry[0] != _match(match)]
        self.changed()

    def of(self, pod: Object, container: Object, own: Mapping[str, str]) -> Usage:
        """What a container uses; `own` is what its program says."""
        fitting = (said for match, said in self._entries if match.fits(pod, container))
        said = {**own, **next(fitting, {})}
        requests = (container.get("resources") or {}).get("requests") or {}
        return Usage(*(_used(name, said, requests) for name in Usage._fields))


def _used(name: str, said: Mapping[str, str], requests: Mapping[str, str]) -> Fraction:
    if name in said:
        return amount(said[name])
    return amount(requests[name]) * SHARE if name in requests else _WITHOUT_REQUESTS[name]


def _match(match: Match | str) -> Match:
    return Match(image=match) if isinstance(match, str) else match


def _nobody_cares() -> None:
    """Nobody measures."""
