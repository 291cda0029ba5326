"""Sums of quantities, as text again: what the controllers that add up sizes write."""

from __future__ import annotations

from fractions import Fraction

from fake_cluster.kinds.quantities import canonical

_UNITS = "KMGTPE"


def text_of(number: Fraction, *, binary: bool = False) -> str:
    """The canonical quantity for a number, exact down to thousandths; `binary` where bytes are meant."""
    if number.denominator != 1:
        return canonical(f"{int(number * 1000)}m")
    whole, suffix = int(number), ""
    for letter in _UNITS if binary else "":
        if not whole or whole % 1024:
            break
        whole, suffix = whole // 1024, f"{letter}i"
    return canonical(f"{whole}{suffix}")
