"""Whether a certificate pair may serve a host, in the words of Go's crypto/tls and crypto/x509.

Only the names count: neither the time nor the chain is looked at (measured, operator 3.7.10).
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

_PEM = re.compile(rb"-----BEGIN ([^-\n]+)-----\s.*?-----END \1-----", re.DOTALL)
_LABEL = re.compile(r"[A-Za-z0-9_-]+")


class CertificateError(Exception):
    """Why a pair cannot serve a host."""


def _blocks(pem: bytes) -> list[tuple[str, bytes]]:
    return [(found[1].decode(), found[0]) for found in _PEM.finditer(pem)]


def _listed(kinds: list[str]) -> str:
    return f"[{' '.join(kinds)}]"


def _certificate_block(pem: bytes) -> bytes:
    blocks = _blocks(pem)
    found = next((block for kind, block in blocks if kind == "CERTIFICATE"), None)
    if found is not None:
        return found
    kinds = [kind for kind, _ in blocks]
    if not kinds:
        raise CertificateError("tls: failed to find any PEM data in certificate input")
    if len(kinds) == 1 and kinds[0].endswith("PRIVATE KEY"):
        raise CertificateError(
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
            "PEM inputs may have been switched"
        )
    raise CertificateError(
        'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the '
        f"following types: {_listed(kinds)}"
    )


def _key_block(pem: bytes) -> bytes:
    blocks = _blocks(pem)
    found = next((block for kind, block in blocks if kind.endswith("PRIVATE KEY")), None)
    if found is not None:
        return found
    kinds = [kind for kind, _ in blocks]
    if not kinds:
        raise CertificateError("tls: failed to find any PEM data in key input")
    if kinds == ["CERTIFICATE"]:
        raise CertificateError("tls: found a certificate rather than a key in the PEM for the private key")
    raise CertificateError(
        'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM '
        f"blocks of the following types: {_listed(kinds)}"
    )


def _loaded(certificate: bytes) -> x509.Certificate:
    block = _certificate_block(certificate)
    try:
        return x509.load_pem_x509_certificate(block)
    except ValueError as error:
        raise CertificateError("x509: malformed certificate") from error


def _check_key(certificate: x509.Certificate, key: bytes) -> None:
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey):
        raise CertificateError("tls: unknown public key algorithm")
    block = _key_block(key)
    try:
        private = load_pem_private_key(block, password=None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError("tls: failed to parse private key") from error
    if type(private) is not type(public):
        raise CertificateError("tls: private key type does not match public key type")
    plain = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if private.public_bytes(*plain) != public.public_bytes(*plain):
        raise CertificateError("tls: private key does not match public key")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _matches(pattern: str, host: str) -> bool:
    """A wildcard stands for exactly the first label."""
    pattern, host = pattern.lower().removesuffix("."), host.lower().removesuffix(".")
    patterns, labels = pattern.split("."), host.split(".")
    if len(patterns) != len(labels) or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    first = patterns[0] in ("*", labels[0])
    return first and patterns[1:] == labels[1:]


def _names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _check_host(certificate: x509.Certificate, host: str) -> None:
    names = _names(certificate)
    domains = names.get_values_for_type(x509.DNSName) if names else []
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)] if names else []
    bare = host.removeprefix("[").removesuffix("]")
    if _is_address(bare):
        if not addresses:
            raise CertificateError(
                f"x509: cannot validate certificate for {host} because it doesn't contain any IP SANs"
            )
        valid, served = addresses, bare in addresses
    else:
        valid, served = domains, any(_matches(domain, host) for domain in domains)
    if served:
        return
    common = [str(item.value) for item in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names is None and any(_matches(name, host) for name in common):
        raise CertificateError("x509: certificate relies on legacy Common Name field, use SANs instead")
    if not valid:
        raise CertificateError(f"x509: certificate is not valid for any names, but wanted to match {host}")
    raise CertificateError(f"x509: certificate is valid for {', '.join(valid)}, not {host}")


@lru_cache(maxsize=256)
def problem_with_pair(certificate: bytes, key: bytes, host: str) -> str:
    """What keeps this pair (PEM) from serving `host`, or nothing."""
    try:
        leaf = _loaded(certificate)
        _check_key(leaf, key)
        _check_host(leaf, host)
    except CertificateError as error:
        return str(error)
    return ""
