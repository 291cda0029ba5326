"""Certificates for bundles, made once per process and host name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
VALIDITY = timedelta(days=36500)


class KeyPair(NamedTuple):
    """A certificate and its private key, both PEM."""

    certificate: str
    key: str


@cache
def private_key() -> ec.EllipticCurvePrivateKey:
    """The key of all certificates of this process."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def key_pair(host: str) -> KeyPair:
    """A self-signed certificate whose only subject alternative name is `host`."""
    return signed(host, x509.SubjectAlternativeName([x509.DNSName(host)]))


@cache
def pair_with_common_name(host: str) -> KeyPair:
    """A self-signed certificate of the old kind: its Common Name is `host`, and it has no alternative names."""
    return signed(host, x509.BasicConstraints(ca=False, path_length=None))


def signed(host: str, extension: x509.ExtensionType) -> KeyPair:
    """A self-signed certificate with an extension."""
    key = private_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_BEFORE + VALIDITY)
        .add_extension(extension, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return KeyPair(certificate.public_bytes(serialization.Encoding.PEM).decode(), pem.decode())


def names_of(pem: str) -> list[str]:
    """The DNS names of the first certificate in a PEM text."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return extension.value.get_values_for_type(x509.DNSName)


def authority_of(pem: str) -> str:
    """The name of the authority that a PEM text is the certificate of; empty if it is none's."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        return ""
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)
