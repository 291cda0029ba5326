"""The suffixes of generated Secrets."""

from __future__ import annotations

import pytest

from quaysim.operator.kustomize import encoded, hash_suffix

LONG = {"key": b"0123456789" * 12}


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        ({}, "46f8b28mk5"),
        (
            {
                "HTTP_PROXY": b"",
                "HTTPS_PROXY": b"",
                "NO_PROXY": b"example-registry-quay-quay-enterprise.apps.lab.test",
            },
            "9hcg2hdh4g",
        ),
    ],
)
def test_the_suffix_is_the_one_that_the_real_operator_gives(data: dict[str, bytes], suffix: str) -> None:
    assert hash_suffix(encoded(data)) == suffix


def test_the_order_of_the_keys_does_not_matter() -> None:
    one = {"a": b"1", "b": b"2"}
    assert hash_suffix(encoded(one)) == hash_suffix(encoded(dict(reversed(one.items()))))


def test_another_content_has_another_suffix() -> None:
    assert hash_suffix(encoded(LONG)) != hash_suffix(encoded({"key": LONG["key"] + b"0"}))


def test_the_suffix_has_ten_letters_and_digits_that_make_no_words() -> None:
    suffixes = "".join(hash_suffix(encoded({"key": str(number).encode()})) for number in range(50))
    assert len(suffixes) == 500
    assert set(suffixes) <= set("gh2k456789mbcdtf")
