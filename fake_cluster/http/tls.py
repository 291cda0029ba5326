"""A certificate authority of the server's own, and a certificate signed by it.

The keys are made anew for every server and never leave its process: only the authority's certificate is
given to clients, in the kubeconfig.
"""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = "fake-cluster-ca"
LIFETIME = timedelta(days=30)
BACKDATED = timedelta(hours=1)
"""Clients' clocks may be behind."""


@dataclass(frozen=True)
class ServerTls:
    """What a server needs for HTTPS: its context, and the authority that its clients trust (PEM).

    The same authority vouches for clients.
    """

    context: ssl.SSLContext
    authority: bytes
    _key: ec.EllipticCurvePrivateKey

    def client_certificate(self, user: str, groups: Iterable[str] = ()) -> tuple[bytes, bytes]:
        """A certificate for a user in groups, and its private key (PEM)."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        subject.append(x509.NameAttribute(NameOID.COMMON_NAME, user))
        builder = _builder(x509.Name(subject), _name(AUTHORITY), key)
        certificate = _end_entity(builder, self._key, ExtendedKeyUsageOID.CLIENT_AUTH)
        return _pem(certificate), _key_pem(key)


def make_tls(hosts: Iterable[str]) -> ServerTls:
    """A fresh authority and a certificate for these host names and addresses."""
    authority_key, server_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    name = _name(AUTHORITY)
    authority = (
        _builder(name, name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signing=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
    builder = _builder(_name("kube-apiserver"), name, server_key).add_extension(names, critical=False)
    certificate = _end_entity(builder, authority_key, ExtendedKeyUsageOID.SERVER_AUTH)
    context = server_context(_pem(certificate), _key_pem(server_key))
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=_pem(authority).decode())
    return ServerTls(context, _pem(authority), authority_key)


def _end_entity(
    builder: x509.CertificateBuilder, authority: ec.EllipticCurvePrivateKey, purpose: x509.ObjectIdentifier
) -> x509.Certificate:
    """A certificate that signs nothing itself."""
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signing=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # a certificate is checked by the client's clock, not by the cluster's
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signing,
        crl_sign=signing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def server_context(chain: bytes, key: bytes) -> ssl.SSLContext:
    """The TLS context of a server, from its certificate chain and its private key (PEM)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with tempfile.TemporaryDirectory() as directory:  # OpenSSL loads keys from files only
        path = Path(directory) / "server.pem"
        path.touch(mode=0o600)
        path.write_bytes(key + chain)
        context.load_cert_chain(path)
    return context


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
