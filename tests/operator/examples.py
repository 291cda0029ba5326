"""Registries, bundles and certificates that the tests of the operator share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.context import Bucket, Context, Surroundings
from quaysim.operator.keys import ManagedKeys
from quaysim.operator.releases import release
from quaysim.operator.rendering import Inflation, inflate
from quaysim.operator.settings import Settings

KINDS = [
    "quay", "postgres", "clair", "redis", "horizontalpodautoscaler", "objectstorage", "route", "mirror",
    "monitoring", "tls", "clairpostgres",
]  # fmt: skip
RELEASE = release("3.7.10")
HOST = "skynet-quay-registry.apps.example.com"
BUCKET = Bucket("bucket-1", "s3.storage.svc.cluster.local", "access", "hidden")
SURROUNDINGS = Surroundings(
    routes=True,
    apps_domain="apps.example.com",
    hostname=HOST,
    wildcard="-----BEGIN CERTIFICATE-----\n",
    claims=True,
    bucket=BUCKET,
    monitoring=True,
)


def components(
    unmanaged: Iterable[str] = (), overrides: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Object]:
    """All components, managed but for those named."""
    left_out, changed = set(unmanaged), overrides or {}
    entries: list[Object] = [{"kind": kind, "managed": kind not in left_out} for kind in KINDS]
    return [
        entry | ({"overrides": dict(changed[entry["kind"]])} if entry["kind"] in changed else {})
        for entry in entries
    ]


def registry(spec_components: list[Object], version: str = "3.7.10") -> Object:
    """A registry named skynet, as the API has it."""
    status = {"currentVersion": version} if version else {}
    return {
        "apiVersion": "quay.redhat.com/v1",
        "kind": "QuayRegistry",
        "metadata": {"name": "skynet", "namespace": "registry", "uid": "u-1", "resourceVersion": "7"},
        "spec": {"configBundleSecret": "bundle", "components": spec_components},
        "status": status,
    }


def bundle(config: str = "{}\n", **files: str | bytes) -> Bundle:
    """A bundle with a config.yaml and other files; `ssl_cert` stands for `ssl.cert`."""
    named = {name.replace("ssl_", "ssl."): text for name, text in files.items()}
    data = {name: text.encode() if isinstance(text, str) else text for name, text in named.items()}
    return Bundle({"config.yaml": config.encode(), **data})


def with_pair(*hosts: str, config: str = "{}\n") -> Bundle:
    """A bundle with a certificate pair for these hosts."""
    certificate, key = certificate_pair(*hosts)
    return bundle(config, ssl_cert=certificate, ssl_key=key)


def context(
    spec_components: list[Object],
    given: Bundle | None = None,
    *,
    version: str = "3.7.10",
    settings: Settings | None = None,
    surroundings: Surroundings = SURROUNDINGS,
) -> Context:
    """Everything that decides about the objects of a registry."""
    uri = "postgresql://u:p@skynet-quay-database:5432/d"
    keys = ManagedKeys("d" * 80, "s" * 80, uri, "r" * 32, "e" * 16, "cHNr")
    made = registry(spec_components, version)
    return Context(made, settings or Settings(), given or bundle(), surroundings, keys, {})


def inflated(made: Context) -> Inflation:
    """The objects of a registry."""
    return inflate(made, RELEASE, Random(1))


def rendered(made: Context) -> dict[tuple[str, str], Object]:
    """The objects of a registry by kind and name without prefix."""
    objects = inflated(made).objects
    return {(obj["kind"], obj["metadata"]["name"].removeprefix("skynet-")): obj for obj in objects}


def container_of(workload: Object) -> Object:
    """The only container of a Deployment or Job."""
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    found: Object = container
    return found


@cache
def certificate_pair(*hosts: str, common_name: str = "test") -> tuple[bytes, bytes]:
    """A self-signed pair (PEM) for these hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, since, since + timedelta(days=1))
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM), private_key(key)


def private_key(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """A key as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
