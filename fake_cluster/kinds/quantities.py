"""Quantities: numbers with a suffix, in the canonical form that the API server answers with.

`1024Mi` becomes `1Gi`, `0.5` becomes `500m`, `1000m` becomes `1`: the largest suffix of the same family
that leaves a whole number, with no fraction and no superfluous zeros.

Source: the documentation of `resource.Quantity`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Final

PATTERN: Final = r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
_FORM: Final = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?")
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX: Final = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY_SUFFIX: Final = {power: suffix for suffix, power in _BINARY.items()}
_SMALLEST: Final = Fraction(1, 10**9)


_NUMBER_AND_SUFFIX: Final = re.compile(r"[+-]?(?=\.?\d)\d*\.?\d*[eEinumkKMGTP]*[-+]?\d*")


class QuantityError(ValueError):
    """The text is not a quantity; the message is the server's."""

    def __init__(self, text: str) -> None:
        wrong_suffix = _NUMBER_AND_SUFFIX.fullmatch(text)
        super().__init__(
            "unable to parse quantity's suffix"
            if wrong_suffix
            else f"quantities must match the regular expression '{PATTERN}'"
        )


@lru_cache(maxsize=4096)
def amount(text: str) -> Fraction:
    """The exact value of a quantity; QuantityError for anything else."""
    return _parsed(text)[0]


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """The canonical form of a quantity; QuantityError for anything else."""
    value, family = _parsed(text)
    if family == "binary" and (abs(value) >= 1024 or value == 0):
        value = Fraction(ceil(value))
        if value % 1024 == 0:
            return _binary(value.numerator)
    value = Fraction(ceil(value / _SMALLEST)) * _SMALLEST if value.denominator != 1 else value
    return _decimal(value, exponent=family == "exponent")


def _parsed(text: str) -> tuple[Fraction, str]:
    found = _FORM.fullmatch(text)
    if found is None:
        raise QuantityError(text)
    sign, digits, suffix, exponent = found.groups()
    value = Fraction(digits.rstrip(".") or "0") * (-1 if sign == "-" else 1)
    if exponent is not None:
        return value * Fraction(10) ** int(exponent), "exponent"
    if suffix in _BINARY:
        return value * 1024 ** _BINARY[suffix], "binary"
    return value * Fraction(10) ** _DECIMAL[suffix or ""], "decimal"


def _binary(value: int) -> str:
    power = 0
    while value and value % 1024 == 0 and power < 6:
        value //= 1024
        power += 1
    return f"{value}{_BINARY_SUFFIX[power]}" if value else "0"


def _decimal(value: Fraction, *, exponent: bool) -> str:
    if value == 0:
        return "0"
    power = -9
    scaled = (value / _SMALLEST).numerator
    while scaled % 1000 == 0 and power < 18:
        scaled //= 1000
        power += 3
    if exponent:
        return f"{scaled}e{power}" if power else str(scaled)
    return f"{scaled}{_DECIMAL_SUFFIX[power]}"


def text_of(value: Fraction, *, binary: bool) -> str:
    """A sum of quantities as a quantity; `binary` for bytes."""
    if binary and value.denominator == 1 and value % 1024 == 0:
        return _binary(value.numerator)
    return _decimal(value, exponent=False)
