"""Quantities come back in the canonical form of a real API server."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_cluster.kinds.quantities import QuantityError, amount, canonical


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1024Mi", "1Gi"),
        ("1000Mi", "1000Mi"),
        ("1.5Gi", "1536Mi"),
        ("0.5", "500m"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("2000", "2k"),
        ("2048", "2048"),
        ("0", "0"),
        ("0Gi", "0"),
        ("00100m", "100m"),
        ("+1", "1"),
        ("-500m", "-500m"),
        ("1e3", "1e3"),
        ("1000e3", "1e6"),
        ("0.1m", "100u"),
        ("0.0000000001", "1n"),
        ("1E", "1E"),
        (".5", "500m"),
        ("5.", "5"),
    ],
)
def test_a_quantity_is_stored_in_its_canonical_form(written: str, stored: str) -> None:
    assert canonical(written) == stored


@pytest.mark.parametrize("text", ["", "much", "1 Gi", "1Gb", "--1", "1.2.3", "Gi"])
def test_what_is_no_quantity_is_refused_with_the_expected_form(text: str) -> None:
    with pytest.raises(QuantityError, match="quantities must match the regular expression"):
        canonical(text)


@pytest.mark.parametrize("text", ["1ki", "1GG", "5mm", "1iK"])
def test_an_unknown_suffix_is_named_as_such(text: str) -> None:
    with pytest.raises(QuantityError, match="unable to parse quantity's suffix"):
        canonical(text)


_NUMBERS = st.decimals(min_value=0, max_value=10**9, places=3).map(str)
_SUFFIXES = st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi"])


@settings(deadline=None, derandomize=True)
@given(_NUMBERS, _SUFFIXES)
def test_the_canonical_form_is_canonical_and_has_the_same_value_or_the_next_whole_one(
    number: str, suffix: str
) -> None:
    form = canonical(number + suffix)

    assert canonical(form) == form
    assert 0 <= amount(form) - amount(number + suffix) < 1
