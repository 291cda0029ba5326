"""Certificates that come out the same in every run: authorities, and what they sign.

Keys are EC P-256, derived from a seed and a name; signatures are deterministic ECDSA (RFC 6979) and the
validity is fixed, so that the same seed gives the same bytes. They protect nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOT_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2045, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, as PEM and as the library's objects."""

    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """Its private key."""
        form = PrivateFormat.PKCS8
        return self.private_key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def _number(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest(), "big")


def _key(seed: int, name: str) -> ec.EllipticCurvePrivateKey:
    """A private key that is the same for the same seed and name (its number fits the curve's order)."""
    return ec.derive_private_key(_number(seed, name) >> 1 | 1, ec.SECP256R1())


def _builder(
    seed: int, subject: str, issuer: str, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])]) for text in (subject, issuer)]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(_number(seed, f"serial of {subject}") >> 100)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@lru_cache(maxsize=64)
def authority(seed: int, name: str) -> Certificate:
    """A self-signed certificate authority."""
    key = _key(seed, name)
    builder = _builder(seed, name, name, key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    return Certificate(builder.sign(key, SHA256(), ecdsa_deterministic=True), key)


def _alternative_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@lru_cache(maxsize=256)
def serving(seed: int, issuer: Certificate, hosts: Sequence[str]) -> Certificate:
    """A certificate for servers at `hosts` (a tuple of names and addresses), signed by `issuer`."""
    key = _key(seed, ",".join(hosts))
    above = issuer.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    builder = _builder(seed, hosts[0], str(above), key)
    names = x509.SubjectAlternativeName([_alternative_name(host) for host in hosts])
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (names, False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key()), False),
    ]
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Certificate(builder.sign(issuer.private_key, SHA256(), ecdsa_deterministic=True), key)
