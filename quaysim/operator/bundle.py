"""The config bundle: the Secret that `spec.configBundleSecret` names, and what its keys mean."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fake_cluster.objects import Object
from quaysim.operator.errors import OperatorCrash
from quaysim.operator.goyaml import load_mapping

CONFIG, CLAIR_CONFIG = "config.yaml", "clair-config.yaml"
TLS_CERTIFICATE, TLS_KEY = "ssl.cert", "ssl.key"
CLAIR_TLS = ("clair-ssl.crt", "clair-ssl.key")
EXTRA_CA_PREFIX = "extra_ca_cert_"

_HOST_SETTINGS: Mapping[str, tuple[type, str]] = {
    "EXTERNAL_TLS_TERMINATION": (bool, "bool"),
    "PREFERRED_URL_SCHEME": (str, "string"),
    "SERVER_HOSTNAME": (str, "string"),
}


@dataclass(frozen=True)
class Bundle:
    """The decoded data of a bundle Secret."""

    data: Mapping[str, bytes]

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The fields of `config.yaml`, empty where there is none. Raises `YamlError`."""
        return load_mapping(self.data.get(CONFIG, b"")) or {}

    @property
    def has_config(self) -> bool:
        """Whether `config.yaml` is there and holds a mapping, be it an empty one. Raises `YamlError`."""
        return load_mapping(self.data.get(CONFIG, b"")) is not None

    @cached_property
    def clair_config(self) -> Mapping[str, Any]:
        """The fields of `clair-config.yaml`, empty where there is none. Raises `YamlError`."""
        return load_mapping(self.data.get(CLAIR_CONFIG, b"")) or {}

    @property
    def certificate_pair(self) -> tuple[bytes, bytes] | None:
        """Certificate and key for Quay, if neither is empty."""
        pair = self.data.get(TLS_CERTIFICATE, b""), self.data.get(TLS_KEY, b"")
        return pair if all(pair) else None

    @property
    def server_hostname(self) -> str:
        """SERVER_HOSTNAME, or nothing."""
        return str(self.config.get("SERVER_HOSTNAME") or "")

    @property
    def build_host(self) -> str:
        """The host part of BUILDMAN_HOSTNAME."""
        return str(self.config.get("BUILDMAN_HOSTNAME", "")).split(":", maxsplit=1)[0]

    def check_build_manager(self) -> None:
        """The real operator dies of a BUILDMAN_HOSTNAME that is not a string. Raises `OperatorCrash`."""
        if not isinstance(self.config.get("BUILDMAN_HOSTNAME", ""), str):
            raise OperatorCrash("interface conversion: interface {} is not string (BUILDMAN_HOSTNAME)")

    def host_settings_problem(self) -> str:
        """What is wrong with the types of the host settings, or nothing. Raises `YamlError`."""
        for field, (kind, name) in _HOST_SETTINGS.items():
            if field in self.config and not isinstance(self.config[field], kind):
                return f"{field} must be of type {name}"
        return ""

    @property
    def extra_certificates(self) -> dict[str, bytes]:
        """Further CA certificates by file name."""
        return {
            key.removeprefix(EXTRA_CA_PREFIX): value
            for key, value in self.data.items()
            if key.startswith(EXTRA_CA_PREFIX)
        }

    @property
    def clair_certificates(self) -> dict[str, bytes]:
        """Certificate and key for Clair, as far as given."""
        return {key: self.data[key] for key in CLAIR_TLS if key in self.data}

    @property
    def other_files(self) -> dict[str, bytes]:
        """What is copied beside Quay's `config.yaml` as it is."""
        known = (CONFIG, TLS_CERTIFICATE, TLS_KEY, *CLAIR_TLS)
        return {
            key: value
            for key, value in self.data.items()
            if key not in known and not key.startswith(EXTRA_CA_PREFIX)
        }


def bundle_of(secret: Object) -> Bundle:
    """The bundle in a Secret."""
    return Bundle({key: b64decode(value) for key, value in (secret.get("data") or {}).items()})
