"""Certificates of a cluster: real ones, the same in every run."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fake_cluster import pki
from fake_cluster.platform import certificates


def names_of(certificate: x509.Certificate) -> list[str]:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return extension.value.get_values_for_type(x509.DNSName)


def test_the_wildcard_certificate_is_for_the_apps_domain_and_signed_by_its_authority() -> None:
    leaf, above = x509.load_pem_x509_certificates(certificates.wildcard_chain(3, "apps.lab.test").encode())
    assert names_of(leaf) == ["*.apps.lab.test"]
    leaf.verify_directly_issued_by(above)
    above.verify_directly_issued_by(above)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first = certificates.wildcard_chain(3, "apps.lab.test")
    pki.authority.cache_clear()
    pki.serving.cache_clear()
    assert certificates.wildcard_chain(3, "apps.lab.test") == first
    assert certificates.wildcard_chain(4, "apps.lab.test") != first


def test_the_key_belongs_to_the_certificate() -> None:
    wildcard = certificates.wildcard(1, "apps.lab.test")
    key = load_pem_private_key(wildcard.key_pem.encode(), None)
    assert key.public_key() == wildcard.certificate.public_key()


def test_addresses_are_named_as_addresses() -> None:
    issuer = pki.authority(1, "test")
    certificate = pki.serving(1, issuer, ("localhost", "127.0.0.1")).certificate
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert [str(item) for item in extension.value.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_the_cluster_trusts_its_router() -> None:
    assert certificates.router_authority(5).pem in certificates.trusted_ca_bundle(5)
