"""Amounts of CPU, memory and storage: read from quantities, added up, and written as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from fake_cluster.kinds.quantities import amount, canonical
from fake_cluster.objects import Object

NONE = Fraction(0)
_MI = 1024**2


@dataclass(frozen=True)
class Amount:
    """CPU in cores, memory in bytes."""

    cpu: Fraction = NONE
    memory: Fraction = NONE

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.cpu + other.cpu, self.memory + other.memory)

    def __mul__(self, count: int) -> Amount:
        return Amount(self.cpu * count, self.memory * count)

    def __bool__(self) -> bool:
        return bool(self.cpu or self.memory)

    def fits(self, room: Amount) -> bool:
        """Whether there is room for it."""
        return self.cpu <= room.cpu and self.memory <= room.memory

    def as_json(self) -> dict[str, str]:
        """As Kubernetes quantities: `{"cpu": "500m", "memory": "512Mi"}`."""
        return {"cpu": cpu_text(self.cpu), "memory": bytes_text(self.memory)}

    def __str__(self) -> str:
        return f"{float(self.cpu):.4g} CPU, {human(self.memory)}"


def of_container(container: Object, part: str) -> Amount:
    """The `requests` or `limits` of a container; zero where it states none."""
    stated = (container.get("resources") or {}).get(part) or {}
    return Amount(amount(str(stated.get("cpu", "0"))), amount(str(stated.get("memory", "0"))))


def of_pod(spec: Object, part: str) -> Amount:
    """The same of a Pod: its containers together; its init containers run before them, one at a time."""
    total = Amount()
    for container in spec.get("containers") or ():
        total += of_container(container, part)
    for container in spec.get("initContainers") or ():
        first = of_container(container, part)
        total = Amount(max(total.cpu, first.cpu), max(total.memory, first.memory))
    return total


def cpu_text(cores: Fraction) -> str:
    """`2` or `500m`."""
    return canonical(f"{int(cores * 1000)}m")


def human(size: Fraction) -> str:
    """`10.5Gi`, `512Mi`: for people."""
    return f"{float(size / _MI / 1024):.4g}Gi" if size >= 1024 * _MI else bytes_text(size)


def bytes_text(size: Fraction) -> str:
    """`8Gi`, `512Mi`: whole mebibytes, so that odd sizes stay readable."""
    whole = int(size)
    return canonical(f"{whole // _MI}Mi") if whole >= _MI else str(whole)
