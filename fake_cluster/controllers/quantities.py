"""Sums and comparisons of quantities such as `500m`, `8Gi` or `1e3`.

Source: API reference, Quantity. The canonical text is the API server's affair.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

_FACTORS = {
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", 1)},
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
}


@lru_cache(maxsize=1024)
def parse(text: str) -> Decimal:
    """The number that a quantity stands for."""
    for length in (2, 1):
        factor = _FACTORS.get(text[-length:])
        if factor is not None:
            return Decimal(text[:-length]) * factor
    return Decimal(text)


def text_of(number: Decimal, *, binary: bool = False) -> str:
    """A quantity for a number, exact down to thousandths; `binary` where bytes are meant."""
    if number != number.to_integral_value():
        return f"{int(number * 1000)}m"
    whole, suffix = int(number), ""
    for letter in "KMGTPE" if binary else "":
        if not whole or whole % 1024:
            break
        whole, suffix = whole // 1024, f"{letter}i"
    return f"{whole}{suffix}"
