"""Which certificate pairs may serve a host."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from quaysim.operator.certificates import problem_with_pair
from tests.operator.examples import certificate_pair, private_key

HOST = "quay.apps.example.com"
CERTIFICATE, KEY = certificate_pair(HOST)


@pytest.mark.parametrize("names", [(HOST,), ("other.org", HOST), ("*.apps.example.com",), (HOST.upper(),)])
def test_a_pair_serves_the_names_that_it_lists(names: tuple[str, ...]) -> None:
    assert problem_with_pair(*certificate_pair(*names), HOST) == ""


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("wrong.example.com",), f"x509: certificate is valid for wrong.example.com, not {HOST}"),
        (("a.org", "b.org"), f"x509: certificate is valid for a.org, b.org, not {HOST}"),
        (("*.example.com",), f"x509: certificate is valid for *.example.com, not {HOST}"),
        ((), f"x509: certificate is not valid for any names, but wanted to match {HOST}"),
    ],
)
def test_a_pair_for_other_names_is_refused(names: tuple[str, ...], problem: str) -> None:
    assert problem_with_pair(*certificate_pair(*names), HOST) == problem


def test_the_common_name_alone_does_not_count() -> None:
    pair = certificate_pair(common_name=HOST)
    legacy = "x509: certificate relies on legacy Common Name field, use SANs instead"
    assert problem_with_pair(*pair, HOST) == legacy


def test_an_address_needs_addresses_in_the_certificate() -> None:
    problem = "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs"
    assert problem_with_pair(CERTIFICATE, KEY, "10.0.0.1") == problem


ED25519_KEY = private_key(ed25519.Ed25519PrivateKey.generate())
BROKEN_KEY = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
BROKEN_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
OTHER = b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n"


@pytest.mark.parametrize(
    ("certificate", "key", "problem"),
    [
        (b"nonsense", KEY, "tls: failed to find any PEM data in certificate input"),
        (CERTIFICATE, b"nonsense", "tls: failed to find any PEM data in key input"),
        (
            KEY,
            CERTIFICATE,
            (
                "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
                "PEM inputs may have been switched"
            ),
        ),
        (
            CERTIFICATE,
            CERTIFICATE,
            "tls: found a certificate rather than a key in the PEM for the private key",
        ),
        (
            OTHER,
            KEY,
            (
                'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of '
                "the following types: [DH PARAMETERS]"
            ),
        ),
        (
            CERTIFICATE,
            OTHER,
            (
                'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping '
                "PEM blocks of the following types: [DH PARAMETERS]"
            ),
        ),
        (BROKEN_CERTIFICATE, KEY, "x509: malformed certificate"),
        (CERTIFICATE, BROKEN_KEY, "tls: failed to parse private key"),
        (
            CERTIFICATE,
            private_key(ec.generate_private_key(ec.SECP256R1())),
            "tls: private key does not match public key",
        ),
        (CERTIFICATE, ED25519_KEY, "tls: private key type does not match public key type"),
    ],
)
def test_a_broken_pair_is_explained_in_the_words_of_go(certificate: bytes, key: bytes, problem: str) -> None:
    assert problem_with_pair(certificate, key, HOST) == problem
