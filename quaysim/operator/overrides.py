"""Overrides: what `spec.components[].overrides` may say, and what becomes of it.

Only affinity, volumeSize, env and replicas are checked; labels and annotations may stand anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fake_cluster.objects import Object
from quaysim.operator.errors import InflateError
from quaysim.operator.messages import Messages

CHECKED = ("affinity", "volumeSize", "env", "replicas")
PROTECTED_LABELS = frozenset({"app", "quay-component", "quay-operator/quayregistry"})
DEFAULT_REPLICAS = 2

_QUANTITY = re.compile(r"([+-]?[0-9.]+)([eE][+-]?[0-9]+|[numkKMGTPE]i?)?")
_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(10**3), "M": Decimal(10**6),
    "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18), "Ki": Decimal(2**10),
    "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip


def _given(overrides: Mapping[str, Any]) -> list[str]:
    """The overrides that are checked and say something: an empty list of variables says nothing."""
    return [name for name in CHECKED if overrides.get(name) is not None and overrides[name] != []]


def problem_with_overrides(
    components: Iterable[Object],
    managed: frozenset[str],
    accepted: Mapping[str, frozenset[str]],
    messages: Messages,
) -> str:
    """What is wrong with the overrides, in the order in which the operator looks, or nothing.

    `accepted` gives the overrides that each kind supports.
    """
    for entry in components:
        kind, overrides = entry["kind"], entry.get("overrides") or {}
        given = _given(overrides)
        if not given:
            continue
        if kind not in managed:
            return messages.override_unmanaged.format(kind=kind)
        if overrides.get("replicas") and "horizontalpodautoscaler" in managed:
            return "cannot override replicas with managed HPA"
        refused = next((name for name in given if name not in accepted.get(kind, frozenset())), "")
        if refused:
            return f"component {kind} does not support {refused} overrides"
    return ""


def amount(quantity: str) -> Decimal:
    """The value of a quantity such as `50Gi`. Raises `InflateError`."""
    found = _QUANTITY.fullmatch(quantity)
    if found is None:
        raise InflateError(f"quantities must match the regular expression: {quantity}")
    number, suffix = found[1], found[2] or ""
    if suffix[:1] in ("e", "E") and len(suffix) > 1:
        return Decimal(number + suffix)
    return Decimal(number) * (_SUFFIXES[suffix] if suffix else 1)


def volume_size(overrides: Mapping[str, Any], default: str) -> str:
    """The size of a volume. It must not be less than what the manifest asks for."""
    wanted = str(overrides.get("volumeSize") or default)
    if amount(wanted) < amount(default):
        raise InflateError(f"cannot shrink volume override size from {default} to {wanted}")
    return wanted


def replicas(overrides: Mapping[str, Any]) -> int:
    """The number of Pods where no autoscaler decides."""
    wanted = overrides.get("replicas")
    return DEFAULT_REPLICAS if wanted is None else int(wanted)


def with_variables(env: Sequence[Object], variables: Sequence[Object]) -> list[Object]:
    """The environment with each variable in the place of the one of its name, else at the end."""
    merged = {variable["name"]: variable for variable in env}
    merged.update({variable["name"]: variable for variable in variables})
    return list(merged.values())


def apply_overrides(deployment: Object, overrides: Mapping[str, Any]) -> None:
    """Put env, affinity, labels and annotations into a Deployment, in place."""
    template = deployment["spec"]["template"]
    pod = template["spec"]
    if overrides.get("env"):
        for container in pod["containers"]:
            container["env"] = with_variables(container.get("env", ()), overrides["env"])
    if overrides.get("affinity") is not None:
        pod["affinity"] = overrides["affinity"]
    wanted = overrides.get("labels") or {}
    labels = {key: value for key, value in wanted.items() if key not in PROTECTED_LABELS}
    for metadata in (deployment["metadata"], template["metadata"]):
        metadata["labels"] = metadata["labels"] | labels
        metadata["annotations"] = metadata.get("annotations", {}) | (overrides.get("annotations") or {})
