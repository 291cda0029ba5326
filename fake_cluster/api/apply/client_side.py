"""The way from `kubectl apply` to `kubectl apply --server-side`.

Objects applied on the client's side carry what was applied last in an annotation. The manager "kubectl", and it
alone, takes over the fields in there without conflicts, and keeps the annotation up to date as long as
there is one. All other migration is up to clients.
Source: the behaviour of kube-apiserver 1.29 and later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from fake_cluster.api.apply.fieldsets import MEMBER, FieldSet, union
from fake_cluster.objects import Object

KUBECTL = "kubectl"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_ANNOTATION: FieldSet = {"f:metadata": {"f:annotations": {f"f:{LAST_APPLIED}": MEMBER}}}


def last_applied(live: Object) -> str | None:
    """What was applied last on the client's side, as JSON text; None if nothing was."""
    found: str | None = (live["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    return found


def yielding_fields(live: Object, fields_of: Callable[[Object], FieldSet]) -> FieldSet:
    """The fields over which "kubectl" has no conflicts: those last applied, and the annotation itself."""
    text = last_applied(live)
    if text is None:
        return {}
    try:
        config: Any = orjson.loads(text)
        return union(fields_of(config), _ANNOTATION) if isinstance(config, dict) else {}
    except ValueError:
        return {}


def with_last_applied(obj: Object, config: Object) -> Object:
    """The object with the annotation brought up to date, where it has one."""
    if last_applied(obj) is None:
        return obj
    metadata = obj["metadata"]
    annotations = metadata["annotations"] | {LAST_APPLIED: _as_annotation(config)}
    return obj | {"metadata": metadata | {"annotations": annotations}}


def _as_annotation(config: Object) -> str:
    metadata = config["metadata"]
    annotations = {
        name: value for name, value in (metadata.get("annotations") or {}).items() if name != LAST_APPLIED
    }
    plain = {name: value for name, value in metadata.items() if name != "annotations"}
    plain |= {"annotations": annotations} if annotations else {}
    return orjson.dumps(config | {"metadata": plain}, option=orjson.OPT_SORT_KEYS).decode() + "\n"
