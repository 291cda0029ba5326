"""Object sets that the tests of the comparison share."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from fake_cluster.objects import Object
from quaysim.diff import Comparison, ObjectSet, compare

CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


def made(kind: str, name: str, *, version: int = 1, **parts: Any) -> Object:
    """An object in namespace quay; `version` says in which order objects were made."""
    metadata = {
        "name": name,
        "namespace": "quay",
        "uid": f"00000000-0000-4000-8000-{version:012}",
        "resourceVersion": str(version),
        "creationTimestamp": f"2026-01-01T00:00:{version:02}Z",
        **parts.pop("metadata", {}),
    }
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **parts}


def secret(name: str, *, version: int = 1, **data: str) -> Object:
    """A Secret; `config_yaml` stands for `config.yaml`."""
    encoded = {key.replace("_yaml", ".yaml"): b64encode(text.encode()).decode() for key, text in data.items()}
    return made("Secret", name, version=version, data=encoded)


def registry(*conditions: Object, **status: Any) -> Object:
    """A QuayRegistry with conditions."""
    return made("QuayRegistry", "skynet", status={**status, "conditions": list(conditions)})


def condition(kind: str, reason: str = "ComponentReady", **other: str) -> Object:
    """A condition that is true."""
    times = {"lastUpdateTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    return {"type": kind, "status": "True", "reason": reason, "message": "fine", **times, **other}


def compared(recorded: list[Object], simulated: list[Object], given: list[str] | None = None) -> Comparison:
    """The comparison of two lists. `given`: names of Secrets that were applied on the recorded side."""
    applied = frozenset(("Secret", "quay", name) for name in given or ())
    return compare(ObjectSet("recorded", recorded, applied), ObjectSet("simulated", simulated))


def differing(comparison: Comparison) -> list[tuple[str, Any, Any]]:
    """Field, recorded and simulated value of each difference in objects."""
    return [
        (difference.field, difference.recorded, difference.simulated)
        for part in comparison.objects
        for difference in part.differences
    ]


def only(comparison: Comparison) -> dict[str, str]:
    """Names of the objects that one side alone has."""
    return {part.name: part.only for part in comparison.objects if part.only}
